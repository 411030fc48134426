"""EndTxn (key 26): a producer commits or aborts its transaction."""

from __future__ import annotations

from kafkawire.declare import Bool, Int16, Int32, Int64, String, TopLevel, request, response, since


@request(26, versions=(0, 5), flexible=3)
class EndTxnRequest(TopLevel):
    """Ends a transaction.

    Version 2 knows PRODUCER_FENCED, 4 TRANSACTION_ABORTABLE; 5 raises the epoch with every transaction
    (KIP-890).
    """

    transactional_id: str = String("Transactional id of the producer.")
    producer_id: int = Int64("Id of the producer.")
    producer_epoch: int = Int16("Epoch of the producer id; an older one is fenced.")
    committed: bool = Bool("True: commit, false: abort.")


@response(26, versions=(0, 5), flexible=3)
class EndTxnResponse(TopLevel):
    """Whether the end is decided; the markers follow."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16(
        "NONE; INVALID_TXN_STATE, PRODUCER_FENCED, INVALID_PRODUCER_ID_MAPPING, CONCURRENT_TRANSACTIONS (try again)."
    )
    producer_id: int = Int64("Id for the next transaction; -1 on an error.", since(5), default=-1)
    producer_epoch: int = Int16("Epoch for the next transaction; -1 on an error.", since(5), default=-1)
