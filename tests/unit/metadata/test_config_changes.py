"""Configs changed at run time: what is refused and recorded, and that logs and brokers obey at once."""

from __future__ import annotations

import pytest

from kafkaemu.broker import Broker
from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.described import Source, describe_broker, describe_broker_defaults, describe_topic
from kafkaemu.metadata.config_changes import ConfigChanges, ConfigsChanged, Operation
from kafkaemu.metadata.image import MetadataImage, ResourceType
from kafkaemu.metadata.snapshot import records_of_image
from kafkaemu.metadata.topic_creation import NewTopic
from kafkaemu.world.real import RealWorld
from tests.support.metadata import NOW_MS, one_broker_controller

SET, DELETE, APPEND = Operation.SET, Operation.DELETE, Operation.APPEND
TOPIC, BROKER, GROUP = ResourceType.TOPIC, ResourceType.BROKER, ResourceType.GROUP


@pytest.fixture
def broker() -> Broker:
    broker = Broker(RealWorld(), BrokerConfig({"log.segment.bytes": "2000000"}))
    broker.controller.format(NOW_MS)
    broker.controller.register_broker(1, {"PLAINTEXT": ("localhost", 9092, "PLAINTEXT")}, NOW_MS)
    broker.controller.create_topics([NewTopic("orders", 2), NewTopic("own", configs=[("retention.ms", "7")])], NOW_MS)
    return broker


def change(broker: Broker, kind: int, name: str, *changes: tuple[str, int, str | None]) -> ConfigsChanged:
    (result,) = broker.controller.alter_configs([ConfigChanges(kind, name, changes)], NOW_MS)
    return result


def described(broker: Broker, topic: str, key: str) -> tuple[str | None, Source]:
    image = broker.controller.image
    entries = describe_topic(broker.config, image.configs(BROKER, ""), image.configs(TOPIC, topic))
    return next((entry.value, entry.source) for entry in entries if entry.name == key)


def test_a_topics_logs_obey_at_once(broker: Broker) -> None:
    change(broker, TOPIC, "orders", ("max.message.bytes", SET, "100"), ("min.insync.replicas", SET, "2"))
    for index in range(2):
        partition = broker.replicas.partition("orders", index)
        assert partition is not None
        assert (partition.log.config.max_message_bytes, partition.min_insync_replicas) == (100, 2)
    change(broker, TOPIC, "orders", ("max.message.bytes", DELETE, None))
    partition = broker.replicas.partition("orders", 0)
    assert partition is not None
    assert partition.log.config.max_message_bytes == 1_048_588


def test_one_broker_counts_before_all_brokers_before_the_file(broker: Broker) -> None:
    def retention_ms(topic: str) -> int:
        partition = broker.replicas.partition(topic, 0)
        assert partition is not None
        return partition.log.config.retention_ms

    change(broker, BROKER, "", ("log.retention.ms", SET, "5000"))
    assert (retention_ms("orders"), retention_ms("own")) == (5000, 7)
    assert described(broker, "orders", "retention.ms") == ("5000", Source.DYNAMIC_DEFAULT_BROKER)
    change(broker, BROKER, "1", ("log.retention.ms", SET, "4000"))
    assert (retention_ms("orders"), retention_ms("own")) == (4000, 7)
    assert described(broker, "orders", "retention.ms") == ("4000", Source.DYNAMIC_BROKER)
    change(broker, BROKER, "1", ("log.retention.ms", DELETE, None))
    assert retention_ms("orders") == 5000
    change(broker, BROKER, "", ("log.retention.ms", DELETE, None))
    assert retention_ms("orders") == 604_800_000
    assert described(broker, "orders", "retention.ms") == ("604800000", Source.DEFAULT)
    change(broker, BROKER, "", ("log.segment.bytes", SET, "3000000"))
    change(broker, BROKER, "", ("log.segment.bytes", DELETE, None))
    assert described(broker, "orders", "segment.bytes") == ("2000000", Source.STATIC_BROKER)


def test_what_is_set_for_all_brokers_is_described_apart_from_one_brokers_own(broker: Broker) -> None:
    change(broker, BROKER, "", ("message.max.bytes", SET, "5000"))
    change(broker, BROKER, "1", ("message.max.bytes", SET, "6000"))
    defaults = broker.controller.image.configs(BROKER, "")
    entry = next(e for e in describe_broker(broker.config, defaults) if e.name == "message.max.bytes")
    assert [(synonym.value, synonym.source) for synonym in entry.synonyms] == [
        ("6000", Source.DYNAMIC_BROKER),
        ("5000", Source.DYNAMIC_DEFAULT_BROKER),
        ("1048588", Source.DEFAULT),
    ]
    assert [(e.name, e.value) for e in describe_broker_defaults(defaults)] == [
        ("min.insync.replicas", "1"),
        ("message.max.bytes", "5000"),
    ]


