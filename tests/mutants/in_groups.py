"""Defects of groups and their offsets."""

from __future__ import annotations

from typing import Any

import attrs

from tests.mutants.registry import Now, alter_answers, mutant, replace

GROUPS = "histories/groups"


@mutant(GROUPS)
def a_commit_is_dropped() -> None:
    """Every tenth commit is acknowledged and forgotten."""
    from kafkaemu.groups.offsets import Offsets

    now = Now(10)

    def make(commit: Any) -> Any:
        def forgetful(*arguments: Any) -> Any:
            out = commit(*arguments)
            if now():
                out.records.clear()
            return out

        return forgetful

    replace(Offsets, "commit", make)


@mutant(GROUPS)
def stale_commits_are_taken() -> None:
    """A member may commit in a generation that is over."""
    from kafkaemu.groups.classic_protocol import ClassicProtocol

    replace(ClassicProtocol, "check_commit", lambda _: lambda *_: None)


@mutant(GROUPS)
def two_members_have_one_partition() -> None:
    """Everybody gets what the leader of the group gets."""
    from kafkaemu.groups.classic_protocol import ClassicProtocol

    def make(assigned: Any) -> Any:
        return lambda protocol, group, member: assigned(protocol, group, group.members[group.leader_id])

    replace(ClassicProtocol, "_assigned", make)


@mutant("sync_group/assignment_for_strangers")
def assignments_are_lost() -> None:
    """Members other than the leader get nothing."""
    from kafkaemu.groups.classic_protocol import ClassicProtocol
    from kafkawire.messages.sync_group import SyncGroupResponse

    def make(assigned: Any) -> Any:
        def only_leaders(protocol: Any, group: Any, member: Any) -> SyncGroupResponse:
            answer: SyncGroupResponse = assigned(protocol, group, member)
            answer.assignment = b""
            return answer

        return only_leaders

    replace(ClassicProtocol, "_assigned", make)


@mutant("heartbeat/errors")
def the_generation_of_a_heartbeat_is_not_checked() -> None:
    """A member of an earlier generation is told that all is well."""

    def change(answer: Any) -> None:
        if answer.error_code == 22:
            answer.error_code = 0

    alter_answers("heartbeat", change)


@mutant("heartbeat/while_joining")
def heartbeats_do_not_tell_of_a_rebalance() -> None:
    """A member is told that all is well while others wait for it."""

    def change(answer: Any) -> None:
        if answer.error_code == 27:
            answer.error_code = 0

    alter_answers("heartbeat", change)


@mutant("leave_group/every_version")
def a_member_that_leaves_stays() -> None:
    """LeaveGroup is acknowledged, and the member is still there."""
    from kafkaemu.groups.classic_protocol import ClassicProtocol
    from kafkawire.errors import ErrorCode

    def make(leave_one: Any) -> Any:
        def stays(protocol: Any, group: Any, leaving: Any, out: Any) -> Any:
            refusal = protocol._check_member(group, leaving.member_id, leaving.group_instance_id)
            return ErrorCode.NONE if refusal is None else refusal

        return stays

    replace(ClassicProtocol, "_leave_one", make)


@mutant("join_group/first_member_every_version")
def a_new_member_need_not_know_its_id() -> None:
    """Nobody is asked to come again with the id it was given (KIP-394)."""
    from kafkaemu.handlers import join_group

    def make(handle: Any) -> Any:
        def lenient(context: Any, request: Any, body: Any) -> Any:
            return handle(context, attrs.evolve(request, version=min(request.version, 3)), body)

        return lenient

    replace(join_group, "handle", make)


@mutant("join_group/vote")
def votes_are_not_counted() -> None:
    """Of the protocols that all members support the one is chosen that the first member likes least."""
    from kafkaemu.groups.classic_group import ClassicGroup

    def make(vote: Any) -> Any:
        def unpopular(group: Any, choices: Any = None) -> str:
            ballots = [[name for name, _ in member.protocols] for member in group.members.values()]
            return next(name for name in reversed(ballots[0]) if all(name in ballot for ballot in ballots))

        return unpopular

    replace(ClassicGroup, "vote", make)


@mutant("offset_fetch/unknown_groups")
def no_offset_is_offset_0() -> None:
    """Where nothing was committed OffsetFetch answers 0."""
    from kafkaemu.groups.records import CommittedOffset
    from kafkaemu.handlers import offset_fetch

    replace(offset_fetch, "_NOTHING", lambda _: CommittedOffset(0))


@mutant("offset_fetch/deleted_topic")
def offsets_outlive_their_topic() -> None:
    """The offsets of a deleted topic are still there."""
    from kafkaemu.groups.offsets import Offsets

    replace(Offsets, "forget_partitions", lambda _: lambda *_: [])


@mutant("offset_fetch/round_trip")
def the_metadata_of_a_commit_is_lost() -> None:
    """The text of a commit comes back empty."""
    from kafkaemu.handlers import offset_fetch

    def make(partition: Any) -> Any:
        def silent(*arguments: Any) -> Any:
            answer = partition(*arguments)
            answer.metadata = ""
            return answer

        return silent

    replace(offset_fetch, "_partition", make)


@mutant("offset_commit/while_rebalancing")
def commits_during_a_rebalance_are_taken() -> None:
    """A commit while the group waits for its leader is taken."""
    from kafkaemu.groups.classic_protocol import ClassicProtocol

    replace(ClassicProtocol, "check_commit", lambda _: lambda *_: None)
