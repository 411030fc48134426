"""DescribeUserScramCredentials: which SCRAM credentials users have, without their secrets.

Behavior:
    Per user: named twice DUPLICATE_RESOURCE, without credentials RESOURCE_NOT_FOUND. Nobody named: all who have any.
    No error has the message "".

Versions:
    There is one.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.scram import describe_credentials
from kafkawire.messages.describe_user_scram_credentials import (
    CredentialInfo,
    DescribeUserScramCredentialsRequest,
    DescribeUserScramCredentialsResponse,
    DescribeUserScramCredentialsResult,
)


def handle(context: Context, request: Request, body: DescribeUserScramCredentialsRequest) -> Answer:
    """Answer one DescribeUserScramCredentials request."""
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
