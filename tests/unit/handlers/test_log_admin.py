"""What admin clients ask about logs: DeleteRecords, OffsetForLeaderEpoch, DescribeLogDirs, AlterReplicaLogDirs, DescribeProducers."""

from __future__ import annotations

import logging

import pytest

from kafkaemu.handlers import (
    alter_replica_log_dirs,
    delete_records,
    describe_log_dirs,
    describe_producers,
    offset_for_leader_epoch,
)
from kafkawire.messages.alter_replica_log_dirs import (
    AlterReplicaLogDir,
    AlterReplicaLogDirsRequest,
    AlterReplicaLogDirTopic,
)
from kafkawire.messages.delete_records import DeleteRecordsPartition, DeleteRecordsRequest, DeleteRecordsTopic
from kafkawire.messages.describe_log_dirs import DescribableLogDirTopic, DescribeLogDirsRequest
from kafkawire.messages.describe_producers import DescribeProducersRequest, TopicRequest
from kafkawire.messages.offset_for_leader_epoch import (
    OffsetForLeaderEpochRequest,
    OffsetForLeaderPartition,
    OffsetForLeaderTopic,
)
from tests.support.replicas import NOW_MS, Replicas, batch_of


def deleted(world: Replicas, *asked: tuple[int, int], topic: str = "orders") -> list[tuple[int, int, int]]:
    """(partition, low watermark, error code) for each (partition, offset)."""
    entries = [DeleteRecordsPartition(partition_index=index, offset=offset) for index, offset in asked]
    body = DeleteRecordsRequest(topics=[DeleteRecordsTopic(name=topic, partitions=entries)])
    answer = world.ask(delete_records.handle, body, 2).answer
    return [(p.partition_index, p.low_watermark, p.error_code) for t in answer.topics for p in t.partitions]


def lead_by_another(world: Replicas, topic: str = "orders", epoch: int = 1) -> None:
    """The partition's leader is broker 2 from now on."""
    world.partition(topic).apply(leader_id=2, leader_epoch=epoch, replicas=[1, 2], isr=[1, 2])


def test_the_start_moves_up_and_never_back() -> None:
    world = Replicas()
    world.topic("orders", 2)
    world.append(b"a", b"b", b"c")
    world.append(b"d")
    assert deleted(world, (0, 2), (1, 0)) == [(0, 2, 0), (1, 0, 0)]
    assert deleted(world, (0, 1)) == [(0, 2, 0)]
    assert deleted(world, (0, -1)) == [(0, 4, 0)]
    log = world.partition().log
    assert (log.start_offset, log.end_offset) == (4, 4)


def test_what_cannot_be_deleted_is_refused_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    world = Replicas()
    world.topic("orders")
    world.append(b"a")
    world.topic("compacted", cleanup_policy="compact")
    world.topic("__consumer_offsets")
    assert deleted(world, (0, 2), (7, 0), (-1, 0)) == [(0, -1, 1), (7, -1, 3), (-1, -1, 3)]
    assert deleted(world, (0, 0), topic="compacted") == [(0, -1, 44)]
    assert deleted(world, (0, 0), topic="__consumer_offsets") == [(0, -1, 17)]
    assert deleted(world, (0, 0), topic="a b") == [(0, -1, 3)]
    assert "Refused DeleteRecords to orders-0 of /127.0.0.1:50123" in caplog.text
    assert world.partition().log.start_offset == 0


def test_the_last_entry_of_a_partition_counts() -> None:
    world = Replicas()
    world.topic()
    world.append(b"a", b"b", b"c")
    assert deleted(world, (0, 3), (0, 1)) == [(0, 1, 0)]
    assert deleted(world) == []


def test_only_the_leader_deletes() -> None:
    world = Replicas()
    world.topic()
    world.append(b"a")
    lead_by_another(world)
    assert deleted(world, (0, 1)) == [(0, -1, 6)]
    world.manager.delete_partition("orders", 0)
    assert deleted(world, (0, 1)) == [(0, -1, 6)], "known, but not here"


def ends(world: Replicas, *epochs: int, current: int = -1, index: int = 0) -> list[tuple[int, int, int]]:
    """(error code, epoch, end offset) for each epoch asked about."""
    asked = [OffsetForLeaderPartition(partition=index, current_leader_epoch=current, leader_epoch=e) for e in epochs]
    body = OffsetForLeaderEpochRequest(topics=[OffsetForLeaderTopic(topic="orders", partitions=asked)])
    answer = world.ask(offset_for_leader_epoch.handle, body, 4).answer
    return [(p.error_code, p.leader_epoch, p.end_offset) for topic in answer.topics for p in topic.partitions]


def test_an_epoch_ends_where_the_next_one_begins() -> None:
    world = Replicas()
    world.topic()
    world.append(b"a", b"b")
    world.partition().apply(leader_id=1, leader_epoch=3, replicas=[1], isr=[1])
    world.append(b"c")
    assert ends(world, 0, 1, 2, 3, 4, -1) == [
        (0, 0, 2),
        (0, 0, 2),
        (0, 0, 2),
        (0, 3, 3),
        (0, -1, -1),
        (0, -1, -1),
    ]


