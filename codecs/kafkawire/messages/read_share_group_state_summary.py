"""ReadShareGroupStateSummary (key 87): where a share-partition stands, without its batches (KIP-932)."""

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
class PartitionToRead(Message):
    """A share-partition to read."""

    partition: int = Int32("Partition.")
    leader_epoch: int = Int32("Epoch of the partition's leader as far as known; -1: unknown.")


@struct
class TopicToRead(Message):
    """Share-partitions of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionToRead] = Array(PartitionToRead, "Its partitions.")


@request(87, versions=(0, 1), flexible=0)
class ReadShareGroupStateSummaryRequest(TopLevel):
    """Reads where share-partitions stand, for the lag of a group. Version 1 is for the count (KIP-1226)."""

    group_id: str = String("Group.")
    topics: list[TopicToRead] = Array(TopicToRead, "What to read, by topic.")


@struct
class PartitionResult(Message):
    """Where one share-partition stands."""

    partition: int = Int32("Partition.")
    error_code: int = Int16("NONE, FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, or an error of the coordinator.")
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    state_epoch: int = Int32("Epoch of the state.")
    leader_epoch: int = Int32("Epoch of the leader that wrote it.")
    start_offset: int = Int64("First offset not yet done with; -1: not settled yet.")
    delivery_complete_count: int = Int32(
        "Offsets from start_offset on that are done with; -1: unknown.", since(1), default=-1
    )


@struct
class TopicResult(Message):
    """Where one topic stands."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Its partitions.")


@response(87, versions=(0, 1), flexible=0)
class ReadShareGroupStateSummaryResponse(TopLevel):
    """Where they stand, by topic. Version 1 adds the count of records done with (KIP-1226)."""

    results: list[TopicResult] = Array(TopicResult, "One result for each topic.")
