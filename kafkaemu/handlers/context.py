"""What handlers are given: the broker's parts, and the request's surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from kafkaemu.delayed import Parked
from kafkawire.declare import TopLevel

if TYPE_CHECKING:
    from kafkaemu.config.broker import BrokerConfig
    from kafkaemu.delayed import WaitingRoom
    from kafkaemu.groups.coordinator import GroupCoordinator
    from kafkaemu.metadata.controller import Controller
    from kafkaemu.metadata.image import MetadataImage
    from kafkaemu.replica.manager import ReplicaManager
    from kafkaemu.world.interface import Clock, Entropy


class NoAnswer:
    """The request is done and has no answer (Produce with acks=0)."""


class CloseConnection(Exception):
    """Raised by a handler: no answer, the connection is closed; the text goes to the log with the client's address."""


#: What a handler returns.
Answer: TypeAlias = "TopLevel | Parked[TopLevel] | NoAnswer"
NO_ANSWER = NoAnswer()


@attrs.define(eq=False)
class Peer:
    """The client at the other end of a connection."""

    #: Address as Kafka writes it: ``/127.0.0.1``.
    host: str
    port: int
    #: Name of the listener it came in on (``PLAINTEXT``); its advertised address is the one to tell this client.
    listener: str
    software_name: str = ""
    software_version: str = ""


@attrs.define(eq=False)
class Request:
    """One request, without its body."""

    api_key: int
    version: int
    correlation_id: int
    client_id: str | None
    peer: Peer


@attrs.define(eq=False)
class Context:
    """The parts of one broker that handlers work on."""

    config: BrokerConfig
    clock: Clock
    entropy: Entropy
    waiting: WaitingRoom
    controller: Controller
    replicas: ReplicaManager
    groups: GroupCoordinator
    #: Advertised (host, port) of this broker by listener name.
    advertised: dict[str, tuple[str, int]]
    #: API key -> (oldest, newest) version advertised; computed in one place (DESIGN 10).
    advertised_apis: dict[int, tuple[int, int]]

    @property
    def image(self) -> MetadataImage:
        """The metadata this broker has applied."""
        return self.controller.image
