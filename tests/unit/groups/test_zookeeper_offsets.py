"""Offsets of old consumers where a profile has a ZooKeeper."""

from __future__ import annotations

from kafkaemu.groups.offsets import PartitionCommit
from kafkaemu.groups.zookeeper_offsets import ZooKeeperOffsets
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode


def commit(offset: int, *, partition: int = 0, metadata: str = "") -> PartitionCommit:
    return PartitionCommit("orders", ZERO_UUID, partition, offset, metadata=metadata)


def test_what_was_committed_last_comes_back() -> None:
    offsets = ZooKeeperOffsets(10)
    assert offsets.commit("group", [commit(5), commit(7), commit(1, partition=1)]) == [ErrorCode.NONE] * 3
    assert offsets.fetch("group", "orders", 0) == 7
    assert offsets.fetch("group", "orders", 1) == 1


def test_nothing_committed_is_an_unknown_partition() -> None:
    offsets = ZooKeeperOffsets(10)
    offsets.commit("group", [commit(5)])
    assert offsets.fetch("other", "orders", 0) is ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    assert offsets.fetch("group", "orders", 1) is ErrorCode.UNKNOWN_TOPIC_OR_PARTITION


def test_a_group_without_a_name_has_no_place() -> None:
    offsets = ZooKeeperOffsets(10)
    assert offsets.commit("", [commit(5)]) == [ErrorCode.UNKNOWN_SERVER_ERROR]
    assert offsets.fetch("", "orders", 0) is ErrorCode.UNKNOWN_SERVER_ERROR


def test_long_metadata_are_refused() -> None:
    offsets = ZooKeeperOffsets(3)
    assert offsets.commit("group", [commit(5, metadata="note")]) == [ErrorCode.OFFSET_METADATA_TOO_LARGE]
    assert offsets.fetch("group", "orders", 0) is ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
