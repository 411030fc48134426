"""confluent-kafka's side of the scenarios, and so librdkafka's; runs with every release from 2.0 on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    OFFSET_INVALID,
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic
from scenario import DEADLINE_S, HEARTBEAT_MS, POLL_S, UNGROUPED, Member, Reader, Record, Sender, Settings, wait
from scenarios import main


class Confluent:
    """The library as the scenarios see it."""

    codecs = ("none", "gzip", "snappy", "lz4", "zstd")
    checks = (
        *(f"strategy:{name}" for name in ("range", "roundrobin", "cooperative-sticky")),
        *("static", "silent", "seek", "reset", "idempotence", "compaction", "timeouts", "times", "configs", "groups"),
    )

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.admin = AdminClient({"bootstrap.servers": bootstrap})
        if not hasattr(self.admin, "delete_records"):
            self.checks = tuple(check for check in self.checks if check != "reset")

    def create(self, topic: str, partitions: int, configs: Mapping[str, str]) -> None:
        """Raises what the broker answers."""
        wanted = NewTopic(topic, partitions, 1, config=dict(configs))
        self.admin.create_topics([wanted])[topic].result(DEADLINE_S)

    def topics(self) -> set[str]:
        """By metadata."""
        return set(self.admin.list_topics(timeout=DEADLINE_S).topics)

    def delete(self, topic: str) -> None:
        """Raises what the broker answers."""
        self.admin.delete_topics([topic])[topic].result(DEADLINE_S)

    def enlarge(self, topic: str, partitions: int) -> None:
        """Raises what the broker answers."""
        self.admin.create_partitions([NewPartitions(topic, partitions)])[topic].result(DEADLINE_S)

    def partitions_of(self, topic: str) -> int:
        """By metadata."""
        return len(self.admin.list_topics(topic, timeout=DEADLINE_S).topics[topic].partitions)

    def delete_records(self, topic: str, before: int) -> None:
        """Raises what the broker answers."""
        (deleted,) = self.admin.delete_records([TopicPartition(topic, 0, before)]).values()
        deleted.result(DEADLINE_S)

    def config(self, topic: str, name: str) -> str:
        """By DescribeConfigs."""
        (described,) = self.admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, topic)]).values()
        return str(described.result(DEADLINE_S)[name].value)

    def set_config(self, topic: str, name: str, value: str) -> None:
        """By AlterConfigs, which every release has, and which forgets what else was set."""
        wanted = ConfigResource(ConfigResource.Type.TOPIC, topic, set_config={name: value})
        (altered,) = self.admin.alter_configs([wanted]).values()
        altered.result(DEADLINE_S)

    def groups(self) -> set[str]:
        """By ListGroups."""
        listed = self.admin.list_consumer_groups().result(DEADLINE_S)
        return {group.group_id for group in listed.valid}

    def members_of(self, group: str) -> int:
        """By DescribeGroups."""
        return len(self.admin.describe_consumer_groups([group])[group].result(DEADLINE_S).members)

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """By OffsetFetch."""
        asked = self.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
        partitions = asked[group].result(DEADLINE_S).topic_partitions
        return {each.partition: each.offset for each in partitions if each.topic == topic}

    def delete_group(self, group: str) -> None:
        """Raises what the broker answers."""
        self.admin.delete_consumer_groups([group])[group].result(DEADLINE_S)

    def sender(self, codec: str = "none", batch_bytes: int | None = None, limit_s: float = DEADLINE_S) -> Sender:
        """Idempotent."""
        settings = {"bootstrap.servers": self.bootstrap, "compression.type": codec, "enable.idempotence": True}
        if batch_bytes is not None:
            settings["batch.size"] = batch_bytes
        return ConfluentSender(Producer({**settings, "linger.ms": 20, "delivery.timeout.ms": int(limit_s * 1000)}))

    def reader(self, topic: str, settings: Settings = UNGROUPED, begin: int | None = None) -> Reader:
        """Without a group of its own the library has none."""
        consumer = Consumer(self._consumer_settings(settings))
        return ConfluentReader(consumer, topic, OFFSET_INVALID if begin is None else begin)

    def join(self, topic: str, settings: Settings) -> Member:
        """A consumer that commits by itself never."""
        return ConfluentMember(Consumer(self._consumer_settings(settings)), topic)

    def _consumer_settings(self, settings: Settings) -> dict[str, Any]:
        found: dict[str, Any] = {
            "bootstrap.servers": self.bootstrap,
            "group.id": settings.group or "unused",
            "auto.offset.reset": "error" if settings.reset == "none" else settings.reset,
            "enable.auto.commit": False,
            "heartbeat.interval.ms": HEARTBEAT_MS,
            "session.timeout.ms": settings.session_ms,
            # A fetch of a partition at its end holds up what is asked for next.
            "fetch.wait.max.ms": 100,
        }
        if settings.strategy is not None:
            found["partition.assignment.strategy"] = settings.strategy
        if settings.instance is not None:
            found["group.instance.id"] = settings.instance
        if settings.poll_interval_ms is not None:
            found["max.poll.interval.ms"] = settings.poll_interval_ms
        return found


class ConfluentSender:
    """One producer."""

    def __init__(self, producer: Any) -> None:
        self._producer = producer

    def send(self, topic: str, records: Iterable[Record]) -> list[int]:
        """What a delivery report says is raised, if it is not an offset."""
        delivered: dict[int, int] = {}
        errors: list[Any] = []

        def on_delivery(number: int) -> Any:
            def done(error: Any, message: Any) -> None:
                if error is not None:
                    errors.append(error)
                else:
                    delivered[number] = message.offset()

            return done

        for number, record in enumerate(records):
            self._producer.produce(
                topic,
                key=record.key,
                value=record.value,
                headers=list(record.headers),
                partition=record.partition,
                timestamp=record.timestamp_ms,
                on_delivery=on_delivery(number),
            )
        assert self._producer.flush(DEADLINE_S) == 0, "not all acknowledged in time"
        if errors:
            raise KafkaException(errors[0])
        return [offset for _, offset in sorted(delivered.items())]

    def close(self) -> None:
        """Nothing is left to send."""
        self._producer.flush(DEADLINE_S)


class ConfluentConsumer:
    """What readers and members have in common."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer

    def poll(self, timeout_s: float = POLL_S) -> list[Record]:
        """All that is there, once something is."""
        message = self._consumer.poll(timeout_s)
        found = []
        while message is not None:
            if (error := message.error()) is not None:
                raise KafkaException(error)
            headers = tuple(message.headers() or ())
            where = (message.partition(), message.offset())
            found.append(Record(*where, message.key(), message.value(), headers, message.timestamp()[1]))
            message = self._consumer.poll(0)
        return found

    def close(self) -> None:
        """Leave the group, if there is one."""
        self._consumer.close()


