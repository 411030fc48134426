"""UnregisterBroker: a broker that is gone for good is forgotten (KIP-500).

Behavior:
    - A broker that there is not: BROKER_ID_NOT_REGISTERED (102) with a sentence. [unregister_broker/unknown_brokers,
      at_controller/unregister_broker/unknown_brokers]
    - A broker that runs is not spared: it is not told of any more, the partitions that it led have no leader, and nothing
      brings it back but a start. [test: tests/wire/test_unregistered.py::test_it_leads_nothing, test:
      tests/wire/test_unregistered.py::test_nobody_is_told_of_it]

Versions:
    - 0 is flexible. [unregister_broker/unknown_brokers]
    - No error is an empty message. [test: tests/wire/test_unregistered.py::test_it_is_unregistered_once]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.unregistration import NotRegistered
from kafkawire.errors import ErrorCode
from kafkawire.messages.unregister_broker import UnregisterBrokerRequest, UnregisterBrokerResponse


def handle(context: Context, request: Request, body: UnregisterBrokerRequest) -> Answer:
    """Answer one UnregisterBroker request."""
    try:
        context.controller.unregister_broker(body.broker_id, context.clock.now_ms())
    except NotRegistered as error:
        return UnregisterBrokerResponse(error_code=ErrorCode.BROKER_ID_NOT_REGISTERED, error_message=str(error))
    return UnregisterBrokerResponse(error_message="")
