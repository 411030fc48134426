"""kafka-python's side of the scenarios; runs with every release from 1.4.6 on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import kafka
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from scenario import DEADLINE_S, HEARTBEAT_MS, POLL_S, SESSION_MS, Member, Record, main

#: Release 3.0 never comes back from a rebalance that ends between two polls: the longer they are, the rarer. A poll ends with the
#: first records.
POLL_MS = 2000 if kafka.__version__.startswith("3.") else 100


class KafkaPython:
    """The library as the scenarios see it."""

    codecs = ("none", "gzip", "snappy", "lz4")

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        self.lister = KafkaConsumer(bootstrap_servers=bootstrap)

    def create(self, topic: str, partitions: int) -> None:
        """In the newest version that the library has."""
        self.admin.create_topics([NewTopic(topic, partitions, 1, topic_configs={"retention.ms": "-1"})])

    def topics(self) -> set[str]:
        """By a consumer: the admin client of old releases cannot list."""
        return set(self.lister.topics())

    def delete(self, topic: str) -> None:
        """Raises what the broker answers."""
        self.admin.delete_topics([topic])

    def produce(self, topic: str, codec: str, records: Sequence[Record]) -> None:
        """Acknowledged by all, so many in a batch as there are."""
        kind = None if codec == "none" else codec
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, compression_type=kind, acks="all", linger_ms=20)
        try:
            sent = [
                producer.send(
                    topic,
                    key=record.key,
                    value=record.value,
                    headers=list(record.headers),
                    partition=record.partition,
                    timestamp_ms=record.timestamp_ms,
                )
                for record in records
            ]
            for record, future in zip(records, sent):  # noqa: B905
                offset = future.get(DEADLINE_S).offset
                assert offset == record.offset, f"offset {offset} instead of {record.offset}"
        finally:
            producer.close()

    def join(self, topic: str, group: str) -> Member:
        """A consumer in a thread of its own: a poll of this library waits until its group is complete."""
        return KafkaPythonMember(self.bootstrap, topic, group)


class KafkaPythonMember:
    """Polls all the time, and hands over what it got."""

    def __init__(self, bootstrap: str, topic: str, group: str) -> None:
        self._consumer = KafkaConsumer(
            topic,
            bootstrap_servers=bootstrap,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=HEARTBEAT_MS,
            session_timeout_ms=SESSION_MS,
        )
        self._records: list[Record] = []
        self._assigned = 0
        self._wants_commit = threading.Event()
        self._committed = threading.Event()
        self._stopping = threading.Event()
        self._changed = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                messages: Any = self._consumer.poll(timeout_ms=POLL_MS)
                for batch in messages.values():
                    self._records += [
                        Record(m.partition, m.offset, m.key, m.value, tuple(m.headers), m.timestamp) for m in batch
                    ]
                self._assigned = len(self._consumer.assignment())
                if self._wants_commit.is_set():
                    self._consumer.commit()
                    self._wants_commit.clear()
                    self._committed.set()
                self._changed.set()
        except Exception as error:
            self._error = error
            self._changed.set()
            self._committed.set()
        self._consumer.close()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def poll(self) -> list[Record]:
        """What the thread has got since."""
        self._changed.wait(POLL_S)
        self._changed.clear()
        self._check()
        taken, self._records = self._records, []
        return taken

    def commit(self) -> None:
        """By the thread that polls."""
        self._wants_commit.set()
        assert self._committed.wait(DEADLINE_S), "not committed in time"
        self._committed.clear()
        self._check()

    def assignment(self) -> int:
        """As of the last poll."""
        return self._assigned

    def close(self) -> None:
        """Leave the group, and wait until that is done."""
        self._stopping.set()
        self._thread.join(DEADLINE_S)


main(KafkaPython)
