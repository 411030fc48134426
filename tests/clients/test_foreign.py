"""Clients of other languages, as released: Java's console tools and kcat. Run by `make test-clients`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kafkaconform.reference import DEFAULT_KAFKA_VERSION
from kafkaconform.reference.jars import gather_jars, require_java
from tests.support.broker import ROOT, Broker, environment, running_broker

pytestmark = pytest.mark.foreign

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer"
PRODUCER = "org.apache.kafka.tools.ConsoleProducer"


def example(title: str, language: str) -> str:
    """The README's example under a heading."""
    found = re.search(rf"^### {title}\n\n```{language}\n(.+?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no example for {title}"
    return found.group(1)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker() as process:
        yield process


def java(tool: str, *arguments: str, text: str = "") -> str:
    """Runs a tool of Kafka's; what it printed on standard output."""
    command = [require_java(), "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"]
    command += [f"{gather_jars(DEFAULT_KAFKA_VERSION)}/*", tool, *arguments]
    finished = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_kcat_example_of_the_readme(broker: Broker) -> None:
    script = example("kcat", "sh").replace("localhost:9092", broker.bootstrap)
    finished = subprocess.run(["sh", "-e", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    first, *rest = finished.stdout.splitlines()
    assert first == "0 table 4 two, please"
    assert any('topic "cortados" with 1 partitions' in line for line in rest)


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_kcat_reads_what_kcat_wrote(broker: Broker, codec: str) -> None:
    topic = f"kcat-{codec}"
    lines = "".join(f"key-{i}:{'value ' * 20}{i}\n" for i in range(100))
    write = ["kcat", "-P", "-b", broker.bootstrap, "-t", topic, "-K", ":", "-z", codec]
    subprocess.run(write, input=lines, text=True, timeout=60, check=True)
    read = ["kcat", "-C", "-q", "-b", broker.bootstrap, "-t", topic, "-o", "beginning", "-e", "-K", ":"]
    finished = subprocess.run(read, capture_output=True, text=True, timeout=60, check=True)
    assert finished.stdout == lines


def test_java_example_of_the_readme(broker: Broker, tmp_path: Path) -> None:
    settings = example("Java", "properties").replace("localhost:9092", broker.bootstrap)
    file = tmp_path / "client.properties"
    file.write_text(settings, encoding="utf-8")
    address = ("--bootstrap-server", broker.bootstrap, "--topic", "ristrettos")
    java(PRODUCER, *address, "--command-config", str(file), text="two, please\n")
    printed = java(CONSUMER, *address, "--command-config", str(file), "--max-messages", "1")
    assert "two, please" in printed.splitlines()


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_java_writes_kcat_reads(broker: Broker, codec: str) -> None:
    topic = f"java-{codec}"
    lines = "".join(f"{'value ' * 20}{i}\n" for i in range(50))
    java(PRODUCER, "--bootstrap-server", broker.bootstrap, "--topic", topic, "--compression-codec", codec, text=lines)
    read = ["kcat", "-C", "-q", "-b", broker.bootstrap, "-t", topic, "-o", "beginning", "-e"]
    finished = subprocess.run(read, capture_output=True, text=True, timeout=60, check=True)
    assert finished.stdout == lines


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_kcat_writes_java_reads(broker: Broker, codec: str) -> None:
    topic = f"to-java-{codec}"
    lines = "".join(f"{'value ' * 20}{i}\n" for i in range(50))
    write = ["kcat", "-P", "-b", broker.bootstrap, "-t", topic, "-z", codec]
    subprocess.run(write, input=lines, text=True, timeout=60, check=True)
    address = ("--bootstrap-server", broker.bootstrap, "--topic", topic)
    assert java(CONSUMER, *address, "--from-beginning", "--max-messages", "50") == lines


def test_the_tools_print_what_they_print_against_kafka(tmp_path: Path) -> None:
    tools, out = ROOT / "conformance" / "tools", tmp_path / "kafkaemu.txt"
    command = [sys.executable, str(tools / "transcribe.py"), "--kafkaemu", str(out)]
    subprocess.run(command, env=environment(), cwd=ROOT, timeout=600, check=True)
    compared = [sys.executable, str(tools / "explained.py"), str(out)]
    finished = subprocess.run(compared, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr


def test_tools_that_are_given_a_controller_ask_the_controller() -> None:
    with running_broker("--listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0") as broker:
        address = ("--bootstrap-controller", f"127.0.0.1:{broker.ports['CONTROLLER']}")
        quorum = java("org.apache.kafka.tools.MetadataQuorumCommand", *address, "describe", "--status")
        assert re.search(r"^LeaderId: +1$", quorum, re.MULTILINE)
        endpoints = java("org.apache.kafka.tools.ClusterTool", "list-endpoints", *address)
        assert re.search(rf"^1 +127\.0\.0\.1 +{broker.ports['CONTROLLER']} +", endpoints, re.MULTILINE)
        entity = ("--entity-type", "brokers", "--entity-name", "1")
        java("kafka.admin.ConfigCommand", *address, "--alter", *entity, "--add-config", "log.retention.ms=5000")
        described = java("kafka.admin.ConfigCommand", "--bootstrap-server", broker.bootstrap, "--describe", *entity)
        assert "log.retention.ms=5000" in described
