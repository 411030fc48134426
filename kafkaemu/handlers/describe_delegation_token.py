"""DescribeDelegationToken: tokens, for who has said who they are, which nobody does on a plaintext listener.

Behavior:
    - DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, before anything else is looked at. [delegation_tokens/describe]
    - A controller cannot tell: UNKNOWN_SERVER_ERROR. [at_controller/delegation_tokens/describe]

Versions:
    - 2 is flexible; 3 would tell who asked for a token (KIP-373). [delegation_tokens/describe]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, EndpointType, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_delegation_token import (
    DescribeDelegationTokenRequest,
    DescribeDelegationTokenResponse,
)


def handle(context: Context, request: Request, body: DescribeDelegationTokenRequest) -> Answer:
    """Answer one DescribeDelegationToken request."""
    if request.peer.endpoint_type is EndpointType.CONTROLLER:
        return DescribeDelegationTokenResponse(error_code=ErrorCode.UNKNOWN_SERVER_ERROR)
    return DescribeDelegationTokenResponse(error_code=ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED)
