"""AlterConfigs: all configs of a resource at once.

Behavior:
    - What is named is set, what is not named is taken back. [alter_configs/every_version, alter_configs/brokers,
      alter_configs/groups]
    - Each resource is answered on its own. [alter_configs/several_resources]
    - A broker looks at keys first: one that comes twice, or is null, is INVALID_REQUEST; a controller takes the last value, and
      null for what is not set. [alter_configs/bad_configs, at_controller/alter_configs/bad_configs]
    - A topic that is not there: UNKNOWN_TOPIC_OR_PARTITION; a name that cannot be a topic's: INVALID_TOPIC_EXCEPTION, or
      INVALID_REQUEST if it is empty. [alter_configs/unknown_resources]
    - Of a broker: INVALID_REQUEST for another one, an unknown kind, a broker's loggers, and for what has no name; a controller
      tells BROKER_ID_NOT_REGISTERED of another broker, and UNSUPPORTED_VERSION of an unknown kind.
      [alter_configs/unknown_resources, at_controller/alter_configs/unknown_resources]
    - Of a controller: INVALID_CONFIG where log directories would be cordoned that are not yet. [controller/cordoned_log_dirs]
    - Unknown keys and bad values: INVALID_CONFIG, or INVALID_REQUEST of a broker's; nothing changes.
      [alter_configs/bad_configs, alter_configs/groups, alter_configs/brokers]
    - Only validated, nothing changes. [alter_configs/only_validated]

Versions:
    - 2 is flexible. [alter_configs/every_version]

Differences: a resource named twice is INVALID_REQUEST; the real broker never answers such a request.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, EndpointType, Request
from kafkaemu.metadata.config_changes import ConfigChanges, Operation
from kafkawire.messages.alter_configs import AlterConfigsRequest, AlterConfigsResourceResponse, AlterConfigsResponse


def handle(context: Context, request: Request, body: AlterConfigsRequest) -> Answer:
    """Answer one AlterConfigs request."""
    asked = [
        ConfigChanges(
            resource.resource_type,
            resource.resource_name,
            [(config.name, Operation.SET, config.value) for config in resource.configs],
            replace=True,
        )
        for resource in body.resources
    ]
    by_broker = request.peer.endpoint_type is EndpointType.BROKER
    changed = context.controller.alter_configs(
        asked, context.clock.now_ms(), validate_only=body.validate_only, by_broker=by_broker
    )
    return AlterConfigsResponse(
        responses=[
            AlterConfigsResourceResponse(
                error_code=one.code, error_message=one.message, resource_type=one.resource_type, resource_name=one.name
            )
            for one in changed
        ]
    )
