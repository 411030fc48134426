"""ExpireDelegationToken (key 40): changes when a token expires, or ends it (KIP-48)."""

from __future__ import annotations

from kafkawire.declare import Bytes, Int16, Int32, Int64, TopLevel, request, response


@request(40, versions=(0, 2), flexible=2)
class ExpireDelegationTokenRequest(TopLevel):
    """Sets the expiry of a token."""

    hmac: bytes = Bytes("The token, by its HMAC.")
    expiry_time_period_ms: int = Int64("How long it lives from now on, in ms; negative: it ends at once.")


@response(40, versions=(0, 2), flexible=2)
class ExpireDelegationTokenResponse(TopLevel):
    """When it expires."""

    error_code: int = Int16(
        "NONE; DELEGATION_TOKEN_NOT_FOUND, DELEGATION_TOKEN_OWNER_MISMATCH, DELEGATION_TOKEN_EXPIRED."
    )
    expiry_timestamp_ms: int = Int64("When the token expires now, in ms since 1970; -1 on an error.")
    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
