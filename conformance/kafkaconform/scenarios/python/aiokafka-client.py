"""aiokafka's side of the scenarios; an event loop in a thread of its own runs what they call."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import for_code
from scenario import DEADLINE_S, HEARTBEAT_MS, POLL_S, UNGROUPED, Member, Reader, Record, Sender, Settings
from scenarios import main

ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
}
T = TypeVar("T")


class Aiokafka:
    """The library as the scenarios see it; it cannot delete groups."""

    codecs = ("none", "gzip", "snappy", "lz4", "zstd")
    checks = (
        *(f"strategy:{name}" for name in ASSIGNORS),
        *("static", "silent", "seek", "reset", "idempotence", "compaction", "timeouts", "times", "configs"),
    )

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

    def create(self, topic: str, partitions: int, configs: Mapping[str, str]) -> None:
        """The library hands over the broker's error without raising it."""
        wanted = NewTopic(topic, partitions, 1, topic_configs=dict(configs))
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

    def enlarge(self, topic: str, partitions: int) -> None:
        """Raises what the broker answers."""
        self.wait(self.admin.create_partitions({topic: NewPartitions(partitions)}))

    def partitions_of(self, topic: str) -> int:
        """By metadata."""
        (described,) = self.wait(self.admin.describe_topics([topic]))
        return len(described["partitions"])

    def delete_records(self, topic: str, before: int) -> None:
        """Raises what the broker answers."""
        self.wait(self.admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before)}))

    def config(self, topic: str, name: str) -> str:
        """By DescribeConfigs, of which the library hands over the answer."""
        (answer,) = self.wait(self.admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)]))
        ((code, _, _, _, entries),) = answer.resources
        assert not code, for_code(code)
        values: dict[str, str] = {entry[0]: entry[1] for entry in entries}
        return values[name]

    def set_config(self, topic: str, name: str, value: str) -> None:
        """By AlterConfigs, which forgets what else was set."""
        wanted = ConfigResource(ConfigResourceType.TOPIC, topic, {name: value})
        for answer in self.wait(self.admin.alter_configs([wanted])):
            for code, *_ in answer.resources:
                assert not code, for_code(code)

    def groups(self) -> set[str]:
        """By ListGroups."""
        return {name for name, _ in self.wait(self.admin.list_consumer_groups())}

    def members_of(self, group: str) -> int:
        """By DescribeGroups."""
        (answer,) = self.wait(self.admin.describe_consumer_groups([group]))
        ((_, _, _, _, _, members, *_),) = answer.groups
        return len(members)

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """By OffsetFetch."""
        found = self.wait(self.admin.list_consumer_group_offsets(group))
        return {each.partition: committed.offset for each, committed in found.items() if each.topic == topic}

    def delete_group(self, group: str) -> None:
        """The library cannot."""
        raise NotImplementedError

    def sender(self, codec: str = "none", batch_bytes: int | None = None, limit_s: float = DEADLINE_S) -> Sender:
        """Idempotent; all limits of the library are one."""
        settings: dict[str, Any] = {"compression_type": None if codec == "none" else codec, "linger_ms": 20}
        if batch_bytes is not None:
            settings["max_batch_size"] = batch_bytes
        return self.wait(self._started_sender({**settings, "request_timeout_ms": int(limit_s * 1000)}))

    async def _started_sender(self, settings: dict[str, Any]) -> Sender:
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, enable_idempotence=True, **settings)
        await producer.start()
        return AiokafkaSender(self, producer)

    def reader(self, topic: str, settings: Settings = UNGROUPED, begin: int | None = None) -> Reader:
        """A consumer that was assigned a partition."""
        return self.wait(self._started_reader(TopicPartition(topic, 0), settings, begin))

    async def _started_reader(self, partition: Any, settings: Settings, begin: int | None) -> Reader:
        consumer = AIOKafkaConsumer(**self._consumer_settings(settings))
        await consumer.start()
        consumer.assign([partition])
        if begin is not None:
            consumer.seek(partition, begin)
        return AiokafkaReader(self, consumer, partition)

    def join(self, topic: str, settings: Settings) -> Member:
        """A consumer that commits by itself never."""
        return self.wait(self._joined(topic, settings))

    async def _joined(self, topic: str, settings: Settings) -> Member:
        consumer = AIOKafkaConsumer(**self._consumer_settings(settings))
        member = AiokafkaMember(self, consumer)
        consumer.subscribe([topic], listener=member)
        await consumer.start()
        return member

    def _consumer_settings(self, settings: Settings) -> dict[str, Any]:
        found: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "group_id": settings.group,
            "auto_offset_reset": settings.reset,
            "enable_auto_commit": False,
            "heartbeat_interval_ms": HEARTBEAT_MS,
            "session_timeout_ms": settings.session_ms,
            "group_instance_id": settings.instance,
        }
        if settings.strategy is not None:
            found["partition_assignment_strategy"] = [ASSIGNORS[settings.strategy]]
        if settings.poll_interval_ms is not None:
            found["max_poll_interval_ms"] = settings.poll_interval_ms
        return found


