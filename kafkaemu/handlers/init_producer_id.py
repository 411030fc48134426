"""InitProducerId: a producer id for an idempotent producer.

Behavior: in the order of the reference (KafkaApis.handleInitProducerIdRequest, TransactionCoordinator.handleInitProducerId).

1. INVALID_REQUEST where only one of producer id and producer epoch is -1.
2. Without a transactional id: a new producer id with epoch 0, whatever id, epoch and timeout the client named. Ids come in blocks of
   1000 that the controller hands out, so none is ever given twice; COORDINATOR_LOAD_IN_PROGRESS where it gives this broker none.
3. INVALID_REQUEST for an empty transactional id.

Difference: transactions are not built. Any other transactional id is answered UNSUPPORTED_VERSION, which no client retries;
FindCoordinator, which a transactional producer asks first, says in words what is missing.

Versions: 0 to 5. Producer id and epoch can be named from 3; later versions differ in the error codes of transactions only.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.producer_ids import NoProducerIds
from kafkawire.errors import ErrorCode
from kafkawire.messages.init_producer_id import InitProducerIdRequest, InitProducerIdResponse


def handle(context: Context, request: Request, body: InitProducerIdRequest) -> Answer:
    """Hand out a producer id; see the module."""
    if (body.producer_id == -1) != (body.producer_epoch == -1):
        return _refused(ErrorCode.INVALID_REQUEST)
    if body.transactional_id is None:
        try:
            producer_id = context.producer_ids.next_id(context.clock.now_ms())
        except NoProducerIds:
            # What the reference says, retriable, while no block of ids is to be had.
            return _refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
        return InitProducerIdResponse(producer_id=producer_id, producer_epoch=0)
    if not body.transactional_id:
        return _refused(ErrorCode.INVALID_REQUEST)
    return _refused(ErrorCode.UNSUPPORTED_VERSION)


def _refused(code: ErrorCode) -> InitProducerIdResponse:
    return InitProducerIdResponse(error_code=code, producer_id=-1, producer_epoch=-1)
