"""Every recorded answer of Apache Kafka, held against our own broker, as `make conformance` does it.

A probe must agree with its golden to the last field, or conformance/known-kafkaemu.toml must say why it does not. An entry there
that no probe needs any more fails, so that the list can only shrink.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kafkaconform.registry import Probe, all_probes
from tests.support.broker import Broker, running_broker
from tests.support.goldens import check_answers, known_list

RELEASE = "4.3.1"

_known = known_list()
#: Paths of the probes that have been run.
_ran: set[str] = set()


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker("--listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0") as process:
        yield process


@pytest.mark.parametrize("probe", all_probes(), ids=lambda probe: probe.path)
def test_answers_are_those_of_kafka(broker: Broker, probe: Probe) -> None:
    _ran.add(probe.path)
    check_answers(broker, probe, RELEASE, _known)


def test_known_differences_are_needed() -> None:
    if len(_ran) < len(all_probes()):
        pytest.skip("a selection of probes says nothing about the list of known differences")
    assert [entry.reason for entry in _known.unneeded(RELEASE, _ran, _ran)] == []
