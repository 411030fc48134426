"""UnregisterBroker: a broker that is gone for good is forgotten (KIP-500).

Behavior:
    BROKER_ID_NOT_REGISTERED with a sentence for a broker that there is not. A broker that runs is not spared: it is not told
    of any more, the partitions that it led have no leader, and nothing brings it back but a start.

Versions:
    0 is flexible. No error is an empty message.
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
