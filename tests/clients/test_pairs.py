"""What one client writes the others read, byte for byte, in every compression."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from tests.support.broker import Broker, running_broker
from tests.support.client_checks import BROKER_FLAGS, check_round_trip
from tests.support.clients import CLIENTS, COMPRESSIONS

# What the clients warn of is their own business.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker(*BROKER_FLAGS) as broker:
        yield broker
        assert "Traceback" not in broker.log()


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize(("producer", "consumer"), list(permutations(CLIENTS, 2)))
def test_one_client_reads_what_another_wrote(broker: Broker, producer: str, consumer: str, compression: str) -> None:
    check_round_trip(CLIENTS[producer], CLIENTS[consumer], broker, compression)
