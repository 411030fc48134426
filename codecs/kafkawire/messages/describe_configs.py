"""MODULE DOC"""

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
    """DOC"""

    resource_type: int = Int8("MEANING")
    resource_name: str = String("MEANING")
    configuration_keys: list[str] | None = Array(String, "MEANING", nullable())


@request(32, versions=(0, 4), flexible=4)
class DescribeConfigsRequest(TopLevel):
    """DOC"""

    resources: list[DescribeConfigsResource] = Array(DescribeConfigsResource, "MEANING")
    include_synonyms: bool = Bool("MEANING", since(1))
    include_documentation: bool = Bool("MEANING", since(3))


@struct
class DescribeConfigsSynonym(Message):
    """DOC"""

    name: str = String("MEANING", since(1))
    value: str | None = String("MEANING", since(1), nullable(1))
    source: int = Int8("MEANING", since(1))


@struct
class DescribeConfigsResourceResult(Message):
    """DOC"""

    name: str = String("MEANING")
    value: str | None = String("MEANING", nullable())
    read_only: bool = Bool("MEANING")
    is_default: bool = Bool("MEANING", until(0))
    config_source: int = Int8("MEANING", since(1), default=-1)
    is_sensitive: bool = Bool("MEANING")
    synonyms: list[DescribeConfigsSynonym] = Array(DescribeConfigsSynonym, "MEANING", since(1))
    config_type: int = Int8("MEANING", since(3))
    documentation: str | None = String("MEANING", since(3), nullable(3))


@struct
class DescribeConfigsResult(Message):
    """DOC"""

    error_code: int = Int16("MEANING")
    error_message: str | None = String("MEANING", nullable())
    resource_type: int = Int8("MEANING")
    resource_name: str = String("MEANING")
    configs: list[DescribeConfigsResourceResult] = Array(DescribeConfigsResourceResult, "MEANING")


@response(32, versions=(0, 4), flexible=4)
class DescribeConfigsResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING")
    results: list[DescribeConfigsResult] = Array(DescribeConfigsResult, "MEANING")
