"""Limits on connections, as those who connect see them; the memory network, with trio's clock standing still."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import trio
import trio.testing

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.server.connection_quotas import ConnectionQuotas, Limits
from kafkaemu.server.driver import accept
from kafkaemu.world.interface import SocketSettings
from kafkaemu.world.memory import MemoryConnection, MemoryNetwork
from kafkaemu.world.real import RealNetwork
from tests.support.serving import Serving

ADDRESS = ("broker", 9092)


class Listening:
    """A listener whose clients are held to limits; time is both trio's and the broker's."""

    def __init__(self, nursery: trio.Nursery, clock: trio.testing.MockClock) -> None:
        self.clock = clock
        self.serving = Serving({})
        self.serving.clock._tell_real_ms = lambda: trio.current_time() * 1000
        self.connections = self.serving.connections
        self.network = MemoryNetwork(trio.Event)
        listener = self.network.listen(*ADDRESS)
        nursery.start_soon(accept, listener, "PLAINTEXT", self.connections, nursery)

    def limit(self, protected: str | None = None, **configs: str) -> None:
        """Limits from now on."""
        config = BrokerConfig({name.replace("_", "."): value for name, value in configs.items()})
        limits = Limits.of(config, ["PLAINTEXT"], lambda host: [f"/{host}"])
        peers = [connection.peer for connection in self.connections.open]
        self.connections.limit(None if limits is None else ConnectionQuotas(limits, protected, peers))

    async def passes(self, seconds: float) -> None:
        """Time, and nothing else."""
        self.clock.jump(seconds)
        await trio.testing.wait_all_tasks_blocked()

    async def connect(self) -> MemoryConnection:
        """A client; whether it was let in shows in ``count``."""
        client = await self.network.connect(*ADDRESS)
        await trio.testing.wait_all_tasks_blocked()
        return client

    @property
    def count(self) -> int:
        """How many have been let in."""
        return len(self.connections.open)


@pytest.fixture
async def listening(mock_clock: trio.testing.MockClock, nursery: trio.Nursery) -> AsyncIterator[Listening]:
    yield Listening(nursery, mock_clock)
    nursery.cancel_scope.cancel()


async def test_one_too_many_waits_for_a_slot(listening: Listening, mock_clock: trio.testing.MockClock) -> None:
    listening.limit(max_connections="1")
    first = await listening.connect()
    await listening.connect()
    assert listening.count == 1
    first.close()
    await trio.testing.wait_all_tasks_blocked()
    assert listening.count == 1, "the second has its slot"
    await listening.connect()
    listening.limit()
    await trio.testing.wait_all_tasks_blocked()
    assert listening.count == 2, "without a limit nobody waits"


async def test_a_lower_limit_closes_those_used_least_recently(
    listening: Listening, mock_clock: trio.testing.MockClock
) -> None:
    clients = []
    for _ in range(3):
        clients.append(await listening.connect())
        await listening.passes(1)
    listening.limit(max_connections="2")
    await trio.testing.wait_all_tasks_blocked()
    assert listening.count == 2
    assert clients[0].receive_into(bytearray(1)) == 0, "closed"


async def test_the_protected_listener_takes_the_slot_of_another(
    listening: Listening, mock_clock: trio.testing.MockClock
) -> None:
    listening.limit(protected="PLAINTEXT", max_connections="1")
    for _ in range(3):
        await listening.connect()
    assert listening.count == 3


async def test_an_address_above_its_share_is_closed(listening: Listening, mock_clock: trio.testing.MockClock) -> None:
    listening.limit(max_connections_per_ip="2", max_connections_per_ip_overrides="10.0.0.1:1")
    clients = [await listening.connect() for _ in range(3)]
    assert listening.count == 2
    assert clients[2].receive_into(bytearray(1)) == 0
    clients[0].close()
    await trio.testing.wait_all_tasks_blocked()
    await listening.connect()
    assert listening.count == 2


async def test_who_comes_too_fast_waits_a_window_at_most(
    listening: Listening, mock_clock: trio.testing.MockClock
) -> None:
    listening.limit(max_connection_creation_rate="1")
    for _ in range(11):
        await listening.connect()
    assert listening.count == 10
    await listening.passes(0.9)
    assert listening.count == 10
    await listening.passes(0.1)
    assert listening.count == 11


async def test_a_client_that_waits_is_closed_with_the_broker(mock_clock: trio.testing.MockClock) -> None:
    async with trio.open_nursery() as inner:
        listening = Listening(inner, mock_clock)
        listening.limit(max_connections="1")
        await listening.connect()
        waiting = await listening.connect()
        inner.cancel_scope.cancel()
    assert waiting.receive_into(bytearray(1)) == 0


async def test_buffers_are_those_asked_for() -> None:
    import socket

    network = RealNetwork()
    listener = network.listen("127.0.0.1", 0, SocketSettings(5, 8192, 8192))
    client = await network.connect(*listener.address)
    server = await listener.accept()
    sock = server._open()
    # Linux doubles what it is asked for.
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) in (8192, 16384)
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) in (8192, 16384)
    for end in (client, server, listener):
        end.close()
