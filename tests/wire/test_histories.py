"""Concurrent clients at work on our own broker: no checker finds fault with their histories. `make soak` has them at it for long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from kafkaconform.checks import Check, Target
from kafkaconform.histories import checks, keeping
from kafkaconform.histories.keeping import KEEPING
from kafkaconform.histories.workloads import WORKLOADS, Workload, check_of
from kafkaconform.results import Kind, Outcome
from tests.support.broker import Broker, running_broker

SOAK_S = 120.0
#: What lets sessions be short enough for tests, and logs be cleaned at once.
SOON = (
    *("--set", "group.min.session.timeout.ms=500"),
    *("--set", "log.cleaner.backoff.ms=200"),
    *("--set", "log.retention.check.interval.ms=200"),
)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker(*SOON) as process:
        yield process


def run(broker: Broker, workload: Workload, **changes: object) -> None:
    """The checkers find nothing."""
    target = Target("127.0.0.1", broker.port, "4.3.1", Path())
    result = check_of(attrs.evolve(workload, session_timeout_ms=800, **changes)).run(target)
    assert result.outcome is Outcome.PASSED, "\n".join(
        [result.reason, *(str(each.actual) for each in result.differences)]
    )


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_the_history_of_concurrent_clients_is_that_of_a_correct_broker(broker: Broker, workload: Workload) -> None:
    run(broker, workload, duration_s=2.0, dies_after=10)


@pytest.mark.soak
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_a_long_history_is_that_of_a_correct_broker(broker: Broker, workload: Workload) -> None:
    run(broker, workload, duration_s=SOAK_S, records=1 << 60, pause_ms=50, dies_after=200)


@pytest.mark.parametrize("check", KEEPING, ids=lambda check: check.path)
def test_what_is_kept_is_what_a_correct_broker_keeps(broker: Broker, check: Check) -> None:
    result = check.run(Target("127.0.0.1", broker.port, "4.3.1", Path()))
    assert (result.outcome, result.reason, result.differences) == (Outcome.PASSED, "", ())


def test_a_broker_that_cleans_nothing_in_time_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "WAIT_S", 0.2)
    with running_broker("--set", "log.cleaner.enable=false") as process:
        result = KEEPING[0].run(Target("127.0.0.1", process.port, "4.3.1", Path()))
    assert result.outcome is Outcome.NOT_RUN and "log.cleaner.backoff.ms" in result.reason


def test_a_broker_that_is_not_there_fails_its_histories() -> None:
    results = [check.run(Target("127.0.0.1", 1, "4.3.1", Path())) for check in checks()]
    assert {(result.kind, result.outcome) for result in results} == {(Kind.HISTORY, Outcome.FAILED)}
    assert all("127.0.0.1:1" in result.reason for result in results)
