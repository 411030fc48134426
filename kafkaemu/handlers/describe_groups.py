"""DescribeGroups: state, protocol and members of groups.

Behavior:
    - Each group is answered on its own, as often as it comes. [describe_groups/same_group_twice]
    - NOT_COORDINATOR for one of a partition that is not led here. [test:
      tests/unit/groups/test_looking.py::test_several_groups_are_described_each_for_itself]
    - COORDINATOR_LOAD_IN_PROGRESS for one that is still loading. [test:
      tests/unit/groups/test_looking.py::test_a_group_of_a_loading_partition_is_refused]
    - No such group: GROUP_ID_NOT_FOUND with a text, and the state Dead. [describe_groups/unknown_groups]
    - Protocol and metadata of members are told while the group is Stable only. [describe_groups/states,
      describe_groups/every_version]
    - Assignments also while the next generation is prepared. [test:
      tests/unit/groups/test_looking.py::test_while_the_next_generation_is_prepared_the_last_assignment_is_shown]
    - In profiles up to 3.9 assignments are told while the group is Stable only, too. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - A group that has only offsets is Empty; the group "" is one like others. [describe_groups/only_offsets,
      describe_groups/empty_group_id]
    - Operations are told for groups without an error, -2147483648 unless asked for. [describe_groups/authorized_operations]

Versions:
    - 3 adds authorized operations. [describe_groups/every_version, describe_groups/authorized_operations]
    - 4 adds static members (KIP-345). [describe_groups/static_member]
    - 6 tells GROUP_ID_NOT_FOUND and its text; before, a group that is not there is Dead without an error (KIP-1043).
      [describe_groups/unknown_groups]
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
