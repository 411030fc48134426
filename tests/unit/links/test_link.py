"""A link on the memory network: requests, answers, and coming back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
import trio
import trio.testing

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.links import Link, LinkBroken
from kafkaemu.server.connection import Connections
from kafkaemu.server.driver import accept
from kafkaemu.world.memory import MemoryNetwork, SeededEntropy
from kafkawire.messages.api_versions import ApiVersion, ApiVersionsRequest, ApiVersionsResponse
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse
from tests.support.serving import Serving

ADDRESS = ("broker", 9092)


def versions(context: Context, request: Request, body: Any) -> Answer:
    keys = [ApiVersion(api_key=18, max_version=4), ApiVersion(api_key=12, max_version=4)]
    return ApiVersionsResponse(api_keys=keys)


def heartbeat(context: Context, request: Request, body: HeartbeatRequest) -> Answer:
    return HeartbeatResponse(error_code=body.generation_id)


@asynccontextmanager
async def serving(network: MemoryNetwork) -> AsyncIterator[Connections]:
    """A server on the memory network, until the block ends."""
    connections = Serving({ApiVersionsRequest.KEY: versions, HeartbeatRequest.KEY: heartbeat}).connections
    listener = network.listen(*ADDRESS)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(accept, listener, "PLAINTEXT", connections, nursery)
        try:
            yield connections
        finally:
            listener.close()
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def running(network: MemoryNetwork) -> AsyncIterator[Link]:
    """A link that is kept up until the block ends."""
    link = Link(network, SeededEntropy(), *ADDRESS)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.run)
        yield link
        nursery.cancel_scope.cancel()


async def ask(link: Link, number: int) -> int:
    answer = await link.request(HeartbeatRequest(group_id="g", generation_id=number, member_id="m"))
    assert isinstance(answer, HeartbeatResponse)
    return answer.error_code


async def test_requests_of_several_tasks_get_their_own_answers(autojump_clock: trio.testing.MockClock) -> None:
    network = MemoryNetwork(trio.Event)
    answers: dict[int, int] = {}

    async def one(link: Link, number: int) -> None:
        answers[number] = await ask(link, number)

    async with serving(network), running(network) as link, trio.open_nursery() as nursery:
        for number in range(20):
            nursery.start_soon(one, link, number)
    assert answers == {number: number for number in range(20)}
    assert link.connected_count == 1


async def test_a_request_waits_for_the_broker_to_come_up(autojump_clock: trio.testing.MockClock) -> None:
    network = MemoryNetwork(trio.Event)
    answers: list[int] = []

    async def later(link: Link) -> None:
        answers.append(await ask(link, 7))

    async with running(network) as link, trio.open_nursery() as nursery:
        nursery.start_soon(later, link)
        await trio.sleep(10)
        assert not answers
        async with serving(network):
            await trio.sleep(2)
            assert answers == [7]


async def test_a_broken_link_fails_what_is_under_way_and_comes_back(autojump_clock: trio.testing.MockClock) -> None:
    network = MemoryNetwork(trio.Event)
    async with serving(network) as connections, running(network) as link:
        assert await ask(link, 1) == 1
        for connection in list(connections.open):
            connection.close()
        with pytest.raises(LinkBroken, match="the connection to broker:9092 ended"):
            await ask(link, 2)
        assert await ask(link, 3) == 3
        assert link.connected_count == 2


async def test_pauses_between_attempts_double_up_to_the_limit(autojump_clock: trio.testing.MockClock) -> None:
    attempts: list[float] = []

    class Counting(MemoryNetwork):
        async def connect(self, host: str, port: int) -> Any:
            attempts.append(trio.current_time())
            return await super().connect(host, port)

    async with running(Counting(trio.Event)):
        await trio.sleep(20)
    pauses = [second - first for first, second in pairwise(attempts)]
    expected = [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    for pause, middle in zip(pauses, expected, strict=False):
        assert 0.79 * middle <= pause <= 1.21 * middle


@pytest.mark.parametrize("bad", [b"\xff\xff\xff\xff", b"\0\0\0\4\0\0\0\x63"])
async def test_a_broker_that_talks_nonsense_breaks_the_link(autojump_clock: trio.testing.MockClock, bad: bytes) -> None:
    network = MemoryNetwork(trio.Event)
    listener = network.listen(*ADDRESS)
    link = Link(network, SeededEntropy(), *ADDRESS)

    async def talk() -> None:
        connection = await listener.accept()
        connection.send([bad])

    raised: list[str] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(talk)
        try:
            await link.run_once()
        except LinkBroken as error:
            raised.append(str(error))
    assert raised
    assert not link.connected
