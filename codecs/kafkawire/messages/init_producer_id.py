"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import Bool, Int16, Int32, Int64, String, TopLevel, nullable, request, response, since


@request(22, versions=(0, 6), flexible=2)
class InitProducerIdRequest(TopLevel):
    """DOC"""

    transactional_id: str | None = String("MEANING", nullable())
    transaction_timeout_ms: int = Int32("MEANING")
    producer_id: int = Int64("MEANING", since(3), default=-1)
    producer_epoch: int = Int16("MEANING", since(3), default=-1)
    enable2_pc: bool = Bool("MEANING", since(6))
    keep_prepared_txn: bool = Bool("MEANING", since(6))


@response(22, versions=(0, 6), flexible=2)
class InitProducerIdResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING")
    error_code: int = Int16("MEANING")
    producer_id: int = Int64("MEANING", default=-1)
    producer_epoch: int = Int16("MEANING")
    ongoing_txn_producer_id: int = Int64("MEANING", since(6), default=-1)
    ongoing_txn_producer_epoch: int = Int16("MEANING", since(6), default=-1)
