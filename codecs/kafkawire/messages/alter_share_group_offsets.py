"""AlterShareGroupOffsets (key 91): sets where an empty share group starts reading (KIP-932)."""

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
    struct,
)


@struct
class PartitionOffset(Message):
    """New start of one partition."""

    partition_index: int = Int32("Partition.")
    start_offset: int = Int64("First offset the group shall deliver.")


@struct
class TopicOffsets(Message):
    """New starts of one topic's partitions."""

    topic_name: str = String("Topic by name.")
    partitions: list[PartitionOffset] = Array(PartitionOffset, "Partitions with their new starts.")


@request(91, versions=(0, 0), flexible=0)
class AlterShareGroupOffsetsRequest(TopLevel):
    """Sets start offsets, which forgets what was delivered and acknowledged; the group must have no members."""

    group_id: str = String("Group.")
    topics: list[TopicOffsets] = Array(TopicOffsets, "New starts, by topic.")


@struct
class PartitionResult(Message):
    """What became of one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE or why it failed.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)


@struct
class TopicResult(Message):
    """What became of one topic's partitions."""

    topic_name: str = String("Topic by name.")
    topic_id: bytes = Uuid("Topic by id; zeros if there is none.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Results by partition.")


@response(91, versions=(0, 0), flexible=0)
class AlterShareGroupOffsetsResponse(TopLevel):
    """What became of every partition."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE; NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, or what keeps the coordinator from answering.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)
    responses: list[TopicResult] = Array(TopicResult, "Results by topic.")
