"""Every recorded answer of Apache Kafka, held against our own broker.

A probe that is not in KNOWN must agree with its golden to the last field. An entry of KNOWN that no probe needs
any more fails, so that the list can only shrink.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from kafkaconform.goldens import Difference, golden_path, read_golden, replay
from kafkaconform.outcome import ABSENT
from kafkaconform.registry import Probe, all_probes
from kafkaconform.wire import ConnectionClosed, NoAnswer
from tests.support.broker import Broker, running_broker

RELEASE = "4.3.1"
GOLDENS = Path(__file__).resolve().parent.parent.parent / "conformance" / "goldens"


@attrs.frozen
class Known:
    """A difference kept on purpose: which probes, where in the outcome, and why."""

    probe: str
    where: str
    reason: str
    only_absent: bool = False

    def covers(self, probe: Probe, difference: Difference) -> bool:
        """Whether this entry explains a difference; ``only_absent`` means that ours lacks what Kafka has."""
        where, _, actual = difference
        return (
            fnmatch.fnmatch(probe.path, self.probe)
            and fnmatch.fnmatch(where, self.where)
            and (actual == ABSENT or not self.only_absent)
        )


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
    try:
        found = replay(probe, "127.0.0.1", broker.port, folder=GOLDENS, release=RELEASE)
    except (ConnectionClosed, NoAnswer) as failure:
        pytest.fail(f"{type(failure).__name__} while preparing; the broker says:\n{broker.log()[-2000:]}")
    unexplained = []
    for difference in found:
        entry = next((i for i, known in enumerate(KNOWN) if known.covers(probe, difference)), None)
        if entry is None:
            unexplained.append(difference)
        else:
            _needed.add(entry)
    assert not unexplained, "\n".join(
        f"{where}: Kafka {expected!r}, ours {actual!r}" for where, expected, actual in unexplained[:20]
    )


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
