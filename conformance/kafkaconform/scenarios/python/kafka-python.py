"""kafka-python's side of the scenarios; runs with every release from 1.4.6 on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from queue import Empty, SimpleQueue
from typing import Any

import kafka
from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
from scenario import DEADLINE_S, HEARTBEAT_MS, POLL_S, UNGROUPED, Member, Reader, Record, Sender, Settings, wait
from scenarios import main

IS_CURRENT = int(kafka.__version__.split(".")[0]) >= 3


class KafkaPython:
    """The library as the scenarios see it; without what releases of old lack, or do otherwise."""

    codecs = ("none", "gzip", "snappy", "lz4")
    checks = (
        *(f"strategy:{name}" for name in ("range", "roundrobin", "sticky", "cooperative-sticky")),
        *("static", "silent", "seek", "reset", "idempotence", "compaction", "timeouts", "times", "configs", "groups"),
    )

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        self.lister = KafkaConsumer(bootstrap_servers=bootstrap)
        if not IS_CURRENT:
            self.checks = ("seek", "compaction", "timeouts", "times")

    def create(self, topic: str, partitions: int, configs: Mapping[str, str]) -> None:
        """In the newest version that the library has."""
        self.admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=dict(configs))])

    def topics(self) -> set[str]:
        """By a consumer: the admin client of old releases cannot list."""
        return set(self.lister.topics())

    def delete(self, topic: str) -> None:
        """Raises what the broker answers."""
        self.admin.delete_topics([topic])

    def enlarge(self, topic: str, partitions: int) -> None:
        """Raises what the broker answers."""
        self.admin.create_partitions({topic: NewPartitions(partitions)})

    def partitions_of(self, topic: str) -> int:
        """By metadata."""
        (described,) = self.admin.describe_topics([topic])
        return len(described["partitions"])

    def delete_records(self, topic: str, before: int) -> None:
        """Raises what the broker answers."""
        self.admin.delete_records({TopicPartition(topic, 0): before})

    def config(self, topic: str, name: str) -> str:
        """By DescribeConfigs."""
        described = self.admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
        return str(described["topic"][topic][name]["value"])

    def set_config(self, topic: str, name: str, value: str) -> None:
        """In the way that the library chooses."""
        self.admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {name: value})])

    def groups(self) -> set[str]:
        """By ListGroups."""
        return {group["group_id"] for group in self.admin.list_groups()}

    def members_of(self, group: str) -> int:
        """By DescribeGroups."""
        return len(self.admin.describe_groups([group])[group]["members"])

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """By OffsetFetch."""
        found = self.admin.list_group_offsets({group: None})[group]
        return {each.partition: committed.offset for each, committed in found.items() if each.topic == topic}

    def delete_group(self, group: str) -> None:
        """The library gives a word."""
        answer = self.admin.delete_groups([group])
        assert answer == {group: "OK"}, answer

    def sender(self, codec: str = "none", batch_bytes: int | None = None, limit_s: float = DEADLINE_S) -> Sender:
        """Of old releases it is not idempotent, and knows no limit."""
        settings: dict[str, Any] = {"compression_type": None if codec == "none" else codec, "linger_ms": 20}
        if batch_bytes is not None:
            settings["batch_size"] = batch_bytes
        if IS_CURRENT:
            limit_ms = int(limit_s * 1000)
            settings |= {"delivery_timeout_ms": limit_ms, "max_block_ms": limit_ms, "request_timeout_ms": limit_ms // 2}
        return KafkaPythonSender(KafkaProducer(bootstrap_servers=self.bootstrap, acks="all", **settings))

    def reader(self, topic: str, settings: Settings = UNGROUPED, begin: int | None = None) -> Reader:
        """A consumer that is polled by its user."""
        consumer = KafkaConsumer(**self._consumer_settings(settings))
        return KafkaPythonReader(consumer, TopicPartition(topic, 0), begin)

    def join(self, topic: str, settings: Settings) -> Member:
        """A consumer in a thread of its own: a poll of this library waits until its group is complete."""
        return KafkaPythonMember(KafkaConsumer(**self._consumer_settings(settings)), topic)

    def _consumer_settings(self, settings: Settings) -> dict[str, Any]:
        found: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "group_id": settings.group,
            "auto_offset_reset": settings.reset,
            "enable_auto_commit": False,
            "heartbeat_interval_ms": HEARTBEAT_MS,
            "session_timeout_ms": settings.session_ms,
            # The library's own is half a minute.
            "reconnect_backoff_max_ms": 1000,
        }
        if settings.strategy is not None:
            found["partition_assignment_strategy"] = [assignor(settings.strategy)]
        if settings.instance is not None:
            found["group_instance_id"] = settings.instance
        if settings.poll_interval_ms is not None:
            found["max_poll_interval_ms"] = settings.poll_interval_ms
        return found


def assignor(strategy: str) -> Any:
    """The library's class of a strategy."""
    from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
    from kafka.coordinator.assignors.range import RangePartitionAssignor
    from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
    from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

    return {
        "range": RangePartitionAssignor,
        "roundrobin": RoundRobinPartitionAssignor,
        "sticky": StickyPartitionAssignor,
        "cooperative-sticky": CooperativeStickyAssignor,
    }[strategy]


