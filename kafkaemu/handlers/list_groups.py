"""ListGroups: the groups that this broker coordinates.

Behavior:
    Filters are compared without regard to case; a name that is none matches nothing, an empty filter everything.
    Error: a partition of `__consumer_offsets` is still loading 14, without groups. Partitions led by others are
    passed over.

Versions:
    4 filters by state and tells it (KIP-518). 5 filters by type and tells it (KIP-848).
"""

from __future__ import annotations

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.list_groups import ListGroupsRequest, ListGroupsResponse


def handle(context: Context, request: Request, body: ListGroupsRequest) -> Answer:
    """See the module."""
    asked = context.groups.list_groups(body.states_filter, body.types_filter)

    def answer() -> ListGroupsResponse:
        groups = []
        for deferred in asked:
            try:
                groups += deferred.take()
            except CoordinatorError as refused:
                if refused.code is not ErrorCode.NOT_COORDINATOR:
                    return ListGroupsResponse(error_code=refused.code)
        return ListGroupsResponse(groups=groups)

    return answer_when_done(asked, answer)
