"""RenewDelegationToken (key 39): moves the expiry of a delegation token (KIP-48)."""

from __future__ import annotations

from kafkawire.declare import Bytes, Int16, Int32, Int64, TopLevel, request, response


@request(39, versions=(0, 2), flexible=2)
class RenewDelegationTokenRequest(TopLevel):
    """Asks for a later expiry. Version 2 is flexible."""

    hmac: bytes = Bytes("The token's HMAC, which names it.")
    renew_period_ms: int = Int64("How long from now it shall last, in ms; -1: as the broker's config says.")


@response(39, versions=(0, 2), flexible=2)
class RenewDelegationTokenResponse(TopLevel):
    """The new expiry. Here the throttle time comes last."""

    error_code: int = Int16(
        "NONE; DELEGATION_TOKEN_NOT_FOUND, DELEGATION_TOKEN_EXPIRED, DELEGATION_TOKEN_OWNER_MISMATCH, "
        "DELEGATION_TOKEN_AUTH_DISABLED."
    )
    expiry_timestamp_ms: int = Int64("When it now expires, in ms since 1970.")
    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
