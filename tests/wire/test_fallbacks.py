"""A whole broker in this process, on sockets and with what is used where a platform lacks gathered sends or epoll."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from kafkaemu import cluster
from kafkaemu.broker import Broker
from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import parse_listeners
from kafkaemu.links import Link
from kafkaemu.server import driver
from kafkaemu.server.listeners import Bound
from kafkaemu.world.real import RealDisk, RealEntropy, RealNetwork, RealWorld
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchResponse, FetchTopic
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, ProduceResponse, TopicProduceData
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record

VALUE = bytes(range(256)) * 3000


@pytest.fixture(params=["tasks", "poller", "fallbacks"])
def fallbacks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the platform lacks what it may lack; where it does not, with either of the ways to wait for connections."""
    if request.param == "poller":
        monkeypatch.setattr(driver, "OWN_TASKS", 0)
    return request.param == "fallbacks"


async def never() -> AsyncIterator[str]:
    """No reason to stop, ever."""
    await trio.sleep_forever()
    yield ""


@asynccontextmanager
async def linked(fallbacks: bool) -> AsyncIterator[Link]:
    """A link to a broker that runs beside it, both with or without the fallbacks."""
    world = RealWorld(network=RealNetwork(fallbacks=fallbacks), disk=RealDisk(fallbacks=fallbacks))
    config = BrokerConfig({"listeners": "PLAINTEXT://127.0.0.1:0"})
    broker = Broker(world, config, topics=[("t", 1)])
    started = trio.Event()
    ports: list[int] = []

    def on_started(bound: list[Bound]) -> None:
        ports.append(bound[0].port)
        started.set()

    async with trio.open_nursery() as nursery:

        async def serve() -> None:
            await cluster.serve_until(broker, parse_listeners(config), never(), on_started)

        nursery.start_soon(serve)
        await started.wait()
        link = Link(RealNetwork(fallbacks=fallbacks), RealEntropy(), "127.0.0.1", ports[0])
        nursery.start_soon(link.run)
        yield link
        nursery.cancel_scope.cancel()


def fetch(offset: int, min_bytes: int) -> FetchRequest:
    partition = FetchPartition(partition=0, fetch_offset=offset, partition_max_bytes=10_000_000)
    return FetchRequest(max_wait_ms=5000, min_bytes=min_bytes, topics=[FetchTopic(topic="t", partitions=[partition])])


async def produce(link: Link) -> int:
    """Produce one large record; its offset."""
    records = PartitionProduceData(index=0, records=build_batch([Record(value=VALUE)]))
    answer = await link.request(
        ProduceRequest(acks=-1, timeout_ms=1000, topic_data=[TopicProduceData(name="t", partition_data=[records])]), 9
    )
    assert isinstance(answer, ProduceResponse)
    partition = answer.responses[0].partition_responses[0]
    assert partition.error_code == 0
    return partition.base_offset


async def test_large_records_go_in_and_come_out(fallbacks: bool) -> None:
    with trio.fail_after(20):
        async with linked(fallbacks) as link:
            assert [await produce(link) for _ in range(4)] == [0, 1, 2, 3]
            answer = await link.request(fetch(0, 1), 11)
            assert isinstance(answer, FetchResponse)
            records = bytes(answer.responses[0].partitions[0].records or b"")  # type: ignore[arg-type]
            assert records.count(VALUE) == 4


async def test_a_waiting_fetch_is_completed_by_the_produce(fallbacks: bool) -> None:
    with trio.fail_after(20):
        async with linked(fallbacks) as link, linked(fallbacks) as other:
            assert other is not link
            begin = trio.current_time()
            answers: list[FetchResponse] = []

            async def wait() -> None:
                answer = await link.request(fetch(0, 1), 11)
                assert isinstance(answer, FetchResponse)
                answers.append(answer)

            async with trio.open_nursery() as nursery:
                nursery.start_soon(wait)
                await trio.testing.wait_all_tasks_blocked(0.05)
                producer = Link(RealNetwork(fallbacks=fallbacks), RealEntropy(), *link._address)
                nursery.start_soon(producer.run)
                assert await produce(producer) == 0
                while not answers:
                    await trio.sleep(0.001)
                nursery.cancel_scope.cancel()
            assert trio.current_time() - begin < 4
            assert bytes(answers[0].responses[0].partitions[0].records or b"").count(VALUE) == 1  # type: ignore[arg-type]
