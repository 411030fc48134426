"""DeleteGroups: groups without members, and their offsets.

Behavior:
    Each group is answered on its own: not the coordinator 16, or still loading 14; no such group 69; the group has members 68. A
    group that has only given out member ids is empty. The group "" may be deleted. One that is named twice is answered once.
    Answers stand in the order of the request; the real broker's is that of a hash map of partitions.

Versions:
    2 is flexible; nothing else differs.
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
