"""Stock clients of every language against the profile of their time, against today's broker, and against Apache Kafka itself.

The last proves the programs: what a client cannot do with Kafka it need not do here. Run by `make test-clients`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import count

import pytest

from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference, ReferenceUnavailable
from kafkaconform.scenarios.catalogue import CLIENTS, CURRENT
from kafkaconform.scenarios.driver import ScenarioClient, run_scenarios
from tests.support.broker import running_broker

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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    node = Reference(DEFAULT_KAFKA_VERSION, port)
    try:
        node.start()
    except ReferenceUnavailable as absent:
        pytest.skip(str(absent))
    yield node.bootstrap
    node.stop()


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
