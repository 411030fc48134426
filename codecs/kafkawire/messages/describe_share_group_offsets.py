"""DescribeShareGroupOffsets (key 90): where share groups start reading (KIP-932)."""

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
)


@struct
class RequestedTopic(Message):
    """Partitions of one topic."""

    topic_name: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Partitions asked about.")


@struct
class RequestedGroup(Message):
    """What is asked about one group."""

    group_id: str = String("Group.")
    topics: list[RequestedTopic] | None = Array(
        RequestedTopic, "What to ask about; null: everything the group has read.", nullable()
    )


@request(90, versions=(0, 1), flexible=0)
class DescribeShareGroupOffsetsRequest(TopLevel):
    """Asks the coordinator of the groups."""

    groups: list[RequestedGroup] = Array(RequestedGroup, "The groups.")


@struct
class DescribedPartition(Message):
    """Start of one partition."""

    partition_index: int = Int32("Partition.")
    start_offset: int = Int64("First offset not yet finished with; -1: the group has not begun on it.")
    leader_epoch: int = Int32("Leader epoch of that offset.")
    lag: int = Int64("Records still to be delivered and finished with; -1: unknown.", since(1), default=-1)
    error_code: int = Int16("NONE or why it failed.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)


@struct
class DescribedTopic(Message):
    """Starts of one topic's partitions."""

    topic_name: str = String("Topic by name.")
    topic_id: bytes = Uuid("Topic by id; zeros if there is none.")
    partitions: list[DescribedPartition] = Array(DescribedPartition, "Results by partition.")


@struct
class DescribedGroup(Message):
    """Starts of one group."""

    group_id: str = String("Group.")
    topics: list[DescribedTopic] = Array(DescribedTopic, "Results by topic.")
    error_code: int = Int16("NONE; GROUP_ID_NOT_FOUND, GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)


@response(90, versions=(0, 1), flexible=0)
class DescribeShareGroupOffsetsResponse(TopLevel):
    """Starts by group. Version 1 adds the lag (KIP-1226)."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    groups: list[DescribedGroup] = Array(DescribedGroup, "One result per group asked for.")
