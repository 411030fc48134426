"""Sockets, sockets with the fallbacks, and pipes have the same manners."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator

import pytest
import trio

from kafkaemu.world.interface import Connection, Listener, Network
from kafkaemu.world.memory import MemoryNetwork
from kafkaemu.world.real import RealNetwork


@pytest.fixture(params=["real", "fallbacks", "memory"])
def network(request: pytest.FixtureRequest) -> Network:
    if request.param == "memory":
        return MemoryNetwork(trio.Event)
    return RealNetwork(fallbacks=request.param == "fallbacks")


@pytest.fixture
async def listener(network: Network) -> AsyncIterator[Listener]:
    listener = network.listen("127.0.0.1", 0)
    yield listener
    listener.close()


async def connected(network: Network, listener: Listener) -> tuple[Connection, Connection]:
    client = await network.connect(*listener.address)
    return client, await listener.accept()


async def readable(connection: Connection) -> None:
    try:
        await connection.wait_readable()
    except trio.ClosedResourceError:
        await trio.lowlevel.checkpoint()


async def receive(connection: Connection, size: int) -> bytes:
    """Exactly ``size`` bytes, or less at the end of the stream."""
    content = b""
    buffer = bytearray(4096)
    while len(content) < size:
        try:
            count = connection.receive_into(memoryview(buffer)[: size - len(content)])
        except BlockingIOError:
            await readable(connection)
            continue
        if not count:
            break
        content += buffer[:count]
    return content


async def test_bytes_go_both_ways_in_order(network: Network, listener: Listener) -> None:
    client, server = await connected(network, listener)
    assert client.send([b"ab", bytearray(b"cd"), memoryview(b"ef")]) == 6
    assert await receive(server, 6) == b"abcdef"
    server.send([b"answer"])
    assert await receive(client, 6) == b"answer"
    assert server.peer.startswith("/127.0.0.1:")
    assert server.peer == "/{}:{}".format(*server.peer_address)
    client.close()
    assert await receive(server, 1) == b""
    server.close()


async def test_nothing_there_is_blocking(network: Network, listener: Listener) -> None:
    client, server = await connected(network, listener)
    with pytest.raises(BlockingIOError):
        server.receive_into(bytearray(10))
    client.close()
    server.close()


async def test_a_full_connection_blocks_until_the_other_side_reads(network: Network, listener: Listener) -> None:
    client, server = await connected(network, listener)
    block = b"x" * 50_000
    sent = 0

    async def read_all() -> None:
        assert len(await receive(server, sent)) == sent

    with pytest.raises(BlockingIOError):
        while True:
            sent += client.send([block] * 4)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(read_all)
        await client.wait_writable()
    assert client.send([b"more"]) == 4
    client.close()
    server.close()


async def test_more_parts_than_one_gathered_send_takes(network: Network, listener: Listener) -> None:
    client, server = await connected(network, listener)
    parts = [b"%05d" % number for number in range(2000)]
    content = b"".join(parts)
    sent = client.send(parts)
    assert 0 < sent <= len(content)
    assert await receive(server, sent) == content[:sent]
    client.close()
    server.close()


@pytest.mark.parametrize("how", ["wake", "close"])
@pytest.mark.parametrize("where", ["wait_readable", "wait_woken"])
async def test_a_waiting_task_returns_when_it_is_woken_or_closed(
    network: Network, listener: Listener, how: str, where: str
) -> None:
    client, server = await connected(network, listener)
    returned = trio.Event()

    async def wait() -> None:
        try:
            await getattr(server, where)()
        except trio.ClosedResourceError:
            await trio.lowlevel.checkpoint()
        returned.set()

    with trio.fail_after(5):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait)
            await trio.testing.wait_all_tasks_blocked()
            assert not returned.is_set()
            getattr(server, how)()
            await returned.wait()
    client.close()
    server.close()


async def test_a_closed_connection_is_an_error_and_closing_twice_is_not(network: Network, listener: Listener) -> None:
    client, server = await connected(network, listener)
    server.close()
    server.close()
    for attempt in (lambda: server.receive_into(bytearray(1)), lambda: server.send([b"x"])):
        with pytest.raises(OSError):
            attempt()
    client.close()


async def test_a_taken_address_is_in_use(network: Network, listener: Listener) -> None:
    with pytest.raises(OSError) as raised:
        network.listen(*listener.address)
    assert raised.value.errno == errno.EADDRINUSE


async def test_nobody_listening_is_refused(network: Network) -> None:
    listener = network.listen("127.0.0.1", 0)
    listener.close()
    with pytest.raises(OSError) as raised:
        await network.connect(*listener.address)
    assert raised.value.errno == errno.ECONNREFUSED


async def test_accept_ends_when_the_listener_is_closed(network: Network) -> None:
    listener = network.listen("127.0.0.1", 0)

    async def close() -> None:
        await trio.testing.wait_all_tasks_blocked()
        listener.close()

    with trio.fail_after(5):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(close)
            with pytest.raises(OSError) as raised:
                await listener.accept()
    assert raised.value.errno == errno.EBADF


async def test_an_address_the_machine_does_not_have() -> None:
    with pytest.raises(OSError) as raised:
        RealNetwork().listen("192.0.2.1", 0)
    assert raised.value.errno == errno.EADDRNOTAVAIL
