"""DeleteAcls: deletes access rules, on a broker that has none.

Behavior:
    - Without an authorizer: SECURITY_DISABLED for every filter, whatever it is. [acls/delete]

Versions:
    - 1 is the first, 2 is flexible, 3 knows users as resources. [acls/delete]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.delete_acls import DeleteAclsFilterResult, DeleteAclsRequest, DeleteAclsResponse


def handle(context: Context, request: Request, body: DeleteAclsRequest) -> Answer:
    """Answer one DeleteAcls request."""
    code, message = ErrorCode.SECURITY_DISABLED, "No Authorizer is configured."
    return DeleteAclsResponse(
        filter_results=[DeleteAclsFilterResult(error_code=code, error_message=message) for _ in body.filters]
    )
