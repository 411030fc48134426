"""aiokafka's side of the scenarios; an event loop in a thread of its own runs what they call."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code
from scenario import DEADLINE_S, HEARTBEAT_MS, POLL_S, SESSION_MS, Member, Record, main

T = TypeVar("T")


class Aiokafka:
    """The library as the scenarios see it."""

    codecs = ("none", "gzip", "snappy", "lz4", "zstd")

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.admin = self.wait(self._connected_admin())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """What a coroutine returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE_S)

    async def _connected_admin(self) -> Any:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        return admin

    def create(self, topic: str, partitions: int) -> None:
        """The library hands over the broker's error without raising it."""
        wanted = NewTopic(topic, partitions, 1, topic_configs={"retention.ms": "-1"})
        response = self.wait(self.admin.create_topics([wanted]))
        for _, code, *_ in response.topic_errors:
            if code:
                raise for_code(code)()

    def topics(self) -> set[str]:
        """By metadata."""
        return set(self.wait(self.admin.list_topics()))

    def delete(self, topic: str) -> None:
        """Its answer is looked at by listing."""
        self.wait(self.admin.delete_topics([topic]))

    def produce(self, topic: str, codec: str, records: Sequence[Record]) -> None:
        """Idempotent."""
        self.wait(self._produce(topic, None if codec == "none" else codec, records))

    async def _produce(self, topic: str, codec: str | None, records: Sequence[Record]) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, compression_type=codec, enable_idempotence=True, linger_ms=20
        )
        await producer.start()
        try:
            sent = [
                await producer.send(
                    topic,
                    key=record.key,
                    value=record.value,
                    headers=list(record.headers),
                    partition=record.partition,
                    timestamp_ms=record.timestamp_ms,
                )
                for record in records
            ]
            for record, future in zip(records, sent, strict=True):
                offset = (await future).offset
                assert offset == record.offset, f"offset {offset} instead of {record.offset}"
        finally:
            await producer.stop()

    def join(self, topic: str, group: str) -> Member:
        """A consumer that commits by itself never."""
        consumer = self.wait(self._joined(topic, group))
        return AiokafkaMember(self, consumer)

    async def _joined(self, topic: str, group: str) -> Any:
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=self.bootstrap,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=HEARTBEAT_MS,
            session_timeout_ms=SESSION_MS,
        )
        await consumer.start()
        return consumer


class AiokafkaMember:
    """One consumer; the library keeps it in its group between two polls."""

    def __init__(self, client: Aiokafka, consumer: Any) -> None:
        self._client = client
        self._consumer = consumer

    def poll(self) -> list[Record]:
        """All that has come."""
        fetched = self._client.wait(self._consumer.getmany(timeout_ms=int(POLL_S * 1000)))
        return [
            Record(m.partition, m.offset, m.key, m.value, tuple(m.headers), m.timestamp)
            for messages in fetched.values()
            for m in messages
        ]

    def commit(self) -> None:
        """Synchronously."""
        self._client.wait(self._consumer.commit())

    def assignment(self) -> int:
        """As the library says."""
        return len(self._consumer.assignment())

    def close(self) -> None:
        """Leave the group."""
        self._client.wait(self._consumer.stop())


main(Aiokafka)
