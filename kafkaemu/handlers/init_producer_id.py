"""InitProducerId: a producer id for an idempotent producer.

Behavior:
    - INVALID_REQUEST (42) where only one of producer id and producer epoch is -1. [init_producer_id/known_id_and_epoch,
      init_producer_id/order_of_checks]
    - Without a transactional id: a new producer id with epoch 0, whatever id, epoch and timeout the client named.
      [init_producer_id/every_version, init_producer_id/known_id_and_epoch, init_producer_id/timeout_is_not_looked_at]
    - No id is given twice: they come in blocks of 1000 that the controller hands out. [init_producer_id/many_ids]
    - COORDINATOR_LOAD_IN_PROGRESS (14) where the controller gives this broker none. [test:
      tests/wire/test_unregistered.py::test_it_gets_no_producer_ids]
    - INVALID_REQUEST (42) for an empty transactional id. [init_producer_id/empty_transactional_id]
    - Transactions are not built: any other transactional id is UNSUPPORTED_VERSION (35), which no client tries again.
      FindCoordinator, which a transactional producer asks first, says in words what is missing. [test:
      tests/unit/handlers/test_init_producer_id.py::test_a_transactional_id_is_refused_for_good]

Versions:
    - 2 is flexible. [init_producer_id/every_version]
    - 3 takes a producer id and epoch; later ones differ in the error codes of transactions only.
      [init_producer_id/known_id_and_epoch]

Source: KafkaApis.handleInitProducerIdRequest, TransactionCoordinator.handleInitProducerId.
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
