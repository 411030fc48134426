"""The compose file and the examples of docs/configuration.md are valid, and do what they say.

No container engine runs here: `kafkaemu serve` is started as a process of its own, with the variables of the file and free ports in
place of the fixed ones.
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


def with_port(word: str, ports: dict[str, str]) -> str:
    """Addresses with free ports."""
    return re.sub(r":(\d{4,5})\b", lambda found: ":" + ports[found.group(1)], word)


def with_ports(variables: dict[str, str], ports: dict[str, str]) -> dict[str, str]:
    """Variables with free ports."""
    return {name: with_port(text, ports) for name, text in variables.items()}


def variables_of(service: dict[str, Any]) -> dict[str, str]:
    """The environment of a service, which is written as pairs or as a list, and what the image adds."""
    given = service["environment"]
    pairs = dict(one.split("=", 1) for one in given) if isinstance(given, list) else given
    return {"KAFKAEMU_HOST": "0.0.0.0", **{name: str(value) for name, value in pairs.items()}}


@pytest.fixture(scope="module")
def broker(ports: dict[str, str]) -> Iterator[Broker]:
    with running_broker(variables=with_ports(variables_of(BROKER), ports)) as process:
        yield process


def advertised(port: int) -> str:
    """What a client that comes in on ``port`` is told to connect to."""
    (node,) = metadata(port).brokers
    return f"{node.host}:{node.port}"


def cluster_id(port: int) -> str | None:
    """The id of the cluster."""
    return metadata(port).cluster_id


def metadata(port: int) -> MetadataResponse:
    """Metadata without topics."""
    connection = RawConnection("127.0.0.1", port)
    connection.send(frame_of(MetadataRequest(topics=[]), 12, correlation_id=1))
    _, answer = decode_answer(MetadataResponse, 12, connection.receive_frame(), check=False)
    connection.close()
    return answer


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
    kind, program, *arguments = [with_port(word, ports) for word in BROKER["healthcheck"]["test"]]
    assert (kind, program) == ("CMD", "kafkaemu")
    finished = subprocess.run(
        [sys.executable, "-m", "kafkaemu", *arguments], env=environment(), cwd=ROOT, timeout=30, check=False
    )
    assert finished.returncode == 0


def test_the_health_check_fails_where_nobody_listens() -> None:
    ports = {"9092": str(free_ports(1)[0])}
    kind, program, *arguments = [with_port(word, ports) for word in BROKER["healthcheck"]["test"]]
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
    variables = variables_of(BROKER)
    assert BROKER["ports"] == ["9092:9092"]
    assert "HOST://localhost:9092" in variables["KAFKA_ADVERTISED_LISTENERS"]
    assert all("://0.0.0.0:" in listener for listener in variables["KAFKA_LISTENERS"].split(","))


def test_dockerfile_starts_the_same_program_without_root() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert 'ENTRYPOINT ["kafkaemu"]' in lines
    assert "USER kafkaemu" in lines
    assert 'CMD ["serve"]' in lines
    assert "ENV KAFKAEMU_HOST=0.0.0.0" in lines


# The examples of the documentation

PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.+?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
IMAGES = ("apache/kafka", "confluentinc/cp-kafka", "confluentinc/cp-kafka 7, with ZooKeeper", "bitnami/kafka")


def test_there_is_an_example_for_each_image() -> None:
    headings = re.findall(r"^### As for (.+)$", PAGE, re.MULTILINE)
    assert (tuple(headings), len(EXAMPLES)) == (IMAGES, len(IMAGES))


@pytest.mark.parametrize("example", EXAMPLES, ids=IMAGES)
def test_what_is_pasted_from_other_images_starts_a_broker(example: dict[str, Any]) -> None:
    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(example, json.loads(schema.read_text(encoding="utf-8")))
    variables = variables_of(example["services"]["kafka"])
    # The name by which other containers know this one.
    variables = {
        name: text.replace("://kafka:", "://127.0.0.1:") if name == "KAFKA_LISTENERS" else text
        for name, text in variables.items()
    }
    fixed = sorted(set(re.findall(r":(\d{4,5})\b", " ".join(variables.values()))))
    ports = dict(zip(fixed, map(str, free_ports(len(fixed))), strict=True))
    with running_broker(variables=with_ports(variables, ports)) as broker:
        assert advertised(int(ports["9092"])) == f"localhost:{ports['9092']}"
        if "29092" in ports:
            assert advertised(int(ports["29092"])) == f"kafka:{ports['29092']}"
        first, *_ = broker.log().splitlines()
        told = variables.get("CLUSTER_ID") or variables.get("KAFKA_KRAFT_CLUSTER_ID")
        if told is not None:
            assert cluster_id(broker.ports["PLAINTEXT"]) == told
    assert "Configured by the environment: " in first
    assert "KAFKA_ADVERTISED_LISTENERS" in first or "KAFKA_CFG_ADVERTISED_LISTENERS" in first
