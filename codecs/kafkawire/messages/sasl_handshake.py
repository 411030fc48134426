"""SaslHandshake (key 17): settles the SASL mechanism."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, String, TopLevel, request, response


@request(17, versions=(0, 1))
class SaslHandshakeRequest(TopLevel):
    """Names a mechanism. After version 0 bare tokens follow, after version 1 SaslAuthenticate (KIP-152)."""

    mechanism: str = String("Mechanism wanted, such as SCRAM-SHA-512.")


@response(17, versions=(0, 1))
class SaslHandshakeResponse(TopLevel):
    """Whether the mechanism is offered."""

    error_code: int = Int16("NONE, UNSUPPORTED_SASL_MECHANISM or ILLEGAL_SASL_STATE.")
    mechanisms: list[str] = Array(String, "Mechanisms that the listener offers.")
