"""A group of five hundred members: join, sync, heartbeat, rebalance; dynamic, cooperative and static."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs

from benchmarks.process import RunningBroker
from benchmarks.raw import RawClient, frame
from benchmarks.rows import Figures, percentile
from kafkawire.compiler import decode
from kafkawire.errors import ErrorCode
from kafkawire.index import APIS
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol, JoinGroupResponse
from kafkawire.messages.leave_group import LeaveGroupRequest, MemberIdentity
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupRequestAssignment, SyncGroupResponse

MEMBERS = 500
#: What a member tells of itself: a subscription to a topic, in cooperative groups with the partitions it has.
METADATA_BYTES = 150
ASSIGNMENT_BYTES = 100
VERSIONS = {11: 9, 12: 4, 14: 5, 13: 5}


@attrs.define(eq=False)
class Member:
    """One member on a connection of its own."""

    client: RawClient
    instance: str | None
    id: str = ""
    generation: int = -1
    is_leader: bool = False

    def receive(self, key: int) -> JoinGroupResponse | SyncGroupResponse:
        answer = self.client._receive_exactly(int.from_bytes(self.client._receive_exactly(4), "big"))
        return decode(APIS[key].response, VERSIONS[key], answer[5:])  # type: ignore[return-value]


class Group:
    """The members, driven in step: all send, then all receive."""

    def __init__(self, broker: RunningBroker, name: str, *, is_static: bool = False, protocol: str = "range") -> None:
        self.name, self._protocol = name, protocol
        self._address = (broker.target.host, broker.target.port)
        self.members = [self.new_member(f"{name}-{number}" if is_static else None) for number in range(MEMBERS)]

    def new_member(self, instance: str | None) -> Member:
        return Member(RawClient(*self._address), instance)

    def send_join(self, member: Member) -> None:
        body = JoinGroupRequest(
            group_id=self.name,
            session_timeout_ms=60_000,
            rebalance_timeout_ms=60_000,
            member_id=member.id,
            group_instance_id=member.instance,
            protocol_type="consumer",
            protocols=[JoinGroupRequestProtocol(name=self._protocol, metadata=bytes(METADATA_BYTES))],
        )
        member.client.socket.sendall(frame(11, VERSIONS[11], body))

    def joined(self, member: Member) -> None:
        """Take the answer to a join."""
        answer = member.receive(11)
        assert isinstance(answer, JoinGroupResponse)
        if answer.error_code:
            raise RuntimeError(f"JoinGroup: {ErrorCode(answer.error_code).name}")
        member.id, member.generation = answer.member_id, answer.generation_id
        member.is_leader = answer.leader == answer.member_id

    def get_ids(self) -> None:
        """The first join of dynamic members only gives them their ids."""
        for member in self.members:
            self.send_join(member)
        for member in self.members:
            answer = member.receive(11)
            assert isinstance(answer, JoinGroupResponse)
            assert answer.error_code == ErrorCode.MEMBER_ID_REQUIRED
            member.id = answer.member_id

    def join_all(self) -> None:
        for member in self.members:
            self.send_join(member)
        for member in self.members:
            self.joined(member)

    def rejoin_all(self) -> None:
        """The leader joins again, which is what makes a rebalance; the others as soon as they hear of it."""
        leader = next(member for member in self.members if member.is_leader)
        others = [member for member in self.members if member is not leader]
        self.send_join(leader)
        while self.heartbeat(others[0]) != ErrorCode.REBALANCE_IN_PROGRESS:
            pass
        for member in others:
            self.send_join(member)
        for member in self.members:
            self.joined(member)

    def sync_all(self) -> None:
        for member in self.members:
            body = SyncGroupRequest(
                group_id=self.name,
                generation_id=member.generation,
                member_id=member.id,
                group_instance_id=member.instance,
                protocol_type="consumer",
                protocol_name=self._protocol,
                assignments=[
                    SyncGroupRequestAssignment(member_id=other.id, assignment=bytes(ASSIGNMENT_BYTES))
                    for other in self.members
                ]
                if member.is_leader
                else [],
            )
            member.client.socket.sendall(frame(14, VERSIONS[14], body))
        for member in self.members:
            answer = member.receive(14)
            assert isinstance(answer, SyncGroupResponse)
            if answer.error_code or len(answer.assignment) != ASSIGNMENT_BYTES:
                raise RuntimeError(f"SyncGroup: {ErrorCode(answer.error_code).name}")

    def heartbeat(self, member: Member) -> int:
        """One heartbeat; the error code it is answered with."""
        body = HeartbeatRequest(
            group_id=self.name,
            generation_id=member.generation,
            member_id=member.id,
            group_instance_id=member.instance,
        )
        return int(member.client.call(12, VERSIONS[12], body).error_code)

    def leave(self, member: Member) -> None:
        identity = MemberIdentity(member_id=member.id, group_instance_id=member.instance)
        answer = member.client.call(13, VERSIONS[13], LeaveGroupRequest(group_id=self.name, members=[identity]))
        if answer.error_code or answer.members[0].error_code:
            raise RuntimeError("LeaveGroup failed")

    def close(self) -> None:
        for member in self.members:
            member.client.socket.close()


def _ms(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1e3


def _heartbeats(group: Group) -> float:
    """Microseconds of one, and how it ought to be answered in a group at rest."""
    begin = time.perf_counter()
    for member in group.members:
        if group.heartbeat(member):
            raise RuntimeError("a heartbeat was refused")
    return (time.perf_counter() - begin) / MEMBERS * 1e6


def _one_leaves(group: Group) -> None:
    """One leaves, the others join again and get their assignment."""
    leaving = group.members.pop()
    group.leave(leaving)
    leaving.client.socket.close()
    if group.heartbeat(group.members[0]) != ErrorCode.REBALANCE_IN_PROGRESS:
        raise RuntimeError("no rebalance")
    group.join_all()
    group.sync_all()


def _ripple(group: Group) -> None:
    """A cooperative rebalance: everybody joins twice, first to give up, then to get."""
    for _ in range(2):
        group.rejoin_all()
        group.sync_all()


def _one_restarts(group: Group) -> None:
    """A static member comes back with its instance id alone: nobody else notices."""
    old = group.members[-1]
    old.client.socket.close()
    member = group.members[-1] = group.new_member(old.instance)
    group.send_join(member)
    group.joined(member)
    if group.heartbeat(group.members[0]):
        raise RuntimeError("a static member's restart made a rebalance")


def group(broker: RunningBroker) -> Figures:
    """Three groups, one after the other."""
    figures: Figures = {}
    with RawClient(broker.target.host, broker.target.port) as client:
        request = FindCoordinatorRequest(key_type=0, coordinator_keys=["dynamic"])
        while client.call(10, 4, request).coordinators[0].error_code:
            time.sleep(0.01)
        before = broker.rss_bytes()
        for name, protocol in (("dynamic", "range"), ("cooperative", "cooperative-sticky")):
            one = Group(broker, name, protocol=protocol)
            figures[f"{name}: ids for all, ms"] = _ms(one.get_ids)
            cpu = broker.cpu_seconds()
            figures[f"{name}: first join with the delays that it has, ms"] = _ms(one.join_all)
            figures[f"{name}: broker CPU of it, ms"] = (broker.cpu_seconds() - cpu) * 1e3
            figures[f"{name}: sync, ms"] = _ms(one.sync_all)
            figures[f"{name}: memory per member and its connection, kB"] = (broker.rss_bytes() - before) / MEMBERS / 1e3
            figures[f"{name}: heartbeat, µs"] = _heartbeats(one)
            figures[f"{name}: everybody joins again, ms"] = _ms(lambda one=one: _ripple(one))  # type: ignore[misc]
            figures[f"{name}: one leaves, ms"] = percentile(
                [_ms(lambda one=one: _one_leaves(one)) for _ in range(5)], 0.5
            )  # type: ignore[misc]
            one.close()
        static = Group(broker, "static", is_static=True)
        figures["static: first join with the delays that it has, ms"] = _ms(static.join_all)
        figures["static: sync, ms"] = _ms(static.sync_all)
        figures["static: one restarts, ms"] = percentile([_ms(lambda: _one_restarts(static)) for _ in range(5)], 0.5)
        static.close()
    return figures
