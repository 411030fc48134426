"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
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
class OffsetCommitRequestPartition(Message):
    """DOC"""

    partition_index: int = Int32("MEANING")
    committed_offset: int = Int64("MEANING")
    committed_leader_epoch: int = Int32("MEANING", since(6), default=-1)
    commit_timestamp: int = Int64("MEANING", since(1), until(1), default=-1)
    committed_metadata: str | None = String("MEANING", nullable())


@struct
class OffsetCommitRequestTopic(Message):
    """DOC"""

    name: str = String("MEANING", until(9))
    topic_id: bytes = Uuid("MEANING", since(10))
    partitions: list[OffsetCommitRequestPartition] = Array(OffsetCommitRequestPartition, "MEANING")


@request(8, versions=(0, 10), flexible=8)
class OffsetCommitRequest(TopLevel):
    """DOC"""

    group_id: str = String("MEANING")
    generation_id_or_member_epoch: int = Int32("MEANING", since(1), default=-1)
    member_id: str = String("MEANING", since(1))
    group_instance_id: str | None = String("MEANING", since(7), nullable(7), default=None)
    retention_time_ms: int = Int64("MEANING", since(2), until(4), default=-1)
    topics: list[OffsetCommitRequestTopic] = Array(OffsetCommitRequestTopic, "MEANING")


@struct
class OffsetCommitResponsePartition(Message):
    """DOC"""

    partition_index: int = Int32("MEANING")
    error_code: int = Int16("MEANING")


@struct
class OffsetCommitResponseTopic(Message):
    """DOC"""

    name: str = String("MEANING", until(9))
    topic_id: bytes = Uuid("MEANING", since(10))
    partitions: list[OffsetCommitResponsePartition] = Array(OffsetCommitResponsePartition, "MEANING")


@response(8, versions=(0, 10), flexible=8)
class OffsetCommitResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(3))
    topics: list[OffsetCommitResponseTopic] = Array(OffsetCommitResponseTopic, "MEANING")
