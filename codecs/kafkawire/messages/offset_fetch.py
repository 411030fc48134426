"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Int64,
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
class OffsetFetchRequestTopic(Message):
    """DOC"""

    name: str = String("MEANING", until(7))
    partition_indexes: list[int] = Array(Int32, "MEANING", until(7))


@struct
class OffsetFetchRequestTopics(Message):
    """DOC"""

    name: str = String("MEANING", since(8), until(9))
    topic_id: bytes = Uuid("MEANING", since(10))
    partition_indexes: list[int] = Array(Int32, "MEANING", since(8))


@struct
class OffsetFetchRequestGroup(Message):
    """DOC"""

    group_id: str = String("MEANING", since(8))
    member_id: str | None = String("MEANING", since(9), nullable(9), default=None)
    member_epoch: int = Int32("MEANING", since(9), default=-1)
    topics: list[OffsetFetchRequestTopics] | None = Array(OffsetFetchRequestTopics, "MEANING", since(8), nullable(8))


@request(9, versions=(0, 10), flexible=6)
class OffsetFetchRequest(TopLevel):
    """DOC"""

    group_id: str = String("MEANING", until(7))
    topics: list[OffsetFetchRequestTopic] | None = Array(OffsetFetchRequestTopic, "MEANING", until(7), nullable(2))
    groups: list[OffsetFetchRequestGroup] = Array(OffsetFetchRequestGroup, "MEANING", since(8))
    require_stable: bool = Bool("MEANING", since(7))


@struct
class OffsetFetchResponsePartition(Message):
    """DOC"""

    partition_index: int = Int32("MEANING", until(7))
    committed_offset: int = Int64("MEANING", until(7))
    committed_leader_epoch: int = Int32("MEANING", since(5), until(7), default=-1)
    metadata: str | None = String("MEANING", until(7), nullable())
    error_code: int = Int16("MEANING", until(7))


@struct
class OffsetFetchResponseTopic(Message):
    """DOC"""

    name: str = String("MEANING", until(7))
    partitions: list[OffsetFetchResponsePartition] = Array(OffsetFetchResponsePartition, "MEANING", until(7))


@struct
class OffsetFetchResponsePartitions(Message):
    """DOC"""

    partition_index: int = Int32("MEANING", since(8))
    committed_offset: int = Int64("MEANING", since(8))
    committed_leader_epoch: int = Int32("MEANING", since(8), default=-1)
    metadata: str | None = String("MEANING", since(8), nullable(8))
    error_code: int = Int16("MEANING", since(8))


@struct
class OffsetFetchResponseTopics(Message):
    """DOC"""

    name: str = String("MEANING", since(8), until(9))
    topic_id: bytes = Uuid("MEANING", since(10))
    partitions: list[OffsetFetchResponsePartitions] = Array(OffsetFetchResponsePartitions, "MEANING", since(8))


@struct
class OffsetFetchResponseGroup(Message):
    """DOC"""

    group_id: str = String("MEANING", since(8))
    topics: list[OffsetFetchResponseTopics] = Array(OffsetFetchResponseTopics, "MEANING", since(8))
    error_code: int = Int16("MEANING", since(8))


@response(9, versions=(0, 10), flexible=6)
class OffsetFetchResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(3))
    topics: list[OffsetFetchResponseTopic] = Array(OffsetFetchResponseTopic, "MEANING", until(7))
    error_code: int = Int16("MEANING", since(2), until(7))
    groups: list[OffsetFetchResponseGroup] = Array(OffsetFetchResponseGroup, "MEANING", since(8))
