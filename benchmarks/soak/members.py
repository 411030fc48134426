"""Members of classic groups: they join, fetch in sessions, commit, heartbeat, leave and come back, and check what they get."""

from __future__ import annotations

import json

import attrs
import trio

from benchmarks.soak.ledger import Ledger, TopicPartition
from benchmarks.soak.pipe import Pipe, connected
from kafkawire.errors import ErrorCode
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol
from kafkawire.messages.leave_group import LeaveGroupRequest, MemberIdentity
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
)
from kafkawire.messages.offset_fetch import OffsetFetchRequest, OffsetFetchRequestGroup, OffsetFetchRequestTopics
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupRequestAssignment

HEARTBEAT_S = 0.5
COMMIT_S = 1.0
FETCH_WAIT_MS = 50
FETCH_MIN_BYTES = 16_384
#: What a rebalance answers in the ordinary course of things.
_REJOIN = (ErrorCode.REBALANCE_IN_PROGRESS, ErrorCode.ILLEGAL_GENERATION)


@attrs.define(eq=False)
class GroupPlan:
    """A group: who is in it and what it reads. ``value_at`` tells by topic where the first value of a batch begins."""

    name: str
    members: int
    is_static: bool
    topics: dict[str, int]
    value_at: dict[str, int]


class Member:
    """One member. ``stay_s`` is how long it is in the group at a time (None: until the end)."""

    def __init__(
        self, plan: GroupPlan, number: int, ledger: Ledger, address: tuple[str, int], stay_s: float | None
    ) -> None:
        self._plan = plan
        self._instance = f"{plan.name}-{number}" if plan.is_static else None
        self._ledger = ledger
        self._address = address
        self._stay_s = stay_s
        self._member_id = ""
        self._generation = -1
        self._positions: dict[TopicPartition, int] = {}
        self._must_rejoin = False
        self._moved: list[TopicPartition] = []
        self._session = (0, 0)

    async def run(self) -> None:
        """Join, stay and leave, again and again until cancelled."""
        while True:
            async with connected(*self._address) as coordinator, connected(*self._address) as leader:
                self._session = (0, 0)
                with trio.CancelScope() as scope:
                    if self._stay_s is not None:
                        scope.deadline = trio.current_time() + self._stay_s
                    await self._stay(coordinator, leader)
                if not scope.cancelled_caught:
                    return
            # A request may be under way on the old connections: what is to be said is said on a new one.
            async with connected(*self._address) as pipe:
                await self._close_session(pipe)
                if not self._plan.is_static:
                    await self._leave(pipe)
            self._member_id = ""
            self._ledger.done["memberships ended"] += 1

    async def _leave(self, coordinator: Pipe) -> None:
        identity = MemberIdentity(member_id=self._member_id, group_instance_id=self._instance)
        answer = await coordinator.call(LeaveGroupRequest(group_id=self._plan.name, members=[identity]), 5)
        self._expect("LeaveGroup", answer.error_code)

    async def _close_session(self, leader: Pipe) -> None:
        """As consumers do when they are closed; others stay until a thousand newer ones have come."""
        if self._session[0]:
            await leader.call(FetchRequest(max_wait_ms=0, session_id=self._session[0], session_epoch=-1), 12)

    def _expect(self, what: str, code: int) -> None:
        if code:
            self._ledger.error(f"{what} of {self._plan.name}: {ErrorCode(code).name}")

    async def _stay(self, coordinator: Pipe, leader: Pipe) -> None:
        while True:
            await self._join(coordinator)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._heartbeat, coordinator)
                nursery.start_soon(self._commit_regularly, coordinator)
                while not self._must_rejoin:
                    await self._fetch(leader)
                nursery.cancel_scope.cancel()
            await self._commit(coordinator)

    # Membership

    async def _join(self, coordinator: Pipe) -> None:
        plan = self._plan
        while True:
            request = JoinGroupRequest(
                group_id=plan.name,
                session_timeout_ms=30_000,
                rebalance_timeout_ms=30_000,
                member_id=self._member_id,
                group_instance_id=self._instance,
                protocol_type="consumer",
                protocols=[JoinGroupRequestProtocol(name="even", metadata=b"")],
            )
            joined = await coordinator.call(request, 9)
            if joined.error_code == ErrorCode.MEMBER_ID_REQUIRED:
                self._member_id = joined.member_id
                continue
            if joined.error_code:
                self._expect("JoinGroup", joined.error_code)
                self._member_id = ""
                continue
            self._member_id, self._generation = joined.member_id, joined.generation_id
            shares = self._shares([one.member_id for one in joined.members]) if joined.members else []
            sync = SyncGroupRequest(
                group_id=plan.name,
                generation_id=self._generation,
                member_id=self._member_id,
                group_instance_id=self._instance,
                protocol_type="consumer",
                protocol_name="even",
                assignments=[] if joined.skip_assignment else shares,
            )
            synced = await coordinator.call(sync, 5)
            if synced.error_code in _REJOIN:
                continue
            self._expect("SyncGroup", synced.error_code)
            if not synced.error_code:
                break
        self._ledger.done["joins"] += 1
        self._must_rejoin = False
        await self._find_positions(coordinator, [(topic, index) for topic, index in json.loads(synced.assignment)])

    def _shares(self, member_ids: list[str]) -> list[SyncGroupRequestAssignment]:
        partitions = [(topic, index) for topic, count in self._plan.topics.items() for index in range(count)]
        return [
            SyncGroupRequestAssignment(
                member_id=member_id, assignment=json.dumps(partitions[number :: len(member_ids)]).encode()
            )
            for number, member_id in enumerate(sorted(member_ids))
        ]

    async def _find_positions(self, coordinator: Pipe, partitions: list[TopicPartition]) -> None:
        topics = [
            OffsetFetchRequestTopics(
                name=topic, partition_indexes=[index for name, index in partitions if name == topic]
            )
            for topic in dict(partitions)
        ]
        request = OffsetFetchRequest(groups=[OffsetFetchRequestGroup(group_id=self._plan.name, topics=topics)])
        answer = (await coordinator.call(request, 8)).groups[0]
        self._expect("OffsetFetch", answer.error_code)
        self._positions = {
            (topic.name, partition.partition_index): max(partition.committed_offset, 0)
            for topic in answer.topics
            for partition in topic.partitions
        }
        # What a member before this one has read without committing is read again; nothing may be passed over.
        for key, position in self._positions.items():
            if position > self._ledger.seen[self._plan.name][key]:
                self._ledger.error(f"{self._plan.name}: committed beyond what was read")
        self._session = (self._session[0], 0)

    async def _heartbeat(self, coordinator: Pipe) -> None:
        while True:
            await trio.sleep(HEARTBEAT_S)
            request = HeartbeatRequest(
                group_id=self._plan.name,
                generation_id=self._generation,
                member_id=self._member_id,
                group_instance_id=self._instance,
            )
            answer = await coordinator.call(request, 4)
            self._heed("Heartbeat", answer.error_code)

    def _heed(self, what: str, code: int) -> None:
        if code in _REJOIN:
            self._must_rejoin = True
        else:
            self._expect(what, code)

    async def _commit_regularly(self, coordinator: Pipe) -> None:
        while True:
            await trio.sleep(COMMIT_S)
            await self._commit(coordinator)

    async def _commit(self, coordinator: Pipe) -> None:
        topics: dict[str, list[OffsetCommitRequestPartition]] = {}
        for (topic, index), position in self._positions.items():
            partition = OffsetCommitRequestPartition(partition_index=index, committed_offset=position)
            topics.setdefault(topic, []).append(partition)
        request = OffsetCommitRequest(
            group_id=self._plan.name,
            generation_id_or_member_epoch=self._generation,
            member_id=self._member_id,
            group_instance_id=self._instance,
            topics=[OffsetCommitRequestTopic(name=topic, partitions=listed) for topic, listed in topics.items()],
        )
        answer = await coordinator.call(request, 8)
        for topic in answer.topics:
            for partition in topic.partitions:
                self._heed("OffsetCommit", partition.error_code)
        self._ledger.done["commits"] += 1

    # Reading

    async def _fetch(self, leader: Pipe) -> None:
        """One fetch: all partitions when the session is new, else those that have moved on since the last one."""
        session_id, epoch = self._session
        names = self._positions if epoch == 0 else self._moved
        topics: dict[str, list[FetchPartition]] = {}
        for key in names:
            partition = FetchPartition(partition=key[1], fetch_offset=self._positions[key], partition_max_bytes=1 << 20)
            topics.setdefault(key[0], []).append(partition)
        request = FetchRequest(
            max_wait_ms=FETCH_WAIT_MS,
            min_bytes=FETCH_MIN_BYTES,
            max_bytes=50 << 20,
            session_id=session_id,
            session_epoch=epoch,
            topics=[FetchTopic(topic=topic, partitions=listed) for topic, listed in topics.items()],
        )
        answer = await leader.call(request, 12)
        self._moved = []
        if answer.error_code:
            # Others may have pushed the session out.
            self._ledger.done["sessions lost"] += 1
            self._session = (0, 0)
            return
        self._session = (answer.session_id, epoch + 1 if answer.session_id else 0)
        plan, ledger = self._plan, self._ledger
        for topic in answer.responses:
            for partition in topic.partitions:
                self._expect("Fetch", partition.error_code)
                if partition.records:
                    key = (topic.topic, partition.partition_index)
                    position = self._positions[key]
                    self._positions[key] = ledger.check(
                        plan.name, key, partition.records, position, plan.value_at[topic.topic]
                    )
                    self._moved.append(key)
        self._ledger.done["fetches"] += 1
