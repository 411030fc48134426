"""Partitions and their logs, as stock admin clients see and change them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.broker import Broker, running_broker
from tests.support.client_checks import BROKER_FLAGS, unique
from tests.support.clients import TIMEOUT_S, Confluent, Record

pytestmark = pytest.mark.filterwarnings("ignore")
RECORDS = [Record(b"k", b"%d" % number, (), 1_700_000_000_000 + number) for number in range(5)]


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker(*BROKER_FLAGS) as broker:
        yield broker
        assert "Traceback" not in broker.log()


@pytest.fixture
def admin(broker: Broker) -> Any:
    """librdkafka's admin client."""
    from confluent_kafka.admin import AdminClient

    return AdminClient({"bootstrap.servers": broker.bootstrap})


@pytest.fixture
def python_admin(broker: Broker) -> Iterator[Any]:
    """kafka-python's admin client."""
    from kafka import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    yield admin
    admin.close()


@pytest.fixture
def topic(broker: Broker, admin: Any) -> str:
    """One partition with `RECORDS`."""
    from confluent_kafka.admin import NewTopic

    name = unique("orders")
    admin.create_topics([NewTopic(name, 1, 1, config={"retention.ms": "-1"})])[name].result(TIMEOUT_S)
    Confluent().produce(broker.bootstrap, name, RECORDS)
    return name


def test_librdkafka_adds_partitions_that_take_records(broker: Broker, admin: Any, topic: str) -> None:
    from confluent_kafka import Producer
    from confluent_kafka.admin import NewPartitions

    admin.create_partitions([NewPartitions(topic, 3)])[topic].result(TIMEOUT_S)
    assert sorted(admin.list_topics(topic, TIMEOUT_S).topics[topic].partitions) == [0, 1, 2]
    delivered = []
    producer = Producer({"bootstrap.servers": broker.bootstrap})
    producer.produce(topic, b"new", partition=2, on_delivery=lambda error, message: delivered.append((error, message)))
    assert producer.flush(TIMEOUT_S) == 0
    ((error, message),) = delivered
    assert (error, message.partition(), message.offset()) == (None, 2, 0)
    again = admin.create_partitions([NewPartitions(topic, 3)])[topic].exception(TIMEOUT_S).args[0]
    assert (again.name(), again.str()) == ("INVALID_PARTITIONS", "Topic already has 3 partition(s).")


def test_librdkafka_deletes_records_and_reads_the_rest(broker: Broker, admin: Any, topic: str) -> None:
    from confluent_kafka import TopicPartition

    (deleted,) = admin.delete_records([TopicPartition(topic, 0, 3)]).values()
    assert deleted.result(TIMEOUT_S).low_watermark == 3
    assert Confluent().consume_in_group(broker.bootstrap, topic, unique("late"), 2) == RECORDS[3:]
    (refused,) = admin.delete_records([TopicPartition(topic, 0, 6)]).values()
    assert refused.exception(TIMEOUT_S).args[0].name() == "OFFSET_OUT_OF_RANGE"


def test_librdkafka_is_told_that_no_election_is_needed(admin: Any, topic: str) -> None:
    from confluent_kafka import ElectionType, TopicPartition

    asked = TopicPartition(topic, 0)
    for kind in (ElectionType.PREFERRED, ElectionType.UNCLEAN):
        (error,) = admin.elect_leaders(kind, [asked]).result(TIMEOUT_S).values()
        assert error.name() == "ELECTION_NOT_NEEDED"
    assert admin.elect_leaders(ElectionType.PREFERRED).result(TIMEOUT_S).get(asked) is None


def test_kafka_python_adds_partitions_deletes_records_and_sees_directories(python_admin: Any, topic: str) -> None:
    from kafka import TopicPartition
    from kafka.admin import NewPartitions

    python_admin.create_partitions({topic: NewPartitions(2)})
    deleted = python_admin.delete_records({TopicPartition(topic, 0): 4})
    assert deleted[TopicPartition(topic, 0)]["low_watermark"] == 4
    ((directory,),) = (broker["log_dirs"] for broker in python_admin.describe_log_dirs())
    (found,) = (each for each in directory["topics"] if each["name"] == topic)
    sizes = {partition["partition_index"]: partition["partition_size"] for partition in found["partitions"]}
    assert sizes[0] > 0
    assert sizes[1] == 0
