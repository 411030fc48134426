"""SyncGroup: a member fetches its assignment; the leader brings everybody's.

Behavior:
    - Waits for the leader's. [sync_group/followers_wait]
    - Protocol type or name null, where the version has them: INCONSISTENT_GROUP_PROTOCOL (23). [sync_group/errors,
      sync_group/order_of_checks]
    - No group id: INVALID_GROUP_ID (24). [sync_group/errors, sync_group/order_of_checks]
    - Not the coordinator: NOT_COORDINATOR (16). [test:
      tests/unit/groups/test_join.py::test_only_its_coordinator_takes_a_group]
    - The coordinator still loads: COORDINATOR_LOAD_IN_PROGRESS (14). [test:
      tests/unit/groups/test_sync_and_sessions.py::test_while_the_coordinator_loads_heartbeats_are_taken_blindly]
    - No such group, or one without members: UNKNOWN_MEMBER_ID (25). [sync_group/errors, sync_group/order_of_checks,
      sync_group/empty_group]
    - An instance id that nobody has: 25; that another member has: FENCED_INSTANCE_ID (82). [sync_group/order_of_checks,
      sync_group/static_member_comes_back]
    - Member id unknown, or given out but not come back: 25. [sync_group/errors, sync_group/empty_group]
    - Another generation: ILLEGAL_GENERATION (22). [sync_group/errors, sync_group/order_of_checks]
    - Another protocol type or name than the group's: 23. [sync_group/errors, sync_group/order_of_checks]
    - The group prepares a rebalance: REBALANCE_IN_PROGRESS (27), also for those who wait when it begins.
      [sync_group/during_a_join, sync_group/joining_again_ends_a_wait, sync_group/order_of_checks]
    - A leader may bring none: members it does not name get an empty assignment. Strangers that it names are passed over.
      [sync_group/empty_assignment, sync_group/assignment_for_strangers]
    - Of two assignments for a member the last counts; those of a follower, and of a leader once the group is stable, are
      not looked at. [sync_group/member_assigned_twice, sync_group/followers_wait]
    - An error carries no protocol type and name. [sync_group/errors]

Versions:
    - 1 adds the throttle time; 3 static members (KIP-345); 4 is flexible. [sync_group/every_version,
      sync_group/order_of_checks]
    - 5 adds protocol type and name, which are required (KIP-559). [sync_group/every_version, sync_group/errors]
"""

from __future__ import annotations

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.groups.classic_events import sync_refused
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupResponse


def handle(context: Context, request: Request, body: SyncGroupRequest) -> Answer:
    """See the module."""
    if request.version >= 5 and (body.protocol_type is None or body.protocol_name is None):
        return sync_refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    deferred = context.groups.sync(body)

    def answer() -> SyncGroupResponse:
        try:
            return deferred.take()
        except CoordinatorError as refused:
            return sync_refused(refused.code)

    return answer_when_done([deferred], answer)
