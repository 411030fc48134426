"""JoinGroup: become a member of a group, or stay one in its next generation.

Behavior:
    Waits until the group's join phase is over (`kafkaemu.groups.classic_protocol`). Errors, in the order of checks:
    no group id 24; session timeout outside `group.min.session.timeout.ms` … `group.max.session.timeout.ms` 26; not
    the coordinator 16, or still loading 14; a member id, but no such group 25; group full 81; no protocol type, no
    protocol, another type, or no protocol in common 23; instance id of another member 82; member id unknown 25; new
    dynamic member 79, with the id to come back with. An error carries generation -1 and, but for 14, 16, 81 and a
    failed write, the member id.

Versions:
    1 has a rebalance timeout, before that it is the session timeout. 4 answers 79 to new dynamic members (KIP-394). 5
    static members (KIP-345). 7 protocol type; a missing protocol name is null, before that "". 8 a reason. 9 tells a
    static leader to skip the assignment (KIP-814).
"""

from __future__ import annotations

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.groups.classic_events import Joining, join_refused
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupResponse


def handle(context: Context, request: Request, body: JoinGroupRequest) -> Answer:
    """See the module."""
    version = request.version
    if version == 0:
        body.rebalance_timeout_ms = body.session_timeout_ms
    joining = Joining(
        body,
        request.client_id or "",
        request.peer.host,
        known_member_id_required=version >= 4,
        may_skip_assignment=version >= 9,
    )
    deferred = context.groups.join(joining)

    def answer() -> JoinGroupResponse:
        try:
            joined = deferred.take()
        except CoordinatorError as refused:
            joined = join_refused("", refused.code)
        if version < 7 and joined.protocol_name is None:
            joined.protocol_name = ""
        return joined

    return answer_when_done([deferred], answer)
