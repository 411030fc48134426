"""All partitions of one broker, by name and by topic id (ReplicaManager of the reference)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

from kafkaemu.delayed import WaitingRoom
from kafkaemu.log.config import LogConfig
from kafkaemu.log.errors import LogError
from kafkaemu.log.internal_topics import INTERNAL_TOPICS
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.replica.fetch_sessions import FetchSessionCache
from kafkaemu.replica.partition import Partition
from kafkawire.errors import ErrorCode

logger = logging.getLogger(__name__)

#: How many partitions retention looks at before others get their turn: a few milliseconds of work.
MAINTAINED_PER_TURN = 1000


class HostedTopic:
    """The partitions of one topic on this broker. A topic that was deleted and made again is another one."""

    __slots__ = ("is_internal", "name", "partitions", "topic_id")

    def __init__(self, name: str, topic_id: bytes) -> None:
        self.name = name
        self.topic_id = topic_id
        #: Whether a coordinator keeps its state in it: clients do not write there.
        self.is_internal = name in INTERNAL_TOPICS
        #: By index. Not every partition need be here, where there are more brokers than replicas.
        self.partitions: dict[int, Partition] = {}


class ReplicaManager:
    """The partitions of broker ``broker_id``.

    ``now_ms`` tells the broker's time, ``random_below`` gives a random number below its argument. Answers that wait on a
    partition are completed through ``waiting`` by whoever changes it; a deleted partition completes them here. Partitions are of
    ``partition_type``.
    """

    def __init__(
        self,
        broker_id: int,
        waiting: WaitingRoom,
        memory: SegmentMemory,
        now_ms: Callable[[], int],
        random_below: Callable[[int], int],
        *,
        fetch_session_slots: int = 1000,
        partition_type: type[Partition] = Partition,
    ) -> None:
        self.broker_id = broker_id
        self.memory = memory
        #: Sessions of consumers and followers, shared by all connections (KIP-227).
        self.fetch_sessions = FetchSessionCache(fetch_session_slots, random_below)
        #: What handlers look topics up in; changed only here.
        self.topics: dict[str, HostedTopic] = {}
        self.topics_by_id: dict[bytes, HostedTopic] = {}
        self._waiting = waiting
        self._now_ms = now_ms
        self._random_below = random_below
        self._partition_type = partition_type
        #: What compaction has read and written so far.
        self.compacted_bytes = 0
        #: What compaction is at work on.
        self._compacting: Partition | None = None

    def partition(self, topic: str, index: int) -> Partition | None:
        """The partition, if it is on this broker."""
        hosted = self.topics.get(topic)
        return None if hosted is None else hosted.partitions.get(index)

    def partition_by_id(self, topic_id: bytes, index: int) -> Partition | None:
        """The partition of the topic with this id, if it is on this broker."""
        hosted = self.topics_by_id.get(topic_id)
        return None if hosted is None else hosted.partitions.get(index)

    def topic_name(self, topic_id: bytes) -> str | None:
        """The name of a topic that has partitions here."""
        hosted = self.topics_by_id.get(topic_id)
        return None if hosted is None else hosted.name

    def all_partitions(self) -> Iterator[Partition]:
        """Every partition on this broker, topics in the order in which they came."""
        for hosted in list(self.topics.values()):
            yield from list(hosted.partitions.values())

    def create_partition(
        self,
        topic: str,
        topic_id: bytes,
        index: int,
        leader_id: int,
        leader_epoch: int,
        replicas: Sequence[int],
        isr: Sequence[int],
        log_config: LogConfig,
        *,
        min_insync_replicas: int = 1,
    ) -> Partition:
        """Begin to host a partition, with an empty log. Raises ValueError if it is hosted already, or its topic with another id."""
        hosted = self.topics.get(topic)
        if hosted is None:
            hosted = HostedTopic(topic, topic_id)
            self.topics[topic] = self.topics_by_id[topic_id] = hosted
        if hosted.topic_id != topic_id or index in hosted.partitions:
            raise ValueError(f"{topic}-{index} is here already")
        log = PartitionLog(topic, index, log_config, self.memory, random_below=self._random_below)
        partition = self._partition_type(
            topic, topic_id, index, broker_id=self.broker_id, log=log, min_insync_replicas=min_insync_replicas
        )
        partition.apply(leader_id=leader_id, leader_epoch=leader_epoch, replicas=replicas, isr=isr)
        hosted.partitions[index] = partition
        return partition

    def apply_leader(
        self, topic: str, index: int, leader_id: int, leader_epoch: int, replicas: Sequence[int], isr: Sequence[int]
    ) -> None:
        """Take over what the metadata says of a partition, if it is here, and complete what waited on the leader that was."""
        partition = self.partition(topic, index)
        if partition is not None:
            partition.apply(leader_id=leader_id, leader_epoch=leader_epoch, replicas=replicas, isr=isr)
            self._waiting.touch(partition)

    def delete_partition(self, topic: str, index: int) -> None:
        """Give a partition up and complete what waits on it. One that is not here is no error."""
        hosted = self.topics.get(topic)
        if hosted is None or index not in hosted.partitions:
            return
        partition = hosted.partitions.pop(index)
        if not hosted.partitions:
            del self.topics[topic], self.topics_by_id[hosted.topic_id]
        partition.delete()
        self._waiting.touch(partition)

    def reconfigure(self, topic: str, log_config: LogConfig, *, min_insync_replicas: int = 1) -> None:
        """From now on the partitions of ``topic`` obey these configs."""
        hosted = self.topics.get(topic)
        if hosted is not None:
            for partition in hosted.partitions.values():
                if partition.log.config is not log_config:
                    partition.log.reconfigure(log_config)
                partition.min_insync_replicas = min_insync_replicas

    def append_internal(self, topic: str, index: int, batch: bytes) -> tuple[ErrorCode, int]:
        """Append a batch of a coordinator's to its partition and complete what waits there.

        Returns an error code, and the offset of the last record (-1 with an error).
        """
        partition = self.partition(topic, index)
        if partition is None:
            return ErrorCode.NOT_LEADER_OR_FOLLOWER, -1
        try:
            info = partition.append_as_coordinator(batch, self._now_ms())
        except LogError as error:
            logger.warning("Append to %s-%d failed with %s: %s", topic, index, error.code.name, error.reason)
            return error.code, -1
        self._waiting.touch(partition)
        return ErrorCode.NONE, info.last_offset

    def _written(self) -> Iterator[Partition]:
        """The partitions whose logs have segments. There may be very many more, and nothing is to be done about those."""
        for log in self.memory.logs:
            assert isinstance(log, PartitionLog)
            partition = self.partition(log.topic, log.index)
            if partition is not None and partition.log is log:
                yield partition

    def maintain(self, now_ms: int) -> Iterator[None]:
        """Delete what is past its retention; called every ``log.retention.check.interval.ms``.

        Pauses after each `MAINTAINED_PER_TURN` partitions, so that others get their turn.
        """
        for number, partition in enumerate(self._written()):
            if number and number % MAINTAINED_PER_TURN == 0:
                yield
            if partition.is_deleted:
                continue
            try:
                partition.log.retention(now_ms)
            except LogError as error:
                logger.warning("Retention of %s-%d failed: %s", partition.topic, partition.index, error.reason)
            except Exception:  # a defect in one log must not keep the others from theirs
                logger.exception("Retention of %s-%d failed", partition.topic, partition.index)

    def expire_producers(self, now_ms: int) -> None:
        """Forget idempotent producers that write nothing; called every ``producer.id.expiration.check.interval.ms``."""
        for log in self.memory.logs:
            assert isinstance(log, PartitionLog)
            log.expire_producers(now_ms)

    def compact(self, now_ms: int, records: int) -> bool:
        """Go on with compaction for about ``records`` records; whether there is more to do right away (LogCleaner).

        One partition is compacted at a time; a round begins with the first one that is dirty enough.
        """
        if self._compacting is not None and self._compact(self._compacting, now_ms, records):
            return True
        self._compacting = next((one for one in self._written() if self._compact(one, now_ms, records)), None)
        return self._compacting is not None

    def _compact(self, partition: Partition, now_ms: int, records: int) -> bool:
        log = partition.log
        if partition.is_deleted or not log.config.is_compacted:
            return False
        before = log.compacted_bytes
        is_unfinished = log.compact(now_ms, records)
        self.compacted_bytes += log.compacted_bytes - before
        return is_unfinished

    def close(self) -> None:
        """Give the memory of all logs back, without completing anything: the broker has stopped."""
        for partition in self.all_partitions():
            partition.delete()
        self.topics.clear()
        self.topics_by_id.clear()
