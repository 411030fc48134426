"""DescribeGroups: state, protocol and members of groups.

Behavior:
    Protocol and metadata of members are told while the group is Stable only, assignments also while the next
    generation is prepared. Errors of a group: not the coordinator 16, or still loading 14; no such group 69, with
    state Dead and the text "Group X not found.". Operations are told for groups without an error.

Versions:
    3 authorized operations, -2147483648 unless asked for. 4 static members (KIP-345). 6 tells 69 and its text; before
    that a group that is not there is Dead without an error (KIP-1043).
"""

from __future__ import annotations

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError, Deferred
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_groups import DescribedGroup, DescribeGroupsRequest, DescribeGroupsResponse

#: Everything that can be allowed on a group: read, delete, describe, describe configs, alter configs, as bits.
_ALL_GROUP_OPERATIONS = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11
#: The same where groups have no configs.
_OLD_GROUP_OPERATIONS = 1 << 3 | 1 << 6 | 1 << 8


def handle(context: Context, request: Request, body: DescribeGroupsRequest) -> Answer:
    """See the module."""
    operations = _OLD_GROUP_OPERATIONS if context.profile.has_no_group_configs else _ALL_GROUP_OPERATIONS
    asked = [(group_id, context.groups.describe(group_id)) for group_id in body.groups]

    def answer() -> DescribeGroupsResponse:
        groups = [_answered(group_id, deferred) for group_id, deferred in asked]
        for group in groups:
            if request.version < 6 and group.error_code == ErrorCode.GROUP_ID_NOT_FOUND:
                group.error_code = ErrorCode.NONE
                group.error_message = None
            if body.include_authorized_operations and group.error_code == ErrorCode.NONE:
                group.authorized_operations = operations
        return DescribeGroupsResponse(groups=groups)

    return answer_when_done([deferred for _, deferred in asked], answer)


def _answered(group_id: str, deferred: Deferred[DescribedGroup]) -> DescribedGroup:
    try:
        return deferred.take()
    except CoordinatorError as refused:
        return DescribedGroup(error_code=refused.code, group_id=group_id)
