"""ReadShareGroupState (key 84): a leader reads what is stored of a share-partition (KIP-932)."""

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
    struct,
)


@struct
class PartitionToRead(Message):
    """A share-partition to read."""

    partition: int = Int32("Partition.")
    leader_epoch: int = Int32("Epoch of the leader that reads; fences older leaders.")


@struct
class TopicToRead(Message):
    """Share-partitions of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionToRead] = Array(PartitionToRead, "Its partitions.")


@request(84, versions=(0, 0), flexible=0)
class ReadShareGroupStateRequest(TopLevel):
    """Reads states of share-partitions. Between brokers only."""

    group_id: str = String("Group.")
    topics: list[TopicToRead] = Array(TopicToRead, "What to read, by topic.")


@struct
class StateBatch(Message):
    """Records next to one another in the same state."""

    first_offset: int = Int64("First of them.")
    last_offset: int = Int64("Last of them, inclusive.")
    delivery_state: int = Int8("0 available, 2 acknowledged, 4 archived.")
    delivery_count: int = Int16("How often they have been delivered.")


@struct
class PartitionResult(Message):
    """State of one share-partition."""

    partition: int = Int32("Partition.")
    error_code: int = Int16("NONE, FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, or an error of the coordinator.")
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    state_epoch: int = Int32("Epoch of the state.")
    start_offset: int = Int64("First offset not yet done with; -1: not settled yet.")
    state_batches: list[StateBatch] = Array(StateBatch, "States of the records from there on.")


@struct
class TopicResult(Message):
    """States of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Its partitions.")


@response(84, versions=(0, 0), flexible=0)
class ReadShareGroupStateResponse(TopLevel):
    """The states, by topic."""

    results: list[TopicResult] = Array(TopicResult, "One result for each topic.")
