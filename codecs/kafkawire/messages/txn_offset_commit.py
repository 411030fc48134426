"""TxnOffsetCommit (key 28): commits offsets of a group as part of a transaction (KIP-98)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class TxnOffsetCommitRequestPartition(Message):
    """An offset of one partition."""

    partition_index: int = Int32("Partition.")
    committed_offset: int = Int64("Next offset to read.")
    committed_leader_epoch: int = Int32("Leader epoch of the last record read; -1: unknown.", since(2), default=-1)
    committed_metadata: str | None = String("Text of the client's own, or null.", nullable())


@struct
class TxnOffsetCommitRequestTopic(Message):
    """Offsets of one topic."""

    name: str = String("Topic.")
    partitions: list[TxnOffsetCommitRequestPartition] = Array(TxnOffsetCommitRequestPartition, "Its partitions.")


@request(28, versions=(0, 5), flexible=3)
class TxnOffsetCommitRequest(TopLevel):
    """Offsets that count once the transaction commits.

    Version 2 adds leader epochs, 3 the member, so that an old generation is fenced (KIP-447), 4 allows
    TRANSACTION_ABORTABLE, and from version 5 on the request also adds the group to the transaction (KIP-890).
    """

    transactional_id: str = String("Transactional id of the producer.")
    group_id: str = String("Group.")
    producer_id: int = Int64("Its producer id.")
    producer_epoch: int = Int16("Its epoch.")
    generation_id: int = Int32("Generation of the consumer; -1: not checked.", since(3), default=-1)
    member_id: str = String("Id of the consumer in its group; empty: not checked.", since(3))
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(3), nullable(3), default=None
    )
    topics: list[TxnOffsetCommitRequestTopic] = Array(TxnOffsetCommitRequestTopic, "The offsets, by topic.")


@struct
class TxnOffsetCommitResponsePartition(Message):
    """How it went with one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE; UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID; INVALID_PRODUCER_EPOCH, "
        "TRANSACTION_ABORTABLE; an error of the coordinator."
    )


@struct
class TxnOffsetCommitResponseTopic(Message):
    """How it went with one topic."""

    name: str = String("Topic.")
    partitions: list[TxnOffsetCommitResponsePartition] = Array(TxnOffsetCommitResponsePartition, "Its partitions.")


@response(28, versions=(0, 5), flexible=3)
class TxnOffsetCommitResponse(TopLevel):
    """How it went, by topic. Versions as in the request."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    topics: list[TxnOffsetCommitResponseTopic] = Array(TxnOffsetCommitResponseTopic, "Results, by topic.")
