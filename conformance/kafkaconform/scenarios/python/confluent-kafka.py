"""confluent-kafka's side of the scenarios, and so librdkafka's; runs with every release from 2.0 on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from scenario import DEADLINE_S, HEARTBEAT_MS, POLL_S, SESSION_MS, Member, Record, main


class Confluent:
    """The library as the scenarios see it."""

    codecs = ("none", "gzip", "snappy", "lz4", "zstd")

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.admin = AdminClient({"bootstrap.servers": bootstrap})

    def create(self, topic: str, partitions: int) -> None:
        """Raises what the broker answers."""
        wanted = NewTopic(topic, partitions, 1, config={"retention.ms": "-1"})
        self.admin.create_topics([wanted])[topic].result(DEADLINE_S)

    def topics(self) -> set[str]:
        """By metadata."""
        return set(self.admin.list_topics(timeout=DEADLINE_S).topics)

    def delete(self, topic: str) -> None:
        """Raises what the broker answers."""
        self.admin.delete_topics([topic])[topic].result(DEADLINE_S)

    def produce(self, topic: str, codec: str, records: Sequence[Record]) -> None:
        """Idempotent."""
        settings = {"bootstrap.servers": self.bootstrap, "compression.type": codec, "enable.idempotence": True}
        producer = Producer({**settings, "linger.ms": 20})
        delivered: dict[tuple[int, int], int] = {}
        errors: list[Any] = []

        def on_delivery(record: Record) -> Any:
            def done(error: Any, message: Any) -> None:
                if error is not None:
                    errors.append(error)
                else:
                    delivered[record.partition, record.offset] = message.offset()

            return done

        for record in records:
            producer.produce(
                topic,
                key=record.key,
                value=record.value,
                headers=list(record.headers),
                partition=record.partition,
                timestamp=record.timestamp_ms,
                on_delivery=on_delivery(record),
            )
        assert producer.flush(DEADLINE_S) == 0, "not all acknowledged in time"
        assert not errors, errors
        assert all(offset == wanted for (_, wanted), offset in delivered.items()), delivered

    def join(self, topic: str, group: str) -> Member:
        """A consumer that commits by itself never."""
        return ConfluentMember(self.bootstrap, topic, group)


class ConfluentMember:
    """One consumer."""

    def __init__(self, bootstrap: str, topic: str, group: str) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "heartbeat.interval.ms": HEARTBEAT_MS,
                "session.timeout.ms": SESSION_MS,
            }
        )
        self._consumer.subscribe([topic])

    def poll(self) -> list[Record]:
        """One record at most."""
        message = self._consumer.poll(POLL_S)
        if message is None:
            return []
        assert message.error() is None, message.error()
        headers = tuple(message.headers() or ())
        where = (message.partition(), message.offset())
        return [Record(*where, message.key(), message.value(), headers, message.timestamp()[1])]

    def commit(self) -> None:
        """Synchronously."""
        self._consumer.commit(asynchronous=False)

    def assignment(self) -> int:
        """As the library says."""
        return len(self._consumer.assignment())

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()


main(Confluent)
