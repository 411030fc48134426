"""DescribeDelegationToken (key 41): tokens of owners (KIP-48)."""

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
class DescribeDelegationTokenOwner(Message):
    """An owner of tokens."""

    principal_type: str = String("Kind of principal: User.")
    principal_name: str = String("Its name.")


@request(41, versions=(0, 3), flexible=2)
class DescribeDelegationTokenRequest(TopLevel):
    """Asks for tokens that the client owns, may renew or is allowed to see."""

    owners: list[DescribeDelegationTokenOwner] | None = Array(
        DescribeDelegationTokenOwner, "Whose tokens; null: all.", nullable()
    )


@struct
class DescribedDelegationTokenRenewer(Message):
    """Someone besides the owner who may renew the token."""

    principal_type: str = String("Kind of principal: User.")
    principal_name: str = String("Its name.")


@struct
class DescribedDelegationToken(Message):
    """One token."""

    principal_type: str = String("Kind of principal that owns it.")
    principal_name: str = String("Name of the owner.")
    token_requester_principal_type: str = String("Kind of principal that asked for it.", since(3))
    token_requester_principal_name: str = String("Name of the one who asked for it.", since(3))
    issue_timestamp: int = Int64("When it was issued, in ms since 1970.")
    expiry_timestamp: int = Int64("When it expires unless it is renewed, in ms since 1970.")
    max_timestamp: int = Int64("Until when it can be renewed, in ms since 1970.")
    token_id: str = String("Id of the token, its user name for SCRAM.")
    hmac: bytes = Bytes("HMAC of the token, base for its SCRAM password.")
    renewers: list[DescribedDelegationTokenRenewer] = Array(
        DescribedDelegationTokenRenewer, "Who may renew it, besides its owner."
    )


@response(41, versions=(0, 3), flexible=2)
class DescribeDelegationTokenResponse(TopLevel):
    """The tokens. Version 3 adds who asked for them (KIP-373)."""

    error_code: int = Int16("NONE; DELEGATION_TOKEN_AUTH_DISABLED, DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.")
    tokens: list[DescribedDelegationToken] = Array(DescribedDelegationToken, "The tokens that may be seen.")
    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
