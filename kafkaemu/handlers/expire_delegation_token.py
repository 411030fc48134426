"""ExpireDelegationToken: changes when a token expires, which needs a client that has said who it is.

Behavior:
    - On a plaintext listener DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, before anything else is looked at.
      [delegation_tokens/expire]

Versions:
    - 2 is flexible. [delegation_tokens/expire]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.expire_delegation_token import ExpireDelegationTokenRequest, ExpireDelegationTokenResponse


def handle(context: Context, request: Request, body: ExpireDelegationTokenRequest) -> Answer:
    """Answer one ExpireDelegationToken request."""
    return ExpireDelegationTokenResponse(
        error_code=ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, expiry_timestamp_ms=-1
    )
