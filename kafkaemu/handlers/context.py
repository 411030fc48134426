"""What handlers are given: the broker's parts, and the request's surroundings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import IntEnum
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias

import attrs

from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.delayed import Parked
from kafkaemu.metadata.producer_ids import ProducerIds
from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.primitives import uuid_text

if TYPE_CHECKING:
    from kafkaemu.config.broker import BrokerConfig
    from kafkaemu.delayed import WaitingRoom
    from kafkaemu.groups.coordinator import GroupCoordinator
    from kafkaemu.groups.zookeeper_offsets import ZooKeeperOffsets
    from kafkaemu.metadata.controller import Controller
    from kafkaemu.metadata.image import MetadataImage, PartitionImage
    from kafkaemu.replica.manager import ReplicaManager
    from kafkaemu.telemetry.clients import Client, Clients
    from kafkaemu.world.interface import Clock, Entropy

logger = logging.getLogger("kafkaemu.handlers")

#: What a client's software is to resources that match it, where it has not said (ClientInformation.UNKNOWN_NAME_OR_VERSION).
_UNKNOWN = "unknown"


class NoAnswer:
    """The request is done and has no answer (Produce with acks=0)."""


class CloseConnection(Exception):
    """Raised by a handler: no answer, the connection is closed; the text goes to the log with the client's address."""


#: What a handler returns.
Answer: TypeAlias = "TopLevel | Parked[TopLevel] | NoAnswer"
NO_ANSWER = NoAnswer()


class EndpointType(IntEnum):
    """Whom a listener leads to, as numbered on the wire (EndpointType of the reference, KIP-919)."""

    BROKER = 1
    CONTROLLER = 2


@attrs.define(eq=False)
class Peer:
    """The client at the other end of a connection."""

    #: Address as Kafka writes it: ``/127.0.0.1``.
    host: str
    port: int
    #: Name of the listener it came in on (``PLAINTEXT``); its advertised address is the one to tell this client.
    listener: str
    #: Whom it asks: controllers answer some APIs only, and some otherwise.
    endpoint_type: EndpointType = EndpointType.BROKER
    software_name: str = ""
    software_version: str = ""
    #: Called once the connection is closed.
    when_closed: Callable[[], None] | None = None


@attrs.define(eq=False)
class Request:
    """One request, without its body."""

    api_key: int
    version: int
    correlation_id: int
    client_id: str | None
    peer: Peer


def log_refusal(request: Request, what: str, code: ErrorCode, reason: str) -> None:
    """The one line that a bad request leaves in the log: who asked for ``what`` ("Produce to orders-0"), and why it is refused."""
    peer = request.peer
    logger.warning(
        'Refused %s of %s:%d (client id "%s") with %s: %s',
        what,
        peer.host,
        peer.port,
        request.client_id,
        code.name,
        reason,
    )


@attrs.frozen
class LeaderLocation:
    """The leader of a partition (-1: there is none, or it is not known), and host, port and rack where it can be reached."""

    leader_id: int
    leader_epoch: int
    endpoint: tuple[str, int, str | None] | None = None


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
    #: API key -> (oldest, newest) version advertised by a broker; computed in one place (DESIGN 10).
    advertised_apis: dict[int, tuple[int, int]]
    #: Which release of Kafka this broker passes for.
    profile: Profile = CURRENT
    #: The same on the listeners of the controller in this process, and the addresses it tells, by listener name.
    controller_apis: dict[int, tuple[int, int]] = attrs.Factory(dict)
    controller_endpoints: dict[str, tuple[str, int]] = attrs.Factory(dict)
    #: Where idempotent producers get their ids.
    producer_ids: ProducerIds = attrs.field(init=False)
    #: Clients that asked about their metrics, once there was one.
    _telemetry: Clients | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self.producer_ids = ProducerIds(
            lambda now_ms: self.controller.allocate_producer_ids(self.config["node.id"], now_ms)
        )

    @cached_property
    def zookeeper_offsets(self) -> ZooKeeperOffsets:
        """What consumers commit where a profile has a ZooKeeper."""
        from kafkaemu.groups.zookeeper_offsets import ZooKeeperOffsets

        return ZooKeeperOffsets(self.config["offset.metadata.max.bytes"])

    @property
    def image(self) -> MetadataImage:
        """The metadata this broker has applied."""
        return self.controller.image

    @property
    def log_dir(self) -> str:
        """The name of this broker's one log directory: the first of ``log.dirs``, or of ``log.dir``."""
        return str((self.config["log.dirs"] or self.config["log.dir"])[0])

    def leader_of(self, request: Request, topic: str, index: int) -> LeaderLocation:
        """Who leads a partition as far as this broker knows, to be told to a client that has come to the wrong one."""
        partition = self.replicas.partition(topic, index)
        if partition is not None:
            leader_id, leader_epoch = partition.leader_id, partition.leader_epoch
        else:
            known = self.image.topics.get(topic)
            if known is None or not 0 <= index < len(known.partitions):
                return LeaderLocation(-1, -1)
            leader_id, leader_epoch = known.partitions[index].leader, known.partitions[index].leader_epoch
        return LeaderLocation(leader_id, leader_epoch, self.alive_brokers(request).get(leader_id))

    def alive_brokers(self, request: Request) -> dict[int, tuple[str, int, str | None]]:
        """Host, port and rack of every broker that can be reached by the listener that the client came in on, by id."""
        listener = request.peer.listener
        return {
            broker_id: (*broker.endpoints[listener][:2], broker.rack)
            for broker_id, broker in self.image.brokers.items()
            if not broker.fenced and listener in broker.endpoints
        }

    def offline_replicas(self, partition: PartitionImage) -> list[int]:
        """The replicas of a partition whose brokers are not there."""
        brokers = self.image.brokers
        return [one for one in partition.replicas if one not in brokers or brokers[one].fenced]

    def telemetry_client(self, request: Request, uuid: bytes) -> Client:
        """The client of this id, as client metrics resources match it; a new one is forgotten with the connection it came on."""
        from kafkaemu.telemetry.clients import Clients

        if self._telemetry is None:
            self._telemetry = Clients()
        clients, peer = self._telemetry, request.peer
        attributes = {
            "client_id": request.client_id or "",
            "client_instance_id": uuid_text(uuid),
            "client_software_name": peer.software_name or _UNKNOWN,
            "client_software_version": peer.software_version or _UNKNOWN,
            "client_source_address": peer.host.removeprefix("/"),
            "client_source_port": str(peer.port),
        }
        client, is_new = clients.client(uuid, attributes, self.image, self.clock.now_ms())
        if is_new and not self.profile.subscriptions_are_throttled:
            peer.when_closed = partial(clients.forget, uuid)
        return client
