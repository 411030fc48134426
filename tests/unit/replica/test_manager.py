"""The partitions of a broker: found by name and by id, made, deleted, configured."""

import pytest

from kafkaemu.delayed import Parked
from kafkaemu.log.config import LogConfig
from kafkaemu.log.errors import LogError
from kafkaemu.log.partition_log import PartitionLog
from kafkawire.errors import ErrorCode
from tests.support.replicas import Replicas, batch_of


def test_partitions_are_found_by_name_and_by_id() -> None:
    world = Replicas()
    topic_id = world.topic("orders", 2)
    manager = world.manager
    assert manager.partition("orders", 1) is manager.partition_by_id(topic_id, 1) is not None
    assert manager.topic_name(topic_id) == "orders"
    assert manager.partition("orders", 2) is manager.partition("missing", 0) is None
    assert manager.partition_by_id(bytes(16), 0) is manager.topic_name(bytes(16)) is None


def test_a_topic_made_again_is_another_one() -> None:
    world = Replicas()
    old_id = world.topic()
    world.append(b"a")
    old = world.partition()
    world.delete()
    new_id = world.topic()
    assert old_id != new_id
    assert old.is_deleted and world.manager.partition_by_id(old_id, 0) is None
    assert world.partition().log.end_offset == 0


def test_a_partition_is_hosted_once() -> None:
    world = Replicas()
    topic_id = world.topic()
    for same_id in (topic_id, bytes(16)):
        with pytest.raises(ValueError, match="orders-0 is here already"):
            world.manager.create_partition("orders", same_id, 0, 1, 0, (1,), (1,), LogConfig())


def test_deleting_a_partition_completes_what_waits_on_it() -> None:
    world = Replicas()
    world.topic()
    partition = world.partition()
    answers: list[str] = []
    world.waiting.park(Parked((partition,), lambda: "gone" if partition.is_deleted else None), answers.append)
    world.delete()
    world.manager.delete_partition("orders", 0)
    assert answers == ["gone"]


def test_internal_appends_answer_a_code_and_the_last_offset() -> None:
    world = Replicas()
    world.topic("__consumer_offsets")
    manager = world.manager
    assert manager.append_internal("__consumer_offsets", 0, batch_of(b"a", b"b")) == (ErrorCode.NONE, 1)
    assert manager.append_internal("__consumer_offsets", 5, batch_of(b"a")) == (ErrorCode.NOT_LEADER_OR_FOLLOWER, -1)
    world.partition("__consumer_offsets").log.reconfigure(LogConfig(max_message_bytes=10))
    assert manager.append_internal("__consumer_offsets", 0, batch_of(b"a")) == (ErrorCode.MESSAGE_TOO_LARGE, -1)
    assert world.partition("__consumer_offsets").high_watermark == 2


def test_new_configs_reach_log_and_partition() -> None:
    world = Replicas()
    world.topic()
    world.manager.reconfigure("orders", LogConfig(retention_ms=5), min_insync_replicas=3)
    world.manager.reconfigure("missing", LogConfig())
    assert world.partition().log.config.retention_ms == 5
    assert world.partition().min_insync_replicas == 3


def test_maintenance_deletes_what_is_past_its_retention() -> None:
    world = Replicas()
    world.topic(retention_ms="1000")
    world.append(b"a")
    list(world.manager.maintain(world.clock.now_ms() + 1000))
    assert world.partition().log.start_offset == 0
    list(world.manager.maintain(world.clock.now_ms() + 1001))
    assert world.partition().log.start_offset == 1


def test_maintenance_of_many_partitions_pauses_and_passes_over_what_was_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kafkaemu.replica.manager.MAINTAINED_PER_TURN", 2)
    world = Replicas()
    world.topic("orders", 4, retention_ms="1000")
    world.topic("idle", 4)
    for index in range(4):
        world.append(b"a", index=index)
    work = world.manager.maintain(world.clock.now_ms() + 1001)
    next(work)
    starts = [world.partition(index=index).log.start_offset for index in range(4)]
    assert starts == [1, 1, 0, 0]
    world.manager.delete_partition("orders", 2)
    last = world.partition(index=3).log
    assert list(work) == []
    assert last.start_offset == 1


def test_a_defect_in_one_log_leaves_the_others_maintained(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = Replicas()
    world.topic("broken")
    world.append(b"a", topic="broken")
    world.topic(retention_ms="1000")
    world.append(b"a")

    def fail(self: PartitionLog, now_ms: int) -> int:
        if self.topic == "broken":
            raise ZeroDivisionError
        return retention(self, now_ms)

    retention = PartitionLog.retention
    monkeypatch.setattr(PartitionLog, "retention", fail)
    list(world.manager.maintain(world.clock.now_ms() + 1001))
    assert world.partition().log.start_offset == 1
    assert "Retention of broken-0 failed" in caplog.text


def test_close_gives_all_memory_back() -> None:
    world = Replicas()
    world.topic("orders", 3)
    world.append(b"a", index=2)
    assert world.manager.memory.used_bytes > 0
    world.manager.close()
    assert world.manager.memory.used_bytes == 0
    assert world.manager.partition("orders", 2) is None


def test_compaction_goes_on_in_small_steps_until_nothing_is_left_to_do() -> None:
    world = Replicas()
    for topic in ("first", "second"):
        world.topic(topic, cleanup_policy="compact")
        for _ in range(20):
            world.append(b"a", b"b", topic=topic)
        world.partition(topic).log.roll(world.clock.now_ms())
        world.append(b"c", topic=topic)
    world.topic("kept", cleanup_policy="delete")
    before = {topic: world.partition(topic).log.size_bytes for topic in ("first", "second")}
    steps = 1
    while world.manager.compact(world.clock.now_ms(), 5):
        steps += 1
    assert steps > 4
    for topic, size in before.items():
        assert world.partition(topic).log.size_bytes < size / 10
        assert world.partition(topic).log.end_offset == 41
    assert not world.manager.compact(world.clock.now_ms(), 5)


def test_a_partition_deleted_while_it_is_compacted_is_left_alone() -> None:
    world = Replicas()
    world.topic(cleanup_policy="compact")
    for _ in range(20):
        world.append(b"a")
    world.partition().log.roll(world.clock.now_ms())
    world.append(b"b")
    assert world.manager.compact(world.clock.now_ms(), 1)
    world.delete()
    assert not world.manager.compact(world.clock.now_ms(), 1)


def test_what_a_coordinator_appends_completes_what_waits_on_its_partition() -> None:
    world = Replicas()
    world.controller.ensure_topic("__consumer_offsets", world.clock.now_ms())
    partition = world.partition("__consumer_offsets")
    answers: list[int] = []
    world.waiting.park(Parked((partition,), lambda: partition.high_watermark or None), answers.append)
    world.manager.append_internal("__consumer_offsets", 0, batch_of(b"a", b"b"))
    assert answers == [2]


def test_a_deleted_partition_accepts_nothing() -> None:
    world = Replicas()
    world.topic()
    old = world.partition()
    world.delete()
    assert not old.is_leader
    with pytest.raises(LogError) as refused:
        old.append(batch_of(b"late"), 1, world.clock.now_ms())
    assert refused.value.code == ErrorCode.NOT_LEADER_OR_FOLLOWER
