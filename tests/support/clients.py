"""The three Python clients behind one face, so that one test body runs with each, and with pairs of them.

A client is imported when it is first used. Everything is synchronous, and a record is what all three have in common.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Protocol

import attrs

TIMEOUT_S = 20.0
COMPRESSIONS = ("none", "gzip", "snappy", "lz4", "zstd")


@attrs.frozen
class Record:
    """A record as a user sees it."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    timestamp_ms: int = 0


class Client(Protocol):
    """What a test asks of a client."""

    name: str
    #: Whether it can produce a header without a value, and a record with neither key nor value.
    null_headers: bool
    null_records: bool
    #: Whether a member may poll for seconds although its assignment has changed.
    long_polls: bool

    def create_topic(self, bootstrap: str, topic: str, partitions: int) -> None:
        """Create a topic; an error of the broker is raised."""

    def delete_topic(self, bootstrap: str, topic: str) -> None:
        """Delete a topic."""

    def list_topics(self, bootstrap: str) -> set[str]:
        """Names of all topics."""

    def produce(
        self, bootstrap: str, topic: str, records: Sequence[Record], compression: str = "none", **config: Any
    ) -> list[int]:
        """Produce to partition 0, wait for the acknowledgements, return the offsets."""

    def consume(self, bootstrap: str, topic: str, count: int) -> list[Record]:
        """The first ``count`` records of partition 0, without a group."""

    def consume_in_group(self, bootstrap: str, topic: str, group: str, count: int) -> list[Record]:
        """``count`` records as the only member of a group, which commits them and leaves."""

    def member(self, bootstrap: str, topic: str, group: str, session_timeout_ms: int) -> Member:
        """A member of a group that commits what it gets."""


class Member(Protocol):
    """A running consumer in a group."""

    def poll(self) -> list[tuple[int, int, bytes | None]]:
        """Wait a moment; (partition, offset, value) of the records that came, which are committed."""

    def assignment(self) -> list[int]:
        """Partitions it has now."""

    def close(self) -> None:
        """Leave the group."""


class KafkaPython:
    """kafka-python."""

    name = "kafka_python"
    null_headers = False
    null_records = False
    long_polls = True

    def _admin(self, bootstrap: str) -> Any:
        from kafka.admin import KafkaAdminClient

        return KafkaAdminClient(bootstrap_servers=bootstrap)

    def create_topic(self, bootstrap: str, topic: str, partitions: int) -> None:
        from kafka.admin import NewTopic

        with closing(self._admin(bootstrap)) as admin:
            admin.create_topics([NewTopic(topic, partitions, 1)])

    def delete_topic(self, bootstrap: str, topic: str) -> None:
        with closing(self._admin(bootstrap)) as admin:
            admin.delete_topics([topic])

    def list_topics(self, bootstrap: str) -> set[str]:
        with closing(self._admin(bootstrap)) as admin:
            return set(admin.list_topics())

    def produce(
        self, bootstrap: str, topic: str, records: Sequence[Record], compression: str = "none", **config: Any
    ) -> list[int]:
        from kafka import KafkaProducer

        codec = None if compression == "none" else compression
        options = {"bootstrap_servers": bootstrap, "compression_type": codec, "linger_ms": 20, **config}
        with closing(KafkaProducer(**options)) as producer:
            futures = [
                producer.send(
                    topic,
                    key=record.key,
                    value=record.value,
                    headers=list(record.headers),
                    partition=0,
                    timestamp_ms=record.timestamp_ms or None,
                )
                for record in records
            ]
            return [future.get(TIMEOUT_S).offset for future in futures]

    def _consumer(self, *topics: str, **config: Any) -> Any:
        from kafka import KafkaConsumer

        return KafkaConsumer(*topics, auto_offset_reset="earliest", enable_auto_commit=False, **config)

    @staticmethod
    def _poll(consumer: Any, timeout_ms: int = 100) -> list[Any]:
        return [message for messages in consumer.poll(timeout_ms=timeout_ms).values() for message in messages]

    @staticmethod
    def _record(message: Any) -> Record:
        return Record(message.key, message.value, tuple(message.headers), message.timestamp)

    def consume(self, bootstrap: str, topic: str, count: int) -> list[Record]:
        from kafka import TopicPartition

        with closing(self._consumer(bootstrap_servers=bootstrap)) as consumer:
            consumer.assign([TopicPartition(topic, 0)])
            return self._collect(consumer, count)

    def _collect(self, consumer: Any, count: int) -> list[Record]:
        records: list[Record] = []
        end = time.monotonic() + TIMEOUT_S
        while len(records) < count and time.monotonic() < end:
            # One long poll: kafka-python 3.0 never comes back from a rebalance that ends between two polls.
            left_ms = int((end - time.monotonic()) * 1000)
            records += [self._record(message) for message in self._poll(consumer, max(left_ms, 0))]
        return records

    def consume_in_group(self, bootstrap: str, topic: str, group: str, count: int) -> list[Record]:
        with closing(self._consumer(topic, bootstrap_servers=bootstrap, group_id=group)) as consumer:
            records = self._collect(consumer, count)
            consumer.commit()
            return records

    def member(self, bootstrap: str, topic: str, group: str, session_timeout_ms: int) -> Member:
        consumer = self._consumer(
            topic,
            bootstrap_servers=bootstrap,
            group_id=group,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=session_timeout_ms // 5,
        )
        client = self

        class KafkaPythonMember:
            def poll(self) -> list[tuple[int, int, bytes | None]]:
                # As in _collect: the longer the polls, the rarer.
                messages = client._poll(consumer, 2000)
                if messages:
                    consumer.commit()
                return [(message.partition, message.offset, message.value) for message in messages]

            def assignment(self) -> list[int]:
                return sorted(partition.partition for partition in consumer.assignment())

            def close(self) -> None:
                consumer.close()

        return KafkaPythonMember()


