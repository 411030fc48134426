"""The group coordinator of a broker: what handlers ask, and what leadership and topic changes tell it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import attrs

from kafkaemu.coordinator.java_hash import partition_for
from kafkaemu.coordinator.result import CoordinatorError, Deferred, Result
from kafkaemu.coordinator.runtime import CoordinatorRuntime, Replicas
from kafkaemu.delayed import Deadlines, WaitingRoom
from kafkaemu.groups.classic_events import Joining, join_refused, sync_refused
from kafkaemu.groups.deletion import delete_groups, delete_offsets
from kafkaemu.groups.describe import describe, listed
from kafkaemu.groups.offsets import Commit
from kafkaemu.groups.records import RECORD_FORMAT, TOPIC, CommittedOffset
from kafkaemu.groups.settings import GroupSettings
from kafkaemu.groups.shard import GroupShard
from kafkaemu.world.interface import Clock, Entropy
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_groups import DescribedGroup
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.join_group import JoinGroupResponse
from kafkawire.messages.leave_group import LeaveGroupRequest, LeaveGroupResponse
from kafkawire.messages.list_groups import ListedGroup
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupResponse
from kafkawire.records.batch import Compression


@attrs.frozen
class FetchedOffset:
    """One partition of a fetch."""

    topic: str
    partition: int
    committed: CommittedOffset | None


class GroupCoordinator:
    """Groups and offsets of the partitions of `__consumer_offsets` that this broker leads.

    What it returns is deferred (`kafkaemu.coordinator.parking` parks a request on it); refusals that concern a whole request are
    `CoordinatorError`: NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, or the error of a failed append.
    """

    def __init__(
        self,
        settings: GroupSettings,
        replicas: Replicas,
        waiting: WaitingRoom,
        deadlines: Deadlines,
        clock: Clock,
        entropy: Entropy,
        *,
        schedule_load: Callable[[Callable[[], None]], None] = lambda load: load(),
    ) -> None:
        self.settings = settings
        self._entropy = entropy
        self._partitions = settings.offsets_partitions
        self._runtime: CoordinatorRuntime[GroupShard] = CoordinatorRuntime(
            TOPIC,
            RECORD_FORMAT,
            lambda index: GroupShard(settings, self._make_uuid),
            replicas,
            waiting,
            deadlines,
            clock.now_ms,
            schedule_load=schedule_load,
            compression=Compression(settings.offsets_compression),
        )

    def _make_uuid(self) -> str:
        """A random uuid in the form in which Java prints one."""
        text = self._entropy.uuid().hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    # What the broker tells

    def on_elected(self, partition_index: int, leader_epoch: int) -> None:
        """This broker leads this partition of `__consumer_offsets` now; its replica is there."""
        self._runtime.on_elected(partition_index, leader_epoch)

    def on_resigned(self, partition_index: int) -> None:
        """This broker no longer leads this partition, or it was deleted."""
        self._runtime.on_resigned(partition_index)

    def on_partition_count(self, partitions: int) -> None:
        """`__consumer_offsets` exists with so many partitions, whatever the configuration says."""
        self._partitions = partitions

    def on_partitions_deleted(self, partitions: Iterable[tuple[str, int]]) -> None:
        """These partitions (topic, index) are gone, and so are the offsets committed for them; of `__consumer_offsets` itself,
        the state."""
        deleted = []
        for topic, index in partitions:
            if topic == TOPIC:
                self._runtime.on_resigned(index)
            else:
                deleted.append((topic, index))
        if not deleted:
            return
        for index in self._runtime.indexes:
            self._runtime.ask(
                index, lambda shard, _: Result[Any](records=shard.offsets.forget_partitions(deleted), is_atomic=False)
            )

    def partition_for(self, group_id: str) -> int:
        """The partition of `__consumer_offsets` that holds a group, and whose leader coordinates it."""
        return partition_for(group_id, self._partitions)

    # Membership

    def join(self, joining: Joining) -> Deferred[JoinGroupResponse]:
        """JoinGroup. Errors of the request itself: 24 (no group id), 26 (session timeout out of bounds)."""
        request = joining.request
        if not request.group_id:
            return _done(join_refused(request.member_id, ErrorCode.INVALID_GROUP_ID))
        settings = self.settings
        if not settings.min_session_timeout_ms <= request.session_timeout_ms <= settings.max_session_timeout_ms:
            return _done(join_refused(request.member_id, ErrorCode.INVALID_SESSION_TIMEOUT))
        index = self.partition_for(request.group_id)
        return self._runtime.ask(index, lambda shard, now_ms: shard.classic.join(joining, now_ms))

    def sync(self, request: SyncGroupRequest) -> Deferred[SyncGroupResponse]:
        """SyncGroup. Error of the request itself: 24 (no group id)."""
        if not request.group_id:
            return _done(sync_refused(ErrorCode.INVALID_GROUP_ID))
        index = self.partition_for(request.group_id)
        return self._runtime.ask(index, lambda shard, now_ms: shard.classic.sync(request, now_ms))

    def heartbeat(self, request: HeartbeatRequest) -> Deferred[ErrorCode]:
        """Heartbeat. Error of the request itself: 24 (no group id)."""
        if not request.group_id:
            return _done(ErrorCode.INVALID_GROUP_ID)
        index = self.partition_for(request.group_id)
        return self._runtime.ask(index, lambda shard, now_ms: shard.classic.heartbeat(request, now_ms))

    def leave(self, request: LeaveGroupRequest) -> Deferred[LeaveGroupResponse]:
        """LeaveGroup, of `request.members` in every version. Error of the request itself: 24 (no group id)."""
        if not request.group_id:
            return _done(LeaveGroupResponse(error_code=ErrorCode.INVALID_GROUP_ID))
        index = self.partition_for(request.group_id)
        return self._runtime.ask(index, lambda shard, now_ms: shard.classic.leave(request, now_ms))

    # Offsets

    def commit(self, commit: Commit) -> Deferred[list[ErrorCode]]:
        """Commit offsets, also of the group "" (old clients); the answer has one code per partition."""
        index = self.partition_for(commit.group_id)
        return self._runtime.ask(index, lambda shard, now_ms: shard.offsets.commit(commit, now_ms))

    def fetch(
        self, group_id: str, partitions: Collection[tuple[str, bytes, int]] | None
    ) -> Deferred[list[FetchedOffset]]:
        """Committed offsets of a group: of these partitions (topic, topic id or zeros, index), or of all that have one."""

        def operation(shard: GroupShard, _: int) -> Result[list[FetchedOffset]]:
            offsets = shard.offsets
            if partitions is None:
                fetched = [
                    FetchedOffset(topic, partition, committed)
                    for topic, by_partition in offsets.of_group(group_id).items()
                    for partition, committed in by_partition.items()
                ]
            else:
                fetched = [
                    FetchedOffset(topic, partition, offsets.of_partition(group_id, topic, topic_id, partition))
                    for topic, topic_id, partition in partitions
                ]
            return Result(answer=fetched)

        return self._runtime.ask(self.partition_for(group_id), operation)

    # Deletion

    def delete_groups(self, group_ids: Sequence[str]) -> Deferred[list[ErrorCode]]:
        """Delete groups that share a partition of `__consumer_offsets` (`partition_for`), and their offsets; one code for each."""
        index = self.partition_for(group_ids[0])
        return self._runtime.ask(index, lambda shard, _: delete_groups(shard, group_ids))

    def delete_offsets(self, group_id: str, partitions: Sequence[tuple[str, int]]) -> Deferred[list[ErrorCode]]:
        """Delete offsets of a group; one code for each partition (topic, index). Refused as a whole: 24 (no group id), 69, 68."""
        if not group_id:
            refused: Deferred[list[ErrorCode]] = Deferred()
            refused.fail(CoordinatorError(ErrorCode.INVALID_GROUP_ID))
            return refused
        index = self.partition_for(group_id)
        return self._runtime.ask(index, lambda shard, _: delete_offsets(shard, group_id, partitions))

    # Looking

    def describe(self, group_id: str) -> Deferred[DescribedGroup]:
        """One group as DescribeGroups tells it."""
        index = self.partition_for(group_id)
        return self._runtime.ask(index, lambda shard, _: Result(answer=describe(shard, group_id)))

    def list_groups(self, states: Collection[str], types: Collection[str]) -> list[Deferred[list[ListedGroup]]]:
        """The groups of every partition led here (see `describe.listed`)."""
        return [
            self._runtime.ask(index, lambda shard, _: Result(answer=listed(shard, states, types)))
            for index in self._runtime.indexes
        ]


def _done(answer: Any) -> Deferred[Any]:
    deferred: Deferred[Any] = Deferred()
    deferred.give(answer)
    return deferred
