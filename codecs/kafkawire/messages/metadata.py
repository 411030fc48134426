"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
    until,
)


@struct
class MetadataRequestTopic(Message):
    """DOC"""

    topic_id: bytes = Uuid("MEANING", since(10))
    name: str | None = String("MEANING", nullable(10))


@request(3, versions=(0, 13), flexible=9)
class MetadataRequest(TopLevel):
    """DOC"""

    topics: list[MetadataRequestTopic] | None = Array(MetadataRequestTopic, "MEANING", nullable(1))
    allow_auto_topic_creation: bool = Bool("MEANING", since(4), default=True)
    include_cluster_authorized_operations: bool = Bool("MEANING", since(8), until(10))
    include_topic_authorized_operations: bool = Bool("MEANING", since(8))


@struct
class MetadataResponseBroker(Message):
    """DOC"""

    node_id: int = Int32("MEANING")
    host: str = String("MEANING")
    port: int = Int32("MEANING")
    rack: str | None = String("MEANING", since(1), nullable(1), default=None)


@struct
class MetadataResponsePartition(Message):
    """DOC"""

    error_code: int = Int16("MEANING")
    partition_index: int = Int32("MEANING")
    leader_id: int = Int32("MEANING")
    leader_epoch: int = Int32("MEANING", since(7), default=-1)
    replica_nodes: list[int] = Array(Int32, "MEANING")
    isr_nodes: list[int] = Array(Int32, "MEANING")
    offline_replicas: list[int] = Array(Int32, "MEANING", since(5))


@struct
class MetadataResponseTopic(Message):
    """DOC"""

    error_code: int = Int16("MEANING")
    name: str | None = String("MEANING", nullable(12))
    topic_id: bytes = Uuid("MEANING", since(10))
    is_internal: bool = Bool("MEANING", since(1))
    partitions: list[MetadataResponsePartition] = Array(MetadataResponsePartition, "MEANING")
    topic_authorized_operations: int = Int32("MEANING", since(8), default=-2147483648)


@response(3, versions=(0, 13), flexible=9)
class MetadataResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(3))
    brokers: list[MetadataResponseBroker] = Array(MetadataResponseBroker, "MEANING")
    cluster_id: str | None = String("MEANING", since(2), nullable(2), default=None)
    controller_id: int = Int32("MEANING", since(1), default=-1)
    topics: list[MetadataResponseTopic] = Array(MetadataResponseTopic, "MEANING")
    cluster_authorized_operations: int = Int32("MEANING", since(8), until(10), default=-2147483648)
    error_code: int = Int16("MEANING", since(13))
