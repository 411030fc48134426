"""JoinGroup: become a member of a group, or stay one in its next generation.

Behavior:
    - Waits until the group's join phase is over (`kafkaemu.groups.classic_protocol`): everybody has joined again, or their
      time is up. [join_group/second_member, join_group/leader_leaves_while_joining, join_group/late_member_is_dropped]
    - No group id: INVALID_GROUP_ID (24). Any other text will do. [join_group/bad_requests, join_group/order_of_checks,
      join_group/odd_ids]
    - Session timeout outside `group.min.session.timeout.ms` … `group.max.session.timeout.ms`: INVALID_SESSION_TIMEOUT (26).
      Rebalance timeouts may be anything. [join_group/bad_requests, join_group/order_of_checks,
      join_group/edges_of_session_timeout]
    - Not the coordinator: NOT_COORDINATOR (16). [test:
      tests/unit/groups/test_join.py::test_only_its_coordinator_takes_a_group]
    - The coordinator still loads: COORDINATOR_LOAD_IN_PROGRESS (14). [test:
      tests/unit/groups/test_sync_and_sessions.py::test_while_the_coordinator_loads_heartbeats_are_taken_blindly]
    - A member id, but no such group: UNKNOWN_MEMBER_ID (25). [join_group/bad_requests, join_group/order_of_checks]
    - Without a member id a group is made, and stays if the member is refused. [join_group/a_group_that_was_refused]
    - The group is full: GROUP_MAX_SIZE_REACHED (81). [test: tests/unit/groups/test_join.py::test_a_full_group_takes_nobody]
    - No protocol type, no protocol, another type, or no protocol in common: INCONSISTENT_GROUP_PROTOCOL (23).
      [join_group/bad_requests, join_group/inconsistent_protocols, join_group/order_of_checks]
    - An id that was given out to a dynamic member comes back with an instance id: UNKNOWN_SERVER_ERROR (-1), as Kafka trips
      over it. [join_group/static_member_of_an_awaited_id]
    - An instance id that nobody has, with a member id: 25; that another member has: FENCED_INSTANCE_ID (82).
      [join_group/static_member, join_group/order_of_checks]
    - Member id unknown: 25. [join_group/bad_requests, leave_group/pending_member]
    - A new dynamic member is sent away with MEMBER_ID_REQUIRED (79) and the id to come back with, which begins with its
      client id. [join_group/first_member_every_version]
    - A new static member is in at once; one that comes back without its id gets another, without a rebalance if the vote
      for the protocol stays. [join_group/static_member, join_group/static_member_with_another_protocol, join_group/odd_ids]
    - The protocol that all support and most prefer is chosen; each member's metadata is that of the chosen one.
      [join_group/vote, join_group/odd_protocols]
    - A follower that joins again unchanged is told its generation again, as is anybody between join and sync; else a
      rebalance begins. [join_group/follower_rejoins, join_group/rejoin_while_completing]
    - Who does not send a SyncGroup, or a heartbeat, in time is dropped. [join_group/unsynced_member_is_dropped,
      join_group/session_expires]
    - An error carries generation -1 and the member id. [join_group/bad_requests, join_group/order_of_checks]
    - Not so 14, 16, 81 and a failed write: these carry no member id. [test:
      tests/unit/groups/test_join.py::test_only_its_coordinator_takes_a_group]

Versions:
    - 0 has no rebalance timeout: the session timeout takes its place. [test:
      tests/unit/groups/test_join.py::test_version_0_rebalances_within_the_session_timeout]
    - 4 answers 79 to new dynamic members (KIP-394), which are in at once before. [join_group/first_member_every_version]
    - 5 adds static members (KIP-345). [join_group/static_member]
    - 7 adds the protocol type; a missing or empty protocol name is null, before that "". In profiles before 3.7 an empty one is
      "". [join_group/bad_requests, join_group/first_member_every_version, join_group/odd_protocols]
    - 8 adds a reason, which nobody is told. [join_group/reasons]
    - 9 tells a static leader that comes back that it leads, and to skip the assignment (KIP-814).
      [join_group/static_leader_comes_back]
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
        if version < 7:
            joined.protocol_name = joined.protocol_name or ""
        elif not context.profile.tells_empty_protocol_names:
            joined.protocol_name = joined.protocol_name or None
        return joined

    return answer_when_done([deferred], answer)