class ConfluentReader(ConfluentConsumer):
    """A consumer that was assigned a partition."""

    def __init__(self, consumer: Any, topic: str, begin: int) -> None:
        super().__init__(consumer)
        self._partition = (topic, 0)
        consumer.assign([TopicPartition(*self._partition, begin)])

    def seek(self, offset: int) -> None:
        """Done by the library's thread."""
        self._consumer.seek(TopicPartition(*self._partition, offset))

    def seek_to_beginning(self) -> None:
        """By the name that the library has for it."""
        self.seek(OFFSET_BEGINNING)

    def seek_to_end(self) -> None:
        """By the name that the library has for it."""
        self.seek(OFFSET_END)

    def offsets(self) -> tuple[int, int]:
        """Asked of the broker, which may not have heard yet that it leads a new partition: the library does not ask again."""
        found: list[tuple[int, int]] = []

        def asked() -> bool:
            try:
                found.append(self._consumer.get_watermark_offsets(TopicPartition(*self._partition), DEADLINE_S))
            except KafkaException as error:
                if error.args[0].code() != KafkaError.NOT_LEADER_FOR_PARTITION:
                    raise
            return bool(found)

        wait("a leader that knows that it leads", asked)
        return found[0]

    def offset_at(self, time_ms: int) -> int | None:
        """The library says -1, its name for the end, where there is none."""
        (found,) = self._consumer.offsets_for_times([TopicPartition(*self._partition, time_ms)], DEADLINE_S)
        return None if found.offset == OFFSET_END else int(found.offset)


class ConfluentMember(ConfluentConsumer):
    """A consumer that has subscribed."""

    def __init__(self, consumer: Any, topic: str) -> None:
        super().__init__(consumer)
        self.revoked: set[int] = set()
        consumer.subscribe([topic], on_revoke=self._on_revoked, on_lost=self._on_revoked)

    def _on_revoked(self, consumer: Any, partitions: list[Any]) -> None:
        self.revoked.update(each.partition for each in partitions)

    def commit(self) -> None:
        """Synchronously."""
        self._consumer.commit(asynchronous=False)

    def partitions(self) -> set[int]:
        """As the library says."""
        return {each.partition for each in self._consumer.assignment()}

    def fall_silent(self) -> None:
        """It is enough not to poll."""


main(Confluent)
