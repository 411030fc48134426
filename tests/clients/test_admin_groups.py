"""Groups, offsets and times, as stock admin clients see them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.broker import Broker, running_broker
from tests.support.client_checks import BROKER_FLAGS, unique
from tests.support.clients import COMPRESSIONS, TIMEOUT_S, Confluent, KafkaPython, Record

pytestmark = pytest.mark.filterwarnings("ignore")
BASE_MS = 1_700_000_000_000
RECORDS = [Record(b"k", b"%d" % number, (), BASE_MS + step) for number, step in enumerate((0, 10, 30, 20, 15))]


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker(*BROKER_FLAGS) as broker:
        yield broker
        assert "Traceback" not in broker.log()


@pytest.fixture
def topic(broker: Broker) -> str:
    """A topic with `RECORDS`."""
    name = unique("orders")
    create_topic(broker, name)
    Confluent().produce(broker.bootstrap, name, RECORDS)
    return name


def create_topic(broker: Broker, name: str, **config: str) -> None:
    """One partition that keeps old records."""
    from confluent_kafka.admin import NewTopic

    settings = {key.replace("_", "."): value for key, value in config.items()}
    admin = confluent_admin(broker)
    topic = NewTopic(name, 1, 1, config={"retention.ms": "-1", **settings})
    admin.create_topics([topic])[name].result(TIMEOUT_S)


def confluent_admin(broker: Broker) -> Any:
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


def committed_group(broker: Broker, topic: str) -> str:
    """A group that has read everything and has no members any more."""
    group = unique("baristas")
    Confluent().consume_in_group(broker.bootstrap, topic, group, len(RECORDS))
    return group


def test_librdkafka_deletes_a_group_once(broker: Broker, topic: str) -> None:
    admin = confluent_admin(broker)
    group = committed_group(broker, topic)
    assert admin.delete_consumer_groups([group])[group].result(TIMEOUT_S) is None
    again = admin.delete_consumer_groups([group])[group].exception(TIMEOUT_S)
    assert again.args[0].name() == "GROUP_ID_NOT_FOUND"
    groups = admin.list_consumer_groups().result(TIMEOUT_S)
    assert group not in {each.group_id for each in groups.valid}
    assert groups.errors == []


def test_librdkafka_cannot_delete_a_group_that_reads(broker: Broker, topic: str) -> None:
    from confluent_kafka import Consumer

    group = unique("readers")
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": group, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    assert consumer.poll(TIMEOUT_S).value() == b"0"
    admin = confluent_admin(broker)
    refused = admin.delete_consumer_groups([group])[group].exception(TIMEOUT_S)
    assert refused.args[0].name() == "NON_EMPTY_GROUP"
    described = admin.describe_consumer_groups([group], include_authorized_operations=True)[group].result(TIMEOUT_S)
    assert described.state.name == "STABLE"
    names = {"READ", "DELETE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS"}
    assert {each.name for each in described.authorized_operations} == names
    consumer.close()
    admin.delete_consumer_groups([group])[group].result(TIMEOUT_S)
    assert admin.describe_consumer_groups([group])[group].result(TIMEOUT_S).state.name == "DEAD"


def test_librdkafka_resets_a_groups_offsets(broker: Broker, topic: str) -> None:
    from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

    admin = confluent_admin(broker)
    group = committed_group(broker, topic)
    wanted = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 2)])
    admin.alter_consumer_group_offsets([wanted])[group].result(TIMEOUT_S)
    asked = ConsumerGroupTopicPartitions(group)
    (found,) = admin.list_consumer_group_offsets([asked])[group].result(TIMEOUT_S).topic_partitions
    assert (found.topic, found.partition, found.offset) == (topic, 0, 2)
    assert Confluent().consume_in_group(broker.bootstrap, topic, group, 1) == RECORDS[2:3]


def test_authorized_operations_are_all_there_are_without_an_authorizer(broker: Broker, topic: str) -> None:
    from confluent_kafka import TopicCollection

    admin = confluent_admin(broker)
    cluster = admin.describe_cluster(include_authorized_operations=True).result(TIMEOUT_S)
    every = "CREATE ALTER DESCRIBE CLUSTER_ACTION DESCRIBE_CONFIGS ALTER_CONFIGS IDEMPOTENT_WRITE"
    assert {each.name for each in cluster.authorized_operations} == set(every.split())
    asked = admin.describe_topics(TopicCollection([topic]), include_authorized_operations=True)
    every = "READ WRITE CREATE DELETE ALTER DESCRIBE DESCRIBE_CONFIGS ALTER_CONFIGS"
    assert {each.name for each in asked[topic].result(TIMEOUT_S).authorized_operations} == set(every.split())


def test_librdkafka_finds_offsets_by_every_kind_of_time(broker: Broker, topic: str) -> None:
    from confluent_kafka import TopicPartition
    from confluent_kafka.admin import OffsetSpec

    admin = confluent_admin(broker)

    def offset(spec: Any) -> tuple[int, int]:
        (future,) = admin.list_offsets({TopicPartition(topic, 0): spec}).values()
        found = future.result(TIMEOUT_S)
        return found.offset, found.timestamp

    assert offset(OffsetSpec.earliest()) == (0, -1)
    assert offset(OffsetSpec.latest()) == (5, -1)
    assert offset(OffsetSpec.max_timestamp()) == (2, BASE_MS + 30)
    assert offset(OffsetSpec.for_timestamp(BASE_MS + 11)) == (2, BASE_MS + 30)
    assert offset(OffsetSpec.for_timestamp(0)) == (0, BASE_MS)
    assert offset(OffsetSpec.for_timestamp(BASE_MS + 31)) == (-1, -1)


def test_kafka_python_finds_offsets_by_time(broker: Broker, topic: str) -> None:
    from kafka import KafkaConsumer, TopicPartition

    partition = TopicPartition(topic, 0)
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap)
    assert consumer.beginning_offsets([partition]) == {partition: 0}
    assert consumer.end_offsets([partition]) == {partition: 5}
    found = consumer.offsets_for_times({partition: BASE_MS + 1})[partition]
    assert (found.offset, found.timestamp) == (1, BASE_MS + 10)
    assert consumer.offsets_for_times({partition: BASE_MS + 31}) == {partition: None}
    consumer.close()


@pytest.mark.parametrize("stored", ["uncompressed", "gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("sent", COMPRESSIONS)
def test_what_a_topic_recompresses_is_read_by_every_client(broker: Broker, sent: str, stored: str) -> None:
    name = unique(f"{sent}-as-{stored}")
    create_topic(broker, name, compression_type=stored)
    assert Confluent().produce(broker.bootstrap, name, RECORDS, sent) == [0, 1, 2, 3, 4]
    assert KafkaPython().produce(broker.bootstrap, name, RECORDS, sent) == [5, 6, 7, 8, 9]
    for client in (Confluent(), KafkaPython()):
        assert client.consume(broker.bootstrap, name, 10) == RECORDS * 2


def test_a_topic_with_log_append_time_stamps_records(broker: Broker) -> None:
    from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Consumer, TopicPartition

    name = unique("stamped")
    create_topic(broker, name, message_timestamp_type="LogAppendTime", compression_type="gzip")
    before_ms = int(time.time() * 1000) - 1
    Confluent().produce(broker.bootstrap, name, RECORDS)
    after_ms = int(time.time() * 1000) + 1
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": unique("g")})
    consumer.assign([TopicPartition(name, 0, 0)])
    messages = [consumer.poll(TIMEOUT_S) for _ in RECORDS]
    consumer.close()
    kinds, times = zip(*(message.timestamp() for message in messages), strict=True)
    assert set(kinds) == {TIMESTAMP_LOG_APPEND_TIME}
    assert before_ms <= min(times) <= max(times) <= after_ms
    (record, *_) = KafkaPython().consume(broker.bootstrap, name, len(RECORDS))
    assert record.timestamp_ms == times[0]


def test_kafka_python_deletes_groups_and_offsets(broker: Broker, topic: str, python_admin: Any) -> None:
    from kafka import TopicPartition
    from kafka.errors import NoError

    group, partition = committed_group(broker, topic), TopicPartition(topic, 0)
    assert python_admin.list_group_offsets(group)[group][partition].offset == len(RECORDS)
    assert python_admin.delete_group_offsets(group, [partition]) == {partition: NoError}
    assert python_admin.list_group_offsets(group) == {group: {}}
    assert python_admin.delete_groups([group]) == {group: "OK"}
    assert "GroupIdNotFound" in python_admin.delete_groups([group])[group]


def test_kafka_python_lists_no_transactions(python_admin: Any) -> None:
    (listed,) = python_admin.list_transactions().values()
    assert listed == []
