"""IncrementalAlterConfigs: single configs of topics, brokers, groups and subscriptions to client metrics.

Behavior:
    - A resource that is named twice: INVALID_REQUEST (42). [incremental_alter_configs/several_resources,
      incremental_alter_configs/order_of_checks]
    - A key that is named twice: 42. [incremental_alter_configs/bad_changes_of_a_topic,
      incremental_alter_configs/order_of_checks]
    - A null for anything but a deletion: 42. [incremental_alter_configs/bad_changes_of_a_topic,
      incremental_alter_configs/order_of_checks]
    - An unknown kind, a broker that is not this one, or a name that is no int: 42.
      [incremental_alter_configs/unknown_resources, incremental_alter_configs/odd_broker_names,
      incremental_alter_configs/order_of_checks]
    - No logger can be adjusted: none exists. [incremental_alter_configs/unknown_loggers]
    - An unknown operation: UNKNOWN_SERVER_ERROR (-1). [incremental_alter_configs/bad_changes_of_a_topic]
    - Appending to what is no list: INVALID_CONFIG (40). [incremental_alter_configs/bad_changes_of_a_topic,
      incremental_alter_configs/order_of_checks]
    - No name where one is needed: 42; a name that no topic can have: INVALID_TOPIC_EXCEPTION (17).
      [incremental_alter_configs/unknown_resources, incremental_alter_configs/order_of_checks]
    - A config that the resource would have then cannot be: 40. [incremental_alter_configs/bad_changes_of_a_topic,
      incremental_alter_configs/group, incremental_alter_configs/client_metrics,
      incremental_alter_configs/client_metrics_lists]
    - In profiles up to 3.9 lists of client metrics may have gaps, and an interval that is no number is UNKNOWN_SERVER_ERROR
      (-1). [test: tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - For brokers that is 42: keys that are read at start, and values that a running broker cannot take; unknown keys are
      taken. [incremental_alter_configs/bad_changes_of_brokers, incremental_alter_configs/what_a_broker_cannot_become]
    - A topic that is not there: UNKNOWN_TOPIC_OR_PARTITION (3). [incremental_alter_configs/unknown_resources,
      incremental_alter_configs/order_of_checks]
    - Deleting what is not set is no error, nor is a resource without changes.
      [incremental_alter_configs/bad_changes_of_a_topic, incremental_alter_configs/nothing_to_change]
    - A resource changes as a whole, each for itself; only validated, none does.
      [incremental_alter_configs/several_resources, incremental_alter_configs/only_validated]
    - The change is in force when it is answered. Lists start from their defaults. [incremental_alter_configs/lists,
      incremental_alter_configs/one_broker, incremental_alter_configs/cordoned_log_dirs,
      incremental_alter_configs/lowering_min_insync_replicas]
    - On a controller's listener an unknown kind is UNSUPPORTED_VERSION (35), before anything else; then a resource that is
      named twice is answered once. [at_controller/incremental_alter_configs/unknown_resources,
      at_controller/incremental_alter_configs/order_of_checks]
    - There a key that is named twice counts as it is named last, and a null deletes. [controller/config_changes,
      at_controller/incremental_alter_configs/order_of_checks]
    - There directories that a broker's own configs do not cordon yet: INVALID_CONFIG (40), before it is asked whose configs
      these are. [controller/cordoned_log_dirs]
    - There another broker is BROKER_ID_NOT_REGISTERED (102). [at_controller/incremental_alter_configs/unknown_resources,
      at_controller/incremental_alter_configs/nothing_to_change]

Versions:
    - 1 is flexible. [incremental_alter_configs/every_version]

Differences: the real controller takes any value for a broker's configs, ours does not. Patterns of client metrics are matched in
bounded time, so those that need backtracking (back references, looking around, possessive repetitions) are refused with 40.
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
