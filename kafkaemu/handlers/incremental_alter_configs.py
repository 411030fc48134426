"""IncrementalAlterConfigs: single configs of topics, brokers, groups and subscriptions to client metrics.

Behavior:
    Per resource, in this order: named twice INVALID_REQUEST; a key named twice, or a null for anything but a
    deletion: INVALID_REQUEST; no name where one is needed, an unknown kind, a broker that is not this one:
    INVALID_REQUEST; topics INVALID_TOPIC_EXCEPTION or UNKNOWN_TOPIC_OR_PARTITION; appending to what is no list
    INVALID_CONFIG; then all configs that the resource would have: INVALID_CONFIG, but INVALID_REQUEST for brokers,
    whose keys that are read at start are refused, and unknown ones taken. Deleting what is not set is no error.
    An unknown operation gets UNKNOWN_SERVER_ERROR. No logger can be adjusted: none exists. A resource changes as
    a whole, and the change is in force when it is answered.

    On a controller's listener: a key named twice counts as it is named last, a null deletes; another broker gets
    BROKER_ID_NOT_REGISTERED, an unknown kind UNSUPPORTED_VERSION. The real controller takes any value for a broker's
    configs, ours does not.

Versions:
    1 is flexible.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, EndpointType, Request
from kafkaemu.metadata.config_changes import ConfigChanges
from kafkawire.messages.incremental_alter_configs import (
    IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
    ResourceResult,
)


def handle(context: Context, request: Request, body: IncrementalAlterConfigsRequest) -> Answer:
    """Answer one IncrementalAlterConfigs request."""
    asked = [
        ConfigChanges(
            resource.resource_type,
            resource.resource_name,
            [(config.name, config.config_operation, config.value) for config in resource.configs],
        )
        for resource in body.resources
    ]
    by_broker = request.peer.endpoint_type is EndpointType.BROKER
    changed = context.controller.alter_configs(
        asked, context.clock.now_ms(), validate_only=body.validate_only, by_broker=by_broker
    )
    return IncrementalAlterConfigsResponse(
        responses=[
            ResourceResult(
                error_code=one.code, error_message=one.message, resource_type=one.resource_type, resource_name=one.name
            )
            for one in changed
        ]
    )
