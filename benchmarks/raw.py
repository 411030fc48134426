"""A client that costs next to nothing: prepared frames over a blocking socket, answers counted rather than decoded."""

from __future__ import annotations

import selectors
import socket
import struct
import time
from typing import Any

from kafkawire.compiler import decode, encode
from kafkawire.declare import TopLevel
from kafkawire.index import APIS
from kafkawire.messages.api_versions import ApiVersionsRequest
from kafkawire.messages.create_topics import CreatableTopic, CreateTopicsRequest
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic
from kafkawire.messages.headers import RequestHeader
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record

PRODUCE_VERSION = 9
FETCH_VERSION = 12


def frame(key: int, version: int, body: TopLevel, correlation_id: int = 1) -> bytes:
    """A request with its length in front."""
    header_version = APIS[key].request_header_version(version)
    header = RequestHeader(
        request_api_key=key, request_api_version=version, correlation_id=correlation_id, client_id="bench"
    )
    content = encode(header, header_version) + encode(body, version)
    return struct.pack(">i", len(content)) + content


def one_record_batch(value: bytes) -> bytes:
    return build_batch([Record(value=value, timestamp_ms=int(time.time() * 1000))])


def produce_frame(topic: str, value: bytes, *, acks: int = -1, partition: int = 0) -> bytes:
    partition_data = PartitionProduceData(index=partition, records=one_record_batch(value))
    topic_data = TopicProduceData(name=topic, partition_data=[partition_data])
    request = ProduceRequest(transactional_id=None, acks=acks, timeout_ms=30_000, topic_data=[topic_data])
    return frame(0, PRODUCE_VERSION, request)


def fetch_frame(topic: str, offset: int, max_wait_ms: int = 500, min_bytes: int = 1) -> bytes:
    partition = FetchPartition(partition=0, fetch_offset=offset, partition_max_bytes=1 << 20)
    request = FetchRequest(
        max_wait_ms=max_wait_ms,
        min_bytes=min_bytes,
        max_bytes=50 << 20,
        topics=[FetchTopic(topic=topic, partitions=[partition])],
    )
    return frame(1, FETCH_VERSION, request)


class RawClient:
    """One connection."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Grows to the largest answer: there may be thousands of these.
        self._buffer = bytearray(1 << 12)

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _receive_exactly(self, size: int) -> bytes:
        if size > len(self._buffer):
            self._buffer = bytearray(size)
        view = memoryview(self._buffer)
        got = 0
        while got < size:
            count = self.socket.recv_into(view[got:size])
            if count == 0:
                raise ConnectionError("the broker closed the connection")
            got += count
        return bytes(view[:size])

    def exchange(self, request_frame: bytes) -> bytes:
        """Send one request and return its answer, with correlation id and header."""
        self.socket.sendall(request_frame)
        return self._receive_exactly(struct.unpack(">i", self._receive_exactly(4))[0])

    def call(self, key: int, version: int, body: TopLevel) -> Any:
        """Send one request and return its decoded answer."""
        api = APIS[key]
        answer = self.exchange(frame(key, version, body))
        start = 5 if api.response_header_version(version) else 4
        return decode(api.response, version, answer[start:])

    def api_versions(self) -> Any:
        return self.call(18, 0, ApiVersionsRequest())

    def create_topic(self, name: str, partitions: int = 1) -> None:
        topic = CreatableTopic(name=name, num_partitions=partitions, replication_factor=1)
        answer = self.call(19, 5, CreateTopicsRequest(topics=[topic], timeout_ms=10_000))
        code = answer.topics[0].error_code
        if code not in (0, 36):
            raise RuntimeError(f"CreateTopics {name}: error {code}")
        # Real brokers create in the background: wait until there is a leader for every partition.
        end = time.monotonic() + 10
        while time.monotonic() < end:
            request = MetadataRequest(topics=[MetadataRequestTopic(name=name)], allow_auto_topic_creation=False)
            described = self.call(3, 9, request).topics[0]
            if described.error_code == 0 and len(described.partitions) == partitions:
                return
        raise RuntimeError(f"topic {name} got no leader")

    def wait_for_leaders(self, topic: str, partitions: int) -> None:
        """Return once every partition of a fresh topic can be read: real brokers name a leader a moment before it leads."""
        wanted = [FetchPartition(partition=index, partition_max_bytes=1) for index in range(partitions)]
        request = FetchRequest(topics=[FetchTopic(topic=topic, partitions=wanted)])
        end = time.monotonic() + 10
        while time.monotonic() < end:
            answer = self.call(1, FETCH_VERSION, request)
            if not any(partition.error_code for partition in answer.responses[0].partitions):
                return
        raise RuntimeError(f"the leaders of {topic} do not lead")

    def produce(self, topic: str, value: bytes) -> int:
        """Append one record with acks=all; returns its offset."""
        answer = self.exchange(produce_frame(topic, value))
        body = decode(APIS[0].response, PRODUCE_VERSION, answer[5:])
        partition = body.responses[0].partition_responses[0]  # type: ignore[attr-defined]
        if partition.error_code:
            raise RuntimeError(f"Produce: error {partition.error_code}")
        return int(partition.base_offset)

    def fetch_size(self, topic: str, offset: int) -> int:
        """Bytes of records that a fetch from ``offset`` returns."""
        body = decode(APIS[1].response, FETCH_VERSION, self.exchange(fetch_frame(topic, offset))[5:])
        records = body.responses[0].partitions[0].records  # type: ignore[attr-defined]
        return len(records or b"")


def pipelined(host: str, port: int, request: bytes, depth: int, count: int) -> float:
    """Send ``request`` ``count`` times with ``depth`` in flight; returns requests per second. All answers have one size."""
    with RawClient(host, port) as client:
        size = 4 + len(client.exchange(request))
        sock, buffer = client.socket, bytearray(1 << 20)
        begin = time.perf_counter()
        sock.sendall(request * depth)
        sent, received, pending = depth, 0, 0
        while received < count:
            got = sock.recv_into(buffer)
            if got == 0:
                raise ConnectionError("the broker closed the connection")
            done, pending = divmod(pending + got, size)
            received += done
            more = min(done, count - sent)
            if more > 0:
                sock.sendall(request * more)
                sent += more
        return count / (time.perf_counter() - begin)


def one_in_flight_each(host: str, port: int, request: bytes, connections: int, count: int) -> float:
    """``connections`` clients that each wait for an answer before they send again; returns requests per second in total."""
    selector = selectors.DefaultSelector()
    with RawClient(host, port) as client:
        size = 4 + len(client.exchange(request))
    clients = [RawClient(host, port) for _ in range(connections)]
    try:
        for client in clients:
            client.exchange(request)
            client.socket.setblocking(False)
            selector.register(client.socket, selectors.EVENT_READ)
        begin = time.perf_counter()
        for client in clients:
            client.socket.send(request)
        done, buffer, partial = 0, bytearray(65536), dict.fromkeys((c.socket for c in clients), 0)
        while done < count:
            for key, _ in selector.select(10):
                sock: Any = key.fileobj
                partial[sock] += sock.recv_into(buffer)
                if partial[sock] >= size:
                    partial[sock] = 0
                    done += 1
                    sock.send(request)
        return done / (time.perf_counter() - begin)
    finally:
        selector.close()
        for client in clients:
            client.socket.close()
