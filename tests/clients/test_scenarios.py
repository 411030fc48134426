"""Stock clients of every language against the profile of their time, against today's broker, and against Apache Kafka itself.

The last proves the programs: what a client cannot do with Kafka it need not do here. Run by `make test-clients`.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from kafkaconform.checks import Target
from kafkaconform.ports import unused_port
from kafkaconform.prepare import new_producer_id
from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference, ReferenceUnavailable
from kafkaconform.results import Outcome
from kafkaconform.scenario_checks import scenario_checks
from kafkaconform.scenarios.catalogue import CLIENTS, CURRENT
from kafkaconform.scenarios.driver import RESTART, ScenarioClient, run_scenarios
from kafkaconform.session import Session
from kafkaconform.starting import BrokerCommand
from tests.support.broker import running_broker
from tests.support.reference import running_reference

pytestmark = pytest.mark.foreign

APACHE_KAFKA = f"Apache Kafka {DEFAULT_KAFKA_VERSION}"
#: (broker, client) for every client and every broker of its time.
PAIRS = [
    (broker, client.name)
    for client in CLIENTS.values()
    for broker in (*client.kafka_releases, *([APACHE_KAFKA] if CURRENT in client.kafka_releases else []))
]
_numbers = count()


@pytest.fixture(scope="module")
def release(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def bootstrap(release: str) -> Iterator[str]:
    if release != APACHE_KAFKA:
        with running_broker("--as-version", release) as broker:
            yield broker.bootstrap
            assert "Traceback" not in broker.log()
        return
    with ExitStack() as stack:
        try:
            node = stack.enter_context(running_reference())
        except ReferenceUnavailable as absent:
            pytest.skip(str(absent))
        # A node that has just begun has no producer ids yet and says that it is loading: old sarama takes that for a failure.
        session = Session("127.0.0.1", node.port, suffix="-first", release=DEFAULT_KAFKA_VERSION, check_answers=False)
        new_producer_id(session)
        session.close()
        yield node.bootstrap


@pytest.fixture
def client(request: pytest.FixtureRequest) -> ScenarioClient:
    chosen = CLIENTS[request.param]
    if (reason := chosen.missing()) is not None:
        pytest.skip(f"not run: {reason}")
    return chosen


@pytest.mark.parametrize(("release", "client"), PAIRS, indirect=True)
def test_a_stock_client_does_what_applications_do(client: ScenarioClient, release: str, bootstrap: str) -> None:
    results = run_scenarios(client, bootstrap, f"{client.name}-{next(_numbers)}")
    failed = {result.check: result.detail for result in results if not result.ok}
    assert failed.keys() == (client.fails_today.keys() if release in (CURRENT, APACHE_KAFKA) else set()), failed


def command_of(release: str, port: int) -> str:
    """What is the broker for as long as it runs. Kafka keeps its data from one start to the next, ours forgets everything."""
    if release != APACHE_KAFKA:
        return shlex.join([sys.executable, "-m", "kafkaemu", "serve", "--listeners", f"PLAINTEXT://127.0.0.1:{port}"])
    try:
        return shlex.join(Reference(DEFAULT_KAFKA_VERSION, port).prepare())
    except ReferenceUnavailable as absent:
        pytest.skip(str(absent))


@pytest.mark.parametrize("broker", [CURRENT, APACHE_KAFKA])
def test_open_clients_go_on_by_themselves_after_a_restart(broker: str) -> None:
    port = unused_port()
    with BrokerCommand(command_of(broker, port), "127.0.0.1", port) as command:
        assert command.start() is None
        target = Target("127.0.0.1", port, DEFAULT_KAFKA_VERSION, Path(), restart=command.start)
        results = [check.run(target) for check in scenario_checks(list(CLIENTS.values()), f"*/{RESTART}")]
    print(*(f"{result.path}: {result.outcome}: {result.reason}" for result in results), sep="\n")
    if {result.outcome for result in results} == {Outcome.NOT_RUN}:
        pytest.skip("; ".join(result.reason for result in results))
    assert [result for result in results if result.outcome is Outcome.FAILED] == []
