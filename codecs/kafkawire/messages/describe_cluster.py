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
)


@request(60, versions=(0, 2), flexible=0)
class DescribeClusterRequest(TopLevel):
    """DOC"""

    include_cluster_authorized_operations: bool = Bool("MEANING")
    endpoint_type: int = Int8("MEANING", since(1), default=1)
    include_fenced_brokers: bool = Bool("MEANING", since(2))


@struct
class DescribeClusterBroker(Message):
    """DOC"""

    broker_id: int = Int32("MEANING")
    host: str = String("MEANING")
    port: int = Int32("MEANING")
    rack: str | None = String("MEANING", nullable(), default=None)
    is_fenced: bool = Bool("MEANING", since(2))


@response(60, versions=(0, 2), flexible=0)
class DescribeClusterResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING")
    error_code: int = Int16("MEANING")
    error_message: str | None = String("MEANING", nullable(), default=None)
    endpoint_type: int = Int8("MEANING", since(1), default=1)
    cluster_id: str = String("MEANING")
    controller_id: int = Int32("MEANING", default=-1)
    brokers: list[DescribeClusterBroker] = Array(DescribeClusterBroker, "MEANING")
    cluster_authorized_operations: int = Int32("MEANING", default=-2147483648)
