"""One broker: its parts and what is wired to what."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.delayed import Deadlines, WaitingRoom
from kafkaemu.handlers.context import Context
from kafkaemu.handlers.index import HANDLERS
from kafkaemu.handlers.served import advertised, served
from kafkaemu.metadata import features
from kafkaemu.metadata.controller import Controller
from kafkaemu.metadata.topic_creation import NewTopic
from kafkaemu.server.connection import Connections
from kafkaemu.server.dispatch import Dispatcher
from kafkawire.errors import ErrorCode

if TYPE_CHECKING:
    from kafkaemu.config.listeners import Listeners
    from kafkaemu.server.listeners import Bound
    from kafkaemu.world.interface import World

logger = logging.getLogger("kafkaemu")


class CannotStart(Exception):
    """A broker that cannot be what it is asked to be; the text is one sentence for the user."""


class Broker:
    """A broker and its controller, which has not begun to serve. `kafkaemu.cluster.serve` gives it sockets and time.

    ``topics`` are made before the first client is served: name and number of partitions (None: the configured default).
    ``memory_limit_bytes`` bounds what the records of all topics take (None: nothing does).
    """

    def __init__(
        self,
        world: World,
        config: BrokerConfig,
        *,
        topics: Sequence[tuple[str, int | None]] = (),
        memory_limit_bytes: int | None = None,
    ) -> None:
        self.world = world
        self.config = config
        self.node_id: int = config["node.id"]
        self._topics = topics
        clock = world.clock
        #: Deadlines on moved time and on real time (DESIGN 5).
        self.moved = Deadlines()
        self.real = Deadlines()
        self.waiting = WaitingRoom(self.moved, self.real, clock.now_ms, clock.real_ms)
        self.controller = Controller(config, world.entropy)
        self.context = Context(
            config=config,
            clock=clock,
            entropy=world.entropy,
            waiting=self.waiting,
            controller=self.controller,
            replicas=cast("Any", None),
            groups=cast("Any", None),
            advertised={},
            advertised_apis=advertised(features.INITIAL),
        )
        self.connections = Connections(
            Dispatcher(self.context, HANDLERS, served()),
            clock,
            max_request_bytes=config["socket.request.max.bytes"],
            max_idle_ms=config["connections.max.idle.ms"],
        )

    def start(self, listeners: Listeners, bound: Sequence[Bound]) -> None:
        """Begin: register with what clients are told to connect to, and make the topics asked for.

        Raises `CannotStart` for a topic that cannot be made.
        """
        now_ms = self.world.clock.now_ms()
        protocols = {endpoint.name: endpoint.security_protocol for endpoint in listeners.broker}
        self.context.advertised.update({listener.name: listener.advertised for listener in bound})
        self.controller.format(now_ms)
        self.controller.register_broker(
            self.node_id,
            {name: (host, port, protocols[name]) for name, (host, port) in self.context.advertised.items()},
            now_ms,
        )
        self._create_topics(now_ms)
        if self.connections.max_idle_ms >= 0:
            self._close_idle()

    def _create_topics(self, now_ms: int) -> None:
        wanted = [NewTopic(name, -1 if count is None else count) for name, count in self._topics]
        for topic in self.controller.create_topics(wanted, now_ms):
            if topic.code != ErrorCode.NONE:
                raise CannotStart(f"--topic {topic.name}: {topic.message or topic.code.message}")

    def close(self) -> None:
        """Give back what the broker holds."""
        for connection in list(self.connections.open):
            connection.close()

    def _close_idle(self) -> None:
        self.real.at(self.connections.close_idle(), self._close_idle)
