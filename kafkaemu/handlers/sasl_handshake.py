"""SaslHandshake: settles a SASL mechanism, on a listener without SASL.

Behavior:
    ILLEGAL_SASL_STATE, no mechanisms; the connection stays as it is.

Versions:
    Both say the same here.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.sasl_handshake import SaslHandshakeRequest, SaslHandshakeResponse


def handle(context: Context, request: Request, body: SaslHandshakeRequest) -> Answer:
    """Answer one SaslHandshake request."""
    return SaslHandshakeResponse(error_code=ErrorCode.ILLEGAL_SASL_STATE)
