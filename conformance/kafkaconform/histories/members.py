"""Members of a group, which come, go and die, and an auditor who asks what the group has committed."""

from collections.abc import Mapping
from typing import Any

import attrs

from kafkaconform.groups import join, sync
from kafkaconform.histories.client import Unexpected
from kafkaconform.histories.history import Assignment, Commit, CommittedRead, Ending, Partition
from kafkaconform.histories.reading import poll
from kafkaconform.histories.surroundings import Surroundings
from kafkaconform.probes.offset_commit import commit as commit_request
from kafkaconform.probes.offset_fetch import fetch as offset_fetch_request
from kafkawire import compiler
from kafkawire.internal.consumer_protocol import AssignedTopicPartition, ConsumerProtocolAssignment
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.leave_group import LeaveGroupRequest, MemberIdentity

ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS, MEMBER_ID_REQUIRED = 22, 25, 27, 79
#: What tells a member that it has to join again.
_ENDED = (ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS)

POLL_MS = 20
LEAVE_CHANCE = 0.02
CUT_CHANCE = 0.02
STALE_COMMIT_CHANCE = 0.5
#: What only a stale commit says: others commit when they have read something.
STALE_OFFSET = 0


@attrs.define
class Group:
    """A group: its id, how long its members may be silent, and what the leader of each generation wanted members to have."""

    group_id: str
    session_timeout_ms: int
    plans: dict[int, dict[str, frozenset[Partition]]] = attrs.Factory(dict)


class Member:
    """A consumer of a group: joins, reads what it is given, commits. ``dies_after`` polls it goes without a word, and comes back as
    another one.
    """

    def __init__(self, around: Surroundings, group: Group, name: str, *, dies_after: int | None = None) -> None:
        self._around = around
        self._group = group
        self._chance = around.chance(name)
        self._client = around.client(name)
        self._member_id = ""
        self._generation = -1
        self._former_generation = -1
        self._polls_left = dies_after

    def run(self) -> None:
        """Takes part until time is up, and leaves."""
        while not self._around.is_over:
            partitions = self._join()
            if partitions is None:
                continue
            if self._former_generation >= 0 and self._chance.random() < STALE_COMMIT_CHANCE:
                self._commit_stale(partitions)
            self._work(partitions)
        self._leave()

    # A generation

    def _join(self) -> frozenset[Partition] | None:
        """Its partitions in the next generation; None where it has to try again."""
        began = self._around.history.tick()
        group_id, timeout_ms = self._group.group_id, self._group.session_timeout_ms
        request = join(group_id, self._member_id, session_timeout_ms=timeout_ms, rebalance_timeout_ms=timeout_ms)
        joined = self._client.ask(request)
        if joined.error_code == MEMBER_ID_REQUIRED:
            self._member_id = joined.member_id
            return None
        if not self._goes_on("JoinGroup", joined.error_code):
            return None
        self._member_id, generation = joined.member_id, joined.generation_id
        leads = joined.leader == self._member_id
        plan = self._plan(generation, [one.member_id for one in joined.members]) if leads else {}
        assignments = [(member_id, _assignment_bytes(partitions)) for member_id, partitions in plan.items()]
        synced = self._client.ask(sync(group_id, generation, self._member_id, *assignments))
        if not self._goes_on("SyncGroup", synced.error_code):
            return None
        partitions = _partitions_in(synced.assignment)
        self._former_generation, self._generation = self._generation, generation
        self._around.history.assignments.append(
            Assignment(
                began=began,
                ended=self._around.history.tick(),
                group=group_id,
                member=self._member_id,
                generation=generation,
                partitions=partitions,
                planned=self._group.plans.get(generation, {}).get(self._member_id),
            )
        )
        return partitions

    def _plan(self, generation: int, member_ids: list[str]) -> dict[str, frozenset[Partition]]:
        """As the leader: who shall have what, all in turns, beginning with anybody."""
        self._chance.shuffle(member_ids)
        partitions = self._around.partitions
        plan = {
            member_id: frozenset(partitions[place :: len(member_ids)]) for place, member_id in enumerate(member_ids)
        }
        self._group.plans[generation] = plan
        return plan

    def _work(self, partitions: frozenset[Partition]) -> None:
        """Reads and commits until the generation ends for this member."""
        committed = read_committed(self._around, self._client, self._group.group_id, partitions) if partitions else {}
        positions = {partition: max(offset, 0) for partition, offset in committed.items()}
        while not self._around.is_over:
            if self._dies():
                self._forget()
                return
            if self._chance.random() < LEAVE_CHANCE:
                self._leave()
                return
            if self._chance.random() < CUT_CHANCE:
                self._client.cut()
            if not self._beats():
                return
            if not positions:
                self._around.stopped.wait(POLL_MS / 1000)
                continue
            moved = {}
            for read in poll(self._around, self._client, positions, POLL_MS):
                if read.records:
                    positions[read.partition] = moved[read.partition] = read.end
            if moved and not self._commit(moved, self._generation):
                return

    def _beats(self) -> bool:
        request = HeartbeatRequest(
            group_id=self._group.group_id, generation_id=self._generation, member_id=self._member_id
        )
        return self._goes_on("Heartbeat", self._client.ask(request).error_code)

    def _goes_on(self, api: str, code: int) -> bool:
        """Whether the member is still in its generation; it joins as another one if the group does not know it."""
        if code == 0:
            return True
        if code not in _ENDED:
            raise Unexpected(f"{api} of {self._client.name}: error {code}.")
        if code == UNKNOWN_MEMBER_ID:
            self._forget()
        return False

    # Commits

    def _commit(self, offsets: Mapping[Partition, int], generation: int) -> bool:
        """Commits all of it; whether the member goes on. The connection may be cut before the answer comes."""
        done = True
        for partition, offset in offsets.items():
            request = commit_request(
                self._group.group_id,
                partition.topic,
                partition=partition.number,
                offset=offset,
                generation=generation,
                member_id=self._member_id,
            )
            began = self._around.history.tick()
            correlation_id = self._client.send(request)
            if self._chance.random() < CUT_CHANCE:
                self._client.cut()
                self._note(partition, offset, generation, Ending.UNKNOWN, began, None)
                continue
            answer = self._client.receive(request, correlation_id)
            code = answer.topics[0].partitions[0].error_code
            ending = Ending.REFUSED if code else Ending.DONE
            self._note(partition, offset, generation, ending, began, self._around.history.tick())
            done = done and (generation != self._generation or self._goes_on("OffsetCommit", code))
        return done

    def _commit_stale(self, partitions: frozenset[Partition]) -> None:
        """Commits in the generation before, as a consumer does that has slept; it is for a checker to see what came of it."""
        for partition in sorted(partitions)[:1]:
            self._commit({partition: STALE_OFFSET}, self._former_generation)

    def _note(
        self, partition: Partition, offset: int, generation: int, ending: Ending, began: int, ended: int | None
    ) -> None:
        self._around.history.commits.append(
            Commit(
                began=began,
                ended=ended,
                group=self._group.group_id,
                member=self._member_id,
                generation=generation,
                partition=partition,
                offset=offset,
                ending=ending,
            )
        )

    # Ends

    def _dies(self) -> bool:
        if self._polls_left is None:
            return False
        self._polls_left -= 1
        if self._polls_left:
            return False
        self._polls_left = None
        self._client.cut()
        return True

    def _leave(self) -> None:
        if not self._member_id:
            return
        identity = MemberIdentity(member_id=self._member_id)
        answer = self._client.ask(LeaveGroupRequest(group_id=self._group.group_id, members=[identity]))
        code = answer.error_code or answer.members[0].error_code
        if code not in (0, UNKNOWN_MEMBER_ID):
            raise Unexpected(f"LeaveGroup of {self._client.name}: error {code}.")
        self._forget()

    def _forget(self) -> None:
        self._member_id, self._generation, self._former_generation = "", -1, -1


