"""Every recorded answer of Apache Kafka, held against our own broker.

A probe that is not in KNOWN must agree with its golden to the last field. An entry of KNOWN that no probe needs
any more fails, so that the list can only shrink.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kafkaconform.goldens import golden_path, read_golden
from kafkaconform.registry import Probe, all_probes
from tests.support.broker import Broker, running_broker
from tests.support.goldens import GOLDENS, Known, check_answers

RELEASE = "4.3.1"

KNOWN = [
    Known(
        "api_versions/*", "*.api_keys.*", "an API that is not built yet is absent, never half there", only_absent=True
    ),
    Known("api_versions/*", "*.api_keys.0", "Produce 12 and 13 wait for transaction.version, as in Kafka without it"),
    Known(
        "find_coordinator/transactional_id",
        "*",
        "transactions are not built: an error that no client tries again names what is missing",
    ),
    Known("*api_versions/*", "*_features*", "features are finalized with the APIs that need them"),
    Known(
        "at_controller/api_versions/*",
        "*.api_keys.*",
        "what voters and brokers that register ask of a controller is not built",
        only_absent=True,
    ),
]

_needed: set[int] = set()


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker("--listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0") as process:
        yield process


@pytest.mark.parametrize("probe", all_probes(), ids=lambda probe: probe.path)
def test_answers_are_those_of_kafka(broker: Broker, probe: Probe) -> None:
    _needed.update(check_answers(broker, probe, RELEASE, KNOWN))


def test_known_differences_are_needed(request: pytest.FixtureRequest) -> None:
    ran = {item.name for item in request.session.items if "test_answers_are_those_of_kafka" in item.name}
    if len(ran) < len(all_probes()):
        pytest.skip("a selection of probes says nothing about the list of known differences")
    assert [known.reason for i, known in enumerate(KNOWN) if i not in _needed] == []


def test_every_probe_has_its_golden_and_every_golden_its_probe() -> None:
    expected = {golden_path(GOLDENS, RELEASE, probe) for probe in all_probes()}
    assert expected == set((GOLDENS / RELEASE).rglob("*.json"))


def test_a_golden_says_what_its_probe_holds() -> None:
    stale = [
        probe.path
        for probe in all_probes()
        if read_golden(golden_path(GOLDENS, RELEASE, probe))["holds"] != probe.holds
    ]
    assert stale == []
