"""DescribeAcls: access rules, on a broker that has none.

Behavior:
    - Without an authorizer: SECURITY_DISABLED, whatever is asked. [acls/describe]

Versions:
    - 1 is the first, 2 is flexible, 3 knows users as resources. [acls/describe]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_acls import DescribeAclsRequest, DescribeAclsResponse


def handle(context: Context, request: Request, body: DescribeAclsRequest) -> Answer:
    """Answer one DescribeAcls request."""
    return DescribeAclsResponse(
        error_code=ErrorCode.SECURITY_DISABLED, error_message="No Authorizer is configured on the broker"
    )
