"""Each Python client, unmodified, end to end against a broker in its own process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import client_checks as checks
from tests.support.broker import Broker, running_broker
from tests.support.clients import CLIENTS, COMPRESSIONS, Client

# What the clients warn of is their own business.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", params=CLIENTS.values(), ids=CLIENTS)
def client(request: pytest.FixtureRequest) -> Client:
    chosen: Client = request.param
    return chosen


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker(*checks.BROKER_FLAGS) as broker:
        yield broker
        assert "Traceback" not in broker.log()


def test_topics_are_created_listed_and_deleted(client: Client, broker: Broker) -> None:
    checks.check_topics(client, broker)


def test_producing_to_an_absent_topic_makes_it(client: Client, broker: Broker) -> None:
    checks.check_auto_creation(client, broker)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_records_come_back_as_they_were_sent(client: Client, broker: Broker, compression: str) -> None:
    checks.check_round_trip(client, client, broker, compression)


def test_a_group_resumes_where_it_committed(client: Client, broker: Broker) -> None:
    checks.check_group_resumes(client, broker)


def test_two_members_share_and_one_inherits_when_the_other_dies(client: Client, broker: Broker) -> None:
    checks.check_group_shares_and_survives(client, broker)


def test_a_third_member_idles_where_there_are_two_partitions(client: Client, broker: Broker) -> None:
    checks.check_third_member_idles(client, broker)
