"""OffsetCommit (key 8): a group stores how far it has read."""

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
    """What is stored for one partition."""

    partition_index: int = Int32("Partition.")
    committed_offset: int = Int64("Next offset to read.")
    committed_leader_epoch: int = Int32("Leader epoch of the last record read; -1: unknown.", since(6), default=-1)
    commit_timestamp: int = Int64("Time of the commit in ms since 1970; -1: now.", since(1), until(1), default=-1)
    committed_metadata: str | None = String("Text of the client's own; null is stored as empty.", nullable())


@struct
class OffsetCommitRequestTopic(Message):
    """What is stored for one topic."""

    name: str = String("Topic by name.", until(9))
    topic_id: bytes = Uuid("Topic by id.", since(10))
    partitions: list[OffsetCommitRequestPartition] = Array(OffsetCommitRequestPartition, "Partitions of it.")


@request(8, versions=(0, 10), flexible=8)
class OffsetCommitRequest(TopLevel):
    """Stores offsets of a group.

    Version 1 adds membership, 2 a retention time (gone again in 5: a broker config decides), 6 leader epochs, 7
    static members. From 9 on members of the new protocol may commit (KIP-848); 10 names topics by id.
    """

    group_id: str = String("Group.")
    generation_id_or_member_epoch: int = Int32(
        "Generation of the group, or member epoch in the new protocol; -1: a commit from outside the group.",
        since(1),
        default=-1,
    )
    member_id: str = String("Id the coordinator gave the member; empty from outside.", since(1))
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(7), nullable(7), default=None
    )
    retention_time_ms: int = Int64(
        "How long to keep the offsets, in ms; -1: the broker's default.", since(2), until(4), default=-1
    )
    topics: list[OffsetCommitRequestTopic] = Array(OffsetCommitRequestTopic, "What is stored, by topic.")


@struct
class OffsetCommitResponsePartition(Message):
    """What became of one partition's commit."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE or why it was not stored.")


@struct
class OffsetCommitResponseTopic(Message):
    """What became of one topic's commits."""

    name: str = String("Topic by name.", until(9))
    topic_id: bytes = Uuid("Topic by id.", since(10))
    partitions: list[OffsetCommitResponsePartition] = Array(OffsetCommitResponsePartition, "Its partitions.")


@response(8, versions=(0, 10), flexible=8)
class OffsetCommitResponse(TopLevel):
    """Whether the offsets were stored.

    Version 3 adds the throttle time; from 9 on the errors GROUP_ID_NOT_FOUND and STALE_MEMBER_EPOCH can occur, from
    10 on UNKNOWN_TOPIC_ID.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(3)
    )
    topics: list[OffsetCommitResponseTopic] = Array(OffsetCommitResponseTopic, "One result per partition, by topic.")
