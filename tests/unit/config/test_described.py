"""DescribeConfigs of a whole node, row by row as Apache Kafka 4.3.1 answered it (described-configs.tsv)."""

from __future__ import annotations

from pathlib import Path

import javaproperties
import pytest

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.described import Described, Source, Synonym, describe_broker, describe_group, describe_topic
from kafkaemu.config.dynamic import validate_broker
from kafkaemu.config.values import ConfigError

HERE = Path(__file__).parent
#: The eligible.leader.replicas feature puts it there when a cluster is formatted.
DYNAMIC_DEFAULTS = {"min.insync.replicas": "1"}


def _rows() -> list[list[str]]:
    lines = (HERE / "described-configs.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def described() -> dict[tuple[str, str], Described]:
    properties = javaproperties.loads((HERE / "described-configs.properties").read_text(encoding="utf-8"))
    config = BrokerConfig(properties, defaults={})
    config.set_dynamic(DYNAMIC_DEFAULTS, {})
    kinds = {
        "broker": describe_broker(config, DYNAMIC_DEFAULTS),
        "topic": describe_topic(config, DYNAMIC_DEFAULTS, {}),
        "group": describe_group(config, DYNAMIC_DEFAULTS, {}),
    }
    return {(kind, one.name): one for kind, entries in kinds.items() for one in entries}


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row[0]} {row[1]}")
def test_a_config_is_described_as_kafka_does(described: dict[tuple[str, str], Described], row: list[str]) -> None:
    kind, name, *facts = row
    one = described[kind, name]
    is_default = one.source is Source.DEFAULT
    # The recording tells each name once, and hides what is sensitive.
    synonyms = ",".join(dict.fromkeys(synonym.name for synonym in one.synonyms))
    value = "<sensitive>" if one.sensitive else str(one.value)
    assert one.value is None or not one.sensitive
    assert [value, str(int(one.source)), str(one.read_only), str(is_default), synonyms] == facts


def test_no_config_is_described_that_kafka_has_not(described: dict[tuple[str, str], Described]) -> None:
    assert set(described) == {(kind, name) for kind, name, *_ in _rows()}


def test_an_internal_config_is_described_where_it_is_set_and_changed_by_nobody() -> None:
    name = "producer.id.expiration.check.interval.ms"
    config = BrokerConfig({name: "1000"})
    assert [one for one in describe_broker(config, {}) if one.name in config.broker_keys.internal] == [
        Described(
            name,
            "1000",
            Source.STATIC_BROKER,
            "INT",
            read_only=True,
            synonyms=(Synonym(name, "1000", Source.STATIC_BROKER), Synonym(name, "600000", Source.DEFAULT)),
        )
    ]
    with pytest.raises(ConfigError, match=f"Cannot update these configs dynamically: \\[{name}\\]"):
        validate_broker(config, {name: "1"}, is_default=True)