def test_a_change_is_judged_by_what_then_counts(broker: Broker) -> None:
    """An answer recorded from Kafka: a broker's own value hides that of all brokers, until it is taken back."""
    change(broker, BROKER, "", ("background.threads", SET, "20"))
    change(broker, BROKER, "1", ("background.threads", SET, "40"))
    assert change(broker, BROKER, "", ("background.threads", SET, "10")).code == 0
    refused = change(broker, BROKER, "1", ("background.threads", DELETE, None))
    assert (refused.code, "should be at least half the current value 40" in str(refused.message)) == (42, True)
    change(broker, BROKER, "1", ("log.cleaner.threads", SET, "2"))
    assert change(broker, BROKER, "", ("log.cleaner.threads", SET, "0")).code == 0
    refused = change(broker, BROKER, "1", ("log.cleaner.threads", DELETE, None))
    assert (refused.code, refused.message) == (42, "/ by zero")


def test_limits_of_replication_are_told_where_they_are_set_and_keys_of_plugins_without_their_value(
    broker: Broker,
) -> None:
    rate = "leader.replication.throttled.rate"
    refused = change(broker, BROKER, "1", (rate, SET, "-1"))
    assert (refused.code, refused.message) == (
        42,
        f"Invalid value -1 for configuration {rate}: Value must be at least 0",
    )
    change(broker, BROKER, "1", (rate, SET, "5"))
    change(broker, BROKER, "", (rate, SET, "0"), ("my.plugin.key", SET, "secret"))
    defaults = broker.controller.image.configs(BROKER, "")
    entries = {entry.name: entry for entry in describe_broker(broker.config, defaults)}
    limit, plugin = entries[rate], entries["my.plugin.key"]
    assert (limit.value, limit.kind, limit.read_only, limit.sensitive) == ("5", "LONG", False, False)
    assert [synonym.value for synonym in limit.synonyms] == ["5", "0"]
    assert (plugin.value, plugin.source, plugin.read_only, plugin.sensitive) == (
        None,
        Source.DYNAMIC_DEFAULT_BROKER,
        True,
        True,
    )
    assert {entry.name for entry in describe_broker_defaults(defaults)} == {
        rate,
        "my.plugin.key",
        "min.insync.replicas",
    }
    assert "follower.replication.throttled.rate" not in entries


def test_a_refused_or_validated_change_leaves_no_record(broker: Broker) -> None:
    offset = broker.controller.image.offset
    bad = change(broker, TOPIC, "orders", ("retention.ms", SET, "1"), ("segment.ms", SET, "x"))
    assert (bad.code, bad.message) == (40, "Invalid value x for configuration segment.ms: Not a number of type LONG")
    (validated,) = broker.controller.alter_configs(
        [ConfigChanges(TOPIC, "orders", [("retention.ms", SET, "1")])], NOW_MS, validate_only=True
    )
    assert (validated.code, broker.controller.image.offset) == (0, offset)
    assert change(broker, TOPIC, "orders", ("no.such.key", DELETE, None)).code == 0
    assert broker.controller.image.offset == offset


def test_replacing_takes_back_what_is_not_named(broker: Broker) -> None:
    asked = ConfigChanges(TOPIC, "own", [("segment.ms", SET, "9")], replace=True)
    broker.controller.alter_configs([asked], NOW_MS)
    assert dict(broker.controller.image.configs(TOPIC, "own")) == {"segment.ms": "9"}


def test_keys_of_brokers_that_kafka_does_not_know_are_kept_and_do_nothing(broker: Broker) -> None:
    assert change(broker, BROKER, "1", ("my.plugin.key", SET, "1")).code == 0
    assert broker.config.dynamic == {"my.plugin.key": "1"}


def test_a_value_that_no_record_holds_is_refused(broker: Broker) -> None:
    result = change(broker, BROKER, "1", ("my.plugin.key", SET, "x" * 32768))
    assert (result.code, "maximum value size of 32767" in str(result.message)) == (40, True)


@pytest.mark.parametrize(
    ("broker_configs", "changes", "sentence"),
    [
        (
            {"group.consumer.min.session.timeout.ms": "4000"},
            [("consumer.session.timeout.ms", SET, "5000")],
            "consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms",
        ),
        (
            {"group.streams.max.standby.replicas": "0", "group.streams.num.standby.replicas": "0"},
            [("streams.num.standby.replicas", SET, "1")],
            "streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas",
        ),
    ],
)
def test_a_groups_configs_keep_the_brokers_bounds(
    broker_configs: dict[str, str], changes: list[tuple[str, int, str]], sentence: str
) -> None:
    c = one_broker_controller(**{key.replace(".", "_"): value for key, value in broker_configs.items()})
    (result,) = c.alter_configs([ConfigChanges(GROUP, "g", changes)], NOW_MS)
    assert (result.code, result.message) == (40, sentence)


def test_a_snapshot_holds_every_resources_configs(broker: Broker) -> None:
    change(broker, GROUP, "g", ("consumer.session.timeout.ms", SET, "50000"))
    change(broker, ResourceType.CLIENT_METRICS, "m", ("interval.ms", SET, "5000"))
    change(broker, BROKER, "1", ("log.retention.ms", SET, "5000"))
    image = broker.controller.image
    copy = MetadataImage(image.cluster_id)
    for record in records_of_image(image):
        copy.apply(record)
    assert copy.state() == image.state()
