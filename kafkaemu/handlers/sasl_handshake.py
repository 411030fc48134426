"""SaslHandshake: settles a SASL mechanism, on a listener without SASL.

Behavior:
    - On a listener without SASL: ILLEGAL_SASL_STATE (34), no mechanisms; the connection stays as it is.
      [sasl_handshake/on_a_plaintext_listener, at_controller/sasl_handshake/*]

Versions:
    - 0 and 1 say the same here. [sasl_handshake/on_a_plaintext_listener]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.sasl_handshake import SaslHandshakeRequest, SaslHandshakeResponse


def handle(context: Context, request: Request, body: SaslHandshakeRequest) -> Answer:
    """Answer one SaslHandshake request."""
    return SaslHandshakeResponse(error_code=ErrorCode.ILLEGAL_SASL_STATE)
