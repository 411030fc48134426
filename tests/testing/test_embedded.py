"""The broker inside a test, asked by plain calls."""

from __future__ import annotations

import io
import threading
import unittest
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer

from kafkaemu.testing import Broker, BrokerError, BrokerStopped, BrokerTestCase, RequestRefused, WaitedInVain
from kafkaemu.testing.partitioner import partition_of
from kafkawire.errors import ErrorCode


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker(config={"num.partitions": 1}) as started:
        yield started


def test_what_is_produced_is_there_with_all_that_belongs_to_it(broker: Broker) -> None:
    broker.create_topic("espressos", 3, config={"retention.ms": 1000 * 60})
    broker.produce(
        "espressos", "two", key="table 4", headers={"trace": b"1", "none": None}, timestamp_ms=5, partition=2
    )
    (record,) = broker.records("espressos")
    assert (record.partition, record.offset, record.timestamp_ms) == (2, 0, 5)
    assert (record.key, record.value) == (b"table 4", b"two")
    assert record.headers == (("trace", b"1"), ("none", None))
    assert broker.topics()["espressos"] == 3
    assert broker.records("espressos", partition=1) == []


def test_a_topic_that_is_not_there_has_no_records_and_is_not_made_by_looking(broker: Broker) -> None:
    assert broker.records("absent") == []
    assert "absent" not in broker.topics()
    broker.produce("made", "by producing")
    assert broker.topics()["made"] == 1
    broker.delete_topic("made")
    assert broker.records("made") == []


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
def test_records_are_read_whatever_they_are_compressed_with(broker: Broker, compression: str) -> None:
    settings = {"bootstrap.servers": broker.bootstrap_servers, "compression.type": compression, "linger.ms": 20}
    producer = Producer(settings)
    for number in range(50):
        producer.produce(f"as-{compression}", b"%d" % number)
    producer.flush()
    records = broker.wait_for(f"as-{compression}", 50)
    assert [record.value for record in records] == [b"%d" % number for number in range(50)]


def test_waiting_ends_when_enough_has_come_even_to_a_topic_that_is_not_there_yet(broker: Broker) -> None:
    broker.create_topic("latter", 2)
    for topic in ("later", "latter"):
        thread = threading.Thread(target=lambda topic=topic: [broker.produce(topic, str(n)) for n in range(3)])
        thread.start()
        assert {record.value for record in broker.wait_for(topic, 3, timeout=20)} == {b"0", b"1", b"2"}
        thread.join()


def test_waiting_in_vain_tells_what_is_there_instead(broker: Broker) -> None:
    broker.produce("orders", "one espresso", key="table 4")
    with pytest.raises(WaitedInVain, match=r"2 record\(s\) in 'orders', which has 1\n  orders-0@0 key=b'table 4'"):
        broker.wait_for("orders", 2, timeout=0.01)
    with pytest.raises(WaitedInVain, match=r"in 'nowhere', which is not there"):
        broker.wait_for("nowhere", timeout=0.01)
    with pytest.raises(WaitedInVain, match=r"key=b'table 5' value=b'latte' in 'orders'(.|\n)*one espresso"):
        broker.assert_produced("orders", value="latte", key="table 5", timeout=0.01)
    with pytest.raises(WaitedInVain, match=r"was to have no record with key=b'table 4'"):
        broker.assert_produced("orders", key="table 4", count=0)


def test_what_was_produced_is_found_by_any_of_its_parts(broker: Broker) -> None:
    broker.produce("found", "a", key="k", headers=[("h", "1"), ("h", "2")])
    broker.produce("found", None, key="k")
    assert broker.assert_produced("found", value=lambda value: value == b"a", headers={"h": "2"})[0].offset == 0
    assert broker.assert_produced("found", value=None)[0].offset == 1
    assert len(broker.assert_produced("found", key="k", count=2)) == 2
    with pytest.raises(WaitedInVain, match="to have 1 record"):
        broker.assert_produced("found", key="k", count=1)


@pytest.mark.parametrize("record", [{"value": {"x": 1}}, {"value": b"", "key": 4}, {"value": b"", "headers": {"h": 1}}])
def test_what_no_record_can_hold_is_told_in_a_sentence(broker: Broker, record: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"are bytes, text or None, not .*1|4.*: serialize it first"):
        broker.produce("never", **record)
    with pytest.raises(TypeError, match="serialize it first"):
        broker.assert_produced("never", timeout=0.01, **record)


