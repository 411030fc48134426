"""ListConfigResources: topics, brokers, their loggers, and the groups and subscriptions to client metrics that have configs.

Behavior:
    - A kind that cannot be listed: UNSUPPORTED_VERSION (35), and nothing else, whatever is asked for beside it.
      [list_config_resources/unknown_kinds]
    - No kind means all of them; one that comes twice is listed once. [list_config_resources/every_kind]
    - Groups and subscriptions are listed as long as they have configs. [list_config_resources/every_kind]

Versions:
    - 0 lists subscriptions to client metrics; 1 takes and tells kinds (KIP-1142). [list_config_resources/every_kind]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.image import ResourceType
from kafkawire.errors import ErrorCode
from kafkawire.messages.list_config_resources import (
    ConfigResource,
    ListConfigResourcesRequest,
    ListConfigResourcesResponse,
)

_LISTED = (
    ResourceType.GROUP,
    ResourceType.CLIENT_METRICS,
    ResourceType.BROKER_LOGGER,
    ResourceType.BROKER,
    ResourceType.TOPIC,
)


def handle(context: Context, request: Request, body: ListConfigResourcesRequest) -> Answer:
    """Answer one ListConfigResources request."""
    kinds = set(body.resource_types) if request.version >= 1 else {int(ResourceType.CLIENT_METRICS)}
    if not kinds <= set(_LISTED):
        return ListConfigResourcesResponse(error_code=ErrorCode.UNSUPPORTED_VERSION)
    image = context.image
    names = {
        ResourceType.TOPIC: list(image.topics),
        ResourceType.BROKER: [str(broker_id) for broker_id in image.brokers],
        ResourceType.BROKER_LOGGER: [str(broker_id) for broker_id in image.brokers],
    }
    for kind, name in image.configs_by_resource:
        if kind in (ResourceType.GROUP, ResourceType.CLIENT_METRICS):
            names.setdefault(ResourceType(kind), []).append(name)
    return ListConfigResourcesResponse(
        config_resources=[
            ConfigResource(resource_name=name, resource_type=kind)
            for kind in _LISTED
            if not kinds or kind in kinds
            for name in names.get(kind, ())
        ]
    )