def records_of(polled: Any) -> list[Record]:
    """What a poll has returned."""
    return [
        Record(m.partition, m.offset, m.key, m.value, tuple(m.headers), m.timestamp)
        for batch in polled.values()
        for m in batch
    ]


class KafkaPythonSender:
    """One producer."""

    def __init__(self, producer: Any) -> None:
        self._producer = producer

    def send(self, topic: str, records: Iterable[Record]) -> list[int]:
        """Raises the error of the first that was not acknowledged."""
        sent = [
            self._producer.send(
                topic,
                key=record.key,
                value=record.value,
                headers=list(record.headers),
                partition=record.partition,
                timestamp_ms=record.timestamp_ms,
            )
            for record in records
        ]
        return [future.get(DEADLINE_S).offset for future in sent]

    def close(self) -> None:
        """Nothing is left to send."""
        self._producer.close()


class KafkaPythonReader:
    """A consumer that was assigned a partition."""

    def __init__(self, consumer: Any, partition: Any, begin: int | None) -> None:
        self._consumer = consumer
        self._partition = partition
        consumer.assign([partition])
        if begin is not None:
            consumer.seek(partition, begin)

    def poll(self, timeout_s: float = POLL_S) -> list[Record]:
        """As the library polls."""
        return records_of(self._consumer.poll(timeout_ms=int(timeout_s * 1000)))

    def seek(self, offset: int) -> None:
        """Done with the next poll."""
        self._consumer.seek(self._partition, offset)

    def seek_to_beginning(self) -> None:
        """Done with the next poll."""
        self._consumer.seek_to_beginning(self._partition)

    def seek_to_end(self) -> None:
        """Done with the next poll."""
        self._consumer.seek_to_end(self._partition)

    def offsets(self) -> tuple[int, int]:
        """Asked of the broker."""
        asked = [self._partition]
        begin, end = self._consumer.beginning_offsets(asked), self._consumer.end_offsets(asked)
        return begin[self._partition], end[self._partition]

    def offset_at(self, time_ms: int) -> int | None:
        """None is the library's own answer."""
        found = self._consumer.offsets_for_times({self._partition: time_ms})[self._partition]
        return None if found is None else int(found.offset)

    def close(self) -> None:
        """It is in no group."""
        self._consumer.close()


class KafkaPythonMember(ConsumerRebalanceListener):
    """Polls all the time, and hands over what it got."""

    def __init__(self, consumer: Any, topic: str) -> None:
        self.revoked: set[int] = set()
        self._consumer = consumer
        self._polled: SimpleQueue[list[Record]] = SimpleQueue()
        self._assigned: set[int] = set()
        self._wants_commit = threading.Event()
        self._stopping = threading.Event()
        self._is_silent = threading.Event()
        self._error: Exception | None = None
        self._commit_error: Exception | None = None
        # Release 3.0 joins before it knows the topic's partitions, joins again when it does, and where this second rebalance ends
        # between two polls has no partitions for good.
        consumer.subscribe([topic], listener=self)
        consumer.partitions_for_topic(topic)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Called by the thread that polls; releases that know lost partitions call this for them, too."""
        self.revoked.update(each.partition for each in revoked)

    def on_partitions_assigned(self, assigned: Any) -> None:
        """`partitions` says it."""

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if self._is_silent.is_set():
                    time.sleep(POLL_S)
                    continue
                if found := records_of(self._consumer.poll(timeout_ms=int(POLL_S * 1000))):
                    self._polled.put(found)
                self._assigned = {each.partition for each in self._consumer.assignment()}
                if self._wants_commit.is_set():
                    self._commit()
        except Exception as error:
            self._error = error
        self._consumer.close()

    def _commit(self) -> None:
        try:
            self._consumer.commit()
            self._commit_error = None
        except Exception as error:
            self._commit_error = error
        self._wants_commit.clear()

    def poll(self) -> list[Record]:
        """What the thread has got since."""
        if self._error is not None:
            raise self._error
        try:
            return self._polled.get(timeout=POLL_S / 5)
        except Empty:
            return []

    def commit(self) -> None:
        """By the thread that polls."""
        self._wants_commit.set()
        wait("the commit", lambda: self._error is not None or not self._wants_commit.is_set())
        if (error := self._error or self._commit_error) is not None:
            raise error

    def partitions(self) -> set[int]:
        """As of the last poll."""
        return self._assigned

    def fall_silent(self) -> None:
        """The thread goes on, and does nothing."""
        self._is_silent.set()

    def close(self) -> None:
        """Leave the group, and wait until that is done."""
        self._stopping.set()
        self._thread.join(DEADLINE_S)


main(KafkaPython)