class Confluent:
    """confluent-kafka: librdkafka."""

    name = "confluent"
    null_headers = True
    null_records = True
    long_polls = False

    def _admin(self, bootstrap: str) -> Any:
        from confluent_kafka.admin import AdminClient

        return AdminClient({"bootstrap.servers": bootstrap})

    def create_topic(self, bootstrap: str, topic: str, partitions: int) -> None:
        from confluent_kafka.admin import NewTopic

        admin = self._admin(bootstrap)
        admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(TIMEOUT_S)

    def delete_topic(self, bootstrap: str, topic: str) -> None:
        admin = self._admin(bootstrap)
        admin.delete_topics([topic])[topic].result(TIMEOUT_S)

    def list_topics(self, bootstrap: str) -> set[str]:
        return set(self._admin(bootstrap).list_topics(timeout=TIMEOUT_S).topics)

    def produce(
        self, bootstrap: str, topic: str, records: Sequence[Record], compression: str = "none", **config: Any
    ) -> list[int]:
        from confluent_kafka import Producer

        producer = Producer(
            {"bootstrap.servers": bootstrap, "compression.type": compression, "linger.ms": 20, **config}
        )
        offsets: list[int] = []
        errors: list[Any] = []

        def delivered(error: Any, message: Any) -> None:
            if error is not None:
                errors.append(error)
            else:
                offsets.append(message.offset())

        for record in records:
            producer.produce(
                topic,
                key=record.key,
                value=record.value,
                headers=list(record.headers),
                partition=0,
                timestamp=record.timestamp_ms,
                on_delivery=delivered,
            )
        producer.flush(TIMEOUT_S)
        assert not errors, errors
        return offsets

    def _consumer(self, **config: Any) -> Any:
        from confluent_kafka import Consumer

        return Consumer(
            {
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                **{key.replace("_", "."): value for key, value in config.items()},
            }
        )

    @staticmethod
    def _record(message: Any) -> Record:
        assert message.error() is None, message.error()
        return Record(message.key(), message.value(), tuple(message.headers() or ()), message.timestamp()[1])

    def _collect(self, consumer: Any, count: int) -> list[Record]:
        records: list[Record] = []
        end = time.monotonic() + TIMEOUT_S
        while len(records) < count and time.monotonic() < end:
            message = consumer.poll(0.1)
            if message is not None:
                records.append(self._record(message))
        return records

    def consume(self, bootstrap: str, topic: str, count: int) -> list[Record]:
        from confluent_kafka import TopicPartition

        consumer = self._consumer(bootstrap_servers=bootstrap, group_id="not used")
        consumer.assign([TopicPartition(topic, 0, 0)])
        records = self._collect(consumer, count)
        consumer.close()
        return records

    def consume_in_group(self, bootstrap: str, topic: str, group: str, count: int) -> list[Record]:
        consumer = self._consumer(bootstrap_servers=bootstrap, group_id=group)
        consumer.subscribe([topic])
        records = self._collect(consumer, count)
        consumer.commit(asynchronous=False)
        consumer.close()
        return records

    def member(self, bootstrap: str, topic: str, group: str, session_timeout_ms: int) -> Member:
        consumer = self._consumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=session_timeout_ms // 5,
        )
        consumer.subscribe([topic])

        class ConfluentMember:
            def poll(self) -> list[tuple[int, int, bytes | None]]:
                message = consumer.poll(0.1)
                if message is None:
                    return []
                assert message.error() is None, message.error()
                consumer.commit(message=message, asynchronous=False)
                return [(message.partition(), message.offset(), message.value())]

            def assignment(self) -> list[int]:
                return sorted(partition.partition for partition in consumer.assignment())

            def close(self) -> None:
                consumer.close()

        return ConfluentMember()


