"""DeleteGroups: groups without members, and their offsets.

Behavior:
    - Each group is answered on its own; one that is named twice is answered once. [delete_groups/several]
    - NOT_COORDINATOR for the groups of a partition that is not led here. [test:
      tests/unit/groups/test_deletion.py::test_a_partition_that_is_not_led_here_refuses_its_groups_only]
    - COORDINATOR_LOAD_IN_PROGRESS for those of one that is still loading. [test:
      tests/unit/groups/test_looking.py::test_a_group_of_a_loading_partition_is_refused]
    - No such group: GROUP_ID_NOT_FOUND. [delete_groups/every_version]
    - A group that has members: NON_EMPTY_GROUP, and it stays. [delete_groups/groups_with_members]
    - One that has only given out member ids is empty. [delete_groups/a_member_id_given_out]
    - The group "" may be deleted. [delete_groups/empty_group_id]
    - What is deleted is gone with its offsets, and may come back. [delete_groups/everything_is_gone,
      delete_groups/a_group_comes_back]
    - Answers stand in the order of the request; the real broker's is that of a hash map of partitions. [test:
      tests/unit/groups/test_deletion.py::test_groups_of_several_partitions_are_answered_in_the_order_of_the_request]

Versions:
    - 2 is flexible; nothing else differs. [delete_groups/every_version, delete_groups/no_groups]
"""

from __future__ import annotations

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.messages.delete_groups import DeletableGroupResult, DeleteGroupsRequest, DeleteGroupsResponse


def handle(context: Context, request: Request, body: DeleteGroupsRequest) -> Answer:
    """See the module."""
    results = [DeletableGroupResult(group_id=group_id) for group_id in dict.fromkeys(body.groups_names)]
    by_partition: dict[int, list[DeletableGroupResult]] = {}
    for result in results:
        by_partition.setdefault(context.groups.partition_for(result.group_id), []).append(result)
    asked = [
        (together, context.groups.delete_groups([result.group_id for result in together]))
        for together in by_partition.values()
    ]

    def answer() -> DeleteGroupsResponse:
        for together, deferred in asked:
            try:
                codes = deferred.take()
            except CoordinatorError as refused:
                codes = [refused.code] * len(together)
            for result, code in zip(together, codes, strict=True):
                result.error_code = code
        return DeleteGroupsResponse(results=results)

    return answer_when_done([deferred for _, deferred in asked], answer)
