"""SyncGroup: a member fetches its assignment; the leader brings everybody's.

Behavior:
    Waits for the leader's. A leader may bring none: members it does not name get an empty assignment. Errors, in the
    order of checks: protocol type or name null 23; no group id 24; not the coordinator 16, or still loading 14; no
    such group, or no members 25; instance id of another member 82; member id unknown 25; another generation 22;
    another protocol type or name 23; the group is rebalancing 27. An error carries no protocol type and name.

Versions:
    3 static members (KIP-345). 5 protocol type and name, which are required (KIP-559).
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
