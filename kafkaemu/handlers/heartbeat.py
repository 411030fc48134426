"""Heartbeat: a member is alive, and hears whether its group rebalances.

Behavior:
    Starts the member's session anew. Errors, in the order of checks: no group id 24; not the coordinator 16; no such
    group 25; instance id of another member 82; member id unknown 25; another generation 22; the group prepares a
    rebalance 27 (the session starts anew all the same). While the coordinator loads it answers 0 blindly, so that
    members stay.

Versions:
    3 static members (KIP-345).
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
