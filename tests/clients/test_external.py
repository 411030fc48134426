"""The calls of `kafkaemu.testing` mean the same to Apache Kafka. Needs Java and Maven."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer, Producer

from kafkaconform.reference import Reference
from kafkaemu.testing import Broker, BrokerError, ExternalBroker, RequestRefused, Surface
from tests.support.reference import running_reference

pytestmark = pytest.mark.foreign


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with running_reference() as node:
        yield node


@pytest.fixture(params=["embedded", "external"])
def broker(request: pytest.FixtureRequest) -> Iterator[Surface]:
    if request.param == "embedded":
        with Broker() as embedded:
            yield embedded
    else:
        port = request.getfixturevalue("reference").port
        with ExternalBroker(f"127.0.0.1:{port}") as external:
            yield external
        with ExternalBroker(f"127.0.0.1:{port}") as after:
            assert after.topics() == {}, "what was made is deleted"


def test_topics_and_records(broker: Surface) -> None:
    broker.create_topic("orders", 2, config={"retention.ms": 60_000})
    record = broker.produce("orders", "x", key="k", headers={"a": "1"})
    assert broker.wait_for("orders", 1) == [record]
    broker.produce("made", "y")
    broker.assert_produced("made", value="y", count=1)
    assert broker.topics() == {"orders": 2, "made": 1}
    assert broker.records("absent") == []
    with pytest.raises(RequestRefused, match="TOPIC_ALREADY_EXISTS"):
        broker.create_topic("orders")
    with pytest.raises(RequestRefused, match="UNKNOWN_TOPIC_OR_PARTITION"):
        broker.delete_topic("absent")


def test_groups(broker: Surface) -> None:
    assert (broker.committed("g"), "g" in broker.groups()) == ({}, False)
    with pytest.raises(BrokerError, match="there is no group 'g' to have a lag"):
        broker.lag("g")
    broker.create_topic("orders", 2)
    for number in range(20):
        broker.produce("orders", str(number), partition=0)
    settings = {"bootstrap.servers": broker.bootstrap_servers, "group.id": "g", "client.id": "me"}
    consumer = Consumer({**settings, "auto.offset.reset": "earliest", "enable.auto.commit": False})
    consumer.subscribe(["orders"])
    messages = consumer.consume(5, 20)
    group = broker.groups()["g"]
    assert (group.state, group.protocol) == ("Stable", "range")
    assert [(one.client_id, one.assignment) for one in group.members] == [("me", (("orders", 0), ("orders", 1)))]
    assert broker.lag("g") == 20
    consumer.commit(messages[-1], asynchronous=False)
    assert broker.committed("g") == {("orders", 0): 5}
    assert broker.lag("g") == 15
    consumer.close()


@pytest.mark.parametrize("broker", ["external"], indirect=True)
def test_records_of_aborted_transactions_are_not_seen(broker: Surface) -> None:
    broker.create_topic("orders")
    producer = Producer({"bootstrap.servers": broker.bootstrap_servers, "transactional.id": "x"})
    producer.init_transactions()
    for number, end in enumerate(
        (producer.commit_transaction, producer.abort_transaction, producer.commit_transaction)
    ):
        producer.begin_transaction()
        producer.produce("orders", b"%d" % number)
        producer.flush()
        end()
    assert [record.value for record in broker.wait_for("orders", 2)] == [b"0", b"2"]
