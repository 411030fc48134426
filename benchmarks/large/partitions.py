"""Ten thousand topics with a hundred thousand partitions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.process import RunningBroker
from benchmarks.raw import FETCH_VERSION, RawClient, frame, produce_frame
from benchmarks.rows import Figures
from kafkawire.compiler import decode
from kafkawire.messages.create_topics import CreatableTopic, CreateTopicsRequest
from kafkawire.messages.delete_topics import DeleteTopicsRequest, DeleteTopicState
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchResponse, FetchTopic
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic
from kafkawire.messages.metadata import MetadataRequest

TOPICS, PARTITIONS_EACH = 10_000, 10
#: Kafka takes at most 10,000 records in one request: topics, their configs, their partitions.
TOPICS_PER_REQUEST = 900
IDLE_S = 20


class Stopwatch:
    """Figures by name: milliseconds that pass, and those of them that the broker's CPU works."""

    def __init__(self, broker: RunningBroker) -> None:
        self.figures: Figures = {}
        self._broker = broker

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        cpu, begin = self._broker.cpu_seconds(), time.perf_counter()
        yield
        self.figures[f"{name}, ms"] = (time.perf_counter() - begin) * 1000
        self.figures[f"{name}, broker CPU ms"] = (self._broker.cpu_seconds() - cpu) * 1000


def _names(topics: int) -> list[str]:
    return [f"topic-{number:05}" for number in range(topics)]


def _create(client: RawClient, names: list[str]) -> None:
    for start in range(0, len(names), TOPICS_PER_REQUEST):
        wanted = [
            CreatableTopic(name=name, num_partitions=PARTITIONS_EACH, replication_factor=1)
            for name in names[start : start + TOPICS_PER_REQUEST]
        ]
        answer = client.call(19, 7, CreateTopicsRequest(topics=wanted))
        if any(topic.error_code for topic in answer.topics):
            raise RuntimeError("CreateTopics failed")


def _full_fetch(names: list[str], max_wait_ms: int) -> FetchRequest:
    partitions = [FetchPartition(partition=index, partition_max_bytes=1 << 20) for index in range(PARTITIONS_EACH)]
    topics = [FetchTopic(topic=name, partitions=partitions) for name in names]
    return FetchRequest(max_wait_ms=max_wait_ms, min_bytes=1, session_epoch=0, topics=topics)


def _fetching(client: RawClient, producer: RawClient, names: list[str], stopwatch: Stopwatch) -> None:
    """One session over everything: opened, idle, and woken by one record."""
    request = frame(1, FETCH_VERSION, _full_fetch(names, 0))
    with stopwatch("Fetch of all partitions that opens a session"):
        answer = client.exchange(request)
    session = decode(FetchResponse, FETCH_VERSION, answer[5:]).session_id
    assert session, "there is room for a session"

    def resume(epoch: int, max_wait_ms: int) -> bytes:
        body = FetchRequest(max_wait_ms=max_wait_ms, min_bytes=1, session_id=session, session_epoch=epoch)
        return frame(1, FETCH_VERSION, body)

    with stopwatch("Fetch of that session, nothing new"):
        client.exchange(resume(1, 0))
    client.socket.sendall(resume(2, 30_000))
    times = []
    for _ in range(20):
        begin = time.perf_counter()
        producer.api_versions()
        times.append((time.perf_counter() - begin) * 1000)
    stopwatch.figures["another client's longest wait when it parks, ms"] = max(times)
    produce = produce_frame(names[len(names) // 2], b"x" * 100)
    with stopwatch("a record to a waiting Fetch of all partitions"):
        producer.socket.sendall(produce)
        size = int.from_bytes(client._receive_exactly(4), "big")
        client._receive_exactly(size)
    producer._receive_exactly(int.from_bytes(producer._receive_exactly(4), "big"))
    client.exchange(frame(1, FETCH_VERSION, FetchRequest(max_wait_ms=0, session_id=session, session_epoch=-1)))


def _idle(broker: RunningBroker, client: RawClient, stopwatch: Stopwatch) -> None:
    """What the broker does when nobody asks for anything, and how long somebody who then asks may wait."""
    cpu, end, times = broker.cpu_seconds(), time.monotonic() + IDLE_S, []
    while time.monotonic() < end:
        begin = time.perf_counter()
        client.api_versions()
        times.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.01)
    stopwatch.figures["idle CPU with a hundred small requests a second, %"] = (
        (broker.cpu_seconds() - cpu) / IDLE_S * 100
    )
    stopwatch.figures["longest wait of one of these, ms"] = max(times)


def partitions(broker: RunningBroker, topics: int = TOPICS) -> Figures:
    """Make them, ask for all of them, read them all in one session, wait, delete them."""
    names, stopwatch = _names(topics), Stopwatch(broker)
    figures = stopwatch.figures
    count = topics * PARTITIONS_EACH
    with (
        RawClient(broker.target.host, broker.target.port) as client,
        RawClient(broker.target.host, broker.target.port) as other,
    ):
        client.socket.settimeout(120)
        _create(client, ["first"])
        before = broker.rss_bytes()
        with stopwatch("creating all"):
            _create(client, names)
        figures["memory per partition, bytes"] = (broker.rss_bytes() - before) / count
        all_topics = frame(3, 12, MetadataRequest(topics=None))
        size = len(client.exchange(all_topics))
        with stopwatch("ten times Metadata of all topics"):
            for _ in range(10):
                client.exchange(all_topics)
        figures["Metadata of all topics, MB"] = size / 1e6
        listed = ListOffsetsRequest(
            replica_id=-1,
            topics=[
                ListOffsetsTopic(
                    name=name,
                    partitions=[ListOffsetsPartition(partition_index=i, timestamp=-1) for i in range(PARTITIONS_EACH)],
                )
                for name in names
            ],
        )
        request = frame(2, 6, listed)
        with stopwatch("ListOffsets of all partitions"):
            client.exchange(request)
        _fetching(client, other, names, stopwatch)
        figures["memory per partition then, bytes"] = (broker.rss_bytes() - before) / count
        _idle(broker, other, stopwatch)
        with stopwatch("deleting all"):
            states = [DeleteTopicState(name=name) for name in names]
            answer = client.call(20, 6, DeleteTopicsRequest(topics=states, timeout_ms=60_000))
        if any(result.error_code for result in answer.responses):
            raise RuntimeError("DeleteTopics failed")
        figures["memory left afterwards, MB"] = (broker.rss_bytes() - before) / 1e6
        _idle(broker, other, stopwatch)
    return figures