class Auditor:
    """Asks what a group has committed, over and over."""

    def __init__(self, around: Surroundings, group: Group, name: str) -> None:
        self._around = around
        self._group = group
        self._client = around.client(name)

    def run(self) -> None:
        """Asks until time is up."""
        while not self._around.is_over:
            self.ask()
            self._around.stopped.wait(POLL_MS / 1000)

    def ask(self) -> None:
        """Asks once."""
        read_committed(self._around, self._client, self._group.group_id, frozenset(self._around.partitions))


def read_committed(
    around: Surroundings, client: Any, group_id: str, partitions: frozenset[Partition]
) -> dict[Partition, int]:
    """The committed offsets of ``partitions``, -1 where there is none; they are noted too. Raises `Unexpected`."""
    by_topic: dict[str, list[int]] = {}
    for topic, index in sorted(partitions):
        by_topic.setdefault(topic, []).append(index)
    wanted = [(topic, bytes(16), indexes) for topic, indexes in by_topic.items()]
    began = around.history.tick()
    answer = client.ask(offset_fetch_request(group_id, *wanted))
    ended = around.history.tick()
    if answer.error_code:
        raise Unexpected(f"OffsetFetch of {client.name}: error {answer.error_code}.")
    offsets = {
        Partition(topic.name, one.partition_index): int(one.committed_offset)
        for topic in answer.topics
        for one in topic.partitions
    }
    around.history.committed_reads += [
        CommittedRead(began=began, ended=ended, group=group_id, partition=partition, offset=offset)
        for partition, offset in offsets.items()
    ]
    return offsets


_VERSION_BYTES = 2


def _assignment_bytes(partitions: frozenset[Partition]) -> bytes:
    by_topic: dict[str, list[int]] = {}
    for topic, index in sorted(partitions):
        by_topic.setdefault(topic, []).append(index)
    topics = [AssignedTopicPartition(topic=topic, partitions=indexes) for topic, indexes in by_topic.items()]
    return bytes(_VERSION_BYTES) + compiler.encode(ConsumerProtocolAssignment(assigned_partitions=topics), 0)


def _partitions_in(assignment: Any) -> frozenset[Partition]:
    if not assignment:
        return frozenset()
    decoded = compiler.decode(ConsumerProtocolAssignment, 0, bytes(assignment)[_VERSION_BYTES:])
    return frozenset(Partition(each.topic, index) for each in decoded.assigned_partitions for index in each.partitions)
