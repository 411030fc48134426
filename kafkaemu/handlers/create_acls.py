"""CreateAcls: adds access rules, on a broker that enforces none.

Behavior:
    - Without an authorizer: SECURITY_DISABLED for every rule, whatever it is. [acls/create]

Versions:
    - 1 is the first, 2 is flexible, 3 knows users as resources. [acls/create]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.create_acls import AclCreationResult, CreateAclsRequest, CreateAclsResponse


def handle(context: Context, request: Request, body: CreateAclsRequest) -> Answer:
    """Answer one CreateAcls request."""
    code, message = ErrorCode.SECURITY_DISABLED, "No Authorizer is configured."
    return CreateAclsResponse(
        results=[AclCreationResult(error_code=code, error_message=message) for _ in body.creations]
    )
