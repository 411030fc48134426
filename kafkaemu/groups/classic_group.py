"""A classic group and its members: what `classic_protocol` works on.

Durable is only what the last group record says (`ClassicGroup.persisted`); everything else is soft: it follows from that
record when a shard is loaded, and members bring the rest by rejoining.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum

import attrs

from kafkaemu.coordinator.java_hash import hash_map_order
from kafkaemu.coordinator.result import Deferred
from kafkawire.compiler import raw_decoder
from kafkawire.internal.consumer_offsets import GroupMetadataValue, MemberMetadata
from kafkawire.internal.consumer_protocol import ConsumerProtocolSubscription
from kafkawire.messages.join_group import JoinGroupResponse, JoinGroupResponseMember
from kafkawire.messages.sync_group import SyncGroupResponse
from kafkawire.primitives import MalformedMessage

CONSUMER_PROTOCOL_TYPE = "consumer"
Protocols = tuple[tuple[str, bytes], ...]
"""The protocols a member supports, most preferred first, each with its metadata."""


class GroupState(Enum):
    """The states by the names that clients are told."""

    EMPTY = "Empty"
    PREPARING_REBALANCE = "PreparingRebalance"
    COMPLETING_REBALANCE = "CompletingRebalance"
    STABLE = "Stable"
    DEAD = "Dead"


_BEFORE = {
    GroupState.EMPTY: {GroupState.PREPARING_REBALANCE},
    GroupState.PREPARING_REBALANCE: {GroupState.STABLE, GroupState.COMPLETING_REBALANCE, GroupState.EMPTY},
    GroupState.COMPLETING_REBALANCE: {GroupState.PREPARING_REBALANCE},
    GroupState.STABLE: {GroupState.COMPLETING_REBALANCE},
    GroupState.DEAD: set(GroupState),
}


@attrs.define(eq=False)
class Member:
    """One member, known by an id that the coordinator made."""

    member_id: str
    group_instance_id: str | None
    client_id: str
    client_host: str
    rebalance_timeout_ms: int
    session_timeout_ms: int
    protocol_type: str
    protocols: Protocols
    assignment: bytes = b""
    #: It has not had an answer to its first JoinGroup yet.
    is_new: bool = False
    awaiting_join: Deferred[JoinGroupResponse] | None = None
    awaiting_sync: Deferred[SyncGroupResponse] | None = None

    @property
    def is_static(self) -> bool:
        """Whether it has a group.instance.id (KIP-345)."""
        return self.group_instance_id is not None

    @property
    def outlives_its_session(self) -> bool:
        """Whoever waits for an answer cannot send heartbeats; a new member has a timeout of its own (see settings)."""
        return not self.is_new and (self.awaiting_join is not None or self.awaiting_sync is not None)

    def metadata(self, protocol: str) -> bytes:
        """Its metadata for a protocol it supports."""
        for name, metadata in self.protocols:
            if name == protocol:
                return metadata
        raise KeyError(protocol)


@attrs.define(eq=False)
class ClassicGroup:
    """A group by the classic protocol; also a "simple" one, which has offsets and never a member."""

    group_id: str
    state: GroupState = GroupState.EMPTY
    previous_state: GroupState = GroupState.DEAD
    #: Time of the last change of state, in milliseconds; None where an old record does not say.
    state_since_ms: int | None = None
    generation: int = 0
    protocol_type: str | None = None
    protocol_name: str | None = None
    leader_id: str | None = None
    members: dict[str, Member] = attrs.field(factory=dict)
    #: group.instance.id -> member id (KIP-345).
    static_members: dict[str, str] = attrs.field(factory=dict)
    #: Ids given out with MEMBER_ID_REQUIRED and not come back with yet (KIP-394).
    pending_members: set[str] = attrs.field(factory=set)
    #: Who has been told the generation and has not sent SyncGroup yet.
    pending_sync: set[str] = attrs.field(factory=set)
    #: Protocol -> how many members support it.
    support: Counter[str] = attrs.field(factory=Counter)
    #: How many members wait for the end of the join phase. Counted, as the timeouts are: looked for at each join, they would
    #: make a rebalance quadratic.
    awaiting_join: int = 0
    _rebalance_timeouts: Counter[int] = attrs.field(factory=Counter)
    #: A member came while the first rebalance waited: it may wait longer.
    new_member_added: bool = False
    #: What all members subscribe to; None if that cannot be told.
    subscribed_topics: frozenset[str] | None = None
    #: The last group record in the log, as far as there is one.
    persisted: GroupMetadataValue | None = None

    @classmethod
    def from_record(cls, group_id: str, value: GroupMetadataValue) -> ClassicGroup:
        """The group as a record describes it (KIP-211 for the timestamp, KIP-345 for static members)."""
        since_ms = value.current_state_timestamp
        group = cls(
            group_id,
            state=GroupState.STABLE if value.members else GroupState.EMPTY,
            state_since_ms=None if since_ms == -1 else since_ms,
            generation=value.generation,
            protocol_type=value.protocol_type or None,
            protocol_name=value.protocol,
            leader_id=value.leader,
            persisted=value,
        )
        for member in value.members:
            group.add(
                Member(
                    member.member_id,
                    member.group_instance_id,
                    member.client_id,
                    member.client_host,
                    member.session_timeout if member.rebalance_timeout == -1 else member.rebalance_timeout,
                    member.session_timeout,
                    value.protocol_type,
                    ((value.protocol or "", member.subscription),),
                    member.assignment,
                )
            )
        group.subscribed_topics = group.compute_subscribed_topics()
        return group

    def to_record(self, assignments: dict[str, bytes]) -> GroupMetadataValue:
        """The record of this generation with these assignments by member id."""
        protocol = self.protocol_name
        return GroupMetadataValue(
            protocol_type=self.protocol_type or "",
            generation=self.generation,
            protocol=protocol,
            leader=self.leader_id,
            current_state_timestamp=-1 if self.state_since_ms is None else self.state_since_ms,
            members=[
                MemberMetadata(
                    member_id=member.member_id,
                    group_instance_id=member.group_instance_id,
                    client_id=member.client_id,
                    client_host=member.client_host,
                    rebalance_timeout=member.rebalance_timeout_ms,
                    session_timeout=member.session_timeout_ms,
                    subscription=member.metadata(protocol or ""),
                    assignment=assignments.get(member.member_id, b""),
                )
                for member in self.members.values()
            ],
        )

    def is_in(self, *states: GroupState) -> bool:
        """Whether the group is in one of these states."""
        return self.state in states

    def move_to(self, state: GroupState, now_ms: int) -> None:
        """Change the state."""
        assert self.state in _BEFORE[state], f"{self.group_id}: {self.state} to {state}"
        self.previous_state, self.state = self.state, state
        self.state_since_ms = now_ms

    def is_leader(self, member_id: str) -> bool:
        """Whether this member makes the assignment."""
        return self.leader_id is not None and self.leader_id == member_id

    @property
    def rebalance_timeout_ms(self) -> int:
        """How long a rebalance waits: the longest of its members' timeouts."""
        return max(self._rebalance_timeouts, default=0)

    @property
    def all_joined(self) -> bool:
        """Whether the join phase has nobody to wait for."""
        return not self.pending_members and self.awaiting_join == len(self.members)

    def await_join(self, member: Member) -> Deferred[JoinGroupResponse]:
        """A member of the group, which waits for nothing yet, waits for the end of the join phase."""
        assert member.awaiting_join is None
        self.awaiting_join += 1
        member.awaiting_join = Deferred()
        return member.awaiting_join

    def end_wait(self, member: Member) -> Deferred[JoinGroupResponse] | None:
        """A member of the group waits no longer; what it has waited for."""
        deferred, member.awaiting_join = member.awaiting_join, None
        if deferred is not None:
            self.awaiting_join -= 1
        return deferred

    # Members

    def add(self, member: Member) -> None:
        """Take a member in; the first one brings the protocol type and leads."""
        assert member.member_id not in self.members
        if not self.members:
            self.protocol_type = member.protocol_type
        if self.leader_id is None:
            self.leader_id = member.member_id
        if member.group_instance_id is not None:
            assert member.group_instance_id not in self.static_members
            self.static_members[member.group_instance_id] = member.member_id
        self.members[member.member_id] = member
        self._rebalance_timeouts[member.rebalance_timeout_ms] += 1
        self.support.update(name for name, _ in dict(member.protocols).items())
        self.pending_members.discard(member.member_id)

    def remove(self, member_id: str) -> None:
        """Let a member, or a pending one, go; if it led, another leads."""
        member = self.members.pop(member_id, None)
        if member is not None:
            self._withdraw_support(member)
            self._withdraw_timeout(member)
            self.end_wait(member)
            if member.group_instance_id is not None:
                del self.static_members[member.group_instance_id]
        if self.is_leader(member_id):
            self.leader_id = next(iter(self.members), None)
        self.pending_members.discard(member_id)
        self.pending_sync.discard(member_id)

    def set_protocols(self, member: Member, protocols: Protocols) -> None:
        """A member supports something else now."""
        self._withdraw_support(member)
        member.protocols = protocols
        self.support.update(name for name, _ in dict(protocols).items())

    def set_timeouts(self, member: Member, rebalance_timeout_ms: int, session_timeout_ms: int) -> None:
        """A member has other timeouts now."""
        self._withdraw_timeout(member)
        member.rebalance_timeout_ms, member.session_timeout_ms = rebalance_timeout_ms, session_timeout_ms
        self._rebalance_timeouts[rebalance_timeout_ms] += 1

    def _withdraw_timeout(self, member: Member) -> None:
        timeout_ms = member.rebalance_timeout_ms
        self._rebalance_timeouts[timeout_ms] -= 1
        if not self._rebalance_timeouts[timeout_ms]:
            del self._rebalance_timeouts[timeout_ms]

    def _withdraw_support(self, member: Member) -> None:
        for name in dict(member.protocols):
            self.support[name] -= 1
            if not self.support[name]:
                del self.support[name]

    def rename(self, old_id: str, new_id: str) -> Member:
        """A static member comes back under a new id and keeps its place, its assignment, and what is known of its client."""
        member = self.members[old_id]
        assert member.group_instance_id is not None
        member.member_id = new_id
        # It keeps its place in the order of members, too.
        self.members = {new_id if key == old_id else key: value for key, value in self.members.items()}
        self.static_members[member.group_instance_id] = new_id
        if old_id in self.pending_sync:
            self.pending_sync.remove(old_id)
            self.pending_sync.add(new_id)
        if self.is_leader(old_id):
            self.leader_id = new_id
        return member

    # Protocols

    def accepts(self, protocol_type: str, protocols: Protocols) -> bool:
        """Whether someone with these protocols can be in this group: all of its members must share one with it."""
        if self.state is GroupState.EMPTY:
            return bool(protocol_type) and bool(protocols)
        size = len(self.members)
        return self.protocol_type == protocol_type and any(self.support.get(name, 0) == size for name, _ in protocols)

    def vote(self, choices: Iterable[Protocols] | None = None) -> str:
        """The protocol that most members like best among those that all support; ``choices`` in place of the members' own.

        A tie goes to the one that Java's hash map names first, as in the reference.
        """
        ballots = [member.protocols for member in self.members.values()] if choices is None else list(choices)
        common = set.intersection(*({name for name, _ in ballot} for ballot in ballots))
        votes = [next(name for name, _ in ballot if name in common) for ballot in ballots]
        count = Counter(votes)
        return max(hash_map_order(votes), key=lambda name: count[name])

    # Phases

    def elect_joined_leader(self) -> bool:
        """See that the leader is somebody who has joined; False if nobody has."""
        if self.leader_id is None:
            return False
        if self.members[self.leader_id].awaiting_join is not None:
            return True
        joined = next((m.member_id for m in self.members.values() if m.awaiting_join is not None), None)
        if joined is None:
            return False
        self.leader_id = joined
        return True

    def start_generation(self, now_ms: int) -> None:
        """The join phase is over: a new generation, of those who are here."""
        self.generation += 1
        self.pending_sync.clear()
        self.new_member_added = False
        if self.members:
            self.protocol_name = self.vote()
            self.move_to(GroupState.COMPLETING_REBALANCE, now_ms)
        else:
            self.protocol_name = None
            self.move_to(GroupState.EMPTY, now_ms)
        self.subscribed_topics = self.compute_subscribed_topics()

    def joined_members(self) -> list[JoinGroupResponseMember]:
        """What the leader is told about the members."""
        protocol = self.protocol_name or ""
        return [
            JoinGroupResponseMember(
                member_id=member.member_id,
                group_instance_id=member.group_instance_id,
                metadata=member.metadata(protocol),
            )
            for member in self.members.values()
        ]

    # Subscriptions (KIP-496: offsets of topics nobody reads any more may expire)

    @property
    def uses_consumer_protocol(self) -> bool:
        """Whether members are consumers, whose metadata the coordinator may read."""
        return self.protocol_type == CONSUMER_PROTOCOL_TYPE

    def compute_subscribed_topics(self) -> frozenset[str] | None:
        """The topics all members subscribe to together; None if they are no consumers or their metadata cannot be read."""
        if not self.uses_consumer_protocol:
            return None
        if not self.members:
            return frozenset()
        if self.protocol_name is None:
            return None
        decode = raw_decoder(ConsumerProtocolSubscription, 0, lenient=True)
        topics: set[str] = set()
        try:
            for member in self.members.values():
                # Two bytes of version, then version 0, with which every later one begins.
                subscription, _ = decode(member.metadata(self.protocol_name), 2)
                topics.update(subscription.topics)
        except MalformedMessage:
            return None
        return frozenset(topics)

    def is_subscribed_to(self, topic: str) -> bool:
        """Whether a member reads this topic, as far as can be told; consumers with unreadable metadata read everything."""
        if self.subscribed_topics is not None:
            return topic in self.subscribed_topics
        return self.uses_consumer_protocol
