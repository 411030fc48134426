"""OffsetFetch (key 9): a group asks how far it has read."""

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
    """What is asked of one topic."""

    name: str = String("Topic.", until(7))
    partition_indexes: list[int] = Array(Int32, "Partitions of it.", until(7))


@struct
class OffsetFetchRequestTopics(Message):
    """What is asked of one topic."""

    name: str = String("Topic by name.", since(8), until(9))
    topic_id: bytes = Uuid("Topic by id.", since(10))
    partition_indexes: list[int] = Array(Int32, "Partitions of it.", since(8))


@struct
class OffsetFetchRequestGroup(Message):
    """What is asked of one group."""

    group_id: str = String("Group.", since(8))
    member_id: str | None = String(
        "Member of the new protocol that asks; null: not a member.", since(9), nullable(9), default=None
    )
    member_epoch: int = Int32("Its member epoch; -1: not a member.", since(9), default=-1)
    topics: list[OffsetFetchRequestTopics] | None = Array(
        OffsetFetchRequestTopics, "What is asked; null: every offset of the group.", since(8), nullable(8)
    )


@request(9, versions=(0, 10), flexible=6)
class OffsetFetchRequest(TopLevel):
    """Asks for committed offsets.

    Version 0 read them from ZooKeeper. Version 2 can ask for all, 7 waits out transactions that hold offsets
    (KIP-447), 8 asks for several groups (KIP-709), 9 is checked against members of the new protocol (KIP-848), 10
    names topics by id.
    """

    group_id: str = String("Group.", until(7))
    topics: list[OffsetFetchRequestTopic] | None = Array(
        OffsetFetchRequestTopic, "What is asked; null: every offset of the group.", until(7), nullable(2)
    )
    groups: list[OffsetFetchRequestGroup] = Array(OffsetFetchRequestGroup, "What is asked, by group.", since(8))
    require_stable: bool = Bool(
        "Whether to answer UNSTABLE_OFFSET_COMMIT while an open transaction may still change an offset.", since(7)
    )


@struct
class OffsetFetchResponsePartition(Message):
    """What is stored for one partition."""

    partition_index: int = Int32("Partition.", until(7))
    committed_offset: int = Int64("Next offset to read; -1: nothing is stored.", until(7))
    committed_leader_epoch: int = Int32(
        "Leader epoch of the last record read; -1: unknown.", since(5), until(7), default=-1
    )
    metadata: str | None = String("Text of the client's own; empty if nothing is stored.", until(7), nullable())
    error_code: int = Int16("NONE or why it is not told.", until(7))


@struct
class OffsetFetchResponseTopic(Message):
    """What is stored for one topic."""

    name: str = String("Topic.", until(7))
    partitions: list[OffsetFetchResponsePartition] = Array(OffsetFetchResponsePartition, "Its partitions.", until(7))


@struct
class OffsetFetchResponsePartitions(Message):
    """What is stored for one partition."""

    partition_index: int = Int32("Partition.", since(8))
    committed_offset: int = Int64("Next offset to read; -1: nothing is stored.", since(8))
    committed_leader_epoch: int = Int32("Leader epoch of the last record read; -1: unknown.", since(8), default=-1)
    metadata: str | None = String("Text of the client's own; empty if nothing is stored.", since(8), nullable(8))
    error_code: int = Int16("NONE or why it is not told.", since(8))


@struct
class OffsetFetchResponseTopics(Message):
    """What is stored for one topic."""

    name: str = String("Topic by name.", since(8), until(9))
    topic_id: bytes = Uuid("Topic by id.", since(10))
    partitions: list[OffsetFetchResponsePartitions] = Array(OffsetFetchResponsePartitions, "Its partitions.", since(8))


@struct
class OffsetFetchResponseGroup(Message):
    """What is stored for one group."""

    group_id: str = String("Group.", since(8))
    topics: list[OffsetFetchResponseTopics] = Array(OffsetFetchResponseTopics, "What is stored, by topic.", since(8))
    error_code: int = Int16("NONE or what is wrong with the group as a whole.", since(8))


@response(9, versions=(0, 10), flexible=6)
class OffsetFetchResponse(TopLevel):
    """The offsets stored.

    Version 2 adds an error for the group, 3 the throttle time, 5 leader epochs, 8 one entry per group.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(3)
    )
    topics: list[OffsetFetchResponseTopic] = Array(OffsetFetchResponseTopic, "What is stored, by topic.", until(7))
    error_code: int = Int16("NONE or what is wrong with the group as a whole.", since(2), until(7))
    groups: list[OffsetFetchResponseGroup] = Array(OffsetFetchResponseGroup, "One entry per group asked for.", since(8))
