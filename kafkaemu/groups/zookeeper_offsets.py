"""Offsets as consumers kept them in ZooKeeper before groups had coordinators: OffsetCommit 0 and OffsetFetch 0.

They have nothing to do with the offsets of a group of the same name, and no metadata comes back. Here they live as long as the broker.
"""

from __future__ import annotations

from collections.abc import Iterable

from kafkaemu.groups.offsets import PartitionCommit
from kafkawire.errors import ErrorCode


class ZooKeeperOffsets:
    """Committed offsets by group, topic and partition."""

    def __init__(self, metadata_units_max: int) -> None:
        self._metadata_units_max = metadata_units_max
        self._offsets: dict[tuple[str, str, int], int] = {}

    def commit(self, group_id: str, commits: Iterable[PartitionCommit]) -> list[ErrorCode]:
        """One code for each: -1 (a group without a name has no place), 12 (too much metadata), 0."""
        return [self._commit(group_id, one) for one in commits]

    def _commit(self, group_id: str, one: PartitionCommit) -> ErrorCode:
        if not group_id:
            return ErrorCode.UNKNOWN_SERVER_ERROR
        if len(one.metadata or "") > self._metadata_units_max:
            return ErrorCode.OFFSET_METADATA_TOO_LARGE
        self._offsets[group_id, one.topic, one.partition] = one.offset
        return ErrorCode.NONE

    def fetch(self, group_id: str, topic: str, partition: int) -> int | ErrorCode:
        """The offset, or why there is none: -1 (no group id), 3 (nothing was committed)."""
        if not group_id:
            return ErrorCode.UNKNOWN_SERVER_ERROR
        return self._offsets.get((group_id, topic, partition), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
