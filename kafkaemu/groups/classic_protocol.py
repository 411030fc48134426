"""The classic group protocol: a group agrees on its members and hands each what its leader assigned.

Theory. The coordinator knows nothing of partitions: it brings members together in a *generation*, names one of them leader,
gives the leader everybody's metadata, and hands the leader's assignment round. A group is in one of these states::

    Empty --join--> PreparingRebalance --all joined, or time is up--> CompletingRebalance --leader's sync--> Stable
      ^                |   ^                                               |                                  |
      +--all have left-+   +-- join, leave, a session ends, new metadata --+----------------------------------+

- *Join phase* (PreparingRebalance): everybody's JoinGroup waits. It ends when all members have joined and no id that was given
  out (KIP-394) is still awaited, or after the longest rebalance timeout of a member (KIP-62), which drops the dynamic members that
  did not come; static members (KIP-345) keep their place until their session ends. A group's first rebalance waits
  `group.initial.rebalance.delay.ms` for company instead, again and again while members come, up to the rebalance timeout (KIP-134).
- *Sync phase* (CompletingRebalance): SyncGroup waits for the leader's, which may be empty. Whoever has not sent one when the
  rebalance timeout is over is dropped (KIP-559 added the check of protocol type and name).
- *Sessions*: every Heartbeat, commit and answer starts a member's session anew; a member that waits for an answer cannot lose it.
- *Static members* (KIP-345) come back under a new id without a rebalance when the group is Stable and the vote for its protocol
  stays as it is (KIP-814: the leader is told to skip the assignment); the id they had is fenced.
- Eager or cooperative (KIP-429) is between the members; the coordinator sees no difference.

Records (GroupMetadataValue): an empty group when it is made; the generation with its assignment when the leader's
SyncGroup comes; a static member's new id; an empty generation when all have left. Everything else is soft.

Invariants of `RELIABILITY.md` held here: 32 (a generation has one leader, and an assignment is handed out in the generation it
was made for, only), 33 (commits carry the generation; `check_commit`), 34 (what is answered is in the log: see the runtime).
Also asserted: generations only grow; an answer is given once. Where the reference leaves a superseded JoinGroup or SyncGroup of the
same member without an answer, it gets REBALANCE_IN_PROGRESS, and the SyncGroup of a member that leaves UNKNOWN_MEMBER_ID.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from kafkaemu.coordinator.result import CoordinatorError, Deferred, Result
from kafkaemu.groups.classic_events import Joining, join_refused, sync_refused
from kafkaemu.groups.classic_group import ClassicGroup, GroupState, Member
from kafkaemu.groups.records import group_record, new_group_record
from kafkaemu.groups.settings import GroupSettings
from kafkawire.errors import ErrorCode
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.join_group import JoinGroupResponse
from kafkawire.messages.leave_group import LeaveGroupRequest, LeaveGroupResponse, MemberIdentity, MemberResponse
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupResponse

EMPTY = GroupState.EMPTY
PREPARING = GroupState.PREPARING_REBALANCE
COMPLETING = GroupState.COMPLETING_REBALANCE
STABLE = GroupState.STABLE
DEAD = GroupState.DEAD


def _heartbeat_key(group: ClassicGroup, member_id: str) -> Hashable:
    return "heartbeat", group.group_id, member_id


def _join_key(group: ClassicGroup) -> Hashable:
    return "join", group.group_id


def _sync_key(group: ClassicGroup) -> Hashable:
    return "sync", group.group_id


class ClassicProtocol:
    """The protocol over the groups of one shard. ``make_uuid`` gives the random part of a member id.

    Every public method takes one event and the time, and returns what is to happen. Methods with ``out`` add to it.
    """

    def __init__(self, groups: dict[str, ClassicGroup], settings: GroupSettings, make_uuid: Callable[[], str]) -> None:
        self._groups = groups
        self._settings = settings
        self._make_uuid = make_uuid

    # JoinGroup

    def join(self, joining: Joining, now_ms: int) -> Result[JoinGroupResponse]:
        """Somebody joins. A group that is not there is made by someone who has no member id yet, even if the JoinGroup is then
        refused. Errors, in the order of checks: 25 (id of a group that is not there), 81, 23, 82 or 25, 79."""
        request = joining.request
        group_id, member_id = request.group_id, request.member_id
        group = self._groups.get(group_id)
        if group is not None:
            return self._join(group, joining, now_ms)
        if member_id:
            return Result(answer=join_refused(member_id, ErrorCode.UNKNOWN_MEMBER_ID))
        return Result(
            records=[new_group_record(group_id, now_ms)],
            on_applied=lambda then_ms: self._join(self._groups[group_id], joining, then_ms),
        )

    def _join(self, group: ClassicGroup, joining: Joining, now_ms: int) -> Result[JoinGroupResponse]:
        member_id = joining.request.member_id
        out: Result[JoinGroupResponse] = Result()
        if not self._has_room(group, member_id):
            group.remove(member_id)
            out.answer = join_refused("", ErrorCode.GROUP_MAX_SIZE_REACHED)
        elif not group.accepts(joining.request.protocol_type, joining.protocols):
            out.answer = join_refused(member_id, ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
        elif member_id:
            self._join_again(group, joining, now_ms, out)
        elif joining.request.group_instance_id is not None:
            self._join_static(group, joining, now_ms, out)
        else:
            self._join_dynamic(group, joining, now_ms, out)
        return out

    def _has_room(self, group: ClassicGroup, member_id: str) -> bool:
        """Where members have to join again, it is those who have that count: a group that was too large shrinks then."""
        size_max = self._settings.max_size
        if group.is_in(EMPTY, DEAD):
            return True
        member = group.members.get(member_id)
        if group.is_in(PREPARING):
            return (member is not None and member.awaiting_join is not None) or group.awaiting_join < size_max
        return member is not None or len(group.members) < size_max

    def _join_dynamic(self, group: ClassicGroup, joining: Joining, now_ms: int, out: Result[JoinGroupResponse]) -> None:
        member_id = f"{joining.client_id}-{self._make_uuid()}"
        if not joining.known_member_id_required:
            self._take_in(group, joining, member_id, now_ms, out)
            return
        group.pending_members.add(member_id)
        self._start_session(group, member_id, joining.request.session_timeout_ms, out)
        out.answer = join_refused(member_id, ErrorCode.MEMBER_ID_REQUIRED)

    def _join_static(self, group: ClassicGroup, joining: Joining, now_ms: int, out: Result[JoinGroupResponse]) -> None:
        instance_id = joining.request.group_instance_id or ""
        member_id = f"{instance_id}-{self._make_uuid()}"
        if instance_id in group.static_members:
            self._replace_static(group, joining, group.static_members[instance_id], member_id, now_ms, out)
        else:
            self._take_in(group, joining, member_id, now_ms, out)

    def _join_again(self, group: ClassicGroup, joining: Joining, now_ms: int, out: Result[JoinGroupResponse]) -> None:
        request = joining.request
        member_id, instance_id = request.member_id, request.group_instance_id
        if member_id in group.pending_members:
            if instance_id is not None:
                # The reference trips over it.
                raise CoordinatorError(ErrorCode.UNKNOWN_SERVER_ERROR)
            self._take_in(group, joining, member_id, now_ms, out)
            return
        refusal = self._check_member(group, member_id, instance_id)
        if instance_id is not None and instance_id not in group.static_members:
            # Here past releases did not pass over it either.
            refusal = ErrorCode.UNKNOWN_MEMBER_ID
        if refusal is not None:
            out.answer = join_refused(member_id, refusal)
            return
        member = group.members[member_id]
        unchanged = member.protocols == joining.protocols
        leads = group.is_leader(member_id)
        if unchanged and (group.is_in(COMPLETING) or (group.is_in(STABLE) and not leads)):
            # It may not have got its answer: what the generation is can be told again without disturbing the others.
            out.answer = self._joined(group, member, with_members=leads and group.is_in(COMPLETING))
            return
        deferred = self._update(member, group, joining, out)
        self._rebalance(group, now_ms, out)
        out.answer = deferred

    def _take_in(
        self, group: ClassicGroup, joining: Joining, member_id: str, now_ms: int, out: Result[JoinGroupResponse]
    ) -> None:
        if group.is_in(PREPARING) and group.previous_state is EMPTY:
            group.new_member_added = True
        member = joining.member(member_id)
        group.add(member)
        deferred = group.await_join(member)
        self._start_session(group, member_id, self._settings.new_member_join_timeout_ms, out)
        self._rebalance(group, now_ms, out)
        out.answer = deferred

    def _update(
        self, member: Member, group: ClassicGroup, joining: Joining, out: Result[Any]
    ) -> Deferred[JoinGroupResponse]:
        """A member joins again with what it supports now, and waits."""
        self._answer_join(group, member, join_refused(member.member_id, ErrorCode.REBALANCE_IN_PROGRESS), out)
        group.set_protocols(member, joining.protocols)
        group.set_timeouts(member, joining.request.rebalance_timeout_ms, joining.request.session_timeout_ms)
        return group.await_join(member)

    # Static members

    def _replace_static(
        self,
        group: ClassicGroup,
        joining: Joining,
        old_id: str,
        new_id: str,
        now_ms: int,
        out: Result[JoinGroupResponse],
    ) -> None:
        if group.is_in(STABLE):
            ballots = [
                joining.protocols if member.member_id == old_id else member.protocols
                for member in group.members.values()
            ]
            if group.vote(ballots) == group.protocol_name:
                self._replace_quietly(group, joining, old_id, new_id, out)
                return
        member = self._rename_static(group, old_id, new_id, out)
        deferred = self._update(member, group, joining, out)
        self._rebalance(group, now_ms, out)
        out.answer = deferred

    def _rename_static(self, group: ClassicGroup, old_id: str, new_id: str, out: Result[Any]) -> Member:
        """Fence the old id: whoever waits under it is a twin."""
        member = group.rename(old_id, new_id)
        self._answer_join(group, member, join_refused(old_id, ErrorCode.FENCED_INSTANCE_ID), out)
        self._answer_sync(member, sync_refused(ErrorCode.FENCED_INSTANCE_ID), out)
        out.cancel_timer(_heartbeat_key(group, old_id))
        self._start_session(group, new_id, member.session_timeout_ms, out)
        return member

    def _replace_quietly(
        self, group: ClassicGroup, joining: Joining, old_id: str, new_id: str, out: Result[JoinGroupResponse]
    ) -> None:
        """The new id goes into the log first; the group does not rebalance."""
        value = group.to_record({member.member_id: member.assignment for member in group.members.values()})
        for stored in value.members:
            if stored.member_id == old_id:
                joining.store_in(stored, new_id, group.protocol_name or "")
        old_leader = group.leader_id
        if old_leader == old_id:
            value.leader = new_id
        out.records.append(group_record(group.group_id, value))

        def applied(_: int) -> Result[JoinGroupResponse]:
            then: Result[JoinGroupResponse] = Result()
            member = self._rename_static(group, old_id, new_id, then)
            group.set_protocols(member, joining.protocols)
            group.set_timeouts(member, joining.request.rebalance_timeout_ms, joining.request.session_timeout_ms)
            leads = group.is_leader(new_id)
            answer = self._joined(group, member, with_members=leads and joining.may_skip_assignment)
            if joining.may_skip_assignment:
                answer.skip_assignment = leads
            else:
                # A leader that does not know it may skip is not told that it leads.
                answer.leader = old_leader or ""
            then.answer = answer
            return then

        out.on_applied = applied

    # Rebalance

    def _rebalance(self, group: ClassicGroup, now_ms: int, out: Result[Any]) -> None:
        """Something has changed: begin a rebalance, or go on with the one that runs."""
        if group.is_in(STABLE, COMPLETING, EMPTY):
            self._prepare(group, now_ms, out)
        else:
            self._try_complete(group, now_ms, out)

    def _prepare(self, group: ClassicGroup, now_ms: int, out: Result[Any]) -> None:
        first = group.is_in(EMPTY)
        if group.is_in(COMPLETING):
            self._drop_assignment(group, ErrorCode.REBALANCE_IN_PROGRESS, out)
        out.cancel_timer(_sync_key(group))
        group.move_to(PREPARING, now_ms)
        if not first:
            self._try_complete(group, now_ms, out)
            return
        delay_ms = self._settings.initial_rebalance_delay_ms
        if delay_ms <= 0:
            self._complete_join_phase(group, now_ms, out)
        else:
            self._wait_for_company(group, delay_ms, max(group.rebalance_timeout_ms - delay_ms, 0), out)

    def _wait_for_company(self, group: ClassicGroup, delay_ms: int, remaining_ms: int, out: Result[Any]) -> None:
        def over(then_ms: int) -> Result[Any]:
            then: Result[Any] = Result()
            if self._groups.get(group.group_id) is not group or not group.is_in(PREPARING):
                return then
            if group.new_member_added and remaining_ms:
                group.new_member_added = False
                again_ms = min(self._settings.initial_rebalance_delay_ms, remaining_ms)
                self._wait_for_company(group, again_ms, max(remaining_ms - delay_ms, 0), then)
            else:
                self._complete_join_phase(group, then_ms, then)
            return then

        out.set_timer(_join_key(group), delay_ms, over)

    def _try_complete(self, group: ClassicGroup, now_ms: int, out: Result[Any]) -> None:
        """End the join phase if everybody is here. The first rebalance of a group ends by its timer only."""
        if not group.is_in(PREPARING) or group.previous_state is EMPTY:
            return
        if group.all_joined:
            self._complete_join_phase(group, now_ms, out)
        else:
            self._end_join_phase_later(group, out, if_absent=True)

    def _end_join_phase_later(self, group: ClassicGroup, out: Result[Any], *, if_absent: bool) -> None:
        def over(then_ms: int) -> Result[Any]:
            then: Result[Any] = Result()
            if self._groups.get(group.group_id) is group and group.is_in(PREPARING):
                self._complete_join_phase(group, then_ms, then)
            return then

        # Where nobody who counts comes back this timer sets itself anew: never for the same moment, which would not end.
        out.set_timer(_join_key(group), max(group.rebalance_timeout_ms, 1), over, if_absent=if_absent)

    def _complete_join_phase(self, group: ClassicGroup, now_ms: int, out: Result[Any]) -> None:
        out.cancel_timer(_join_key(group))
        for member in list(group.members.values()):
            if member.awaiting_join is None and not member.is_static:
                group.remove(member.member_id)
                out.cancel_timer(_heartbeat_key(group, member.member_id))
        if group.members and not group.elect_joined_leader():
            # Only static members are left and none has come back: their sessions decide.
            self._end_join_phase_later(group, out, if_absent=False)
            return
        generation = group.generation
        group.start_generation(now_ms)
        assert group.generation > generation, "generations only grow"
        if group.is_in(EMPTY):
            # If this is lost, the generation before comes back after a restart, and its sessions end.
            out.records.append(group_record(group.group_id, group.to_record({})))
            return
        assert group.leader_id in group.members, "a generation has one leader (32)"
        for member in group.members.values():
            answer = self._joined(group, member, with_members=group.is_leader(member.member_id))
            self._answer_join(group, member, answer, out)
            self._start_session(group, member.member_id, member.session_timeout_ms, out)
            member.is_new = False
            group.pending_sync.add(member.member_id)
        generation = group.generation
        out.set_timer(
            _sync_key(group),
            group.rebalance_timeout_ms,
            lambda then_ms: self._end_sync_phase(group, generation, then_ms),
        )

    def _end_sync_phase(self, group: ClassicGroup, generation: int, now_ms: int) -> Result[Any]:
        """The time to send SyncGroup is up: who has not is dropped."""
        out: Result[Any] = Result()
        if self._groups.get(group.group_id) is not group or group.generation != generation:
            return out
        if group.is_in(COMPLETING, STABLE) and group.pending_sync:
            for member_id in list(group.pending_sync):
                group.remove(member_id)
                out.cancel_timer(_heartbeat_key(group, member_id))
            self._prepare(group, now_ms, out)
        return out

    def _joined(self, group: ClassicGroup, member: Member, *, with_members: bool) -> JoinGroupResponse:
        return JoinGroupResponse(
            generation_id=group.generation,
            protocol_type=group.protocol_type,
            protocol_name=group.protocol_name,
            leader=group.leader_id or "",
            member_id=member.member_id,
            members=group.joined_members() if with_members else [],
        )

    def _answer_join(self, group: ClassicGroup, member: Member, answer: JoinGroupResponse, out: Result[Any]) -> None:
        deferred = group.end_wait(member)
        if deferred is not None:
            out.complete(deferred, answer)

    def _answer_sync(self, member: Member, answer: SyncGroupResponse, out: Result[Any]) -> bool:
        deferred, member.awaiting_sync = member.awaiting_sync, None
        if deferred is not None:
            out.complete(deferred, answer)
        return deferred is not None

    # SyncGroup

    def sync(self, request: SyncGroupRequest, now_ms: int) -> Result[SyncGroupResponse]:
        """A member asks for its assignment, the leader brings everybody's. Errors, in the order of checks: 25 (no such group, or an
        empty one), 25 or 82, 22, 23, 27."""
        group = self._groups.get(request.group_id)
        if group is None or group.is_in(EMPTY, DEAD):
            return Result(answer=sync_refused(ErrorCode.UNKNOWN_MEMBER_ID))
        member_id = request.member_id
        refusal = self._check_member(group, member_id, request.group_instance_id)
        if refusal is None and request.generation_id != group.generation:
            refusal = ErrorCode.ILLEGAL_GENERATION
        if refusal is None and (
            _differs(request.protocol_type, group.protocol_type) or _differs(request.protocol_name, group.protocol_name)
        ):
            refusal = ErrorCode.INCONSISTENT_GROUP_PROTOCOL
        if refusal is None and group.is_in(PREPARING):
            refusal = ErrorCode.REBALANCE_IN_PROGRESS
        if refusal is not None:
            return Result(answer=sync_refused(refusal))

        out: Result[SyncGroupResponse] = Result()
        member = group.members[member_id]
        group.pending_sync.discard(member_id)
        if not group.pending_sync:
            out.cancel_timer(_sync_key(group))
        if group.is_in(STABLE):
            self._start_session(group, member_id, member.session_timeout_ms, out)
            out.answer = self._assigned(group, member)
            return out
        self._answer_sync(member, sync_refused(ErrorCode.REBALANCE_IN_PROGRESS), out)
        member.awaiting_sync = Deferred()
        out.answer = member.awaiting_sync
        if group.is_leader(member_id):
            self._store_assignment(group, request, out)
        return out

    def _store_assignment(self, group: ClassicGroup, request: SyncGroupRequest, out: Result[SyncGroupResponse]) -> None:
        """The leader's assignment goes into the log; members it does not name get an empty one."""
        given = {one.member_id: bytes(one.assignment) for one in request.assignments}
        generation = group.generation
        out.records.append(group_record(group.group_id, group.to_record(given)))

        def applied(then_ms: int) -> Result[Any]:
            assert group.is_in(COMPLETING) and group.generation == generation, "handed out in its own generation (32)"
            then: Result[Any] = Result()
            group.move_to(STABLE, then_ms)
            for member in group.members.values():
                member.assignment = given.get(member.member_id, b"")
                if self._answer_sync(member, self._assigned(group, member), then):
                    self._start_session(group, member.member_id, member.session_timeout_ms, then)
            return then

        def failed(code: ErrorCode, then_ms: int) -> Result[Any]:
            then: Result[Any] = Result()
            self._drop_assignment(group, code, then)
            self._rebalance(group, then_ms, then)
            return then

        out.on_applied = applied
        out.on_failure = failed

    def _assigned(self, group: ClassicGroup, member: Member) -> SyncGroupResponse:
        return SyncGroupResponse(
            protocol_type=group.protocol_type, protocol_name=group.protocol_name, assignment=member.assignment
        )

    def _drop_assignment(self, group: ClassicGroup, code: ErrorCode, out: Result[Any]) -> None:
        """Everybody's assignment is void; whoever waits for one is told why."""
        for member in group.members.values():
            member.assignment = b""
            if self._answer_sync(member, sync_refused(code), out):
                self._start_session(group, member.member_id, member.session_timeout_ms, out)

    # Heartbeat and sessions

    def heartbeat(self, request: HeartbeatRequest, now_ms: int) -> Result[ErrorCode]:
        """A member is alive; it hears of a rebalance. Errors, in the order of checks: 25, 82 or 25, 22, 27."""
        group = self._groups.get(request.group_id)
        if group is None or group.is_in(DEAD):
            return Result(answer=ErrorCode.UNKNOWN_MEMBER_ID)
        member_id = request.member_id
        refusal = self._check_member(group, member_id, request.group_instance_id)
        if refusal is None and request.generation_id != group.generation:
            refusal = ErrorCode.ILLEGAL_GENERATION
        if refusal is not None:
            return Result(answer=refusal)
        out: Result[ErrorCode] = Result()
        self._start_session(group, member_id, group.members[member_id].session_timeout_ms, out)
        out.answer = ErrorCode.REBALANCE_IN_PROGRESS if group.is_in(PREPARING) else ErrorCode.NONE
        return out

    def keep_session(self, group: ClassicGroup, member_id: str, out: Result[Any]) -> None:
        """A commit keeps a member's session, too (OffsetMetadataManager)."""
        member = group.members.get(member_id)
        if member is not None and group.is_in(STABLE, PREPARING):
            self._start_session(group, member_id, member.session_timeout_ms, out)

    def _start_session(self, group: ClassicGroup, member_id: str, timeout_ms: int, out: Result[Any]) -> None:
        out.set_timer(
            _heartbeat_key(group, member_id),
            timeout_ms,
            lambda then_ms: self._end_session(group, member_id, then_ms),
        )

    def _end_session(self, group: ClassicGroup, member_id: str, now_ms: int) -> Result[Any]:
        out: Result[Any] = Result()
        if self._groups.get(group.group_id) is not group:
            return out
        if member_id in group.pending_members:
            group.remove(member_id)
            self._try_complete(group, now_ms, out)
            return out
        member = group.members.get(member_id)
        if member is None or member.outlives_its_session:
            return out
        self._dismiss(group, member, out)
        self._rebalance(group, now_ms, out)
        return out

    def _dismiss(self, group: ClassicGroup, member: Member, out: Result[Any]) -> None:
        """A member goes; if it still waits, its answer makes it join afresh."""
        self._answer_join(group, member, join_refused("", ErrorCode.UNKNOWN_MEMBER_ID), out)
        self._answer_sync(member, sync_refused(ErrorCode.UNKNOWN_MEMBER_ID), out)
        group.remove(member.member_id)

    # LeaveGroup

    def leave(self, request: LeaveGroupRequest, now_ms: int) -> Result[LeaveGroupResponse]:
        """Members leave, or are removed by an administrator by instance id alone (KIP-345). Errors stand at each member: 25 (no such
        group or member), 82."""
        group = self._groups.get(request.group_id)
        out: Result[LeaveGroupResponse] = Result()
        answers = []
        for leaving in request.members:
            code = ErrorCode.UNKNOWN_MEMBER_ID
            if group is not None and not group.is_in(DEAD):
                code = self._leave_one(group, leaving, out)
            answers.append(
                MemberResponse(
                    member_id=leaving.member_id, group_instance_id=leaving.group_instance_id, error_code=code
                )
            )
        if group is not None and any(answer.error_code == 0 for answer in answers) and not group.is_in(EMPTY):
            self._rebalance(group, now_ms, out)
        out.answer = LeaveGroupResponse(members=answers)
        return out

    def _leave_one(self, group: ClassicGroup, leaving: MemberIdentity, out: Result[Any]) -> ErrorCode:
        member_id, instance_id = leaving.member_id, leaving.group_instance_id
        if not member_id:
            if instance_id is None or instance_id not in group.static_members:
                return ErrorCode.UNKNOWN_MEMBER_ID
            member_id = group.static_members[instance_id]
        elif member_id in group.pending_members:
            group.remove(member_id)
            out.cancel_timer(_heartbeat_key(group, member_id))
            return ErrorCode.NONE
        else:
            refusal = self._check_member(group, member_id, instance_id)
            if refusal is not None:
                return refusal
        out.cancel_timer(_heartbeat_key(group, member_id))
        self._dismiss(group, group.members[member_id], out)
        return ErrorCode.NONE

    # Checks, loading

    def _check_member(self, group: ClassicGroup, member_id: str, instance_id: str | None) -> ErrorCode | None:
        if instance_id is not None:
            known = group.static_members.get(instance_id)
            if known is None and not self._settings.ignores_unknown_instances:
                return ErrorCode.UNKNOWN_MEMBER_ID
            if known is not None and known != member_id:
                return ErrorCode.FENCED_INSTANCE_ID
        return None if member_id in group.members else ErrorCode.UNKNOWN_MEMBER_ID

    def check_commit(self, group: ClassicGroup, member_id: str, instance_id: str | None, generation: int) -> None:
        """Whether this member may commit in this generation (invariant 33). Raises `CoordinatorError`: 25 or 82, 22, 27.

        Without generation and member it is an administrator, or a consumer that assigns itself: only while the group is empty.
        """
        if group.is_in(DEAD):
            raise CoordinatorError(ErrorCode.COORDINATOR_NOT_AVAILABLE)
        if generation < 0 and group.is_in(EMPTY):
            return
        if generation < 0 and not member_id and instance_id is None:
            raise CoordinatorError(ErrorCode.UNKNOWN_MEMBER_ID)
        refusal = self._check_member(group, member_id, instance_id)
        if refusal is not None:
            raise CoordinatorError(refusal)
        if generation != group.generation:
            raise CoordinatorError(ErrorCode.ILLEGAL_GENERATION)
        if group.is_in(COMPLETING):
            raise CoordinatorError(ErrorCode.REBALANCE_IN_PROGRESS)

    def on_loaded(self, group: ClassicGroup, now_ms: int, out: Result[Any]) -> None:
        """A group has been replayed: its members' sessions begin; one that is too large rebalances."""
        for member in group.members.values():
            self._start_session(group, member.member_id, member.session_timeout_ms, out)
        if len(group.members) > self._settings.max_size:
            self._prepare(group, now_ms, out)


def _differs(theirs: str | None, ours: str | None) -> bool:
    return theirs is not None and ours is not None and theirs != ours
