"""What a broker is configured to be, from which source, and what stops it."""

import pytest

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.sources import load
from kafkaemu.config.values import ConfigError


class OneFile:
    """A disk with one file."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, path: str) -> bytes:
        if path != "server.properties":
            raise FileNotFoundError(2, "No such file or directory")
        return self.content


def disk(text: str) -> OneFile:
    return OneFile(text.encode())


REFUSED = [
    ({"num.partitions": "0"}, "Invalid value 0 for configuration num.partitions: Value must be at least 1"),
    ({"num.partitions": "3.5"}, "Invalid value 3.5 for configuration num.partitions: Not a number of type INT"),
    (
        {"offsets.topic.replication.factor": "99999"},
        "Invalid value 99999 for configuration offsets.topic.replication.factor: Not a number of type SHORT",
    ),
    (
        {"process.roles": "foo"},
        "Invalid value foo for configuration process.roles: String must be one of: broker, controller",
    ),
    (
        {"process.roles": ""},
        "Configuration 'process.roles' must not be empty. Valid values include: [broker, controller]",
    ),
    ({"log.dirs": ""}, "Configuration 'log.dirs' must not be empty. Valid values include: any non-empty value"),
    ({"listeners": "PLAINTEXT://:9092,,"}, "Configuration 'listeners' values must not be empty."),
    (
        {"group.consumer.migration.policy": "x"},
        "Invalid value x for configuration group.consumer.migration.policy: String must be one of (case insensitive): "
        "DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL",
    ),
    ({"broker.id": "2", "node.id": "1"}, "You must set `node.id` to the same value as `broker.id`."),
    ({"log.retention.hours": "0"}, "log.retention.ms must be unlimited (-1) or, greater than or equal to 1"),
    ({"log.roll.ms": "0"}, "log.roll.ms must be greater than or equal to 1"),
    (
        {"replica.fetch.wait.max.ms": "60000"},
        "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts",
    ),
    ({"queued.max.request.bytes": "5"}, "queued.max.request.bytes must be larger or equal to socket.request.max.bytes"),
    (
        {"max.connections.per.ip": "0"},
        "max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.",
    ),
    (
        {"log.cleaner.dedupe.buffer.size": "1"},
        "log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.",
    ),
    ({"group.coordinator.rebalance.protocols": "consumer"}, "Disabling the 'classic' protocol is not supported."),
    (
        {"group.consumer.session.timeout.ms": "1"},
        "group.consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms",
    ),
    ({"offsets.topic.compression.codec": "9"}, "Unknown compression type id: 9"),
    (
        {"remote.log.metadata.manager.class.name": ""},
        "Invalid value  for configuration remote.log.metadata.manager.class.name: String must be non-empty",
    ),
]


@pytest.mark.parametrize(("overrides", "sentence"), REFUSED)
def test_a_refused_configuration_gets_the_reference_sentence(overrides: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        BrokerConfig(overrides)
    assert str(refused.value) == sentence


def test_retention_ms_hides_a_bad_coarser_unit() -> None:
    config = BrokerConfig({"log.retention.ms": "1", "log.retention.hours": "0"})
    assert config.topic_defaults()["retention.ms"] == 1


def test_values_are_typed() -> None:
    config = BrokerConfig({"auto.create.topics.enable": "False", "listeners": "A://:1, B://:2"})
    assert config["auto.create.topics.enable"] is False
    assert config["listeners"] == ("A://:1", "B://:2")
    assert config["log.cleaner.io.buffer.load.factor"] == 0.9
    assert config["broker.rack"] is None
    with pytest.raises(KeyError):
        config["no.such.key"]


def test_emulator_defaults_count_before_kafkas_and_after_everything_else() -> None:
    assert BrokerConfig()["group.initial.rebalance.delay.ms"] == 0
    assert BrokerConfig({"group.initial.rebalance.delay.ms": "7"})["group.initial.rebalance.delay.ms"] == 7
    assert BrokerConfig(defaults={})["group.initial.rebalance.delay.ms"] == 3000
    with pytest.raises(
        ConfigError, match=r'Missing required configuration "process\.roles" which has no default value'
    ):
        BrokerConfig(defaults={})["process.roles"]


def test_broker_id_and_node_id_are_one_setting() -> None:
    assert BrokerConfig({"node.id": "3"})["broker.id"] == 3
    assert BrokerConfig({"broker.id": "4"})["node.id"] == 4


def test_a_flag_counts_before_a_setting_and_a_setting_before_the_file() -> None:
    file = disk("# comment\nnum.partitions=2\nlog.retention.ms: 5\nmessage.max.bytes = 10\n")
    sources = load(
        file,  # type: ignore[arg-type]
        properties_file="server.properties",
        settings=["log.retention.ms=6", "message.max.bytes=11"],
        flags={"message.max.bytes": "12"},
    )
    assert sources.overrides == {"num.partitions": "2", "log.retention.ms": "6", "message.max.bytes": "12"}
    assert sources.warnings == ()


def test_an_unknown_key_warns_in_a_file_and_is_an_error_in_a_setting() -> None:
    file = disk("no.such.key=1\nnum.partitons=3\nlistener.name.internal.ssl.key.password=x\n")
    sources = load(file, properties_file="server.properties")  # type: ignore[arg-type]
    assert sources.warnings == (
        "unknown key in server.properties, ignored: no.such.key",
        "unknown key in server.properties, ignored: num.partitons; did you mean num.partitions?",
    )
    assert BrokerConfig(sources.overrides)["num.partitions"] == 1
    with pytest.raises(
        ConfigError, match=r"--set: Kafka has no broker configuration num\.partition; did you mean num\.partitions\?"
    ):
        load(file, settings=["num.partition=2"])  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"--set takes key=value, not 'num\.partitions'"):
        load(file, settings=["num.partitions"])  # type: ignore[arg-type]


def test_a_file_that_cannot_be_read_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match="cannot read the configuration file gone: No such file or directory"):
        load(disk(""), properties_file="gone")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"server\.properties is not a Java properties file: it is not even text"):
        load(OneFile(b"\x7fELF\x00=\x01"), properties_file="server.properties")  # type: ignore[arg-type]


def test_properties_files_are_latin_1() -> None:
    sources = load(OneFile(b"broker.rack=caf\xe9\n"), properties_file="server.properties")  # type: ignore[arg-type]
    assert sources.overrides == {"broker.rack": "caf\u00e9"}


@pytest.mark.parametrize(
    ("configs", "sentence"),
    [
        ({"max.connections.per.ip.overrides": "h:x"}, 'For input string: "x"'),
        ({"max.connections.per.ip.overrides": "h:1_0"}, 'For input string: "1_0"'),
        (
            {"listener.name.in.max.connections": "x"},
            "Invalid value x for configuration max.connections: Not a number of type INT",
        ),
        (
            {"log.dirs": "/a,/b", "cordoned.log.dirs": "/b,/c"},
            "All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : /c",
        ),
    ],
)
def test_limits_and_directories_that_cannot_be_stop_the_start(configs: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        BrokerConfig(configs)
    assert str(refused.value) == sentence
