"""A broker's parts up to its handlers, without server and groups: real controller, replicas and waiting room, moved time."""

from __future__ import annotations

from typing import Any, cast

from kafkaemu.config.broker import BrokerConfig, topic_values
from kafkaemu.delayed import Deadlines, Parked, WaitingRoom
from kafkaemu.handlers.context import Answer, Context, Peer, Request
from kafkaemu.log.config import LogConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.metadata.controller import Changes, Controller
from kafkaemu.metadata.image import ResourceType
from kafkaemu.metadata.topic_creation import NewTopic
from kafkaemu.replica.manager import ReplicaManager
from kafkaemu.replica.partition import Partition
from kafkaemu.world.memory import MovedClock, SeededEntropy
from kafkawire.declare import TopLevel
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record

NOW_MS = 1_700_000_000_000
NODE_ID = 1


def batch_of(*values: bytes | None, timestamp_ms: int = NOW_MS, **options: Any) -> bytes:
    """A batch with a record of key ``k`` for each value."""
    return build_batch([Record(b"k", value, (), timestamp_ms) for value in values], **options)


class Answered:
    """What became of a request: ``answer`` is None while it waits."""

    def __init__(self) -> None:
        self.answer: Any = None


class Replicas:
    """A broker with id 1 and its context; time stands at `NOW_MS` until `advance`."""

    def __init__(self, **config: str) -> None:
        settings = {"node.id": str(NODE_ID), **{key.replace("_", "."): value for key, value in config.items()}}
        self.config = BrokerConfig(settings)
        self.clock = MovedClock(NOW_MS)
        self.moved, self.real = Deadlines(), Deadlines()
        self.waiting = WaitingRoom(self.moved, self.real, self.clock.now_ms, self.clock.real_ms)
        self.entropy = SeededEntropy()
        self.controller = Controller(self.config, self.entropy)
        self.manager = ReplicaManager(NODE_ID, self.waiting, SegmentMemory(), self.clock.now_ms, self.entropy.below)
        self.controller.subscribe(self._changed)
        self.controller.format(NOW_MS)
        self.controller.register_broker(NODE_ID, {"PLAINTEXT": ("broker.example", 9092, "PLAINTEXT")}, NOW_MS)
        self.context = Context(
            config=self.config,
            clock=self.clock,
            entropy=self.entropy,
            waiting=self.waiting,
            controller=self.controller,
            replicas=self.manager,
            groups=cast(Any, None),
            advertised={"PLAINTEXT": ("broker.example", 9092)},
            advertised_apis={},
        )
        self.peer = Peer("/127.0.0.1", 50123, "PLAINTEXT")

    def _changed(self, changes: Changes) -> None:
        for topic in changes.deleted:
            for partition in topic.partitions:
                self.manager.delete_partition(topic.name, partition.index)
        hosted = [(topic, 0) for topic in changes.created]
        for topic, first in (*hosted, *changes.grown):
            values = topic_values(self.config, self.controller.image.configs(ResourceType.TOPIC, topic.name))
            for partition in topic.partitions[first:]:
                self.manager.create_partition(
                    topic.name,
                    topic.topic_id,
                    partition.index,
                    partition.leader,
                    partition.leader_epoch,
                    partition.replicas,
                    partition.isr,
                    LogConfig.of(values),
                    min_insync_replicas=cast(int, values["min.insync.replicas"]),
                )

    def topic(self, name: str = "orders", partitions: int = 1, **configs: str) -> bytes:
        """Create a topic; its id."""
        pairs = tuple((key.replace("_", "."), value) for key, value in configs.items())
        result = self.controller.create_topics([NewTopic(name, partitions, configs=pairs)], NOW_MS)[0]
        assert not result.code, result
        return result.topic_id

    def delete(self, name: str = "orders") -> None:
        self.controller.delete_topics([(name, bytes(16))], NOW_MS)

    def partition(self, topic: str = "orders", index: int = 0) -> Partition:
        partition = self.manager.partition(topic, index)
        assert partition is not None
        return partition

    def append(self, *values: bytes | None, topic: str = "orders", index: int = 0) -> None:
        """Append a batch, as a producer would."""
        partition = self.partition(topic, index)
        partition.append(batch_of(*values), -1, self.clock.now_ms())
        self.waiting.touch(partition)

    def request(self, api_key: int, version: int, client_id: str | None = "test") -> Request:
        return Request(api_key, version, 7, client_id, self.peer)

    def ask(self, handle: Any, body: TopLevel, version: int) -> Answered:
        """Have a request handled; where it is parked, its answer arrives later."""
        answered = Answered()
        answer: Answer = handle(self.context, self.request(type(body).KEY, version), body)

        def deliver(late: TopLevel) -> None:
            answered.answer = late

        if isinstance(answer, Parked):
            self.waiting.park(answer, deliver)
        else:
            answered.answer = answer
        return answered

    def advance(self, milliseconds: int) -> None:
        """Let time pass, on both time lines."""
        self.clock.advance(milliseconds)
        self.clock.advance_real(milliseconds)
        self.moved.run_due(self.clock.now_ms())
        self.real.run_due(self.clock.real_ms())
