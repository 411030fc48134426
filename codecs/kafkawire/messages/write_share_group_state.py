"""WriteShareGroupState (key 85): a leader stores how far a share-partition is (KIP-932)."""

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
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class StateBatch(Message):
    """Records next to one another in the same state."""

    first_offset: int = Int64("First of them.")
    last_offset: int = Int64("Last of them, inclusive.")
    delivery_state: int = Int8("0 available, 2 acknowledged, 4 archived.")
    delivery_count: int = Int16("How often they have been delivered.")


@struct
class PartitionToWrite(Message):
    """What is new of one share-partition."""

    partition: int = Int32("Partition.")
    state_epoch: int = Int32("Epoch of the state; older: FENCED_STATE_EPOCH.")
    leader_epoch: int = Int32("Epoch of the leader that writes; older: FENCED_LEADER_EPOCH.")
    start_offset: int = Int64("First offset not yet done with; -1: as before.")
    delivery_complete_count: int = Int32(
        "Offsets from start_offset on that are done with; -1: unknown.", since(1), default=-1
    )
    state_batches: list[StateBatch] = Array(StateBatch, "States that changed.")


@struct
class TopicToWrite(Message):
    """What is new of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionToWrite] = Array(PartitionToWrite, "Its partitions.")


@request(85, versions=(0, 1), flexible=0)
class WriteShareGroupStateRequest(TopLevel):
    """Stores states of share-partitions. Between brokers only. Version 1 adds the count (KIP-1226)."""

    group_id: str = String("Group.")
    topics: list[TopicToWrite] = Array(TopicToWrite, "What is new, by topic.")


@struct
class PartitionResult(Message):
    """How it went with one share-partition."""

    partition: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE, FENCED_STATE_EPOCH, FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, or an error of the coordinator."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)


@struct
class TopicResult(Message):
    """How it went with one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Its partitions.")


@response(85, versions=(0, 1), flexible=0)
class WriteShareGroupStateResponse(TopLevel):
    """How it went, by topic. Version 1 is as version 0."""

    results: list[TopicResult] = Array(TopicResult, "One result for each topic.")
