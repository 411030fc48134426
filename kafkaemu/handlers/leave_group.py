"""LeaveGroup: members leave, or an administrator removes static ones.

Behavior:
    Errors of the request, in the order of checks: no group id 24; not the coordinator 16, or still loading 14. Errors
    of a member: no such group, or no such member 25; instance id of another member 82. A member without an id is
    meant by its instance id alone. Ids that were given out and have not come back (MEMBER_ID_REQUIRED) may leave,
    too. The group rebalances if anybody left.

Versions:
    Up to 2 one member, whose error is that of the request. 3 several, each with its error, static members (KIP-345).
    5 a reason.
"""

from __future__ import annotations

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.leave_group import LeaveGroupRequest, LeaveGroupResponse, MemberIdentity


def handle(context: Context, request: Request, body: LeaveGroupRequest) -> Answer:
    """See the module."""
    single = request.version < 3
    if single:
        body.members = [MemberIdentity(member_id=body.member_id)]
    deferred = context.groups.leave(body)

    def answer() -> LeaveGroupResponse:
        try:
            left = deferred.take()
        except CoordinatorError as refused:
            return LeaveGroupResponse(error_code=refused.code)
        if single and left.error_code == ErrorCode.NONE:
            left.error_code = left.members[0].error_code
        return left

    return answer_when_done([deferred], answer)
