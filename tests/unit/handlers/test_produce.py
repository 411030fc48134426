"""Produce by plain calls: order of checks, errors, acks, and what the answer says."""

from typing import Any

import pytest

from kafkaemu.handlers import produce
from kafkaemu.handlers.context import NO_ANSWER, CloseConnection
from kafkaemu.log.config import LogConfig
from kafkawire.errors import ErrorCode
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from kafkawire.records.batch import Compression
from tests.support.replicas import NOW_MS, Replicas, batch_of

TRANSACTIONAL = {"producer_id": 1, "producer_epoch": 0, "base_sequence": 0, "is_transactional": True}


def request_of(
    *partitions: tuple[str, int, bytes | None],
    acks: int = -1,
    transactional_id: str | None = None,
    topic_id: bytes = bytes(16),
) -> ProduceRequest:
    topics: dict[str, TopicProduceData] = {}
    for name, index, records in partitions:
        topic = topics.setdefault(name, TopicProduceData(name=name, topic_id=topic_id))
        topic.partition_data.append(PartitionProduceData(index=index, records=records))
    return ProduceRequest(
        transactional_id=transactional_id, acks=acks, timeout_ms=1000, topic_data=list(topics.values())
    )


def answered(world: Replicas, body: ProduceRequest, version: int = 9) -> dict[tuple[str, int], Any]:
    answer = world.ask(produce.handle, body, version).answer
    return {(topic.name, each.index): each for topic in answer.responses for each in topic.partition_responses}


def codes(world: Replicas, body: ProduceRequest, version: int = 9) -> list[tuple[str, int, int]]:
    return [(*key, int(each.error_code)) for key, each in answered(world, body, version).items()]


def with_magic(magic: int) -> bytes:
    batch = bytearray(batch_of(b"a"))
    batch[16] = magic
    return bytes(batch)


def test_offsets_and_start_offset_of_an_append() -> None:
    world = Replicas()
    world.topic()
    world.append(b"a", b"b")
    each = answered(world, request_of(("orders", 0, batch_of(b"c"))))["orders", 0]
    assert (each.error_code, each.base_offset, each.log_append_time_ms, each.log_start_offset) == (0, 2, -1, 0)
    assert (each.record_errors, each.error_message) == ([], None)
    assert world.partition().high_watermark == 3


def test_log_append_time_is_told() -> None:
    world = Replicas()
    world.topic(message_timestamp_type="LogAppendTime")
    world.advance(5)
    each = answered(world, request_of(("orders", 0, batch_of(b"c"))))["orders", 0]
    assert each.log_append_time_ms == NOW_MS + 5


def test_topics_go_by_id_from_version_13() -> None:
    world = Replicas()
    topic_id = world.topic()
    body = request_of(("", 0, batch_of(b"a")), topic_id=topic_id)
    answer = world.ask(produce.handle, body, 13).answer
    assert answer.responses[0].topic_id == topic_id
    assert answer.responses[0].partition_responses[0].error_code == 0
    assert codes(world, request_of(("", 0, batch_of(b"a")), topic_id=bytes(range(16))), 13) == [("", 0, 100)]
    assert codes(world, request_of(("", 4, batch_of(b"a")), topic_id=topic_id), 13) == [("", 4, 3)]


def test_each_partition_is_answered_on_its_own() -> None:
    world = Replicas()
    world.topic(partitions=3)
    good = batch_of(b"a")
    bad_crc = good[:-1] + b"x"
    body = request_of(("orders", 2, good), ("orders", 0, bad_crc), ("orders", 7, good), ("missing", 0, good))
    assert codes(world, body) == [("orders", 2, 0), ("orders", 0, 2), ("orders", 7, 3), ("missing", 0, 3)]
    assert world.partition(index=2).log.end_offset == 1


def test_order_of_checks_unknown_then_records_then_acks_then_internal_topic() -> None:
    # Recorded from Apache Kafka 4.3.1.
    world = Replicas()
    world.topic(partitions=2)
    world.topic("__consumer_offsets")
    good, old = batch_of(b"a"), with_magic(1)
    body = request_of(("orders", 0, good), ("orders", 1, old), ("missing", 0, old), acks=5)
    assert codes(world, body) == [("orders", 0, 21), ("orders", 1, 87), ("missing", 0, 3)]
    assert codes(world, request_of(("__consumer_offsets", 0, old))) == [("__consumer_offsets", 0, 87)]
    assert codes(world, request_of(("__consumer_offsets", 0, good), acks=7)) == [("__consumer_offsets", 0, 21)]
    bad_crc = good[:-1] + b"x"
    assert codes(world, request_of(("__consumer_offsets", 0, bad_crc))) == [("__consumer_offsets", 0, 17)]
    assert world.partition("orders", 0).log.end_offset == 0


def test_the_admin_client_writes_to_internal_topics() -> None:
    world = Replicas()
    world.topic("__consumer_offsets")
    body = request_of(("__consumer_offsets", 0, batch_of(b"a")))
    answer: Any = produce.handle(world.context, world.request(0, 9, "__admin_client"), body)
    assert answer.responses[0].partition_responses[0].error_code == 0


