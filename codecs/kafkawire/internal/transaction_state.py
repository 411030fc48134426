"""Records of ``__transaction_state``: transactional ids and their transactions (KIP-98).

Key and value each start with a version of two bytes, then one of these; a null value removes the id.
"""

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
    nullable,
    record,
    since,
    struct,
    tagged,
)


@record(0, versions=(0, 0))
class TransactionLogKey(TopLevel):
    """Key of a transactional id."""

    transactional_id: str = String("Its name.")


@struct
class TransactionPartitions(Message):
    """Partitions of one topic that are in the transaction."""

    topic: str = String("Topic.")
    partition_ids: list[int] = Array(Int32, "Partitions.")


@record(0, versions=(0, 1), flexible=1)
class TransactionLogValue(TopLevel):
    """A transactional id and its transaction. Version 1 is flexible; what KIP-890 needs is tagged."""

    producer_id: int = Int64("Producer id in use.")
    previous_producer_id: int = Int64(
        "Producer id before that, in case an answer was lost; -1: none.", since(1), tagged(0, since=1), default=-1
    )
    next_producer_id: int = Int64(
        "Producer id that comes into use after this transaction; -1: the same.",
        since(1),
        tagged(1, since=1),
        default=-1,
    )
    producer_epoch: int = Int16("Epoch in use.")
    next_producer_epoch: int = Int16(
        "Epoch that goes with next_producer_id; -1: none.", since(1), tagged(3, since=1), default=-1
    )
    transaction_timeout_ms: int = Int32("How long a transaction may stay open, in ms.")
    transaction_status: int = Int8(
        "0 empty, 1 ongoing, 2 prepare commit, 3 prepare abort, 4 complete commit, 5 complete abort, 6 dead, 7 prepare "
        "epoch fence."
    )
    transaction_partitions: list[TransactionPartitions] | None = Array(
        TransactionPartitions, "Partitions in the transaction; null: none.", nullable()
    )
    transaction_last_update_timestamp_ms: int = Int64("When this last changed, in ms since 1970.")
    transaction_start_timestamp_ms: int = Int64("When the transaction began, in ms since 1970; -1: none is open.")
    client_transaction_version: int = Int16(
        "Level of transaction.version the client works with; 0 and 1: before KIP-890, 2: after.",
        since(1),
        tagged(2, since=1),
    )
