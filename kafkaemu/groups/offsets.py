"""Committed offsets of the groups of one shard: commit, fetch, expiry.

Theory. An offset is the value of the last record with its key (group, topic, partition); a tombstone ends it (invariant 34).
Who may commit is the group's affair (`ClassicProtocol.check_commit`, invariant 33); a commit to a group that is not there, without a
generation, makes a "simple" group that has no protocol type.

Expiry (KIP-211) is looked at every `offsets.retention.check.interval.ms`. An offset expires `offsets.retention.minutes` after

- the moment its group became empty (or its commit, where the group's record does not tell that moment);
- its commit, if the group is Stable, of consumers, and none of them subscribes to its topic (KIP-496);
- its commit, if the group is simple;

or at the time the commit itself named (OffsetCommit 2 to 4). A group that is empty and has no offset left is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from kafkaemu.coordinator.result import CoordinatorError, CoordinatorRecord, Result
from kafkaemu.groups.classic_group import ClassicGroup, GroupState
from kafkaemu.groups.classic_protocol import ClassicProtocol
from kafkaemu.groups.records import (
    CommittedOffset,
    OffsetsByPartition,
    group_tombstone,
    offset_record,
    offset_tombstone,
)
from kafkaemu.groups.settings import GroupSettings
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode


@attrs.frozen
class PartitionCommit:
    """One partition of a commit."""

    topic: str
    topic_id: bytes
    partition: int
    offset: int
    leader_epoch: int = -1
    metadata: str | None = None


@attrs.frozen
class Commit:
    """An OffsetCommit for partitions that exist."""

    group_id: str
    member_id: str
    group_instance_id: str | None
    #: -1: from no member of a generation.
    generation: int
    partitions: tuple[PartitionCommit, ...]
    #: How long the offsets are to be kept, from now on; -1: as long as the broker keeps them.
    retention_time_ms: int = -1
    #: A group that is not there answers GROUP_ID_NOT_FOUND (OffsetCommit 9), before that ILLEGAL_GENERATION.
    knows_group_not_found: bool = True


class Offsets:
    """The offsets of one shard, beside its groups."""

    def __init__(self, groups: dict[str, ClassicGroup], protocol: ClassicProtocol, settings: GroupSettings) -> None:
        self._groups = groups
        self._protocol = protocol
        self._settings = settings
        #: group -> topic -> partition -> offset
        self.by_group: dict[str, dict[str, dict[int, CommittedOffset]]] = {}

    # Replay

    def put(self, group_id: str, topic: str, partition: int, committed: CommittedOffset | None) -> None:
        """A record of the log: an offset, or None for a tombstone."""
        topics = self.by_group.setdefault(group_id, {})
        partitions = topics.setdefault(topic, {})
        if committed is not None:
            partitions[partition] = committed
            return
        partitions.pop(partition, None)
        if not partitions:
            del topics[topic]
        if not topics:
            del self.by_group[group_id]

    # Commit and fetch

    def commit(self, commit: Commit, now_ms: int) -> Result[list[ErrorCode]]:
        """Commit; the answer has one code per partition (12: metadata too long, 0). Raises `CoordinatorError` for all: 69 or 22
        (no such group), 25, 82, 22, 27."""
        group = self._groups.get(commit.group_id)
        out: Result[list[ErrorCode]] = Result()
        if group is not None:
            self._protocol.check_commit(group, commit.member_id, commit.group_instance_id, commit.generation)
            self._protocol.keep_session(group, commit.member_id, out)
        elif commit.generation >= 0:
            raise CoordinatorError(
                ErrorCode.GROUP_ID_NOT_FOUND if commit.knows_group_not_found else ErrorCode.ILLEGAL_GENERATION
            )
        expire_ms = -1 if commit.retention_time_ms == -1 else _sum_of_longs(now_ms, commit.retention_time_ms)
        codes = []
        for one in commit.partitions:
            metadata = one.metadata or ""
            if len(metadata.encode("utf-16-be", "surrogatepass")) // 2 > self._settings.offset_metadata_units_max:
                codes.append(ErrorCode.OFFSET_METADATA_TOO_LARGE)
                continue
            codes.append(ErrorCode.NONE)
            committed = CommittedOffset(one.offset, one.leader_epoch, metadata, now_ms, expire_ms, one.topic_id)
            out.records.append(offset_record(commit.group_id, one.topic, one.partition, committed))
        out.answer = codes
        return out

    def of_group(self, group_id: str) -> OffsetsByPartition:
        """All offsets of a group; none where there is no such group."""
        return self.by_group.get(group_id, {})

    def of_partition(self, group_id: str, topic: str, topic_id: bytes, partition: int) -> CommittedOffset | None:
        """The offset of one partition, unless it was committed for another topic of that name."""
        committed = self.by_group.get(group_id, {}).get(topic, {}).get(partition)
        if committed is None or (ZERO_UUID not in (topic_id, committed.topic_id) and topic_id != committed.topic_id):
            return None
        return committed

    # The end of an offset

    def forget_partitions(self, partitions: Iterable[tuple[str, int]]) -> list[CoordinatorRecord]:
        """Tombstones for offsets of partitions that have been deleted."""
        deleted = list(partitions)
        return [
            offset_tombstone(group_id, topic, partition)
            for group_id, topics in self.by_group.items()
            for topic, partition in deleted
            if partition in topics.get(topic, {})
        ]

    def expire(self, now_ms: int) -> list[CoordinatorRecord]:
        """Tombstones for what has expired: offsets, and groups that are empty and have none left."""
        records = []
        for group_id, group in self._groups.items():
            tombstones, all_gone = self._expire_offsets_of(group, now_ms)
            records += tombstones
            if all_gone and group.is_in(GroupState.EMPTY):
                records.append(group_tombstone(group_id))
        return records

    def _expire_offsets_of(self, group: ClassicGroup, now_ms: int) -> tuple[list[CoordinatorRecord], bool]:
        topics = self.by_group.get(group.group_id)
        if not topics:
            return [], True
        base = _expiry_base(group)
        if base is None:
            return [], False
        tombstones = []
        kept = False
        for topic, partitions in topics.items():
            subscribed = group.is_subscribed_to(topic)
            for partition, committed in partitions.items():
                if not subscribed and self._is_expired(committed, base(committed), now_ms):
                    tombstones.append(offset_tombstone(group.group_id, topic, partition))
                else:
                    kept = True
        return tombstones, not kept

    def _is_expired(self, committed: CommittedOffset, base_ms: int, now_ms: int) -> bool:
        if committed.expire_timestamp_ms != -1:
            return now_ms >= committed.expire_timestamp_ms
        return now_ms - base_ms >= self._settings.offsets_retention_ms


def _expiry_base(group: ClassicGroup) -> Callable[[CommittedOffset], int] | None:
    """From when on an offset of this group ages; None while none does."""
    if group.protocol_type is not None:
        if group.is_in(GroupState.EMPTY):
            since_ms = group.state_since_ms
            return (lambda one: one.commit_timestamp_ms) if since_ms is None else (lambda one: since_ms)
        if not (
            group.uses_consumer_protocol and group.subscribed_topics is not None and group.is_in(GroupState.STABLE)
        ):
            return None
    return lambda one: one.commit_timestamp_ms


def _sum_of_longs(one: int, other: int) -> int:
    """As Java adds them: a retention that is too long ends before it begins."""
    return (one + other + 2**63) % 2**64 - 2**63
