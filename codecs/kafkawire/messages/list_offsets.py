"""ListOffsets (key 2): the offset of a time, or the first or last of a partition."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int8,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    request,
    response,
    since,
    struct,
    until,
)


@struct
class ListOffsetsPartition(Message):
    """What is asked of one partition."""

    partition_index: int = Int32("Partition.")
    current_leader_epoch: int = Int32("Leader epoch the client knows; -1: not checked.", since(4), default=-1)
    timestamp: int = Int64(
        "Time in ms since 1970, or -1 latest, -2 earliest, -3 greatest time, -4 earliest local, -5 last tiered, -6 first not tiered."
    )
    max_num_offsets: int = Int32("Most offsets to list.", until(0), default=1)


@struct
class ListOffsetsTopic(Message):
    """What is asked of one topic."""

    name: str = String("Topic.")
    partitions: list[ListOffsetsPartition] = Array(ListOffsetsPartition, "Partitions of it.")


@request(2, versions=(0, 11), flexible=6)
class ListOffsetsRequest(TopLevel):
    """Asks for offsets.

    Version 0 lists the starts of segments before a time; version 1 finds the first record at or after it. Version 2
    adds the isolation level, 4 leader epochs (KIP-320); timestamp -3 came with 7 (KIP-734), -4 with 8 (KIP-405), -5
    with 9 (KIP-1005), -6 with 11 (KIP-1023); version 10 adds a timeout for tiered storage (KIP-1075).
    """

    replica_id: int = Int32(
        "Id of a following broker; -1: a consumer, which sees nothing above the high watermark; -2: a debugging client."
    )
    isolation_level: int = Int8("0: latest means the high watermark, 1: the last stable offset.", since(2))
    topics: list[ListOffsetsTopic] = Array(ListOffsetsTopic, "What is asked.")
    timeout_ms: int = Int32("How long a lookup in tiered storage may take, in ms.", since(10))


@struct
class ListOffsetsPartitionResponse(Message):
    """What was found in one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE or why nothing was found.")
    old_style_offsets: list[int] = Array(Int64, "Offsets found, greatest first.", until(0))
    timestamp: int = Int64(
        "Timestamp of the record found, in ms since 1970; -1 if a position was asked for or nothing was found.",
        since(1),
        default=-1,
    )
    offset: int = Int64("Offset found; -1: none.", since(1), default=-1)
    leader_epoch: int = Int32("Leader epoch of the record found; -1: unknown.", since(4), default=-1)


@struct
class ListOffsetsTopicResponse(Message):
    """What was found in one topic."""

    name: str = String("Topic.")
    partitions: list[ListOffsetsPartitionResponse] = Array(ListOffsetsPartitionResponse, "Its partitions.")


@response(2, versions=(0, 11), flexible=6)
class ListOffsetsResponse(TopLevel):
    """What was found.

    Version 1 gives one offset with its timestamp, version 4 its leader epoch, version 5 may answer
    OFFSET_NOT_AVAILABLE after an election.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(2)
    )
    topics: list[ListOffsetsTopicResponse] = Array(ListOffsetsTopicResponse, "What was found, by topic.")
