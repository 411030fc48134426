"""Produce and Fetch by plain calls: `python -m benchmarks.handlers`. Decode, handler with the log, encode, in microseconds.

What a request costs here plus framing, dispatch and the socket is what it costs the broker.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, cast

from benchmarks.log import NOW_MS, batch_of
from kafkaemu.config.broker import BrokerConfig
from kafkaemu.delayed import Deadlines, Parked, WaitingRoom
from kafkaemu.handlers import fetch, produce
from kafkaemu.handlers.context import Context, Peer, Request
from kafkaemu.log.config import LogConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.metadata.controller import Controller
from kafkaemu.replica.manager import ReplicaManager
from kafkaemu.world.memory import MovedClock, SeededEntropy
from kafkawire.compiler import raw_decoder, raw_encoder
from kafkawire.declare import TopLevel
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchResponse, FetchTopic
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, ProduceResponse, TopicProduceData

ROUNDS = 7
TOPIC_ID = bytes(range(16))


class Bench:
    """A context with one topic, and requests as they come from the wire."""

    def __init__(self, partitions: int) -> None:
        clock = MovedClock(NOW_MS)
        entropy = SeededEntropy()
        waiting = WaitingRoom(Deadlines(), Deadlines(), clock.now_ms, clock.real_ms)
        self.replicas = ReplicaManager(1, waiting, SegmentMemory(), clock.now_ms, entropy.below)
        for index in range(partitions):
            self.replicas.create_partition("orders", TOPIC_ID, index, 1, 0, (1,), (1,), LogConfig())
        config = BrokerConfig({"node.id": "1"})
        self.waiting = waiting
        self.context = Context(
            config=config,
            clock=clock,
            entropy=entropy,
            waiting=waiting,
            controller=Controller(config, entropy),
            replicas=self.replicas,
            groups=cast("Any", None),
            advertised={},
            advertised_apis={},
        )
        self.peer = Peer("/127.0.0.1", 1, "PLAINTEXT")

    def steps(
        self, handle: Callable[..., Any], body: TopLevel, answer: type[TopLevel], version: int
    ) -> tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any]]:
        """Calls that decode the request, handle it, and encode its answer."""
        out: list[Any] = []
        frame = b"".join([*out, raw_encoder(type(body), version)(body, bytearray(), out)])
        frame = b"".join([*(bytes(part) for part in out), frame]) if out else frame
        decode = raw_decoder(type(body), version, lenient=True)
        encode = raw_encoder(answer, version)
        request = Request(body.KEY, version, 1, "bench", self.peer)
        decoded, _ = decode(frame, 0)
        answered = handle(self.context, request, decoded)
        assert isinstance(answered, answer), answered
        return (
            lambda: decode(frame, 0),
            lambda: handle(self.context, request, decoded),
            lambda: encode(answered, bytearray(), []),
        )


def microseconds(call: Callable[[], Any], count: int) -> float:
    """Median over some rounds of the time of one call."""
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for _ in range(count):
            call()
        rounds.append((perf_counter() - began) / count * 1e6)
    return median(rounds)


def produce_request(partitions: int, size_bytes: int) -> ProduceRequest:
    """acks=all to the first partitions, a batch of one record each."""
    data = [PartitionProduceData(index=index, records=batch_of(size_bytes)) for index in range(partitions)]
    topic = TopicProduceData(name="orders", topic_id=TOPIC_ID, partition_data=data)
    return ProduceRequest(acks=-1, timeout_ms=1000, topic_data=[topic])


def fetch_request(partitions: int, offset: int, max_wait_ms: int = 0) -> FetchRequest:
    """A fetch outside any session."""
    asked = [FetchPartition(partition=i, fetch_offset=offset, partition_max_bytes=1 << 20) for i in range(partitions)]
    topic = FetchTopic(topic="orders", topic_id=TOPIC_ID, partitions=asked)
    return FetchRequest(max_wait_ms=max_wait_ms, min_bytes=1, max_bytes=50 << 20, topics=[topic])


def report(name: str, steps: tuple[Callable[[], Any], ...], count: int) -> None:
    """One line: decode, handle, encode, sum."""
    figures = [microseconds(step, count) for step in steps]
    print(f"{name:44}" + "".join(f"{figure:9.2f}" for figure in (*figures, sum(figures))))


def wake_us(count: int) -> float:
    """Microseconds of a parked fetch and the append that completes it, together."""
    bench = Bench(1)
    partition = bench.replicas.topics["orders"].partitions[0]
    request = Request(1, 12, 1, "bench", bench.peer)
    batch = batch_of(170)
    delivered: list[Any] = []

    def turn() -> None:
        parked = fetch.handle(bench.context, request, fetch_request(1, partition.log.end_offset, 500))
        assert isinstance(parked, Parked)
        bench.waiting.park(parked, delivered.append)
        partition.append(batch, -1, NOW_MS)
        bench.waiting.touch(partition)

    figure = microseconds(turn, count)
    assert len(delivered) == ROUNDS * count
    return figure


def idle_session_us(partitions: int, count: int) -> float:
    """Microseconds of a fetch in a session of idle partitions, one of which gets a batch while the fetch waits."""
    bench = Bench(partitions)
    request = Request(1, 12, 1, "bench", bench.peer)
    opening = fetch_request(partitions, 0)
    opening.session_epoch = 0
    answer = cast("FetchResponse", fetch.handle(bench.context, request, opening))
    busy = bench.replicas.topics["orders"].partitions[partitions // 2]
    batch = batch_of(170)
    epoch = 0

    def turn() -> None:
        nonlocal epoch
        epoch += 1
        body = fetch_request(1, busy.log.end_offset, 500)
        body.topics[0].partitions[0].partition = busy.index
        body.session_id, body.session_epoch = answer.session_id, epoch
        parked = fetch.handle(bench.context, request, body)
        assert isinstance(parked, Parked)
        bench.waiting.park(parked, lambda answer: None)
        busy.append(batch, -1, NOW_MS)
        bench.waiting.touch(busy)

    return microseconds(turn, count)


def main() -> None:
    """Print the table."""
    print(f"{'µs':44}{'decode':>9}{'handle':>9}{'encode':>9}{'sum':>9}")
    for size_bytes, partitions, count in ((170, 1, 20_000), (170, 4, 5_000), (1100, 1, 10_000), (16_000, 1, 2_000)):
        bench = Bench(partitions)
        for version in (9, 11):
            steps = bench.steps(produce.handle, produce_request(partitions, size_bytes), ProduceResponse, version)
            report(f"Produce v{version}, {partitions} x {size_bytes} B", steps, count)
    for size_bytes, partitions, batches in ((170, 1, 1), (1100, 1, 2000), (1100, 4, 2000), (0, 100, 0)):
        bench = Bench(partitions)
        for partition in bench.replicas.all_partitions():
            for _ in range(batches):
                partition.append(batch_of(size_bytes), -1, NOW_MS)
        for version in (11, 12, 17):
            steps = bench.steps(fetch.handle, fetch_request(partitions, 0), FetchResponse, version)
            report(f"Fetch v{version}, {partitions} x {batches} x {size_bytes} B", steps, 2_000)
    print(f"{'Fetch v12 parked, completed by an append':44}{wake_us(5_000):36.2f}")
    print(f"{'… in a session of 100 partitions':44}{idle_session_us(100, 1_000):36.2f}")


if __name__ == "__main__":
    main()
