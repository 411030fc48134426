"""One record of ninety megabytes: produced and fetched by a stock client, and by raw requests."""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition

from benchmarks.process import RunningBroker
from benchmarks.raw import RawClient, frame
from benchmarks.rows import Figures
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record

VALUE_BYTES = 90_000_000
#: For the broker (``message.max.bytes``) and the client; a request may be 100 MiB by default.
MESSAGE_BYTES_MAX = 95_000_000


def peak_bytes(broker: RunningBroker) -> int:
    """The most memory the broker has had (Linux)."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{broker.server.pid}/status").read_text())
    assert match is not None
    return int(match[1]) * 1024


def batch(broker: RunningBroker) -> Figures:
    """Both ways there and back; raises RuntimeError if what comes back is something else."""
    figures: Figures = {}
    value = os.urandom(VALUE_BYTES)
    with RawClient(broker.target.host, broker.target.port) as client:
        for name in ("raw", "stock"):
            client.create_topic(name)
            client.wait_for_leaders(name, 1)
        before = broker.rss_bytes()
        raw = _raw(client, broker, value)
        figures.update({f"raw: {name}": figure for name, figure in raw.items()})
        figures["raw: peak of memory over that before, in values"] = (peak_bytes(broker) - before) / VALUE_BYTES
        stock = _stock(broker, value)
        figures.update({f"confluent-kafka: {name}": figure for name, figure in stock.items()})
        figures["peak of memory over that before, with both stored, in values"] = (
            peak_bytes(broker) - before
        ) / VALUE_BYTES
        figures["memory then, in values"] = (broker.rss_bytes() - before) / VALUE_BYTES
    return figures


def _raw(client: RawClient, broker: RunningBroker, value: bytes) -> Figures:
    records = build_batch([Record(value=value, timestamp_ms=int(time.time() * 1000))])
    data = TopicProduceData(name="raw", partition_data=[PartitionProduceData(index=0, records=records)])
    request = frame(0, 9, ProduceRequest(transactional_id=None, acks=-1, timeout_ms=30_000, topic_data=[data]))
    cpu, begin = broker.cpu_seconds(), time.perf_counter()
    client.exchange(request)
    produced, produced_cpu = time.perf_counter() - begin, broker.cpu_seconds() - cpu
    partition = FetchPartition(fetch_offset=0, partition_max_bytes=1)
    topic = FetchTopic(topic="raw", partitions=[partition])
    cpu, begin = broker.cpu_seconds(), time.perf_counter()
    answer = client.call(1, 12, FetchRequest(max_wait_ms=500, min_bytes=1, max_bytes=1, topics=[topic]))
    fetched, fetched_cpu = time.perf_counter() - begin, broker.cpu_seconds() - cpu
    (record,) = records_of(bytes(answer.responses[0].partitions[0].records))
    if record.value != value:
        raise RuntimeError("another record came back")
    return {
        "produce, ms": produced * 1e3,
        "produce, broker CPU ms": produced_cpu * 1e3,
        "fetch, ms": fetched * 1e3,
        "fetch, broker CPU ms": fetched_cpu * 1e3,
    }


def _stock(broker: RunningBroker, value: bytes) -> Figures:
    producer = Producer({"bootstrap.servers": broker.target.bootstrap, "message.max.bytes": MESSAGE_BYTES_MAX})
    failures: list[str] = []
    begin = time.perf_counter()
    producer.produce("stock", value, on_delivery=lambda error, _: failures.append(str(error)) if error else None)
    if producer.flush(60) or failures:
        raise RuntimeError(f"not delivered: {failures}")
    produced = time.perf_counter() - begin
    consumer = Consumer(
        {
            "bootstrap.servers": broker.target.bootstrap,
            "group.id": "large",
            "enable.auto.commit": False,
            "fetch.max.bytes": MESSAGE_BYTES_MAX,
            "max.partition.fetch.bytes": MESSAGE_BYTES_MAX,
            "receive.message.max.bytes": MESSAGE_BYTES_MAX + 1_000_000,
        }
    )
    try:
        begin = time.perf_counter()
        consumer.assign([TopicPartition("stock", 0, OFFSET_BEGINNING)])
        message = consumer.poll(60)
        fetched = time.perf_counter() - begin
        if message is None or message.error():
            raise KafkaException(message and message.error())
        if hashlib.sha256(message.value()).digest() != hashlib.sha256(value).digest():
            raise RuntimeError("another record came back")
    finally:
        consumer.close()
    return {"produce, ms": produced * 1e3, "consume, ms": fetched * 1e3}
