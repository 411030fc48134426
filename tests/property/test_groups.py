"""Random lives of groups: nobody is forgotten, generations grow, and the log says all that must outlive the coordinator."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kafkaemu.groups.classic_group import ClassicGroup, GroupState
from kafkaemu.groups.records import CommittedOffset, committed_offset
from kafkawire.errors import ErrorCode
from kafkawire.internal.consumer_offsets import (
    GroupMetadataKey,
    GroupMetadataValue,
    OffsetCommitKey,
    OffsetCommitValue,
)
from tests.support.groups import GroupBroker
from tests.support.replicas import Answered

SESSION_MS, REBALANCE_MS = 10_000, 20_000
PROTOCOLS = st.sampled_from(
    [
        (("range", b"1"),),
        (("range", b"2"), ("sticky", b"3")),
        (("sticky", b"3"), ("range", b"2")),
    ]
)


@attrs.define(eq=False)
class Client:
    """A member as its client sees it; ``waiting`` is its only outstanding request."""

    name: str
    instance_id: str | None
    member_id: str = ""
    generation: int = -1
    leader: bool = False
    members: list[str] = attrs.field(factory=list)
    waiting: Answered | None = None
    joining: bool = False
    seen: int = -1
    unsynced: bool = False


class GroupLife(RuleBasedStateMachine):
    """One group, five clients (two static), each with one request at a time, as clients are."""

    def __init__(self) -> None:
        super().__init__()
        self.broker = GroupBroker()
        self.broker.topic("orders", 3)
        self.clients = [Client(f"c{index}", f"i{index}" if index > 2 else None) for index in range(5)]
        self.committed: dict[int, int] = {}
        self.generation = 0

    @initialize(delay=st.sampled_from([0, 3_000]))
    def first_delay(self, delay: int) -> None:
        """How long a first rebalance waits."""
        self.broker.config._values["group.initial.rebalance.delay.ms"] = delay
        self.broker.restart()

    def settle(self) -> None:
        """Clients take the answers that are there."""
        for client in self.clients:
            if client.waiting is not None and client.waiting.answer is not None:
                answered, client.waiting = client.waiting.answer, None
                (self.joined if client.joining else self.synced)(client, answered)

    def joined(self, client: Client, answer: Any) -> None:
        """What a client makes of a JoinGroup answer."""
        if answer.error_code == ErrorCode.MEMBER_ID_REQUIRED:
            client.member_id = answer.member_id
        elif answer.error_code == ErrorCode.NONE:
            assert answer.generation_id >= client.seen, "a generation never goes back for a client"
            client.seen = client.generation = answer.generation_id
            client.member_id = answer.member_id
            client.unsynced = True
            client.leader = answer.leader == answer.member_id
            client.members = [one.member_id for one in answer.members]
            assert not client.leader or client.member_id in client.members or answer.skip_assignment
        elif answer.error_code in (ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.FENCED_INSTANCE_ID):
            client.member_id, client.generation = "", -1
        else:
            # 23: what a replayed member supports is only what its group had chosen.
            assert answer.error_code in (
                ErrorCode.REBALANCE_IN_PROGRESS,
                ErrorCode.NOT_COORDINATOR,
                ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
            ), answer

    def synced(self, client: Client, answer: Any) -> None:
        """What a client makes of a SyncGroup answer."""
        client.unsynced = answer.error_code not in (ErrorCode.NONE, ErrorCode.ILLEGAL_GENERATION)
        if answer.error_code == ErrorCode.NONE:
            # What the leader gave this member in this very generation (or nothing, where it named nobody).
            expected = f"{client.generation}:{client.member_id}".encode()
            static = client.instance_id is not None
            assert static or answer.assignment in (b"", expected), (answer, expected)
        elif answer.error_code in (ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.FENCED_INSTANCE_ID):
            client.member_id, client.generation = "", -1

    index = st.integers(0, 4)

    @rule(order=st.permutations(range(5)), count=st.integers(1, 5), protocols=PROTOCOLS, gives=st.booleans())
    def go_on(self, order: list[int], count: int, protocols: Any, gives: bool) -> None:
        """Some clients do what consumers do: join, come back with the id, join again when told, sync, heartbeat."""
        for _ in range(3):
            for index in order[:count]:
                client = self.clients[index]
                if client.generation < 0 or self.told_to_rejoin(client):
                    self.join(index, protocols, 9)
                elif client.unsynced:
                    self.sync(index, gives)

    def told_to_rejoin(self, client: Client) -> bool:
        """What a heartbeat in between tells."""
        return self.broker.heartbeat(client.member_id, client.generation) != ErrorCode.NONE

    @rule(index=index, protocols=PROTOCOLS, version=st.sampled_from([3, 5, 9]))
    def join(self, index: int, protocols: Any, version: int) -> None:
        """A client joins, or joins again."""
        client = self.clients[index]
        if client.waiting is not None:
            return
        client.joining = True
        instance = client.instance_id if version >= 5 else None
        client.waiting = self.broker.join(
            version=version,
            member_id=client.member_id,
            group_instance_id=instance,
            protocols=protocols,
            session_timeout_ms=SESSION_MS,
            rebalance_timeout_ms=REBALANCE_MS,
        )
        self.settle()

    @rule(index=index, gives=st.booleans())
    def sync(self, index: int, gives: bool) -> None:
        """A member asks for its assignment; the leader gives, or gives nothing."""
        client = self.clients[index]
        if client.waiting is not None or client.generation < 0:
            return
        given = {one: f"{client.generation}:{one}".encode() for one in client.members} if gives else {}
        client.joining = False
        client.waiting = self.broker.sync(
            client.member_id, client.generation, given, protocol_name=self.protocol(), group_instance_id=None
        )
        self.settle()

    def protocol(self) -> str:
        """What the group has chosen, as every client was told."""
        group = self.broker.shard().groups.get("g")
        return (group.protocol_name if group is not None else None) or "range"

    @rule(index=index)
    def heartbeat(self, index: int) -> None:
        """A heartbeat of a member in its last generation."""
        client = self.clients[index]
        code = self.broker.heartbeat(client.member_id, client.generation)
        group = self.broker.shard().groups.get("g")
        current = group is not None and client.member_id in group.members and client.generation == group.generation
        assert (code in (ErrorCode.NONE, ErrorCode.REBALANCE_IN_PROGRESS)) == current

    @rule(index=index)
    def leave(self, index: int) -> None:
        """A member leaves, by its id."""
        client = self.clients[index]
        if client.member_id:
            self.broker.leave((client.member_id, None))
            client.member_id, client.generation = "", -1
            self.settle()

    @rule(index=index, stale=st.integers(0, 1), offset=st.integers(0, 1_000), partition=st.integers(0, 2))
    def commit(self, index: int, stale: int, offset: int, partition: int) -> None:
        """A commit of a member, in its last generation or the one before (invariant 33)."""
        client = self.clients[index]
        generation = client.generation - stale
        code = self.broker.commit(offset, partition=partition, generation=generation, member_id=client.member_id)
        group = self.broker.shard().groups.get("g")
        if code == ErrorCode.NONE:
            assert group is not None
            assert generation == group.generation or (generation < 0 and group.state is GroupState.EMPTY)
            self.committed[partition] = offset

    @rule(index=index)
    def crash(self, index: int) -> None:
        """A client goes away without a word and starts anew."""
        client = self.clients[index]
        client.waiting, client.member_id, client.generation = None, "", -1

    @rule(milliseconds=st.sampled_from([1, 100, 2_999, 5_000, 9_999, 10_000, 20_000]))
    def time_passes(self, milliseconds: int) -> None:
        """Time passes, in steps that no timer overlooks."""
        while milliseconds > 0:
            self.broker.advance(min(1_000, milliseconds))
            milliseconds -= 1_000
            self.settle()

    @rule()
    def restart(self) -> None:
        """The coordinator fails over: durable state is what it was, and whoever waited is told."""
        before = self.durable()
        members = {
            group_id: {one.member_id: one.assignment for one in group.persisted.members}
            for group_id, group in self.broker.shard().groups.items()
            if group.persisted is not None
        }
        self.broker.restart()
        self.settle()
        assert self.durable() == before
        for group_id, expected in members.items():
            group = self.broker.group(group_id)
            assert {one.member_id: one.assignment for one in group.members.values()} == expected
            assert group.state is (GroupState.STABLE if expected else GroupState.EMPTY)
        assert all(client.waiting is None for client in self.clients), "a dropped shard answers everybody"
        # A generation that was not in the log is forgotten; clients of it are fenced by its number.
        self.generation = min(
            self.generation, max((g.generation for g in self.broker.shard().groups.values()), default=0)
        )
        for client in self.clients:
            client.seen = -1

    def teardown(self) -> None:
        """Every life ends in silence."""
        self.nobody_waits_for_ever()

    def nobody_waits_for_ever(self) -> None:
        """Once every timeout has passed without a word from anybody, nobody waits (39)."""
        for _ in range((3 * REBALANCE_MS + 2 * SESSION_MS) // 1_000):
            self.broker.advance(1_000)
        self.settle()
        group = self.broker.shard().groups.get("g")
        waiting = [client.name for client in self.clients if client.waiting is not None]
        assert waiting == [], group
        assert len(self.broker.waiting) == 0

    def durable(self) -> tuple[dict[str, GroupMetadataValue | None], dict[str, Any]]:
        """The part of the state that must outlive the coordinator."""
        shard = self.broker.shard()
        return {key: group.persisted for key, group in shard.groups.items()}, shard.offsets.by_group

    @invariant()
    def the_log_folds_to_the_state(self) -> None:
        """The fold of the written records is the durable state (34)."""
        groups: dict[str, GroupMetadataValue | None] = {}
        offsets: dict[str, dict[str, dict[int, CommittedOffset]]] = {}
        for record in self.broker.records():
            if isinstance(record.key, GroupMetadataKey):
                groups.pop(record.key.group, None)
                if isinstance(record.value, GroupMetadataValue):
                    groups[record.key.group] = record.value
            elif isinstance(record.key, OffsetCommitKey) and isinstance(record.value, OffsetCommitValue):
                topics = offsets.setdefault(record.key.group, {})
                topics.setdefault(record.key.topic, {})[record.key.partition] = committed_offset(record.value)
                groups.setdefault(record.key.group, None)
        assert (groups, offsets) == self.durable()
        for partition, offset in self.committed.items():
            assert self.broker.committed(partition=partition) == offset, "a committed offset never goes back by itself"

    @invariant()
    def the_group_is_sound(self) -> None:
        """What must be true of a group between two events."""
        for group in self.broker.shard().groups.values():
            check(group)
            assert group.generation >= self.generation
            self.generation = group.generation


def check(group: ClassicGroup) -> None:
    """The invariants of one group."""
    members = group.members
    assert (group.state is GroupState.EMPTY) <= (not members)
    assert not members or group.leader_id in members
    assert all(member.member_id == key for key, member in members.items())
    assert group.static_members == {
        member.group_instance_id: key for key, member in members.items() if member.group_instance_id is not None
    }
    assert not group.pending_members & set(members)
    assert group.pending_sync <= set(members)
    counted: dict[str, int] = {}
    for member in members.values():
        for name, _ in member.protocols:
            counted[name] = counted.get(name, 0) + 1
        joins = group.state is GroupState.PREPARING_REBALANCE
        assert member.awaiting_join is None or joins
        assert member.awaiting_sync is None or group.state is GroupState.COMPLETING_REBALANCE
    assert group.support == counted
    assert group.awaiting_join == sum(member.awaiting_join is not None for member in members.values())
    assert group.rebalance_timeout_ms == max((member.rebalance_timeout_ms for member in members.values()), default=0)
    if group.state in (GroupState.STABLE, GroupState.COMPLETING_REBALANCE):
        assert members and group.protocol_name is not None
        assert all(group.protocol_name in dict(member.protocols) for member in members.values())


TestGroupLife = GroupLife.TestCase
TestGroupLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
