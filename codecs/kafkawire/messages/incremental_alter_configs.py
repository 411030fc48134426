"""IncrementalAlterConfigs (key 44): changes single configs of topics, brokers and groups (KIP-339)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    struct,
)


@struct
class ConfigChange(Message):
    """One config and what to do to it."""

    name: str = String("Config key.")
    config_operation: int = Int8("0 set, 1 take back to the default, 2 append to a list, 3 remove from a list.")
    value: str | None = String(
        "New value as text, or the items to append or remove; null with operation 1.", nullable()
    )


@struct
class ResourceChange(Message):
    """Changes of one resource: all or none of them."""

    resource_type: int = Int8("Kind: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.")
    resource_name: str = String(
        "Topic, group or subscription, or the broker's id as text (empty: the cluster-wide default)."
    )
    configs: list[ConfigChange] = Array(ConfigChange, "What changes.")


@request(44, versions=(0, 1), flexible=1)
class IncrementalAlterConfigsRequest(TopLevel):
    """Changes what it names; other configs stay. Version 1 is flexible."""

    resources: list[ResourceChange] = Array(ResourceChange, "The resources, each for itself.")
    validate_only: bool = Bool("Whether to check only.")


@struct
class ResourceResult(Message):
    """How it went with one resource."""

    error_code: int = Int16(
        "NONE or why nothing changed: INVALID_CONFIG, INVALID_REQUEST, UNKNOWN_TOPIC_OR_PARTITION, POLICY_VIOLATION."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable())
    resource_type: int = Int8("Kind, as in the request.")
    resource_name: str = String("Name, as in the request.")


@response(44, versions=(0, 1), flexible=1)
class IncrementalAlterConfigsResponse(TopLevel):
    """How it went, by resource. Version 1 is flexible."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    responses: list[ResourceResult] = Array(ResourceResult, "One result for each resource.")
