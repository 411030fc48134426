"""What a week does to a topic, in milliseconds: retention deletes, a consumer that slept too long starts again where there is
something, and compaction keeps the last record of each key.

pip install kafkaemu pytest kafka-python
"""

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

DAY_MS = 24 * 60 * 60 * 1000


def test_orders_are_kept_for_a_week(kafka_broker):
    clock = kafka_broker.clock
    kafka_broker.create_topic("history", config={"retention.ms": 7 * DAY_MS})
    kafka_broker.produce("history", "on monday")
    clock.advance("6 days")
    assert [record.value for record in kafka_broker.records("history")] == [b"on monday"]
    clock.advance("1 day, 10 minutes")
    assert kafka_broker.records("history") == []


def test_a_consumer_that_slept_for_too_long_goes_on_with_what_is_left(kafka_broker):
    clock = kafka_broker.clock
    kafka_broker.create_topic("history", config={"retention.ms": 7 * DAY_MS})
    kafka_broker.produce("history", "on monday")
    consumer = KafkaConsumer(bootstrap_servers=kafka_broker.bootstrap_servers, auto_offset_reset="earliest")
    consumer.assign([TopicPartition("history", 0)])
    assert next(consumer).value == b"on monday"
    kafka_broker.produce("history", "never read")
    clock.advance("8 days")
    kafka_broker.produce("history", "a week later")
    consumer.seek(TopicPartition("history", 0), 1)
    late = next(consumer)
    assert (late.offset, late.value) == (2, b"a week later")
    consumer.close()


def test_what_a_client_sends_carries_the_clients_time(kafka_broker):
    clock = kafka_broker.clock
    kafka_broker.create_topic("history", config={"retention.ms": 7 * DAY_MS})
    clock.advance("8 days")
    producer = KafkaProducer(bootstrap_servers=kafka_broker.bootstrap_servers)
    producer.send("history", b"eight days old, for the broker").get(timeout=10)
    producer.close()
    kafka_broker.produce("history", "of today")
    clock.advance("10 minutes")
    assert [record.value for record in kafka_broker.records("history")] == [b"of today"]


@pytest.mark.kafka_config({"log.cleaner.backoff.ms": 1000})
def test_the_last_address_of_a_customer_is_kept(kafka_broker):
    clock = kafka_broker.clock
    config = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": 0.01, "segment.ms": DAY_MS}
    kafka_broker.create_topic("addresses", config=config)
    for street in ("Via Roma", "Via Garibaldi", "Corso Italia"):
        kafka_broker.produce("addresses", street, key="anna")
    clock.advance("2 days")
    # Compaction leaves the active segment alone; this record begins a new one.
    kafka_broker.produce("addresses", "Via Dante", key="bruno")
    clock.advance("1 minute")
    assert [record.value for record in kafka_broker.records("addresses")] == [b"Corso Italia", b"Via Dante"]
