"""The goldens are still what Apache Kafka answers: every probe against the real broker. Needs Java and Maven."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kafkaconform.goldens import replay
from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference
from kafkaconform.registry import Probe, all_probes
from tests.support.broker import ROOT
from tests.support.reference import running_reference

pytestmark = pytest.mark.foreign

GOLDENS = ROOT / "conformance" / "goldens"


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with running_reference() as node:
        yield node
    assert node.running_pid() is None


@pytest.mark.parametrize("probe", all_probes(), ids=lambda probe: probe.path)
def test_kafka_still_answers_so(reference: Reference, probe: Probe) -> None:
    assert replay(probe, "127.0.0.1", reference.port, folder=GOLDENS, release=DEFAULT_KAFKA_VERSION) == []
