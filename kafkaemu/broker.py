"""One broker: its parts and what is wired to what."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from kafkaemu.config.broker import BrokerConfig, topic_values
from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.delayed import Deadlines, WaitingRoom
from kafkaemu.handlers.context import Context, EndpointType
from kafkaemu.handlers.index import CONTROLLER_HANDLERS, HANDLERS
from kafkaemu.handlers.served import advertised, served
from kafkaemu.log.config import LogConfig, compaction_keys_max
from kafkaemu.log.internal_topics import CONSUMER_OFFSETS
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.metadata import features
from kafkaemu.metadata.controller import Changes, Controller
from kafkaemu.metadata.image import ResourceType, TopicImage
from kafkaemu.metadata.topic_creation import NewTopic
from kafkaemu.replica.manager import ReplicaManager
from kafkaemu.replica.partition import Partition, StrictPartition
from kafkaemu.server.connection import Connections, host_text
from kafkaemu.server.dispatch import Dispatcher
from kafkaemu.server.warming import Warming
from kafkawire.errors import ErrorCode

if TYPE_CHECKING:
    from kafkaemu.config.listeners import Listeners
    from kafkaemu.delayed import Timer
    from kafkaemu.groups.coordinator import GroupCoordinator
    from kafkaemu.server.listeners import Bound
    from kafkaemu.world.interface import World

logger = logging.getLogger("kafkaemu")

#: What is imported when nobody asks for anything, so that the first who does need not wait for it; the slowest first.
WARMED_MODULES = ("kafkaemu.groups.coordinator", *(f"kafkaemu.handlers.{name}" for name in HANDLERS.values()))
#: How much compaction does before others get their turn: a few milliseconds of work.
COMPACTED_RECORDS_PER_TURN = 2000
#: How many ways of configuring a topic are kept in mind.
LOG_CONFIGS_MAX = 100


class CannotStart(Exception):
    """A broker that cannot be what it is asked to be; the text is one sentence for the user."""


class GroupsWhenAsked:
    """Stands for the group coordinator until somebody asks it something: start does not wait for what many never use."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def __getattr__(self, name: str) -> Any:
        context = self._broker.context
        if isinstance(context.groups, GroupsWhenAsked):
            context.groups = self._broker.make_groups()
        return getattr(context.groups, name)