class AioKafka:
    """aiokafka, each call in an event loop of its own."""

    name = "aiokafka"
    null_headers = True
    null_records = False
    long_polls = False

    def _with_admin(self, bootstrap: str, call: Any) -> Any:
        from aiokafka.admin import AIOKafkaAdminClient

        async def run() -> Any:
            admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
            await admin.start()
            try:
                return await call(admin)
            finally:
                await admin.close()

        return asyncio.run(run())

    def create_topic(self, bootstrap: str, topic: str, partitions: int) -> None:
        from aiokafka.admin import NewTopic
        from aiokafka.errors import for_code

        answer = self._with_admin(bootstrap, lambda admin: admin.create_topics([NewTopic(topic, partitions, 1)]))
        for entry in answer.topic_errors:
            if entry[1]:
                raise for_code(entry[1])(entry[0])

    def delete_topic(self, bootstrap: str, topic: str) -> None:
        self._with_admin(bootstrap, lambda admin: admin.delete_topics([topic]))

    def list_topics(self, bootstrap: str) -> set[str]:
        return set(self._with_admin(bootstrap, lambda admin: admin.list_topics()))

    def produce(
        self, bootstrap: str, topic: str, records: Sequence[Record], compression: str = "none", **config: Any
    ) -> list[int]:
        from aiokafka import AIOKafkaProducer

        async def run() -> list[int]:
            codec = None if compression == "none" else compression
            producer = AIOKafkaProducer(bootstrap_servers=bootstrap, compression_type=codec, linger_ms=20, **config)
            await producer.start()
            try:
                futures = [
                    await producer.send(
                        topic,
                        key=record.key,
                        value=record.value,
                        headers=list(record.headers),
                        partition=0,
                        timestamp_ms=record.timestamp_ms or None,
                    )
                    for record in records
                ]
                return [(await asyncio.wait_for(future, TIMEOUT_S)).offset for future in futures]
            finally:
                await producer.stop()

        return asyncio.run(run())

    @staticmethod
    def _consumer(*topics: str, **config: Any) -> Any:
        from aiokafka import AIOKafkaConsumer

        return AIOKafkaConsumer(*topics, auto_offset_reset="earliest", enable_auto_commit=False, **config)

    @staticmethod
    async def _poll(consumer: Any) -> list[Any]:
        return [message for messages in (await consumer.getmany(timeout_ms=100)).values() for message in messages]

    @staticmethod
    def _record(message: Any) -> Record:
        return Record(message.key, message.value, tuple(message.headers), message.timestamp)

    async def _collect(self, consumer: Any, count: int) -> list[Record]:
        records: list[Record] = []
        end = time.monotonic() + TIMEOUT_S
        while len(records) < count and time.monotonic() < end:
            records += [self._record(message) for message in await self._poll(consumer)]
        return records

    def consume(self, bootstrap: str, topic: str, count: int) -> list[Record]:
        async def run() -> list[Record]:
            from aiokafka import TopicPartition

            consumer = self._consumer(bootstrap_servers=bootstrap)
            await consumer.start()
            try:
                consumer.assign([TopicPartition(topic, 0)])
                return await self._collect(consumer, count)
            finally:
                await consumer.stop()

        return asyncio.run(run())

    def consume_in_group(self, bootstrap: str, topic: str, group: str, count: int) -> list[Record]:
        async def run() -> list[Record]:
            consumer = self._consumer(topic, bootstrap_servers=bootstrap, group_id=group)
            await consumer.start()
            try:
                records = await self._collect(consumer, count)
                await consumer.commit()
                return records
            finally:
                await consumer.stop()

        return asyncio.run(run())

    def member(self, bootstrap: str, topic: str, group: str, session_timeout_ms: int) -> Member:
        loop = asyncio.new_event_loop()
        client = self

        async def start() -> Any:
            consumer = client._consumer(
                topic,
                bootstrap_servers=bootstrap,
                group_id=group,
                session_timeout_ms=session_timeout_ms,
                heartbeat_interval_ms=session_timeout_ms // 5,
            )
            await consumer.start()
            return consumer

        consumer = loop.run_until_complete(start())

        class AioKafkaMember:
            def poll(self) -> list[tuple[int, int, bytes | None]]:
                return loop.run_until_complete(self._poll())

            async def _poll(self) -> list[tuple[int, int, bytes | None]]:
                messages = await client._poll(consumer)
                if messages:
                    await consumer.commit()
                return [(message.partition, message.offset, message.value) for message in messages]

            def assignment(self) -> list[int]:
                return sorted(partition.partition for partition in consumer.assignment())

            def close(self) -> None:
                loop.run_until_complete(consumer.stop())
                loop.close()

        return AioKafkaMember()


CLIENTS: dict[str, Client] = {client.name: client for client in (KafkaPython(), Confluent(), AioKafka())}