class AiokafkaSender:
    """One producer."""

    def __init__(self, client: Aiokafka, producer: Any) -> None:
        self._client = client
        self._producer = producer

    def send(self, topic: str, records: Iterable[Record]) -> list[int]:
        """Raises the error of the first that was not acknowledged."""
        return self._client.wait(self._send(topic, records))

    async def _send(self, topic: str, records: Iterable[Record]) -> list[int]:
        sent = [
            await self._producer.send(
                topic,
                key=record.key,
                value=record.value,
                headers=list(record.headers),
                partition=record.partition,
                timestamp_ms=record.timestamp_ms,
            )
            for record in records
        ]
        return [(await future).offset for future in sent]

    def close(self) -> None:
        """Nothing is left to send."""
        self._client.wait(self._producer.stop())


class AiokafkaConsumer:
    """What readers and members have in common."""

    def __init__(self, client: Aiokafka, consumer: Any) -> None:
        self._client = client
        self._consumer = consumer

    def poll(self, timeout_s: float = POLL_S) -> list[Record]:
        """All that has come."""
        fetched = self._client.wait(self._consumer.getmany(timeout_ms=int(timeout_s * 1000)))
        return [
            Record(m.partition, m.offset, m.key, m.value, tuple(m.headers), m.timestamp)
            for messages in fetched.values()
            for m in messages
        ]

    def close(self) -> None:
        """Leave the group, if there is one."""
        self._client.wait(self._consumer.stop())


class AiokafkaReader(AiokafkaConsumer):
    """A consumer that was assigned a partition."""

    def __init__(self, client: Aiokafka, consumer: Any, partition: Any) -> None:
        super().__init__(client, consumer)
        self._partition = partition

    def seek(self, offset: int) -> None:
        """By the loop's thread, to which the consumer belongs."""
        self._client.wait(self._seek(offset))

    async def _seek(self, offset: int) -> None:
        self._consumer.seek(self._partition, offset)

    def seek_to_beginning(self) -> None:
        """Waits for the broker."""
        self._client.wait(self._consumer.seek_to_beginning(self._partition))

    def seek_to_end(self) -> None:
        """Waits for the broker."""
        self._client.wait(self._consumer.seek_to_end(self._partition))

    def offsets(self) -> tuple[int, int]:
        """Asked of the broker."""
        begin = self._client.wait(self._consumer.beginning_offsets([self._partition]))
        end = self._client.wait(self._consumer.end_offsets([self._partition]))
        return begin[self._partition], end[self._partition]

    def offset_at(self, time_ms: int) -> int | None:
        """None is the library's own answer."""
        found = self._client.wait(self._consumer.offsets_for_times({self._partition: time_ms}))[self._partition]
        return None if found is None else int(found.offset)


class AiokafkaMember(AiokafkaConsumer, ConsumerRebalanceListener):
    """A consumer that has subscribed; the library keeps it in its group between two polls."""

    def __init__(self, client: Aiokafka, consumer: Any) -> None:
        super().__init__(client, consumer)
        self.revoked: set[int] = set()

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Called by the loop's thread."""
        self.revoked.update(each.partition for each in revoked)

    def on_partitions_assigned(self, assigned: Any) -> None:
        """`partitions` says it."""

    def commit(self) -> None:
        """Synchronously."""
        self._client.wait(self._consumer.commit())

    def partitions(self) -> set[int]:
        """As the library says."""
        return {each.partition for each in self._consumer.assignment()}

    def fall_silent(self) -> None:
        """It is enough not to poll."""


main(Aiokafka)
