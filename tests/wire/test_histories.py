"""Concurrent clients at work on our own broker: no checker finds fault with their histories. `make soak` has them at it for long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from kafkaconform.checks import Target
from kafkaconform.histories.workloads import WORKLOADS, Workload, check_of, checks
from kafkaconform.results import Kind, Outcome
from tests.support.broker import Broker, running_broker

SOAK_S = 120.0


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker("--set", "group.min.session.timeout.ms=500") as process:
        yield process


def run(broker: Broker, workload: Workload, **changes: object) -> None:
    """The checkers find nothing."""
    target = Target("127.0.0.1", broker.port, "4.3.1", Path())
    result = check_of(attrs.evolve(workload, session_timeout_ms=800, **changes)).run(target)
    assert (result.outcome, result.reason, result.differences) == (Outcome.PASSED, "", ())


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_the_history_of_concurrent_clients_is_that_of_a_correct_broker(broker: Broker, workload: Workload) -> None:
    run(broker, workload, duration_s=2.0, dies_after=10)


@pytest.mark.soak
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_a_long_history_is_that_of_a_correct_broker(broker: Broker, workload: Workload) -> None:
    run(broker, workload, duration_s=SOAK_S, records=1 << 60, pause_ms=50, dies_after=200)


def test_a_broker_that_is_not_there_fails_its_histories() -> None:
    results = [check.run(Target("127.0.0.1", 1, "4.3.1", Path())) for check in checks()]
    assert {(result.kind, result.outcome) for result in results} == {(Kind.HISTORY, Outcome.FAILED)}
    assert all("127.0.0.1:1" in result.reason for result in results)