def test_the_current_epoch_is_compared_and_only_the_leader_answers() -> None:
    world = Replicas()
    world.topic()
    assert ends(world, 0, current=0) == [(0, 0, 0)]
    assert ends(world, 0, current=1) == [(75, -1, -1)]
    lead_by_another(world)
    assert ends(world, 0, current=0) == [(74, -1, -1)]
    assert ends(world, 0, current=1) == [(6, -1, -1)]
    world.manager.delete_partition("orders", 0)
    assert ends(world, 0) == [(6, -1, -1)]
    assert ends(world, 0, index=4) == [(3, -1, -1)]


def test_sizes_are_those_of_the_batches_and_the_space_is_unknown_without_a_limit() -> None:
    world = Replicas(log_dirs="/data/kafka")
    world.topic("orders", 2)
    world.append(b"a", b"b")
    (result,) = world.ask(describe_log_dirs.handle, DescribeLogDirsRequest(topics=None), 5).answer.results
    assert (result.log_dir, result.error_code, result.total_bytes, result.usable_bytes) == ("/data/kafka", 0, -1, -1)
    (topic,) = result.topics
    assert [(p.partition_index, p.partition_size, p.offset_lag, p.is_future_key) for p in topic.partitions] == [
        (0, len(batch_of(b"a", b"b")), 0, False),
        (1, 0, 0, False),
    ]


def test_a_memory_limit_is_the_space_of_the_directory() -> None:
    world = Replicas()
    world.topic()
    world.append(b"a")
    world.manager.memory.limit_bytes = 1 << 30
    (result,) = world.ask(describe_log_dirs.handle, DescribeLogDirsRequest(topics=[]), 4).answer.results
    assert result.topics == []
    assert result.total_bytes == 1 << 30
    assert result.usable_bytes == (1 << 30) - world.manager.memory.used_bytes
    assert world.manager.memory.used_bytes > 0


def test_named_partitions_are_told_once_and_missing_ones_not_at_all() -> None:
    world = Replicas()
    world.topic("orders", 2)
    asked = [("orders", [1, 9, 1]), ("missing", [0])]
    body = DescribeLogDirsRequest(topics=[DescribableLogDirTopic(topic=t, partitions=p) for t, p in asked])
    (result,) = world.ask(describe_log_dirs.handle, body, 2).answer.results
    assert [(t.name, [p.partition_index for p in t.partitions]) for t in result.topics] == [("orders", [1])]


def test_replicas_stay_in_the_only_directory() -> None:
    world = Replicas(log_dir="/data/kafka")
    world.topic("orders", 2)
    places = [("/data/kafka", [0, 5]), ("/other", [1]), ("/other", [0]), ("/data/kafka", [0])]
    body = AlterReplicaLogDirsRequest(
        dirs=[
            AlterReplicaLogDir(path=path, topics=[AlterReplicaLogDirTopic(name="orders", partitions=indexes)])
            for path, indexes in places
        ]
    )
    (topic,) = world.ask(alter_replica_log_dirs.handle, body, 2).answer.results
    assert [(p.partition_index, p.error_code) for p in topic.partitions] == [(0, 0), (5, 3), (1, 57)]


def producers(world: Replicas, topic: str = "orders", index: int = 0) -> tuple[int, str | None, list[tuple[int, ...]]]:
    """Error code, message, and (id, epoch, sequence, timestamp, coordinator epoch, transaction's start) of each producer."""
    body = DescribeProducersRequest(topics=[TopicRequest(name=topic, partition_indexes=[index])])
    ((answer,),) = (t.partitions for t in world.ask(describe_producers.handle, body, 0).answer.topics)
    told = [
        (
            p.producer_id,
            p.producer_epoch,
            p.last_sequence,
            p.last_timestamp,
            p.coordinator_epoch,
            p.current_txn_start_offset,
        )
        for p in answer.active_producers
    ]
    return answer.error_code, answer.error_message, told


def test_producers_are_told_with_sequence_time_and_open_transaction() -> None:
    world = Replicas()
    world.topic()
    partition = world.partition()
    world.append(b"no producer")
    for batch in (
        batch_of(b"a", b"b", producer_id=7, producer_epoch=2, base_sequence=0),
        batch_of(b"c", producer_id=9, producer_epoch=0, base_sequence=0, is_transactional=True),
    ):
        partition.append(batch, -1, NOW_MS)
    assert producers(world) == (0, None, [(7, 2, 1, NOW_MS, -1, -1), (9, 0, 0, NOW_MS, -1, 3)])


def test_producers_of_what_is_not_here() -> None:
    world = Replicas()
    world.topic()
    assert producers(world, "missing") == (3, "This server does not host this topic-partition.", [])
    assert producers(world, "")[:2] == (17, "Topic name is invalid: the empty string is not allowed")
    assert producers(world, index=4) == (3, None, [])
    lead_by_another(world)
    assert producers(world) == (0, None, []), "any replica tells"
