"""AddOffsetsToTxn (key 25): a transaction announces that it will commit offsets of a group."""

from __future__ import annotations

from kafkawire.declare import Int16, Int32, Int64, String, TopLevel, request, response


@request(25, versions=(0, 4), flexible=3)
class AddOffsetsToTxnRequest(TopLevel):
    """Adds the group's partition of __consumer_offsets to the transaction.

    Version 2 knows PRODUCER_FENCED, 4 TRANSACTION_ABORTABLE (KIP-890).
    """

    transactional_id: str = String("Transactional id of the producer.")
    producer_id: int = Int64("Id of the producer.")
    producer_epoch: int = Int16("Epoch of the producer id; an older one is fenced.")
    group_id: str = String("Group whose offsets will follow in TxnOffsetCommit.")


@response(25, versions=(0, 4), flexible=3)
class AddOffsetsToTxnResponse(TopLevel):
    """Whether the partition belongs to the transaction now."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16(
        "NONE; INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, INVALID_TXN_STATE or CONCURRENT_TRANSACTIONS (try again)."
    )
