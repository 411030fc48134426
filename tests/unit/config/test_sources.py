"""Properties files as Kafka ships them, variables as the images take them, which counts before which, and what stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from kafkaemu.cli.errors import UsageError
from kafkaemu.cli.serve import COMMAND, Setup, configured
from kafkaemu.config.effects import Kind, effect
from kafkaemu.config.environment import key_of, read_environment
from kafkaemu.config.unbuilt import STOPS, WARNS
from tests.support.broker import ROOT

STOCK = Path(__file__).parent / "stock"


def setup_of(*arguments: str, **environ: str) -> Setup:
    """What a command line and these variables come to."""
    values = COMMAND.parse(arguments)
    assert values is not None
    return configured(values, environ)


def refusal_of(*arguments: str, **environ: str) -> str:
    """The sentence that a start ends with."""
    with pytest.raises(UsageError) as refused:
        setup_of(*arguments, **environ)
    return str(refused.value)


# Stock files


@pytest.mark.parametrize("name", ["server-4.3", "server-3.9"])
def test_a_stock_file_of_a_combined_node_starts_as_it_is(name: str) -> None:
    setup = setup_of("--config", str(STOCK / f"{name}.properties"))
    assert [(one.name, one.host, one.port) for one in setup.listeners.broker] == [("PLAINTEXT", None, 9092)]
    assert [(one.name, one.port) for one in setup.listeners.controller] == [("CONTROLLER", 9093)]
    assert (setup.config["node.id"], setup.warnings) == (1, ())


@pytest.mark.parametrize(("name", "unknown"), [("server-3.9-zookeeper", 0), ("server-confluent-7", 4)])
def test_a_stock_file_for_zookeeper_starts_with_a_warning(name: str, unknown: int) -> None:
    path = str(STOCK / f"{name}.properties")
    setup = setup_of("--config", path)
    assert [(one.name, one.port) for one in setup.listeners.broker] == [("PLAINTEXT", 9092)]
    assert setup.config["node.id"] == 0
    *unknown_keys, zookeeper = setup.warnings
    assert zookeeper == (
        f"there is no ZooKeeper here, ignored in {path}: zookeeper.connect, zookeeper.connection.timeout.ms"
    )
    assert len(unknown_keys) == unknown
    assert all(warning.startswith(f"unknown key in {path}, ignored: confluent.") for warning in unknown_keys)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("broker-4.3", "process.roles=broker: this node is the only one, broker and controller at once"),
        ("controller-4.3", "process.roles=controller: this node is the only one, broker and controller at once"),
    ],
)
def test_a_stock_file_of_half_a_node_stops_with_one_sentence(name: str, words: str) -> None:
    sentence = refusal_of("--config", str(STOCK / f"{name}.properties"))
    assert words in sentence
    assert "\n" not in sentence


# What is not built

NOT_BUILT = [
    (
        "listeners=SSL://:9092\nsecurity.inter.broker.protocol=SSL",
        "listener SSL asks for SSL, which kafkaemu does not speak yet",
    ),
    (
        "listeners=A://:9092\nlistener.security.protocol.map=A:SASL_PLAINTEXT\ninter.broker.listener.name=A",
        "listener A asks for SASL_PLAINTEXT",
    ),
    (
        "listeners=PLAINTEXT://:1,CONTROLLER://:2\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:SSL",
        "listener CONTROLLER asks for SSL",
    ),
    ("authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", "no authorizer is built yet"),
    ("controller.quorum.voters=1@a:9093,2@b:9093", "a quorum of several controllers is not built yet"),
    ("controller.quorum.bootstrap.servers=a:9093,b:9093", "a quorum of several controllers is not built yet"),
    ("remote.log.storage.system.enable=true", "tiered storage is not built"),
]


@pytest.mark.parametrize(("text", "words"), NOT_BUILT)
def test_what_cannot_be_ignored_without_lying_stops_the_start(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "server.properties"
    path.write_text(text)
    assert words in refusal_of("--config", str(path))


@pytest.mark.parametrize(
    "text",
    [
        "authorizer.class.name=",
        "controller.quorum.voters=1@localhost:9093",
        "controller.quorum.voters=",
        "controller.quorum.bootstrap.servers=localhost:9093",
        "remote.log.storage.system.enable=false",
        "process.roles=controller,broker",
    ],
)
def test_what_asks_for_nothing_that_is_missing_starts(text: str, tmp_path: Path) -> None:
    path = tmp_path / "server.properties"
    path.write_text(text)
    assert setup_of("--config", str(path)).warnings == ()


def test_a_class_that_cannot_be_loaded_is_warned_about() -> None:
    assert setup_of("--set", "create.topic.policy.class.name=com.example.Policy").warnings == (
        "create.topic.policy.class.name is set, but classes cannot be loaded: every topic is allowed",
    )


def test_voters_are_checked_as_the_reference_does() -> None:
    assert "node id 1 must be included in the set of voters controller.quorum.voters=Set(2)" in refusal_of(
        "--set", "controller.quorum.voters=2@localhost:9093"
    )
    assert "Each entry should be in the form `{id}@{host}:{port}`." in refusal_of(
        "--set", "controller.quorum.voters=localhost:9093"
    )


def test_the_table_of_effects_promises_nothing_of_what_is_not_built() -> None:
    assert [key for key in (*STOPS, *WARNS) if effect("broker", key).kind is Kind.EFFECTIVE] == []


# The environment


def test_only_the_command_reads_the_environment() -> None:
    package = ROOT / "kafkaemu"
    assert [path for path in package.rglob("*.py") if "os.environ" in path.read_text()] == [
        package / "cli" / "serve.py"
    ]


@pytest.mark.parametrize(
    ("variable", "key"),
    [
        ("KAFKA_NUM_PARTITIONS", "num.partitions"),
        ("KAFKA_CFG_NUM_PARTITIONS", "num.partitions"),
        ("KAFKA_LISTENER_NAME_SASL__SSL_SSL_KEY_PASSWORD", "listener.name.sasl_ssl.ssl.key.password"),
        ("KAFKA_LISTENER_NAME_IN___SIDE_MAX_CONNECTIONS", "listener.name.in-side.max.connections"),
    ],
)
def test_names_of_variables(variable: str, key: str) -> None:
    assert key_of(variable) == key
    assert read_environment({variable: "1"}).settings == {key: (variable, "1")}


def test_variables_of_other_programs_are_passed_over() -> None:
    environ = {
        "KAFKA_BOOTSTRAP_SERVERS": "b:1",
        "KAFKA_BROKER": "b:1",
        "KAFKA_GROUP_ID": "g",
        "KAFKA_HOME": "/opt/kafka",
        "KAFKA_SASL_MECHANISM": "PLAIN",
        "KAFKA_SESSION_TIMEOUT_MS": "1",
        "KAFKA_TOPIC": "t",
        "KAFKA_VERSION": "3",
        "ALLOW_PLAINTEXT_LISTENER": "yes",
    }
    environ |= {"KAFKA_PORT": "tcp://10.0.0.1:9092", "NUM_PARTITIONS": "3"}
    setup = setup_of(**environ)
    assert (setup.taken, setup.warnings, setup.config["num.partitions"]) == ((), (), 1)


def test_a_misspelt_variable_is_a_warning_that_names_the_right_one() -> None:
    setup = setup_of(KAFKA_NUM_PARTITION="3", KAFKA_CFG_LOG_DIRRS="/tmp", KAFKA_LISTENER_SECURITY_PROTOCOLS_MAP="A:B")
    assert setup.warnings == (
        "no configuration of Kafka, ignored: KAFKA_LISTENER_SECURITY_PROTOCOLS_MAP; "
        "did you mean KAFKA_LISTENER_SECURITY_PROTOCOL_MAP?",
        "no configuration of Kafka, ignored: KAFKA_NUM_PARTITION; did you mean KAFKA_NUM_PARTITIONS?",
        "no configuration of Kafka, ignored: KAFKA_CFG_LOG_DIRRS; did you mean KAFKA_CFG_LOG_DIRS?",
    )
    assert (setup.taken, setup.config["num.partitions"]) == ((), 1)


def test_variables_for_a_jvm_or_zookeeper_are_one_warning() -> None:
    setup = setup_of(
        KAFKA_HEAP_OPTS="-Xmx1g", KAFKA_LOG4J_ROOT_LOGLEVEL="WARN", KAFKA_ZOOKEEPER_CONNECT="zookeeper:2181"
    )
    assert setup.warnings == (
        "there is neither a JVM nor ZooKeeper here, ignored: "
        "KAFKA_HEAP_OPTS, KAFKA_LOG4J_ROOT_LOGLEVEL, KAFKA_ZOOKEEPER_CONNECT",
    )


@pytest.mark.parametrize("variable", ["CLUSTER_ID", "KAFKA_KRAFT_CLUSTER_ID"])
def test_the_id_of_the_cluster(variable: str) -> None:
    assert setup_of(KAFKA_NODE_ID="1", **{variable: "MkU3OEVBNTcwNTJENDM2Qk"}).cluster_id == "MkU3OEVBNTcwNTJENDM2Qk"


def test_an_empty_variable_is_a_value_but_with_bitnamis_prefix() -> None:
    assert setup_of(KAFKA_CFG_NUM_PARTITIONS="").config["num.partitions"] == 1
    assert "KAFKA_NUM_PARTITIONS: " in refusal_of(KAFKA_NUM_PARTITIONS="")


def test_file_then_environment_then_settings_then_flags(tmp_path: Path) -> None:
    path = tmp_path / "server.properties"
    path.write_text("num.partitions=2\nlog.retention.ms=2\nmessage.max.bytes=2\nlisteners=PLAINTEXT://:2\n")
    environ = {"KAFKA_LOG_RETENTION_MS": "3", "KAFKA_MESSAGE_MAX_BYTES": "3", "KAFKA_LISTENERS": "PLAINTEXT://:3"}
    flags = ("--config", str(path), "--set", "message.max.bytes=4", "--set", "listeners=PLAINTEXT://:4", "--port", "5")
    setup = setup_of(*flags, **environ)
    config = setup.config
    assert (config["num.partitions"], config["log.retention.ms"], config["message.max.bytes"]) == (2, 3, 4)
    assert [one.port for one in setup.listeners.broker] == [5]
    assert setup.taken == ("KAFKA_LISTENERS", "KAFKA_LOG_RETENTION_MS", "KAFKA_MESSAGE_MAX_BYTES")


def test_told_only_what_to_advertise_it_listens_on_the_same_ports_everywhere() -> None:
    setup = setup_of(
        KAFKA_ADVERTISED_LISTENERS="PLAINTEXT://broker:29092,HOST://localhost:9092",
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT",
    )
    assert [(one.name, one.host, one.port) for one in setup.listeners.broker] == [
        ("PLAINTEXT", "0.0.0.0", 29092),
        ("HOST", "0.0.0.0", 9092),
    ]
    assert setup.listeners.advertised["PLAINTEXT"].host == "broker"
    assert setup.taken == ("KAFKA_ADVERTISED_LISTENERS", "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP")


def test_told_what_to_advertise_it_listens_where_the_file_says() -> None:
    path = str(STOCK / "server-4.3.properties")
    setup = setup_of("--config", path, KAFKA_ADVERTISED_LISTENERS="PLAINTEXT://broker:30092")
    assert [(one.name, one.port) for one in setup.listeners.broker] == [("PLAINTEXT", 9092)]
    assert [one.name for one in setup.listeners.controller] == ["CONTROLLER"]
    assert setup.listeners.advertised["PLAINTEXT"].port == 30092


def test_a_container_says_where_to_listen_if_nothing_else_does() -> None:
    (listener,) = setup_of(KAFKAEMU_HOST="0.0.0.0").listeners.broker
    assert (listener.host, listener.port) == ("0.0.0.0", 9092)
    assert setup_of(KAFKAEMU_HOST="0.0.0.0").listeners.advertised["PLAINTEXT"].host == "localhost"
    (listener,) = setup_of("--host", "127.0.0.1", KAFKAEMU_HOST="0.0.0.0").listeners.broker
    assert listener.host == "127.0.0.1"
    (listener,) = setup_of(KAFKAEMU_HOST="0.0.0.0", KAFKA_LISTENERS="PLAINTEXT://127.0.0.1:1").listeners.broker
    assert listener.host == "127.0.0.1"


# Values that are none


def test_a_wrong_value_is_told_with_where_it_is_from_and_what_would_be_one(tmp_path: Path) -> None:
    wrong = "Invalid value three for configuration num.partitions: Not a number of type INT (valid values: [1,...])"
    assert refusal_of(KAFKA_NUM_PARTITIONS="three") == f"KAFKA_NUM_PARTITIONS: {wrong}"
    assert refusal_of("--set", "num.partitions=three") == f"--set: {wrong}"
    path = tmp_path / "server.properties"
    path.write_text("num.partitions=three\n")
    assert refusal_of("--config", str(path)) == f"{path}: {wrong}"


def test_values_that_do_not_go_together_are_told_with_where_they_are_from() -> None:
    assert refusal_of(KAFKA_LISTENERS="nonsense") == (
        "Unable to parse a listener name from nonsense; write NAME://HOST:PORT, such as PLAINTEXT://localhost:9092 "
        "(listeners is from KAFKA_LISTENERS)"
    )
    assert refusal_of("--listeners", "FOO://h:1").endswith(
        "; name one in listener.security.protocol.map, as FOO:PLAINTEXT"
    )
    assert "(advertised.listeners is from KAFKA_ADVERTISED_LISTENERS)" in refusal_of(
        KAFKA_LISTENERS="A://:1, B://:2",
        KAFKA_ADVERTISED_LISTENERS="A://h:1, B://h:70000",
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="A:PLAINTEXT,B:PLAINTEXT",
        KAFKA_INTER_BROKER_LISTENER_NAME="A",
    )
    assert refusal_of(KAFKA_NODE_ID="1", KAFKA_BROKER_ID="2") == (
        "You must set `node.id` to the same value as `broker.id`. (broker.id is from KAFKA_BROKER_ID, node.id is from KAFKA_NODE_ID)"
    )
    assert (
        refusal_of("--set", "log.roll.ms=0")
        == "log.roll.ms must be greater than or equal to 1 (log.roll.ms is from --set)"
    )