@pytest.mark.parametrize("version", [3, 9, 13])
def test_an_unreadable_first_batch_fails_the_whole_request(version: int) -> None:
    # Recorded from Apache Kafka 4.3.1: the good partition gets the same error and message, and nothing is appended.
    world = Replicas()
    topic_id = world.topic(partitions=2)
    name = "orders" if version < 13 else ""
    body = request_of((name, 0, batch_of(b"a")), (name, 1, with_magic(3)), topic_id=topic_id)
    for each in answered(world, body, version).values():
        assert (each.error_code, each.base_offset, each.log_start_offset) == (2, -1, -1)
        assert each.error_message == "Invalid magic found in record: 3"
    assert world.partition().log.end_offset == 0


def test_transactional_records_without_a_transactional_id_fail_the_whole_request() -> None:
    world = Replicas()
    world.topic(partitions=2)
    body = request_of(("orders", 0, batch_of(b"a")), ("orders", 1, batch_of(b"a", **TRANSACTIONAL)))
    assert codes(world, body) == [("orders", 0, 53), ("orders", 1, 53)]
    assert world.partition().log.end_offset == 0


def test_transactions_are_refused_in_words_and_plain_batches_beside_them_are_not() -> None:
    world = Replicas()
    world.topic(partitions=2)
    body = request_of(
        ("orders", 0, batch_of(b"a")), ("orders", 1, batch_of(b"a", **TRANSACTIONAL)), transactional_id="t"
    )
    found = answered(world, body, 11)
    assert found["orders", 0].error_code == 0
    assert found["orders", 1].error_code == ErrorCode.INVALID_PRODUCER_ID_MAPPING
    assert "Transactions are not supported" in found["orders", 1].error_message


def test_null_records_are_answered() -> None:
    world = Replicas()
    world.topic()
    assert codes(world, request_of(("orders", 0, None))) == [("orders", 0, 87)]


def test_zstd_needs_version_7() -> None:
    world = Replicas()
    world.topic()
    body = request_of(("orders", 0, batch_of(b"a", compression=Compression.ZSTD)))
    assert codes(world, body, 6) == [("orders", 0, 76)]
    assert codes(world, body, 7) == [("orders", 0, 0)]


def test_of_a_partition_named_twice_the_last_batch_counts() -> None:
    world = Replicas()
    world.topic(partitions=2)
    one, two = batch_of(b"a"), batch_of(b"b", b"c")
    body = request_of(("orders", 0, one), ("orders", 1, one), ("orders", 0, two))
    body.topic_data.append(TopicProduceData(name="orders", partition_data=[PartitionProduceData(index=1, records=two)]))
    assert codes(world, body) == [("orders", 0, 0), ("orders", 1, 0)]
    assert [world.partition(index=i).log.end_offset for i in (0, 1)] == [2, 2]


def test_topics_without_partitions_are_left_out() -> None:
    world = Replicas()
    body = ProduceRequest(acks=-1, topic_data=[TopicProduceData(name="orders", partition_data=[])])
    assert world.ask(produce.handle, body, 9).answer.responses == []


@pytest.mark.parametrize(
    ("configs", "code", "start_offset"),
    [
        (LogConfig(max_message_bytes=50), ErrorCode.MESSAGE_TOO_LARGE, -1),
        (LogConfig(segment_bytes=50), ErrorCode.RECORD_LIST_TOO_LARGE, -1),
        (LogConfig(message_timestamp_before_max_ms=1), ErrorCode.INVALID_TIMESTAMP, 0),
    ],
)
def test_the_start_offset_is_told_where_records_are_to_blame(
    configs: LogConfig, code: ErrorCode, start_offset: int
) -> None:
    world = Replicas()
    world.topic()
    world.partition().log.reconfigure(configs)
    body = request_of(("orders", 0, batch_of(b"a", timestamp_ms=NOW_MS - 10)))
    each = answered(world, body)["orders", 0]
    assert (each.error_code, each.log_start_offset) == (code, start_offset)


def test_errors_of_single_records_are_named() -> None:
    world = Replicas()
    world.topic()
    world.partition().log.reconfigure(LogConfig(message_timestamp_before_max_ms=1))
    each = answered(world, request_of(("orders", 0, batch_of(b"a", timestamp_ms=NOW_MS - 10))))["orders", 0]
    assert [error.batch_index for error in each.record_errors] == [0]
    assert (
        f"Timestamp {NOW_MS - 10} of message with offset 0 is out of range"
        in each.record_errors[0].batch_index_error_message
    )
    assert each.error_message


def test_a_refused_batch_leaves_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    world = Replicas()
    world.topic()
    answered(world, request_of(("orders", 0, batch_of(b"a")[:-1] + b"x")))
    (line,) = caplog.messages
    assert 'Refused Produce to orders-0 of /127.0.0.1:50123 (client id "test") with CORRUPT_MESSAGE: Record is' in line


