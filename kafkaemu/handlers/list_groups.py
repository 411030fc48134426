"""ListGroups: the groups that this broker coordinates.

Behavior:
    - A group is listed from its first join or commit on, also while it waits for an id that it gave out.
      [list_groups/every_version, list_groups/awaited_members_only, list_groups/while_preparing]
    - Filters of states and types both have to match, without regard to case; a state also without regard to blanks around
      it. [list_groups/by_state, list_groups/by_type, list_groups/filters_that_do_not_agree]
    - In profiles up to 3.9 blanks count, and up to 3.7 case in states, too. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - A name that is none matches nothing, an empty filter everything. [list_groups/by_state, list_groups/by_type,
      list_groups/filters_that_do_not_agree]
    - A partition of `__consumer_offsets` is still loading: COORDINATOR_LOAD_IN_PROGRESS (14), without groups. [test:
      tests/unit/groups/test_looking.py::test_a_loading_partition_fails_the_list]
    - Partitions led by others are passed over. [test: tests/wire/test_unregistered.py::test_it_coordinates_nothing]

Versions:
    - 1 adds the throttle time; 3 is flexible. [list_groups/every_version]
    - 4 filters by state and tells it (KIP-518). [list_groups/by_state, list_groups/every_version]
    - 5 filters by type and tells it (KIP-848). [list_groups/by_type, list_groups/every_version]
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
