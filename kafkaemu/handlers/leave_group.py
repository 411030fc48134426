"""LeaveGroup: members leave, or an administrator removes static ones.

Behavior:
    - No group id: INVALID_GROUP_ID (24), and no members in the answer. [leave_group/errors, leave_group/order_of_checks]
    - Not the coordinator: NOT_COORDINATOR (16). [test:
      tests/unit/groups/test_join.py::test_only_its_coordinator_takes_a_group]
    - The coordinator still loads: COORDINATOR_LOAD_IN_PROGRESS (14). [test:
      tests/unit/groups/test_sync_and_sessions.py::test_while_the_coordinator_loads_heartbeats_are_taken_blindly]
    - No such group: UNKNOWN_MEMBER_ID (25) at each member. [leave_group/errors, leave_group/order_of_checks]
    - An id that was given out (MEMBER_ID_REQUIRED) and has not come back may leave, too, and is not waited for any more.
      [leave_group/pending_member, leave_group/only_the_awaited_one_leaves]
    - An instance id that nobody has: 25; that another member has: FENCED_INSTANCE_ID (82). [leave_group/static_members,
      leave_group/order_of_checks]
    - A member without an id is meant by its instance id alone; a static member may leave by its id alone.
      [leave_group/static_members, leave_group/static_member_by_member_id]
    - Member id unknown, or of a member that left a moment ago: 25. [leave_group/errors, leave_group/several_at_once,
      leave_group/static_member_by_member_id]
    - The group rebalances if anybody left. [leave_group/others_are_told]

Versions:
    - Up to 2 one member leaves, by its member id; its error is that of the request. [leave_group/every_version,
      leave_group/errors]
    - 3 takes several, each with its error, and static members (KIP-345); none at all is no error.
      [leave_group/every_version, leave_group/errors, leave_group/several_at_once]
    - 5 adds a reason, which nobody is told. [leave_group/reasons]
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
