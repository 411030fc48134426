"""CreateDelegationToken: a token for who has said who they are, which nobody does on a plaintext listener.

Behavior:
    - DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, before anything else is looked at. [delegation_tokens/create]
    - The answer names the owner that was asked for, or the one who asked: User:ANONYMOUS. [delegation_tokens/create]

Versions:
    - 2 is flexible, 3 takes an owner and tells who asked (KIP-373). [delegation_tokens/create]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.create_delegation_token import CreateDelegationTokenRequest, CreateDelegationTokenResponse

_NOBODY = ("User", "ANONYMOUS")


def handle(context: Context, request: Request, body: CreateDelegationTokenRequest) -> Answer:
    """Answer one CreateDelegationToken request."""
    owner_type, owner_name = _NOBODY
    if request.version >= 3 and body.owner_principal_name:
        owner_type, owner_name = body.owner_principal_type or owner_type, body.owner_principal_name
    return CreateDelegationTokenResponse(
        error_code=ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
        principal_type=owner_type,
        principal_name=owner_name,
        token_requester_principal_type=_NOBODY[0],
        token_requester_principal_name=_NOBODY[1],
        issue_timestamp_ms=-1,
        expiry_timestamp_ms=-1,
        max_timestamp_ms=-1,
    )
