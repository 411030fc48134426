"""CreateDelegationToken (key 38): issues a token that stands for its owner's credentials (KIP-48)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bytes,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class CreatableRenewer(Message):
    """Someone besides the owner who may renew the token."""

    principal_type: str = String("Kind of principal: User.")
    principal_name: str = String("Its name.")


@request(38, versions=(0, 3), flexible=2)
class CreateDelegationTokenRequest(TopLevel):
    """Asks for a token. Version 3 can ask for somebody else (KIP-373)."""

    owner_principal_type: str | None = String(
        "Kind of principal the token shall belong to; null or empty: the one who asks.", since(3), nullable(3)
    )
    owner_principal_name: str | None = String("Its name; null or empty: the one who asks.", since(3), nullable(3))
    renewers: list[CreatableRenewer] = Array(CreatableRenewer, "Who may renew it, besides its owner.")
    max_lifetime_ms: int = Int64("How long it can be renewed at most, in ms; -1: as long as the broker allows.")


@response(38, versions=(0, 3), flexible=2)
class CreateDelegationTokenResponse(TopLevel):
    """The token."""

    error_code: int = Int16(
        "NONE; DELEGATION_TOKEN_AUTH_DISABLED, DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, INVALID_PRINCIPAL_TYPE."
    )
    principal_type: str = String("Kind of principal that owns it.")
    principal_name: str = String("Name of the owner.")
    token_requester_principal_type: str = String("Kind of principal that asked for it.", since(3))
    token_requester_principal_name: str = String("Name of the one who asked for it.", since(3))
    issue_timestamp_ms: int = Int64("When it was issued, in ms since 1970.")
    expiry_timestamp_ms: int = Int64("When it expires unless it is renewed, in ms since 1970.")
    max_timestamp_ms: int = Int64("Until when it can be renewed, in ms since 1970.")
    token_id: str = String("Id of the token, its user name for SCRAM.")
    hmac: bytes = Bytes("HMAC of the token, base for its SCRAM password.")
    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
