"""AlterConfigs: all configs of a resource at once.

Behavior:
    As IncrementalAlterConfigs, but what is not named is taken back, and a broker's loggers are an unknown kind. A
    resource named twice is INVALID_REQUEST; the real broker never answers such a request.

Versions:
    2 is flexible.
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
