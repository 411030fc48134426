"""A partition on its broker: leadership, high watermark, in-sync replicas, fencing."""

import pytest

from kafkaemu.log.config import LogConfig
from kafkaemu.log.errors import LogError
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.replica.partition import Partition
from kafkawire.errors import ErrorCode
from tests.support.replicas import NOW_MS, batch_of


def partition_of(
    *, leader_id: int = 1, leader_epoch: int = 0, isr: tuple[int, ...] = (1,), min_insync_replicas: int = 1
) -> Partition:
    log = PartitionLog("orders", 0, LogConfig(), SegmentMemory())
    partition = Partition("orders", bytes(16), 0, broker_id=1, log=log, min_insync_replicas=min_insync_replicas)
    partition.apply(leader_id=leader_id, leader_epoch=leader_epoch, replicas=(1, 2, 3), isr=isr)
    return partition


def refused(partition: Partition, acks: int = -1) -> ErrorCode:
    with pytest.raises(LogError) as caught:
        partition.append(batch_of(b"a"), acks, NOW_MS)
    return caught.value.code


def test_alone_in_the_isr_the_leader_commits_at_once() -> None:
    partition = partition_of()
    info = partition.append(batch_of(b"a", b"b"), -1, NOW_MS)
    assert (info.base_offset, info.last_offset) == (0, 1)
    assert partition.high_watermark == partition.last_stable_offset == 2


def test_with_another_replica_in_the_isr_the_high_watermark_waits() -> None:
    partition = partition_of(isr=(1, 2))
    partition.append(batch_of(b"a"), -1, NOW_MS)
    assert (partition.high_watermark, partition.log.end_offset) == (0, 1)
    partition.apply(leader_id=1, leader_epoch=0, replicas=(1, 2, 3), isr=(1,))
    assert partition.high_watermark == 1


def test_acks_all_needs_min_insync_replicas_before_anything_is_appended() -> None:
    partition = partition_of(min_insync_replicas=2)
    assert refused(partition) == ErrorCode.NOT_ENOUGH_REPLICAS
    assert partition.log.end_offset == 0
    partition.append(batch_of(b"a"), 1, NOW_MS)
    assert partition.high_watermark == 1


def test_only_the_leader_appends() -> None:
    partition = partition_of(leader_id=2)
    assert refused(partition, 1) == ErrorCode.NOT_LEADER_OR_FOLLOWER
    with pytest.raises(LogError):
        partition.append_as_coordinator(batch_of(b"a"), NOW_MS)
    assert partition.log.end_offset == 0


def test_a_deposed_leader_neither_appends_nor_commits() -> None:
    partition = partition_of(isr=(1, 2))
    partition.append(batch_of(b"a"), 1, NOW_MS)
    partition.apply(leader_id=2, leader_epoch=1, replicas=(1, 2), isr=(1,))
    assert not partition.advance_high_watermark()
    assert partition.high_watermark == 0
    assert refused(partition, 1) == ErrorCode.NOT_LEADER_OR_FOLLOWER


def test_an_older_leader_epoch_is_ignored() -> None:
    partition = partition_of(leader_epoch=5)
    partition.apply(leader_id=2, leader_epoch=4, replicas=(1, 2), isr=(2,))
    assert (partition.leader_id, partition.leader_epoch) == (1, 5)


def test_a_new_leader_epoch_begins_at_the_end_of_the_log() -> None:
    partition = partition_of()
    partition.append(batch_of(b"a"), -1, NOW_MS)
    partition.apply(leader_id=1, leader_epoch=3, replicas=(1,), isr=(1,))
    partition.append(batch_of(b"b"), -1, NOW_MS)
    assert partition.leader_epoch_start_offset == 1
    assert partition.log.epochs() == [(0, 0), (3, 1)]


@pytest.mark.parametrize(
    ("epoch", "code"),
    [
        (-1, ErrorCode.NONE),
        (4, ErrorCode.NONE),
        (3, ErrorCode.FENCED_LEADER_EPOCH),
        (-2, ErrorCode.FENCED_LEADER_EPOCH),
        (5, ErrorCode.UNKNOWN_LEADER_EPOCH),
    ],
)
def test_clients_with_another_leader_epoch_are_fenced(epoch: int, code: ErrorCode) -> None:
    assert partition_of(leader_epoch=4).access_error(epoch) == code


def test_epochs_are_compared_before_leadership() -> None:
    partition = partition_of(leader_id=2, leader_epoch=4)
    assert partition.access_error(3) == ErrorCode.FENCED_LEADER_EPOCH
    assert partition.access_error(4) == ErrorCode.NOT_LEADER_OR_FOLLOWER
    assert partition.access_error(4, only_leader=False) == ErrorCode.NONE
