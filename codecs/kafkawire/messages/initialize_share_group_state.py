"""InitializeShareGroupState (key 83).

The group coordinator has the share coordinator open the state of partitions (KIP-932).
"""

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
class PartitionStart(Message):
    """A share-partition to open."""

    partition: int = Int32("Partition.")
    state_epoch: int = Int32("Epoch of the state; an older one than is stored is refused.")
    start_offset: int = Int64("Offset delivery begins at; -1: left for the first reader to settle.")


@struct
class TopicStart(Message):
    """Share-partitions of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionStart] = Array(PartitionStart, "Its partitions.")


@request(83, versions=(0, 0), flexible=0)
class InitializeShareGroupStateRequest(TopLevel):
    """Opens, or sets back, the state of share-partitions. Between brokers only."""

    group_id: str = String("Group.")
    topics: list[TopicStart] = Array(TopicStart, "What to open, by topic.")


@struct
class PartitionResult(Message):
    """How it went with one share-partition."""

    partition: int = Int32("Partition.")
    error_code: int = Int16("NONE, FENCED_STATE_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, or an error of the coordinator.")
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)


@struct
class TopicResult(Message):
    """How it went with one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Its partitions.")


@response(83, versions=(0, 0), flexible=0)
class InitializeShareGroupStateResponse(TopLevel):
    """How it went, by topic."""

    results: list[TopicResult] = Array(TopicResult, "One result for each topic.")
