"""What is measured: one function per row, each taking a running broker and returning figures by name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from benchmarks.process import RunningBroker, Target, launch, stop
from benchmarks.raw import RawClient, one_in_flight_each, pipelined, produce_frame

Figures = dict[str, float]
_names = count()


def _fresh_topic(broker: RunningBroker, partitions: int = 1) -> str:
    name = f"bench-{os.getpid()}-{next(_names)}"
    with RawClient(broker.target.host, broker.target.port) as client:
        client.create_topic(name, partitions)
        client.wait_for_leaders(name, partitions)
    return name


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def start(target: Target) -> Figures:
    """Process start until a first record is acknowledged and read back, in ms. Starts the broker itself, twice: files that are
    in no cache yet are not what is measured."""
    _start_once(target)
    return {"start to first record, ms": _start_once(target)}


def _start_once(target: Target) -> float:
    command = target.prepare()
    begin = time.perf_counter()
    process, log = launch(command)
    try:
        while True:
            try:
                client = RawClient(target.host, target.port)
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(f"{target.name} ended with exit code {process.returncode}") from None
                time.sleep(0.0005)
        with client:
            client.create_topic("first")
            client.wait_for_leaders("first", 1)
            client.produce("first", b"x" * 100)
            if client.fetch_size("first", 0) == 0:
                raise RuntimeError("the record did not come back")
        return (time.perf_counter() - begin) * 1000
    finally:
        stop(process, log)


def idle(broker: RunningBroker, connections: int = 1000) -> Figures:
    """Memory of an idle broker, and what each idle connection adds."""
    before = broker.rss_bytes()
    clients = [RawClient(broker.target.host, broker.target.port) for _ in range(connections)]
    try:
        for client in clients:
            client.api_versions()
        after = broker.rss_bytes()
    finally:
        for client in clients:
            client.socket.close()
    return {"idle RSS, MB": before / 1e6, "memory per idle connection, kB": (after - before) / connections / 1e3}


def _produce(broker: RunningBroker, topic: str, size: int, records: int, partitions: int) -> tuple[float, float]:
    """(wall seconds, broker CPU seconds) for ``records`` of ``size`` bytes over ``partitions``, all acknowledged."""
    producer = Producer(
        {
            "bootstrap.servers": broker.target.bootstrap,
            "enable.idempotence": True,
            "linger.ms": 5,
            "queue.buffering.max.messages": 2_000_000,
            "queue.buffering.max.kbytes": 2_000_000,
        }
    )
    value = bytes(size)
    producer.produce(topic, value)
    producer.flush()
    cpu, begin = broker.cpu_seconds(), time.perf_counter()
    # Whole lists at a time: message by message the client's own calls would be what is measured.
    per_call = 1000
    for number in range(0, records, per_call):
        messages = [{"value": value} for _ in range(per_call)]
        if producer.produce_batch(topic, messages, partition=number // per_call % partitions) != per_call:
            raise RuntimeError("the client's queue is full")
        producer.poll(0)
    if producer.flush(60):
        raise RuntimeError("records were not acknowledged within 60 s")
    return time.perf_counter() - begin, broker.cpu_seconds() - cpu


def produce_small(broker: RunningBroker, records: int = 1_000_000) -> Figures:
    wall, cpu = _produce(broker, _fresh_topic(broker, 4), 100, records, 4)
    return {
        "produce 100 B, krec/s": records / wall / 1e3,
        "produce 100 B, broker CPU s/GB": cpu / (records * 100 / 1e9),
    }


def produce_and_consume_1k(broker: RunningBroker, records: int = 400_000) -> Figures:
    topic = _fresh_topic(broker, 4)
    wall, _ = _produce(broker, topic, 1024, records, 4)
    consumer = Consumer(
        {
            "bootstrap.servers": broker.target.bootstrap,
            "group.id": "bench",
            "enable.auto.commit": False,
            "fetch.queue.backoff.ms": 1,
            "queued.max.messages.kbytes": 1_000_000,
        }
    )
    try:
        consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in range(4)])
        while not consumer.consume(1, 10):
            pass
        cpu, begin, got = broker.cpu_seconds(), time.perf_counter(), 1
        while got < records:
            messages = consumer.consume(10_000, 10)
            if not messages:
                raise RuntimeError(f"only {got} of {records} records came")
            got += len(messages)
        seconds = time.perf_counter() - begin
        gigabytes = records * 1024 / 1e9
        return {
            "produce 1 KiB, MB/s": gigabytes * 1e3 / wall,
            "consume 1 KiB, MB/s": gigabytes * 1e3 / seconds,
            "consume 1 KiB, broker CPU s/GB": (broker.cpu_seconds() - cpu) / gigabytes,
        }
    finally:
        consumer.close()


def one_at_a_time(broker: RunningBroker, rounds: int = 3000) -> Figures:
    """A record sent only when the one before is acknowledged by acks=all."""
    request = produce_frame(_fresh_topic(broker), b"x" * 100)
    times = []
    with RawClient(broker.target.host, broker.target.port) as client:
        for number in range(rounds + 200):
            begin = time.perf_counter()
            client.exchange(request)
            if number >= 200:
                times.append((time.perf_counter() - begin) * 1e3)
    return {
        "one record, acks=all, p50, ms": percentile(times, 0.5),
        "one record, acks=all, p99, ms": percentile(times, 0.99),
    }


def end_to_end(broker: RunningBroker, rounds: int = 2000) -> Figures:
    """From before the send of a record to its arrival in a waiting fetch of another connection."""
    from benchmarks.raw import fetch_frame

    topic = _fresh_topic(broker)
    request = produce_frame(topic, b"x" * 100)
    host, port = broker.target.host, broker.target.port
    times: list[float] = []
    with RawClient(host, port) as producer, RawClient(host, port) as consumer:
        for offset in range(rounds + 200):
            consumer.socket.sendall(fetch_frame(topic, offset))
            begin = time.perf_counter()
            producer.socket.sendall(request)
            size = int.from_bytes(consumer._receive_exactly(4), "big")
            consumer._receive_exactly(size)
            if offset >= 200:
                times.append((time.perf_counter() - begin) * 1e3)
            producer._receive_exactly(int.from_bytes(producer._receive_exactly(4), "big"))
    return {"end to end p50, ms": percentile(times, 0.5), "end to end p99, ms": percentile(times, 0.99)}


def create_topic(broker: RunningBroker, rounds: int = 50) -> Figures:
    times = []
    with RawClient(broker.target.host, broker.target.port) as client:
        for _ in range(rounds):
            begin = time.perf_counter()
            client.create_topic(f"created-{os.getpid()}-{next(_names)}")
            times.append((time.perf_counter() - begin) * 1e3)
    return {"create topic, ms": percentile(times, 0.5)}


def group_join(broker: RunningBroker) -> Figures:
    """Subscribe until the first record of a group member."""
    topic = _fresh_topic(broker)
    with RawClient(broker.target.host, broker.target.port) as client:
        client.produce(topic, b"x")
    consumer = Consumer(
        {
            "bootstrap.servers": broker.target.bootstrap,
            "group.id": f"group-{os.getpid()}-{next(_names)}",
            "auto.offset.reset": "earliest",
            "fetch.queue.backoff.ms": 1,
        }
    )
    try:
        begin = time.perf_counter()
        consumer.subscribe([topic])
        while (message := consumer.poll(10)) is None or message.error():
            if time.perf_counter() - begin > 30:
                raise RuntimeError("no record within 30 s")
        return {"subscribe to first record, ms": (time.perf_counter() - begin) * 1e3}
    finally:
        consumer.close()


def small_requests(broker: RunningBroker, requests: int = 200_000) -> Figures:
    host, port = broker.target.host, broker.target.port
    request = produce_frame(_fresh_topic(broker), b"x" * 100, acks=1)
    pipelined(host, port, request, 64, 2000)
    cpu = broker.cpu_seconds()
    deep = pipelined(host, port, request, 64, requests)
    cost = (broker.cpu_seconds() - cpu) / requests * 1e6
    wide = one_in_flight_each(host, port, request, 1000, requests // 4)
    return {
        "small Produce requests/s, 64 in flight": deep,
        "small Produce request, broker CPU µs": cost,
        "small Produce requests/s, 1000 connections": wide,
    }


def quiet_beside_greedy(broker: RunningBroker, rounds: int = 1000) -> Figures:
    """p99 of one client with one request in flight while eight others pipeline as fast as they can."""
    host, port = broker.target.host, broker.target.port
    topic, request = _fresh_topic(broker), produce_frame(_fresh_topic(broker), b"x" * 100)
    command = [sys.executable, "-m", "benchmarks.greedy", host, str(port), topic]
    times = []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as greedy:
        try:
            assert greedy.stdout is not None
            greedy.stdout.readline()
            with RawClient(host, port) as client:
                for _ in range(rounds):
                    begin = time.perf_counter()
                    client.exchange(request)
                    times.append((time.perf_counter() - begin) * 1e3)
        finally:
            greedy.kill()
    return {"quiet client beside 8 greedy, p99, ms": percentile(times, 0.99)}


#: Rows that need a broker that is already running, in the order they are measured.
ROWS: dict[str, Callable[[RunningBroker], Figures]] = {
    "idle": idle,
    "create_topic": create_topic,
    "one_at_a_time": one_at_a_time,
    "end_to_end": end_to_end,
    "group_join": group_join,
    "small_requests": small_requests,
    "quiet_beside_greedy": quiet_beside_greedy,
    "produce_small": produce_small,
    "produce_and_consume_1k": produce_and_consume_1k,
}


def codec() -> Figures:
    """The two codec figures, of this checkout, in µs."""
    from timeit import timeit

    from kafkawire.compiler import encode, raw_decoder, raw_encoder
    from kafkawire.messages import metadata, produce

    partition = produce.PartitionProduceData(index=0, records=bytes(170))
    topic = produce.TopicProduceData(name="topic", partition_data=[partition])
    frame = encode(produce.ProduceRequest(acks=-1, timeout_ms=1000, topic_data=[topic]), 9)
    decode_produce: Any = raw_decoder(produce.ProduceRequest, 9)
    partitions = [
        metadata.MetadataResponsePartition(
            partition_index=0, leader_id=1, replica_nodes=[1], isr_nodes=[1], offline_replicas=[]
        )
    ]
    answer = metadata.MetadataResponse(
        brokers=[metadata.MetadataResponseBroker(node_id=1, host="localhost", port=9092)],
        cluster_id="cluster",
        controller_id=1,
        topics=[metadata.MetadataResponseTopic(name="topic", partitions=partitions)],
    )
    encode_metadata: Any = raw_encoder(metadata.MetadataResponse, 12)
    rounds = 50_000
    return {
        "codec: Produce v9 decode, µs": timeit(lambda: decode_produce(frame, 0), number=rounds) / rounds * 1e6,
        "codec: Metadata v12 encode, µs": timeit(lambda: encode_metadata(answer, bytearray(), []), number=rounds)
        / rounds
        * 1e6,
    }
