"""The goldens are still what Apache Kafka answers: every probe against the real broker. Needs Java and Maven."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from kafkaconform.goldens import replay
from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference
from kafkaconform.registry import Probe, all_probes
from tests.support.broker import ROOT

pytestmark = pytest.mark.foreign

GOLDENS = ROOT / "conformance" / "goldens"


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    node = Reference(DEFAULT_KAFKA_VERSION, port, is_tied=True)
    node.start()
    yield node
    assert node.stop()
    assert node.running_pid() is None


@pytest.mark.parametrize("probe", all_probes(), ids=lambda probe: probe.path)
def test_kafka_still_answers_so(reference: Reference, probe: Probe) -> None:
    assert replay(probe, "127.0.0.1", reference.port, folder=GOLDENS, release=DEFAULT_KAFKA_VERSION) == []
