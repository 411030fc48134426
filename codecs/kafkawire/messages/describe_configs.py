"""DescribeConfigs (key 32): configs of topics, brokers, loggers, groups and client metrics."""

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
    since,
    struct,
    until,
)


@struct
class DescribeConfigsResource(Message):
    """One resource whose configs are wanted."""

    resource_type: int = Int8("Kind: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.")
    resource_name: str = String(
        "Topic, group or subscription, or the broker's id as text (empty: the cluster-wide default)."
    )
    configuration_keys: list[str] | None = Array(String, "Keys wanted; null (or, in practice, empty): all.", nullable())


@request(32, versions=(0, 4), flexible=4)
class DescribeConfigsRequest(TopLevel):
    """Asks for configs in force, their sources and defaults.

    Version 1 adds synonyms, version 3 types and documentation (KIP-569).
    """

    resources: list[DescribeConfigsResource] = Array(DescribeConfigsResource, "What to describe.")
    include_synonyms: bool = Bool("Whether to list every place a value could come from.", since(1))
    include_documentation: bool = Bool("Whether to add each key's documentation.", since(3))


@struct
class DescribeConfigsSynonym(Message):
    """One place that a value could come from, the strongest first."""

    name: str = String("Key there; brokers and topics name some configs differently.", since(1))
    value: str | None = String("Value there, or null if it is secret or absent.", since(1), nullable(1))
    source: int = Int8("Which place; numbers as in config_source.", since(1))


@struct
class DescribeConfigsResourceResult(Message):
    """One config."""

    name: str = String("Config key.")
    value: str | None = String("Value in force as text; null if it is secret or has none.", nullable())
    read_only: bool = Bool("Whether it cannot be changed while the broker runs.")
    is_default: bool = Bool("Whether nobody has set it.", until(0))
    config_source: int = Int8(
        "Place: 1 topic, 2 one broker, 3 all brokers, 4 broker's properties, 5 default, 6 logger, 7 metrics, 8 group.",
        since(1),
        default=-1,
    )
    is_sensitive: bool = Bool("Whether the value is kept secret.")
    synonyms: list[DescribeConfigsSynonym] = Array(
        DescribeConfigsSynonym, "Every place it could come from, if asked for.", since(1)
    )
    config_type: int = Int8(
        "Type: 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password; 0 unknown.", since(3)
    )
    documentation: str | None = String("What it does; null unless asked for.", since(3), nullable(3))


@struct
class DescribeConfigsResult(Message):
    """The configs of one resource."""

    error_code: int = Int16("NONE or why there are none.")
    error_message: str | None = String("What was wrong, in words.", nullable())
    resource_type: int = Int8("Kind of the resource, as asked.")
    resource_name: str = String("Its name, as asked.")
    configs: list[DescribeConfigsResourceResult] = Array(DescribeConfigsResourceResult, "Its configs.")


@response(32, versions=(0, 4), flexible=4)
class DescribeConfigsResponse(TopLevel):
    """The configs of each resource.

    Version 1 replaces the mark of defaults by the source and adds synonyms, version 3 adds type and documentation.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    results: list[DescribeConfigsResult] = Array(DescribeConfigsResult, "One result per resource asked for.")
