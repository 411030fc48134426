"""AlterConfigs (key 33): replaces all configs of a resource; IncrementalAlterConfigs has taken its place."""

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
class AlterableConfig(Message):
    """A config to set."""

    name: str = String("Config key.")
    value: str | None = String("Its value; null is refused.", nullable())


@struct
class AlterConfigsResource(Message):
    """A resource and all configs it shall have."""

    resource_type: int = Int8("2: topic, 4: broker, 8: broker logger, 16: client metrics, 32: group.")
    resource_name: str = String("Its name: of a topic, id of a broker (empty: the default of all).")
    configs: list[AlterableConfig] = Array(
        AlterableConfig, "Everything to be set; whatever is not listed falls back to its default."
    )


@request(33, versions=(0, 2), flexible=2)
class AlterConfigsRequest(TopLevel):
    """Replaces configs; each resource succeeds or fails for itself."""

    resources: list[AlterConfigsResource] = Array(AlterConfigsResource, "The resources.")
    validate_only: bool = Bool("Check everything and change nothing.")


@struct
class AlterConfigsResourceResponse(Message):
    """What became of one resource."""

    error_code: int = Int16("NONE or why it is unchanged, such as INVALID_CONFIG.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    resource_type: int = Int8("Kind of resource, as in the request.")
    resource_name: str = String("Its name.")


@response(33, versions=(0, 2), flexible=2)
class AlterConfigsResponse(TopLevel):
    """What became of each resource."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    responses: list[AlterConfigsResourceResponse] = Array(AlterConfigsResourceResponse, "One result per resource.")
