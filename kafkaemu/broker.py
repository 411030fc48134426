"""One broker: its parts and what is wired to what."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.delayed import Deadlines, WaitingRoom
from kafkaemu.handlers.context import Context
from kafkaemu.handlers.index import HANDLERS
from kafkaemu.server.connection import Connections
from kafkaemu.server.dispatch import Dispatcher
from kafkaemu.server.served import advertised_versions, served_versions

if TYPE_CHECKING:
    from kafkaemu.world.interface import World

logger = logging.getLogger("kafkaemu")


class CannotStart(Exception):
    """A broker that cannot be what it is asked to be; the text is one sentence for the user."""


class Broker:
    """A broker that has not begun to serve. `kafkaemu.cluster.serve` gives it sockets and time.

    ``topics`` are made before the first client is served: name and number of partitions (None: the configured default).
    ``memory_limit_bytes`` bounds what the records of all topics take.
    """

    def __init__(
        self,
        world: World,
        config: BrokerConfig,
        *,
        topics: Sequence[tuple[str, int | None]] = (),
        memory_limit_bytes: int | None = None,
    ) -> None:
        self._topics = topics
        self.world = world
        self.config = config
        self.node_id: int = config["node.id"]
        clock = world.clock
        #: Deadlines on moved time and on real time (DESIGN 5).
        self.moved = Deadlines()
        self.real = Deadlines()
        self.waiting = WaitingRoom(self.moved, self.real, clock.now_ms, clock.real_ms)
        self.context = Context(
            config=config,
            clock=clock,
            entropy=world.entropy,
            waiting=self.waiting,
            controller=None,
            replicas=None,
            groups=None,
            advertised={},
            advertised_apis=advertised_versions(HANDLERS),
        )
        self.connections = Connections(
            Dispatcher(self.context, HANDLERS, served_versions(HANDLERS)),
            clock,
            max_request_bytes=config["socket.request.max.bytes"],
            max_idle_ms=config["connections.max.idle.ms"],
        )

    def start(self, advertised: Mapping[str, tuple[str, int]]) -> None:
        """Begin: ``advertised`` is what the clients of each listener are told to connect to."""
        self.context.advertised.update(advertised)
        if self.connections.max_idle_ms >= 0:
            self._close_idle()

    def close(self) -> None:
        """Give back what the broker holds."""
        for connection in list(self.connections.open):
            connection.close()

    def _close_idle(self) -> None:
        self.real.at(self.connections.close_idle(), self._close_idle)
