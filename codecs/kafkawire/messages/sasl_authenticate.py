"""SaslAuthenticate (key 36): the steps of a SASL mechanism (KIP-152)."""

from __future__ import annotations

from kafkawire.declare import Bytes, Int16, Int64, String, TopLevel, nullable, request, response, since


@request(36, versions=(0, 2), flexible=2)
class SaslAuthenticateRequest(TopLevel):
    """What the client's mechanism says next. Version 1 allows reauthentication (KIP-368), 2 is flexible."""

    auth_bytes: bytes = Bytes("Token of the mechanism.")


@response(36, versions=(0, 2), flexible=2)
class SaslAuthenticateResponse(TopLevel):
    """What the broker's mechanism answers. Version 1 adds the lifetime."""

    error_code: int = Int16("NONE; SASL_AUTHENTICATION_FAILED; ILLEGAL_SASL_STATE: not the time for it.")
    error_message: str | None = String("What is wrong in words, or null.", nullable())
    auth_bytes: bytes = Bytes("Token of the mechanism.")
    session_lifetime_ms: int = Int64("Time until the client must authenticate again, in ms; 0: never.", since(1))
