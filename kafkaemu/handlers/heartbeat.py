"""Heartbeat: a member is alive, and hears whether its group rebalances.

Behavior:
    - No group id: INVALID_GROUP_ID (24). [heartbeat/errors, heartbeat/order_of_checks]
    - Not the coordinator: NOT_COORDINATOR (16). [test:
      tests/unit/groups/test_join.py::test_only_its_coordinator_takes_a_group]
    - While the coordinator loads it answers 0 blindly, so that members stay. [test:
      tests/unit/groups/test_sync_and_sessions.py::test_while_the_coordinator_loads_heartbeats_are_taken_blindly]
    - No such group: UNKNOWN_MEMBER_ID (25). [heartbeat/errors, heartbeat/order_of_checks]
    - An instance id that nobody has: 25; that another member has: FENCED_INSTANCE_ID (82). [heartbeat/order_of_checks,
      join_group/static_member]
    - Member id unknown, given out but not come back, or of a group that all have left: 25. [heartbeat/errors,
      heartbeat/pending_member, heartbeat/empty_group]
    - Another generation: ILLEGAL_GENERATION (22), also while the group prepares a rebalance. [heartbeat/errors,
      heartbeat/order_of_checks]
    - The group prepares a rebalance: REBALANCE_IN_PROGRESS (27). While it waits for the leader's assignment nothing is
      amiss. [heartbeat/while_joining, heartbeat/while_completing]
    - The member's session starts anew. [test:
      tests/unit/groups/test_sync_and_sessions.py::test_a_session_ends_after_its_timeout_and_the_group_rebalances]

Versions:
    - 1 adds the throttle time; 3 static members (KIP-345); 4 is flexible. [heartbeat/every_version,
      heartbeat/order_of_checks]
"""

from __future__ import annotations

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse


def handle(context: Context, request: Request, body: HeartbeatRequest) -> Answer:
    """See the module."""
    deferred = context.groups.heartbeat(body)

    def answer() -> HeartbeatResponse:
        try:
            return HeartbeatResponse(error_code=deferred.take())
        except CoordinatorError as refused:
            loading = refused.code is ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
            return HeartbeatResponse(error_code=ErrorCode.NONE if loading else refused.code)

    return answer_when_done([deferred], answer)
