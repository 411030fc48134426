"""The compose file is valid, and its command and health check do what it says.

No container engine runs here: the command is started as a process of its own, with free ports in place of the fixed ones.
The schema is the Compose project's, as the check-jsonschema package ships it.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from typing import Any

import jsonschema
import pytest
import yaml

from kafkaconform.wire import RawConnection, decode_answer, frame_of
from kafkawire.messages.metadata import MetadataRequest, MetadataResponse
from tests.support.broker import ROOT, Broker, environment, running_broker

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
BROKER: dict[str, Any] = COMPOSE["services"]["broker"]


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture(scope="module")
def ports() -> dict[str, str]:
    """The fixed ports of the file and the free ones that stand for them."""
    return dict(zip(("9092", "29092"), map(str, free_ports(2)), strict=True))


def with_ports(words: list[str], ports: dict[str, str]) -> list[str]:
    """A command line with free ports."""
    return [re.sub(r":(29092|9092)\b", lambda found: ":" + ports[found.group(1)], word) for word in words]


@pytest.fixture(scope="module")
def broker(ports: dict[str, str]) -> Iterator[Broker]:
    command, *flags = with_ports(BROKER["command"], ports)
    assert command == "serve"
    with running_broker(*flags) as process:
        yield process


def advertised(port: int) -> str:
    """What a client that comes in on ``port`` is told to connect to."""
    connection = RawConnection("127.0.0.1", port)
    connection.send(frame_of(MetadataRequest(topics=[]), 12, correlation_id=1))
    _, answer = decode_answer(MetadataResponse, 12, connection.receive_frame(), check=False)
    connection.close()
    (node,) = answer.brokers
    return f"{node.host}:{node.port}"


def test_the_file_follows_the_compose_schema() -> None:
    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(schema.read_text(encoding="utf-8")))


def test_a_file_with_a_misspelt_key_would_not() -> None:
    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    wrong = {"services": {"broker": {**BROKER, "helthcheck": {}}}}
    with pytest.raises(jsonschema.ValidationError, match="helthcheck"):
        jsonschema.validate(wrong, json.loads(schema.read_text(encoding="utf-8")))


def test_each_listener_tells_its_own_address(broker: Broker, ports: dict[str, str]) -> None:
    assert advertised(int(ports["9092"])) == f"localhost:{ports['9092']}"
    assert advertised(int(ports["29092"])) == f"broker:{ports['29092']}"


def test_the_health_check_of_the_file_succeeds(broker: Broker, ports: dict[str, str]) -> None:
    kind, program, *arguments = with_ports(BROKER["healthcheck"]["test"], ports)
    assert (kind, program) == ("CMD", "kafkaemu")
    finished = subprocess.run(
        [sys.executable, "-m", "kafkaemu", *arguments], env=environment(), cwd=ROOT, timeout=30, check=False
    )
    assert finished.returncode == 0


def test_the_health_check_fails_where_nobody_listens() -> None:
    kind, program, *arguments = with_ports(BROKER["healthcheck"]["test"], {"9092": str(free_ports(1)[0])})
    finished = subprocess.run(
        [sys.executable, "-m", "kafkaemu", *arguments],
        env=environment(),
        cwd=ROOT,
        timeout=30,
        check=False,
        capture_output=True,
    )
    assert (kind, program, finished.returncode) == ("CMD", "kafkaemu", 1)


def test_the_published_port_is_the_one_advertised_to_the_host() -> None:
    listeners = dict(zip(BROKER["command"][1::2], BROKER["command"][2::2], strict=True))
    assert BROKER["ports"] == ["9092:9092"]
    assert "HOST://localhost:9092" in listeners["--advertised-listeners"]
    assert all("://0.0.0.0:" in listener for listener in listeners["--listeners"].split(","))


def test_dockerfile_starts_the_same_program_without_root() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert 'ENTRYPOINT ["kafkaemu"]' in lines
    assert "USER kafkaemu" in lines
    (command,) = [json.loads(line.removeprefix("CMD ")) for line in lines if line.startswith("CMD ")]
    assert "PLAINTEXT://0.0.0.0:9092" in command
