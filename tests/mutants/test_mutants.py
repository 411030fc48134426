"""The runner against brokers with one deliberate defect: it has to find every one, and nothing wrong with a broker that has none.

A mutant that survives shows that a probe or a checker is missing.
"""

from __future__ import annotations

import fnmatch

import attrs
import pytest

from kafkaconform.checks import Check, Target
from kafkaconform.histories.keeping import KEEPING
from kafkaconform.histories.workloads import WORKLOADS, check_of
from kafkaconform.known import read_known
from kafkaconform.peers import Peers
from kafkaconform.probing import probe_checks
from kafkaconform.registry import all_probes
from kafkaconform.results import Outcome, Result
from kafkaconform.runner import run_checks
from kafkaconform.shipped import shipped_goldens, shipped_known
from tests.mutants.registry import Mutant, mutants
from tests.support.broker import Broker, running_broker

pytestmark = pytest.mark.mutants

#: What lets sessions be short enough for tests.
SESSIONS = ("--set", "group.min.session.timeout.ms=500")
#: What brings on what is looked at in `KEEPING`. Producers of old records are forgotten then, which others look at.
CLEANING = (*("--set", "log.cleaner.backoff.ms=200"), *("--set", "log.retention.check.interval.ms=200"))
KEPT = {check.path for check in KEEPING}
MUTANTS = list(mutants().values())


def flags(pattern: str) -> tuple[str, ...]:
    """How a broker is started on which these checks are run."""
    return (*SESSIONS, *CLEANING) if pattern in KEPT else SESSIONS


def checks(pattern: str) -> list[Check]:
    """The checks whose path matches; histories in a shorter form than those of a full run."""
    histories = [
        check_of(attrs.evolve(workload, session_timeout_ms=800, duration_s=1.5, dies_after=10))
        for workload in WORKLOADS
        if fnmatch.fnmatch(workload.path, pattern)
    ]
    kept = [check for check in KEEPING if fnmatch.fnmatch(check.path, pattern)]
    return histories + kept + probe_checks(all_probes(pattern))


def failed(broker: Broker, *patterns: str) -> list[Result]:
    """What the runner has against a broker."""
    chosen = [check for pattern in patterns for check in checks(pattern)]
    assert chosen, patterns
    target = Target("127.0.0.1", broker.port, "4.3.1", shipped_goldens(), peers=Peers(asks_unoffered=True))
    found = run_checks(target, chosen, read_known(shipped_known()), versions={})
    return [result for result in found.results if result.outcome is not Outcome.PASSED]


@pytest.mark.parametrize("is_cleaned", [False, True])
def test_a_broker_without_a_defect_passes(is_cleaned: bool) -> None:
    patterns = sorted({mutant.found_by for mutant in MUTANTS if (mutant.found_by in KEPT) == is_cleaned})
    with running_broker(*flags(patterns[0])) as broker:
        found = failed(broker, *patterns)
    assert {(result.path, result.outcome) for result in found if result.outcome is not Outcome.KNOWN} == set()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_found(mutant: Mutant) -> None:
    with running_broker(*flags(mutant.found_by), program=("-m", "tests.mutants", mutant.name)) as broker:
        found = failed(broker, mutant.found_by)
        assert "Internal error" not in broker.log(), "a mutant answers wrongly, it does not break"
    assert Outcome.FAILED in {result.outcome for result in found}, f"nothing was found: {mutant.what}"
