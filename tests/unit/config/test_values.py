"""Parsing and checking of configuration texts; the sentences were read off the real broker."""

import pytest

from kafkaemu.config.broker import BrokerConfig, topic_values, validate_topic_configs
from kafkaemu.config.table import BROKER, GROUP, TOPIC
from kafkaemu.config.values import ConfigError, java_double, java_int, text_of

REFUSED = [
    ("retention.ms", "x", "Invalid value x for configuration retention.ms: Not a number of type LONG"),
    ("retention.ms", "-2", "Invalid value -2 for configuration retention.ms: Value must be at least -1"),
    ("retention.ms", "", "Invalid value  for configuration retention.ms: Not a number of type LONG"),
    ("flush.ms", "5.0", "Invalid value 5.0 for configuration flush.ms: Not a number of type LONG"),
    (
        "segment.bytes",
        "99999999999",
        "Invalid value 99999999999 for configuration segment.bytes: Not a number of type INT",
    ),
    ("segment.bytes", "10", "Invalid value 10 for configuration segment.bytes: Value must be at least 1048576"),
    (
        "cleanup.policy",
        "delete,bad",
        "Invalid value bad for configuration cleanup.policy: String must be one of: compact, delete",
    ),
    (
        "compression.type",
        "GZIP",
        "Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, "
        "producer",
    ),
    (
        "preallocate",
        "yes",
        "Invalid value yes for configuration preallocate: Expected value to be either true or false",
    ),
    (
        "min.cleanable.dirty.ratio",
        "2",
        "Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1",
    ),
    (
        "min.cleanable.dirty.ratio",
        "x",
        "Invalid value x for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE",
    ),
    (
        "compression.gzip.level",
        "0",
        "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1",
    ),
    (
        "leader.replication.throttled.replicas",
        "a",
        "Invalid value [a] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must "
        "be the literal '*' or a list of replicas in the following format: "
        "[partitionId]:[brokerId],[partitionId]:[brokerId],...",
    ),
]


@pytest.mark.parametrize(("name", "text", "sentence"), REFUSED)
def test_a_refused_topic_value_gets_the_reference_sentence(name: str, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        TOPIC[name].parse(text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("retention.ms", " 1000 ", 1000),
        ("retention.ms", "+5", 5),
        ("cleanup.policy", " compact , delete ", ("compact", "delete")),
        ("cleanup.policy", "compact,compact", ("compact",)),
        ("cleanup.policy", "", ()),
        ("preallocate", "TRUE", True),
        ("compression.gzip.level", "-1", -1),
        ("leader.replication.throttled.replicas", "0:1,1:1", ("0:1", "1:1")),
        ("min.cleanable.dirty.ratio", "1e-1", 0.1),
    ],
)
def test_values_that_the_reference_takes(name: str, text: str, value: object) -> None:
    assert TOPIC[name].parse(text) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.5, "0.5"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (-0.00001, "-1.0E-5"),
        (-12345678.9, "-1.23456789E7"),
        (100.0, "100.0"),
        (float("nan"), "NaN"),
    ],
)
def test_doubles_are_printed_as_java_prints_them(number: float, text: str) -> None:
    assert java_double(number) == text


def test_every_default_is_a_value_of_its_key() -> None:
    for table in (BROKER, TOPIC, GROUP):
        for name in table:
            key = table[name]
            if key.default_text is not None and key.default is not None:
                assert text_of(key.parse(key.default_text)) == key.default_text, name


def test_the_tables_have_as_many_keys_as_the_reference() -> None:
    assert (len(list(BROKER)), len(list(TOPIC)), len(list(GROUP))) == (340, 33, 17)


@pytest.mark.parametrize(
    ("configs", "sentence"),
    [
        ({"nope": "1"}, "Unknown topic config name: nope"),
        (
            {"min.compaction.lag.ms": "100", "max.compaction.lag.ms": "50"},
            "conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (50)",
        ),
        (
            {"remote.storage.enable": "true"},
            "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.",
        ),
    ],
)
def test_topic_configs_that_do_not_go_together(configs: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        validate_topic_configs(BrokerConfig(), configs)
    assert str(refused.value) == sentence


def test_topic_values_take_the_first_broker_synonym_that_is_set() -> None:
    config = BrokerConfig({"log.retention.minutes": "2", "log.retention.hours": "1", "log.roll.hours": "3"})
    values = topic_values(config, {"segment.bytes": "2000000"})
    assert values["retention.ms"] == 120_000
    assert values["segment.ms"] == 3 * 3_600_000
    assert values["segment.bytes"] == 2_000_000
    assert topic_values(BrokerConfig(), {})["retention.ms"] == 604_800_000


def test_internal_segment_bytes_is_taken() -> None:
    assert topic_values(BrokerConfig(), {"internal.segment.bytes": "1000"})["internal.segment.bytes"] == 1000


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("+7", 7), ("-2147483648", -(2**31)), ("2147483647", 2**31 - 1), ("0" * 50 + "1", 1), ("\u0661", 1)],
)
def test_an_int_is_what_java_takes_for_one(text: str, value: int) -> None:
    assert java_int(text) == value


@pytest.mark.parametrize("text", ["", "-", "+", "2147483648", "-2147483649", "9" * 5000, "1.0", " 1", "0x1", "--1"])
def test_what_is_no_int_is_none_however_long(text: str) -> None:
    assert java_int(text) is None