class Broker:
    """A broker and its controller, which has not begun to serve. `kafkaemu.cluster.serve` gives it sockets and time.

    ``topics`` are made before the first client is served: name and number of partitions (None: the configured default).
    ``memory_limit_bytes`` bounds what the records of all topics take (None: nothing does). ``profile`` is the release it passes for,
    ``cluster_id`` the id of its cluster (None: a new one).
    """

    def __init__(
        self,
        world: World,
        config: BrokerConfig,
        *,
        topics: Sequence[tuple[str, int | None]] = (),
        memory_limit_bytes: int | None = None,
        profile: Profile = CURRENT,
        cluster_id: str | None = None,
    ) -> None:
        self.world = world
        self.config = config
        self.node_id: int = config["node.id"]
        self._topics = topics
        if profile.keys is not None:
            config.use_keys(*profile.keys)
        clock = world.clock
        #: Deadlines on moved time and on real time (DESIGN 5).
        self.moved, self.real = Deadlines(), Deadlines()
        self.waiting = WaitingRoom(self.moved, self.real, clock.now_ms, clock.real_ms)
        self.controller = Controller(config, world.entropy, cluster_id, profile=profile)
        self.replicas = ReplicaManager(
            self.node_id,
            self.waiting,
            SegmentMemory(memory_limit_bytes),
            clock.now_ms,
            world.entropy.below,
            fetch_session_slots=config["max.incremental.fetch.session.cache.slots"],
            partition_type=StrictPartition if profile.counts_replicas_strictly else Partition,
        )
        self._listeners: Listeners | None = None
        #: What `_log_config` has made, by what is set on a topic; made anew when a broker's config changes.
        self._log_configs: dict[tuple[tuple[str, str], ...], tuple[LogConfig, int]] = {}
        #: What is left of the latest round of retention, and when it goes on (None: it is through).
        self._maintenance: Iterator[None] = iter(())
        self._maintenance_timer: Timer | None = None
        #: The next work of compaction, whether it is the rest of a pass, and what its time was reckoned from.
        self._compaction: Timer | None = None
        self._is_compacting = False
        self._compaction_timing: tuple[int, float] | None = None
        self.controller.subscribe(self._apply)
        self.context = Context(
            config=config,
            clock=clock,
            entropy=world.entropy,
            waiting=self.waiting,
            controller=self.controller,
            replicas=self.replicas,
            groups=cast("GroupCoordinator", GroupsWhenAsked(self)),
            advertised={},
            advertised_apis=advertised(features.initial(profile), profile),
            profile=profile,
        )
        self.connections = Connections(
            Dispatcher(self.context, HANDLERS, served(profile)),
            clock,
            max_request_bytes=config["socket.request.max.bytes"],
            max_idle_ms=config["connections.max.idle.ms"],
        )
        self._warming = Warming(self.connections, self.real)

    def start(self, listeners: Listeners, bound: Sequence[Bound]) -> None:
        """Begin: register with what clients are told to connect to, and make the topics asked for.

        Raises `CannotStart` for a topic that cannot be made.
        """
        now_ms = self.world.clock.now_ms()
        protocols = {endpoint.name: endpoint.security_protocol for endpoint in listeners.broker}
        for listener in bound:
            is_broker = listener.endpoint_type is EndpointType.BROKER
            told = self.context.advertised if is_broker else self.context.controller_endpoints
            told[listener.name] = listener.advertised
        if self.context.controller_endpoints:
            apis = served(self.context.profile, EndpointType.CONTROLLER)
            self.context.controller_apis.update(apis)
            self.connections.controller_dispatcher = Dispatcher(self.context, CONTROLLER_HANDLERS, apis)
        self.controller.format(now_ms)
        self.controller.register_broker(
            self.node_id,
            {name: (host, port, protocols[name]) for name, (host, port) in self.context.advertised.items()},
            now_ms,
        )
        self._create_topics(now_ms)
        self._cordon()
        self._maintain()
        self._expire_producers()
        if self.config["log.cleaner.enable"]:
            self._compact()
        self._listeners = listeners
        self._limit_connections()
        if self.connections.max_idle_ms >= 0:
            self._close_idle()
        self._warming.import_when_idle(WARMED_MODULES)

    def _create_topics(self, now_ms: int) -> None:
        wanted = [NewTopic(name, -1 if count is None else count) for name, count in self._topics]
        for topic in self.controller.create_topics(wanted, now_ms):
            if topic.code != ErrorCode.NONE:
                raise CannotStart(f"--topic {topic.name}: {topic.message or topic.code.message}")

    def close(self) -> None:
        """Give back what the broker holds."""
        for connection in list(self.connections.open):
            connection.close()
        self.replicas.close()

    def make_groups(self) -> GroupCoordinator:
        """The group coordinator, which leads nothing yet."""
        from kafkaemu.groups.coordinator import GroupCoordinator
        from kafkaemu.groups.settings import GroupSettings

        self._warming.expect_member()
        settings = GroupSettings.of(self.config, self.context.profile)
        world = self.world
        return GroupCoordinator(settings, self.replicas, self.waiting, self.moved, world.clock, world.entropy)

    # What the metadata log says becomes what this broker hosts

    def _apply(self, changes: Changes) -> None:
        """Carry out a batch of metadata records: deletions first, since a name may come back."""
        for topic in changes.deleted:
            for partition in topic.partitions:
                self.replicas.delete_partition(topic.name, partition.index)
        groups = self.context.groups
        if changes.deleted and not isinstance(groups, GroupsWhenAsked):
            groups.on_partitions_deleted(
                [(topic.name, one.index) for topic in changes.deleted for one in topic.partitions]
            )
        for topic in changes.created:
            if topic.name == CONSUMER_OFFSETS:
                groups.on_partition_count(len(topic.partitions))
            self._host(topic)
        for topic, former_count in changes.grown:
            self._host(topic, former_count)
        for topic in changes.led:
            self._follow(topic)
        for resource_type, name in changes.configs:
            if resource_type == ResourceType.TOPIC:
                log_config, min_insync_replicas = self._log_config(name)
                self.replicas.reconfigure(name, log_config, min_insync_replicas=min_insync_replicas)
            elif resource_type == ResourceType.BROKER and name in ("", str(self.node_id)):
                self._reconfigure()

    def _reconfigure(self) -> None:
        """Obey what is set at run time for this broker and for all; every log does so from here on."""
        image = self.controller.image
        own = image.configs(ResourceType.BROKER, str(self.node_id))
        self.config.set_dynamic(image.configs(ResourceType.BROKER, ""), own)
        for key, known in self._log_configs.items():
            # Where nothing changes the object stays, by which its logs are known to need nothing.
            if (made := self._make_log_config(dict(key))) != known:
                self._log_configs[key] = made
        for topic in list(self.replicas.topics):
            log_config, min_insync_replicas = self._log_config(topic)
            self.replicas.reconfigure(topic, log_config, min_insync_replicas=min_insync_replicas)
        self._retime_compaction()
        self._limit_connections()
        self._cordon()

    def _cordon(self) -> None:
        """Tell the controller whether there is a log directory left that takes new replicas."""
        config = self.config
        cordoned = set(config["cordoned.log.dirs"])
        if self.node_id in self.controller.image.brokers:
            is_cordoned = cordoned == {"*"} or set(config["log.dirs"] or config["log.dir"]) <= cordoned
            self.controller.cordon(self.node_id, self.world.clock.now_ms(), is_cordoned=is_cordoned)

    def _limit_connections(self) -> None:
        """Hold connections to what is configured."""
        config = self.config
        layers = (config.static, config.dynamic_default, config.dynamic)
        if self._listeners is None or not any("max.connection" in name for layer in layers for name in layer):
            if self.connections.quotas is not None:
                self.connections.limit(None)
            return
        from kafkaemu.server.connection_quotas import ConnectionQuotas, Limits

        names = [endpoint.name for endpoint in self._listeners.broker]
        limits = Limits.of(config, names, self._addresses_of)
        protected = self._listeners.inter_broker if len(names) > 1 else None
        peers = [connection.peer for connection in self.connections.open]
        self.connections.limit(None if limits is None else ConnectionQuotas(limits, protected, peers))

    def _addresses_of(self, host: str) -> list[str]:
        try:
            return [host_text(address) for address in self.world.network.addresses_of(host)]
        except OSError as error:
            logger.warning("max.connections.per.ip.overrides: %s has no address: %s", host, error)
            return []

    def _host(self, topic: TopicImage, first: int = 0) -> None:
        """Begin to host the partitions of a topic from index ``first`` on."""
        log_config, min_insync_replicas = self._log_config(topic.name)
        for partition in topic.partitions[first:]:
            if self.node_id in partition.replicas:
                self.replicas.create_partition(
                    topic.name,
                    topic.topic_id,
                    partition.index,
                    partition.leader,
                    partition.leader_epoch,
                    partition.replicas,
                    partition.isr,
                    log_config,
                    min_insync_replicas=min_insync_replicas,
                )
                if topic.name == CONSUMER_OFFSETS and partition.leader == self.node_id:
                    self.context.groups.on_elected(partition.index, partition.leader_epoch)

    def _follow(self, topic: TopicImage) -> None:
        """Take over who leads the partitions of a topic that is hosted here."""
        for partition in topic.partitions:
            self.replicas.apply_leader(
                topic.name,
                partition.index,
                partition.leader,
                partition.leader_epoch,
                partition.replicas,
                partition.isr,
            )
            if topic.name == CONSUMER_OFFSETS and partition.leader != self.node_id:
                self.context.groups.on_resigned(partition.index)

    def _log_config(self, topic: str) -> tuple[LogConfig, int]:
        """What the logs of a topic obey, and the smallest ISR it takes acks=all with."""
        configs = self.controller.image.configs(ResourceType.TOPIC, topic)
        # Where there are thousands of topics, most of them are configured alike.
        key = tuple(sorted(configs.items()))
        known = self._log_configs.get(key)
        if known is None:
            if len(self._log_configs) >= LOG_CONFIGS_MAX:
                self._log_configs.clear()
            known = self._log_configs[key] = self._make_log_config(configs)
        return known

    def _make_log_config(self, configs: Mapping[str, str]) -> tuple[LogConfig, int]:
        config = self.config
        values = topic_values(config, configs)
        log_config = LogConfig.of(
            values,
            producer_id_expiration_ms=config["producer.id.expiration.ms"],
            compaction_keys_max=compaction_keys_max(
                config["log.cleaner.dedupe.buffer.size"],
                config["log.cleaner.threads"],
                config["log.cleaner.io.buffer.load.factor"],
            ),
            refuses_append_time=self.context.profile.refuses_append_time,
        )
        min_insync_replicas = values["min.insync.replicas"]
        assert isinstance(min_insync_replicas, int)
        return log_config, min_insync_replicas

    # Timers

    def _maintain(self) -> None:
        now_ms = self.world.clock.now_ms()
        self.moved.again(now_ms, self.config["log.retention.check.interval.ms"], self._maintain)
        if self._maintenance_timer is None:
            self._maintenance = self.replicas.maintain(now_ms)
        self._go_on()

    def _go_on(self) -> None:
        """Do the next part of maintenance, and the rest after whatever else is due: on real time, as moved time may stand still."""
        if self._maintenance_timer is not None:
            self._maintenance_timer.cancel()
            self._maintenance_timer = None
        for _ in self._maintenance:
            self._maintenance_timer = self.real.at(self.world.clock.real_ms() + 1, self._go_on)
            return

    def settle(self) -> None:
        """Do what is left of maintenance and compaction now, instead of a part at a time."""
        while self._maintenance_timer is not None:
            self._go_on()
        while self._is_compacting and self._compaction is not None:
            self._compaction.cancel()
            self._compact()

    def _expire_producers(self) -> None:
        now_ms = self.world.clock.now_ms()
        self.moved.again(now_ms, self.config["producer.id.expiration.check.interval.ms"], self._expire_producers)
        self.replicas.expire_producers(now_ms)

    def _compact(self) -> None:
        clock = self.world.clock
        now_ms = clock.now_ms()
        is_unfinished = False
        before = self.replicas.compacted_bytes
        try:
            is_unfinished = self.replicas.compact(now_ms, COMPACTED_RECORDS_PER_TURN)
        finally:
            # A pass that fails must not be the last one. The rest of one that is not through comes after whatever else is
            # due: on real time, since moved time may stand still.
            self._is_compacting = is_unfinished
            self._compaction_timing = self._timing_of_compaction()
            if is_unfinished:
                rate = self.config["log.cleaner.io.max.bytes.per.second"]
                pause_ms = (self.replicas.compacted_bytes - before) * 1000 / rate if rate > 0 else math.inf
                self._compaction = self.real.at(clock.real_ms() + max(pause_ms, 1), self._compact)
            else:
                self._compaction = self.moved.again(
                    now_ms, max(self.config["log.cleaner.backoff.ms"], 1), self._compact
                )

    def _timing_of_compaction(self) -> tuple[int, float]:
        return self.config["log.cleaner.backoff.ms"], self.config["log.cleaner.io.max.bytes.per.second"]

    def _retime_compaction(self) -> None:
        """The time between two passes, or how much one may do in a second, may have changed."""
        timing = self._timing_of_compaction()
        if timing == self._compaction_timing or self._compaction is None:
            return
        self._compaction_timing = timing
        self._compaction.cancel()
        if self._is_compacting:
            self._compaction = self.real.at(self.world.clock.real_ms() + 1, self._compact)
        else:
            self._compaction = self.moved.again(self.world.clock.now_ms(), max(timing[0], 1), self._compact)

    def _close_idle(self) -> None:
        self.real.at(self.connections.close_idle(), self._close_idle)