def test_bad_acks_and_internal_topics_leave_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    world = Replicas()
    world.topic("__consumer_offsets")
    for acks in (7, 1):
        answered(world, request_of(("__consumer_offsets", 0, batch_of(b"a")), acks=acks))
    assert [line.partition(" with ")[2] for line in caplog.messages] == [
        "INVALID_REQUIRED_ACKS: acks is 7",
        "INVALID_TOPIC_EXCEPTION: clients do not write to internal topics",
    ]


def test_without_acks_there_is_no_answer_and_an_error_closes_the_connection() -> None:
    world = Replicas()
    world.topic()
    good = batch_of(b"a")
    assert world.ask(produce.handle, request_of(("orders", 0, good), acks=0), 9).answer is NO_ANSWER
    assert world.partition().log.end_offset == 1
    for body in (
        request_of(("orders", 0, good), ("missing", 0, good), acks=0),
        request_of(("orders", 0, with_magic(5)), acks=0),
    ):
        with pytest.raises(CloseConnection, match=r"correlation id 7 and ack=0: .*-0: "):
            world.ask(produce.handle, body, 9)
    assert world.partition().log.end_offset == 2


def test_one_replica_is_enough_for_a_larger_min_insync_replicas() -> None:
    # Recorded from Apache Kafka 4.3.1: no more in-sync replicas are asked for than there are replicas.
    world = Replicas()
    world.topic(min_insync_replicas="2")
    assert codes(world, request_of(("orders", 0, batch_of(b"a")))) == [("orders", 0, 0)]


def elsewhere(world: Replicas, *, leader_id: int = 1, isr: tuple[int, ...] = (1, 2)) -> None:
    world.partition().apply(leader_id=leader_id, leader_epoch=1, replicas=(1, 2), isr=isr)
    world.waiting.touch(world.partition())


def test_too_few_in_sync_replicas_refuse_acks_all_before_the_append() -> None:
    world = Replicas()
    world.topic(min_insync_replicas="2")
    elsewhere(world, isr=(1,))
    body = request_of(("orders", 0, batch_of(b"a")))
    each = answered(world, body)["orders", 0]
    assert (each.error_code, each.base_offset, each.log_start_offset) == (19, -1, 0)
    assert codes(world, request_of(("orders", 0, batch_of(b"a")), acks=1)) == [("orders", 0, 0)]


def test_acks_all_waits_for_the_high_watermark() -> None:
    world = Replicas()
    world.topic()
    elsewhere(world)
    asked = world.ask(produce.handle, request_of(("orders", 0, batch_of(b"a"))), 9)
    world.waiting.touch(world.partition())
    assert asked.answer is None
    elsewhere(world, isr=(1,))
    assert asked.answer.responses[0].partition_responses[0].error_code == 0
    assert len(world.waiting) == 0


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("deposed", ErrorCode.NOT_LEADER_OR_FOLLOWER),
        ("deleted", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
        ("alone", ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND),
        ("late", ErrorCode.REQUEST_TIMED_OUT),
    ],
)
def test_a_batch_that_is_not_committed_is_not_acknowledged(what: str, code: ErrorCode) -> None:
    world = Replicas()
    world.topic(min_insync_replicas="2")
    elsewhere(world)
    asked = world.ask(produce.handle, request_of(("orders", 0, batch_of(b"a"))), 9)
    assert asked.answer is None
    if what == "deposed":
        world.partition().apply(leader_id=2, leader_epoch=2, replicas=(1, 2), isr=(2,))
        world.waiting.touch(world.partition())
    elif what == "deleted":
        world.delete()
    elif what == "alone":
        elsewhere(world, isr=(1,))
    else:
        world.advance(999)
        assert asked.answer is None
        world.advance(1)
    each = asked.answer.responses[0].partition_responses[0]
    assert (each.error_code, each.base_offset) == (code, 0)
    assert len(world.waiting) == 0


def test_who_comes_to_the_wrong_broker_is_told_the_leader_from_version_10() -> None:
    world = Replicas()
    world.topic()
    world.controller.register_broker(2, {"PLAINTEXT": ("other.example", 9093, "PLAINTEXT")}, NOW_MS)
    elsewhere(world, leader_id=2)
    body = request_of(("orders", 0, batch_of(b"a")))
    assert codes(world, body, 9) == [("orders", 0, 6)]
    answer = world.ask(produce.handle, body, 10).answer
    leader = answer.responses[0].partition_responses[0].current_leader
    assert (leader.leader_id, leader.leader_epoch) == (2, 1)
    assert [(node.node_id, node.host, node.port) for node in answer.node_endpoints] == [(2, "other.example", 9093)]


def test_a_batch_sent_again_is_acknowledged_with_its_first_offset() -> None:
    world = Replicas()
    world.topic()
    batch = batch_of(b"a", producer_id=5, producer_epoch=0, base_sequence=0)
    offsets = [answered(world, request_of(("orders", 0, batch)))["orders", 0].base_offset for _ in range(3)]
    assert offsets == [0, 0, 0]
    assert world.partition().log.end_offset == 1
