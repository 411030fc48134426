"""DescribeDelegationToken: tokens, for who has said who they are, which nobody does on a plaintext listener.

Behavior:
    DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, before anything else is looked at.

Versions:
    2 is flexible; 3 would tell who asked for a token (KIP-373).
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_delegation_token import (
    DescribeDelegationTokenRequest,
    DescribeDelegationTokenResponse,
)


def handle(context: Context, request: Request, body: DescribeDelegationTokenRequest) -> Answer:
    """Answer one DescribeDelegationToken request."""
    return DescribeDelegationTokenResponse(error_code=ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED)
