"""A whole broker in a world of its own: its real wiring, time that is moved, and requests as plain calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

from kafkaemu.broker import Broker
from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import parse_listeners
from kafkaemu.delayed import Parked
from kafkaemu.handlers.context import Peer, Request
from kafkaemu.handlers.index import HANDLERS
from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.metadata.config_changes import ConfigChanges, Operation
from kafkaemu.metadata.image import ResourceType
from kafkaemu.metadata.topic_creation import NewTopic
from kafkaemu.server.connection import ServerConnection
from kafkaemu.server.driver import run_due
from kafkaemu.server.listeners import bind, socket_settings
from kafkaemu.world.interface import DEFAULT_SOCKETS, SocketSettings, World
from kafkaemu.world.memory import (
    MemoryConnection,
    MemoryDisk,
    MemoryNetwork,
    MovedClock,
    SeededEntropy,
    connection_pair,
)
from kafkawire.declare import TopLevel
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record
from tests.support.serving import NoEvent


class RecordingNetwork(MemoryNetwork):
    """Remembers what its listeners were asked for."""

    def __init__(self) -> None:
        super().__init__(NoEvent)
        self.settings: list[SocketSettings] = []

    def listen(self, host: str, port: int, settings: SocketSettings = DEFAULT_SOCKETS) -> Any:
        self.settings.append(settings)
        return super().listen(host, port)


class WholeBroker:
    """A broker that has started with these configs."""

    def __init__(self, configs: Mapping[str, str] | None = None) -> None:
        self.config = BrokerConfig({"listeners": "PLAINTEXT://broker:9092", **(configs or {})})
        self.clock = MovedClock()
        self.network = RecordingNetwork()
        world = SimpleNamespace(clock=self.clock, network=self.network, disk=MemoryDisk(), entropy=SeededEntropy(5))
        self.broker = Broker(cast(World, world), self.config)
        self.listeners = parse_listeners(self.config)
        self.bound = bind(self.network, self.listeners, socket_settings(self.config))
        self.broker.start(self.listeners, self.bound)

    def ask(self, body: TopLevel, version: int) -> Any:
        """The answer to a request; None while it waits."""
        module = import_module(f"kafkaemu.handlers.{HANDLERS[body.KEY]}")
        request = Request(body.KEY, version, 1, "a-client", Peer("/127.0.0.1", 50000, self.bound[0].name))
        answered = []
        answer = module.handle(self.broker.context, request, body)
        if not isinstance(answer, Parked):
            return answer
        self.broker.waiting.park(answer, answered.append)
        return answered[0] if answered else None

    def advance(self, milliseconds: int) -> None:
        """Let time pass on both time lines, and run what is due."""
        self.clock.advance(milliseconds)
        run_due(self.broker.moved, self.clock.now_ms())
        self.advance_real(milliseconds)

    def advance_real(self, milliseconds: float) -> None:
        """Let only the transport's time pass."""
        self.clock.advance_real(milliseconds)
        run_due(self.broker.real, self.clock.real_ms())

    def topic(self, name: str = "orders", partitions: int = -1, **configs: str) -> int:
        """Create a topic (configs with "_" for "."); its error."""
        pairs = tuple((key.replace("_", "."), value) for key, value in configs.items())
        topic = NewTopic(name, partitions, configs=pairs)
        return int(self.broker.controller.create_topics([topic], self.clock.now_ms())[0].code)

    def alter(
        self, configs: Mapping[str, str | None], *, kind: int = ResourceType.BROKER, name: str = ""
    ) -> str | None:
        """Set configs of a resource (if not said otherwise, of all brokers), or take back those that are None; why not, if they are
        refused."""
        changes = [(key, Operation.DELETE if value is None else Operation.SET, value) for key, value in configs.items()]
        (result,) = self.broker.controller.alter_configs([ConfigChanges(kind, name, changes)], self.clock.now_ms())
        return (result.message or result.code.name) if result.code else None

    def log(self, topic: str = "orders", index: int = 0) -> PartitionLog:
        """The log of a partition."""
        partition = self.broker.replicas.partition(topic, index)
        assert partition is not None
        return partition.log

    def produce(self, *values: bytes | None, key: bytes = b"k", ahead_ms: int = 0, acks: int = 1, **batch: Any) -> int:
        """Produce one batch to orders-0, of records with this key and the time it is (or ``ahead_ms`` from now); its error."""
        timestamp_ms = self.clock.now_ms() + ahead_ms
        return self.produce_records([Record(key, value, (), timestamp_ms) for value in values], acks=acks, **batch)

    def produce_records(self, records: Sequence[Record], *, acks: int = 1, **batch: Any) -> int:
        """Produce these records as one batch to orders-0; its error."""
        partition = PartitionProduceData(index=0, records=build_batch(records, **batch))
        topics = [TopicProduceData(name="orders", partition_data=[partition])]
        answer = self.ask(ProduceRequest(acks=acks, timeout_ms=1000, topic_data=topics), 9)
        return int(answer.responses[0].partition_responses[0].error_code)

    def connect(
        self, listener: str = "PLAINTEXT", host: str = "127.0.0.1"
    ) -> tuple[MemoryConnection, ServerConnection]:
        """A connection that was accepted: both ends."""
        client, server = connection_pair(NoEvent, client_address=(host, 50001))
        return client, ServerConnection(self.broker.connections, server, listener)
