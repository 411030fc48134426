"""One task for all connections: who gets a turn, when, and who does not."""

from __future__ import annotations

import select
from collections.abc import AsyncIterator, Callable

import pytest
import trio
import trio.testing

from kafkaemu.world.interface import Connection, Served, Turn
from kafkaemu.world.real import RealNetwork
from kafkaemu.world.real.poller import EpollPoller

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="this platform has no epoll")


class Recorder(Served):
    """Receives what is there and says whatever it is told to; counts its turns."""

    def __init__(self, name: str, connection: Connection, turns: list[str]) -> None:
        self.name = name
        self.connection = connection
        self.turns = turns
        #: What it waits for after each of the next turns; bytes when they run out.
        self.says: list[Turn] = []
        self.reads = True
        self.closed = False

    def pump(self) -> Turn:
        self.turns.append(self.name)
        if self.reads:
            try:
                if not self.connection.receive_into(bytearray(1000)):
                    self.close()
                    return Turn.CLOSED
            except BlockingIOError:
                pass
        return self.says.pop(0) if self.says else Turn.READ

    def close(self) -> None:
        self.closed = True
        self.connection.close()


class World:
    """Connected pairs whose server ends one poller drives."""

    def __init__(self, nursery: trio.Nursery) -> None:
        network = RealNetwork()
        poller = network.poller()
        assert poller is not None
        self.poller: EpollPoller = poller
        self.network = network
        self.listener = network.listen("127.0.0.1", 0)
        self.nursery = nursery
        self.scope = trio.CancelScope()
        self.turns: list[str] = []

    async def run(self) -> None:
        with self.scope:
            await self.poller.run()

    async def connect(self, name: str) -> tuple[Connection, Recorder]:
        client = await self.network.connect(*self.listener.address)
        server = await self.listener.accept()
        recorder = Recorder(name, server, self.turns)
        self.poller.add(server, recorder)
        return client, recorder

    async def until(self, condition: Callable[[], object]) -> None:
        with trio.fail_after(5):
            while not condition():
                await trio.lowlevel.checkpoint()

    async def rounds(self, count: int = 20) -> None:
        """Long enough for whatever the kernel has to tell to be told."""
        client, other = await self.connect("other")
        for _ in range(count):
            before = self.turns.count("other")
            client.send([b"x"])
            await self.until(lambda before=before: self.turns.count("other") > before)  # type: ignore[misc]
        client.close()
        await self.until(lambda: other.closed)
        self.turns[:] = [name for name in self.turns if name != "other"]


@pytest.fixture
async def world(nursery: trio.Nursery) -> AsyncIterator[World]:
    world = World(nursery)
    nursery.start_soon(world.run)
    yield world
    world.scope.cancel()
    world.listener.close()


async def test_a_connection_gets_a_turn_for_its_bytes_and_none_without(world: World) -> None:
    client, _ = await world.connect("a")
    await world.rounds()
    assert world.turns == []
    client.send([b"x"])
    await world.rounds()
    assert world.turns == ["a"]
    client.close()


async def test_a_parked_one_gets_turns_for_bytes_and_when_it_is_woken(world: World) -> None:
    client, served = await world.connect("a")
    served.says = [Turn.PARKED, Turn.PARKED]
    client.send([b"x"])
    await world.rounds()
    assert world.turns == ["a"]
    served.connection.wake()
    served.connection.wake()
    await world.rounds()
    assert world.turns == ["a", "a"], "woken twice for one turn"
    client.send([b"x"])
    await world.until(lambda: len(world.turns) == 3)
    client.close()


async def test_a_held_one_is_left_alone_until_it_is_woken_even_if_its_client_goes(world: World) -> None:
    client, served = await world.connect("a")
    served.says = [Turn.HELD]
    client.send([b"x"])
    await world.until(lambda: world.turns)
    client.send([b"more"])
    client.close()
    await world.rounds()
    assert world.turns == ["a"]
    served.connection.wake()
    await world.until(lambda: served.closed)
    assert world.turns == ["a", "a", "a"], "first the bytes, then the end"


async def test_a_held_one_can_be_closed(world: World) -> None:
    client, served = await world.connect("a")
    served.says = [Turn.HELD]
    client.send([b"x"])
    await world.until(lambda: world.turns)
    served.close()
    await world.rounds()
    assert world.turns == ["a"]
    client.close()


async def test_one_that_waits_for_room_does_not_hear_of_bytes(world: World) -> None:
    client, served = await world.connect("a")
    while True:
        try:
            served.connection.send([bytes(65536)])
        except BlockingIOError:
            break
    served.says = [Turn.WRITE]
    client.send([b"x"])
    await world.until(lambda: world.turns)
    client.send([b"x"])
    await world.rounds()
    assert world.turns == ["a"]
    buffer = bytearray(1 << 20)

    async def read() -> None:
        while len(world.turns) < 2:
            try:
                client.receive_into(buffer)
            except BlockingIOError:
                await trio.lowlevel.checkpoint()

    with trio.fail_after(5):
        await read()
    client.close()


async def test_who_wants_more_gets_one_turn_a_round_after_those_who_were_silent(world: World) -> None:
    greedy, much = await world.connect("greedy")
    quiet, _ = await world.connect("quiet")
    much.says = [Turn.YIELD] * 1000
    # Its bytes stay unread, so that the kernel reports it too.
    much.reads = False
    greedy.send([b"x"])
    await world.until(lambda: world.turns)
    rounds: list[list[str]] = []
    do_round = world.poller._round

    def noting() -> None:
        before = len(world.turns)
        do_round()
        rounds.append(world.turns[before:])

    world.poller._round = noting  # type: ignore[method-assign]
    for count in range(1, 6):
        quiet.send([b"x"])
        await world.until(lambda count=count: world.turns.count("quiet") == count)  # type: ignore[misc]
    assert [one for one in rounds if one not in ([], ["greedy"])] == [["quiet", "greedy"]] * 5
    much.says.clear()
    much.reads = True
    greedy.close()
    quiet.close()


async def test_a_closed_one_is_forgotten_and_its_file_descriptor_used_again(world: World) -> None:
    client, served = await world.connect("a")
    served.connection.wake()
    served.close()
    again, _ = await world.connect("b")
    again.send([b"x"])
    await world.until(lambda: "b" in world.turns)
    await world.rounds()
    assert "a" not in world.turns
    client.close()
    again.close()


async def test_cancelling_closes_all(world: World) -> None:
    pairs = [await world.connect(name) for name in "abc"]
    await trio.testing.wait_all_tasks_blocked()
    world.scope.cancel()
    await world.until(lambda: all(served.closed for _, served in pairs))
    for client, _ in pairs:
        client.close()
