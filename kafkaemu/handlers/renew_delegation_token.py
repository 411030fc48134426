"""RenewDelegationToken: changes when a token expires, which needs a client that has said who it is.

Behavior:
    - On a plaintext listener DELEGATION_TOKEN_REQUEST_NOT_ALLOWED (64), before anything else is looked at.
      [delegation_tokens/renew, at_controller/delegation_tokens/renew]

Versions:
    - 2 is flexible. [delegation_tokens/renew]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.renew_delegation_token import RenewDelegationTokenRequest, RenewDelegationTokenResponse


def handle(context: Context, request: Request, body: RenewDelegationTokenRequest) -> Answer:
    """Answer one RenewDelegationToken request."""
    return RenewDelegationTokenResponse(
        error_code=ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, expiry_timestamp_ms=-1
    )
