"""DescribeUserScramCredentials: which SCRAM credentials users have, without their secrets.

Behavior:
    - A user named twice, answered once: DUPLICATE_RESOURCE. [scram_credentials/unknown_users]
    - One without credentials: RESOURCE_NOT_FOUND. [scram_credentials/unknown_users, scram_credentials/round_trip]
    - Nobody named: all who have any. [scram_credentials/round_trip]
    - No error has the message "". [scram_credentials/round_trip]
    - A controller cannot tell: UNKNOWN_SERVER_ERROR for the request and every user, whose names are left out.
      [at_controller/scram_credentials/unknown_users]

Versions:
    - 0, the only one. [scram_credentials/round_trip]

Differences: asked about nobody, a real controller does not answer at all.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, EndpointType, Request
from kafkaemu.metadata.scram import describe_credentials
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_user_scram_credentials import (
    CredentialInfo,
    DescribeUserScramCredentialsRequest,
    DescribeUserScramCredentialsResponse,
    DescribeUserScramCredentialsResult,
)


def handle(context: Context, request: Request, body: DescribeUserScramCredentialsRequest) -> Answer:
    """Answer one DescribeUserScramCredentials request."""
    if request.peer.endpoint_type is EndpointType.CONTROLLER:
        unknown = ErrorCode.UNKNOWN_SERVER_ERROR
        return DescribeUserScramCredentialsResponse(
            error_code=unknown,
            error_message=None,
            results=[
                DescribeUserScramCredentialsResult(error_code=unknown, error_message=None) for _ in body.users or ()
            ],
        )
    described = describe_credentials(context.image, [user.name for user in body.users or ()])
    return DescribeUserScramCredentialsResponse(
        error_message="",
        results=[
            DescribeUserScramCredentialsResult(
                user=one.user,
                error_code=one.code,
                error_message=one.message or "",
                credential_infos=[
                    CredentialInfo(mechanism=mechanism, iterations=credential.iterations)
                    for mechanism, credential in credentials.items()
                ],
            )
            for one, credentials in described
        ],
    )
