"""InitProducerId (key 22): gives a producer its id and epoch, for idempotence and transactions (KIP-98)."""

from __future__ import annotations

from kafkawire.declare import Bool, Int16, Int32, Int64, String, TopLevel, nullable, request, response, since


@request(22, versions=(0, 6), flexible=2)
class InitProducerIdRequest(TopLevel):
    """Asks for a producer id; for a transactional one it also fences older instances and ends what they left open.

    Version 3 lets a producer go on with its id under a new epoch (KIP-360), version 4 adds the error
    PRODUCER_FENCED, version 6 two-phase commit (KIP-939).
    """

    transactional_id: str | None = String("Name of the transactional producer; null: idempotence only.", nullable())
    transaction_timeout_ms: int = Int32(
        "How long a transaction may stay open without news, in ms; unused without a transactional id."
    )
    producer_id: int = Int64("Id the producer had, to go on with; -1: none.", since(3), default=-1)
    producer_epoch: int = Int16("Epoch it had; -1: none.", since(3), default=-1)
    enable2_pc: bool = Bool("Whether transactions are prepared and decided from outside (two-phase commit).", since(6))
    keep_prepared_txn: bool = Bool("Whether to keep a transaction that is prepared, instead of aborting it.", since(6))


@response(22, versions=(0, 6), flexible=2)
class InitProducerIdResponse(TopLevel):
    """The producer's id and epoch. Version 6 adds what transaction is still open."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE or why there is no id.")
    producer_id: int = Int64("Id; -1 on an error.", default=-1)
    producer_epoch: int = Int16("Epoch; -1 on an error.")
    ongoing_txn_producer_id: int = Int64("Producer of the transaction kept open; -1: none.", since(6), default=-1)
    ongoing_txn_producer_epoch: int = Int16("Its epoch; -1: none.", since(6), default=-1)