def test_a_group_tells_its_state_members_offsets_and_lag(broker: Broker) -> None:
    for number in range(5):
        broker.produce("read", str(number))
    assert broker.committed("g") == {}
    with pytest.raises(BrokerError, match=r"^there is no group 'g' to have a lag; there is none at all$"):
        broker.lag("g")
    settings = {"bootstrap.servers": broker.bootstrap_servers, "client.id": "me", "group.id": "g"}
    consumer = Consumer({**settings, "auto.offset.reset": "earliest", "enable.auto.commit": False})
    consumer.subscribe(["read"])
    messages = consumer.consume(3, timeout=20)
    group = broker.groups()["g"]
    assert (group.state, [member.client_id for member in group.members]) == ("Stable", ["me"])
    assert group.members[0].assignment == (("read", 0),)
    assert "JoinGroup" in [seen.api for seen in broker.requests()]
    assert "JoinGroup" not in [seen.api for seen in broker.refused_requests()], "being given an id is no failure"
    assert broker.lag("g") == 5
    consumer.commit(messages[-1], asynchronous=False)
    assert broker.committed("g") == {("read", 0): 3}
    assert (broker.lag("g"), broker.lag("g", "read"), broker.lag("g", "other")) == (2, 2, 0)
    consumer.close()
    assert broker.groups()["g"].state == "Empty"
    with pytest.raises(BrokerError, match=r"^there is no group 'typo' to have a lag; there is 'g'$"):
        broker.lag("typo")


def test_what_kafka_refuses_is_told_with_its_code(broker: Broker) -> None:
    broker.create_topic("twice")
    with pytest.raises(RequestRefused, match="'twice' cannot be created: TOPIC_ALREADY_EXISTS") as refused:
        broker.create_topic("twice")
    assert refused.value.code == ErrorCode.TOPIC_ALREADY_EXISTS
    with pytest.raises(RequestRefused, match="UNKNOWN_TOPIC_OR_PARTITION"):
        broker.delete_topic("never")
    with pytest.raises(RequestRefused, match="INVALID_TOPIC_EXCEPTION"):
        broker.produce("not a name", "x")
    with pytest.raises(RequestRefused, match="UNKNOWN_TOPIC_OR_PARTITION"):
        broker.produce("twice", "x", partition=7)


def test_a_broker_that_makes_no_topics_says_so() -> None:
    with (
        Broker(config={"auto.create.topics.enable": False}) as broker,
        pytest.raises(RequestRefused, match="is not there"),
    ):
        broker.produce("absent", "x")


def test_a_wrong_setting_is_told_in_one_sentence() -> None:
    for arguments, sentence in (
        ({"config": {"num.partition": 3}}, "no broker config num.partition: did you mean num.partitions"),
        ({"config": {"num.partitions": "many"}}, "num.partitions"),
        ({"as_version": "0.7"}, "0.7', only on 2.2, 2.3"),
        ({"topics": ["orders:x"]}, "write name, or name:partitions"),
        ({"listeners": "SSL://127.0.0.1:0"}, "SSL"),
        ({"listeners": "127.0.0.1:0"}, "write NAME://HOST:PORT"),
    ):
        with pytest.raises(BrokerError, match=sentence):
            Broker(**arguments)  # type: ignore[arg-type]
    with pytest.raises(BrokerError, match=r"cannot start: .*not a name"):
        Broker(topics=["not a name"]).start()


def test_a_broker_that_does_not_run_says_so() -> None:
    broker = Broker()
    with pytest.raises(BrokerStopped, match="not been started"):
        broker.topics()
    with broker, pytest.raises(BrokerError, match="started before"):
        broker.start()
    for call in (broker.topics, lambda: broker.port, lambda: broker.clock.now_ms):
        with pytest.raises(BrokerStopped, match="has been stopped"):
            call()
    broker.stop()


def test_a_release_is_passed_for() -> None:
    with Broker(as_version="3.9", topics={"old": 2}) as broker:
        broker.produce("old", "x", key="k")
        assert [record.value for record in broker.records("old")] == [b"x"]


async def test_it_is_an_async_context_manager_under_trio() -> None:
    async with Broker(topics=["orders"]) as broker:
        broker.produce("orders", "x")
        assert len(broker.records("orders")) == 1


def test_keys_go_where_javas_clients_send_them() -> None:
    # As kafka-python computes them, too.
    assert [partition_of(key, 7) for key in (b"", b"a", b"ab", b"abc", b"abcd")] == [2, 5, 0, 4, 5]


def test_unittest_has_a_broker_for_each_test() -> None:
    ports = []

    class Orders(BrokerTestCase):
        kafka_topics = {"orders": 2}

        def test_one(self) -> None:
            ports.append(self.broker.port)
            assert self.broker.topics() == {"orders": 2}

        def test_two(self) -> None:
            ports.append(self.broker.port)
            self.broker.produce("two", "x")

    result = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(Orders))
    assert result.testsRun == 2
    assert not result.failures
    assert not result.errors
    assert len(ports) == 2


def test_what_is_done_every_ten_minutes_is_not_done_in_the_first_one(broker: Broker) -> None:
    settings = {"bootstrap.servers": broker.bootstrap_servers, "group.id": "passing", "enable.auto.commit": False}
    consumer = Consumer(settings)
    broker.create_topic("passed")
    consumer.subscribe(["passed"])
    while not broker.groups().get("passing"):
        consumer.poll(0.01)
    consumer.close()
    # A group without members and offsets goes with the next check of expired offsets.
    broker.clock.advance("1 minute")
    assert broker.groups()["passing"].state == "Empty"
    broker.clock.advance("10 minutes")
    assert "passing" not in broker.groups()
