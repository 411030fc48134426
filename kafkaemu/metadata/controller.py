"""The active controller of a cluster with one controller: checks requests, writes their records, applies them.

Theory: KIP-500. A change is a batch of records: appended to the metadata log, folded into the image, then told to whoever
subscribed, all in one turn, so nobody sees half of it. A refused change leaves no record. The reference's QuorumController does the
same with a queue and a quorum in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import PROTOCOLS
from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.log import internal_topics
from kafkaemu.log.errors import LogError
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.metadata import features
from kafkaemu.metadata.image import MetadataImage, ResourceType, TopicImage
from kafkaemu.metadata.log import MetadataLog
from kafkaemu.metadata.topic_creation import (
    CreatedTopic,
    NewTopic,
    Refused,
    check_configs,
    check_name,
    check_records,
    check_size,
    creation_records,
    place,
)
from kafkaemu.metadata.topic_names import collision_key
from kafkaemu.world.interface import Entropy
from kafkawire.declare import ZERO_UUID, TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.internal.cluster_metadata import (
    BrokerEndpoint,
    BrokerFeature,
    BrokerRegistrationChangeRecord,
    ConfigRecord,
    FeatureLevelRecord,
    ProducerIdsRecord,
    RegisterBrokerRecord,
    RemoveTopicRecord,
)
from kafkawire.primitives import uuid_text

if TYPE_CHECKING:
    # What plans a change is imported by the first change of its kind: a start needs only the creation of topics.
    from kafkaemu.metadata.client_quotas import QuotaChanges, QuotasChanged
    from kafkaemu.metadata.config_changes import ConfigChanges, ConfigsChanged
    from kafkaemu.metadata.feature_updates import FeatureChange
    from kafkaemu.metadata.scram import ScramChange, ScramChanged
    from kafkaemu.metadata.topic_deletion import DeletedTopic
    from kafkaemu.metadata.topic_growth import GrownTopic, Growth

PRODUCER_IDS_PER_BLOCK = 1000
#: BrokerRegistrationChangeRecord.fenced: from now on not.
_UNFENCE = -1


@attrs.frozen(kw_only=True)
class Changes:
    """What a batch of records has changed. Images of created topics are as in the metadata image, those of deleted ones as
    they last were. ``grown`` are topics with the number of partitions they had, ``configs`` are (resource type, name), ``led``
    are topics of which partitions have another leader or ISR."""

    created: tuple[TopicImage, ...] = ()
    grown: tuple[tuple[TopicImage, int], ...] = ()
    deleted: tuple[TopicImage, ...] = ()
    configs: tuple[tuple[int, str], ...] = ()
    led: tuple[TopicImage, ...] = ()


class Controller:
    """The controller and the image it shares with the broker in its process.

    ``cluster_id`` None makes a new one; ``memory`` is what its log is kept in (None: its own); ``profile`` has the levels of features.
    A new cluster writes its first records with `format`.
    """

    def __init__(
        self,
        config: BrokerConfig,
        entropy: Entropy,
        cluster_id: str | None = None,
        memory: SegmentMemory | None = None,
        profile: Profile = CURRENT,
    ) -> None:
        self._config = config
        self._profile = profile
        self._entropy = entropy
        self._subscribers: list[Callable[[Changes], None]] = []
        #: Names that differ only in "." and "_", by what they have in common.
        self._colliding: dict[str, list[str]] = {}
        #: Id of the one controller there is.
        self.controller_id: int = config["node.id"]
        #: Id of the directory that the controller's log is in, which is the broker's.
        self.directory_id = ZERO_UUID
        self.image = MetadataImage(cluster_id or uuid_text(entropy.uuid()))
        self.log = MetadataLog(
            config["metadata.log.max.record.bytes.between.snapshots"],
            memory,
            snapshot_interval_ms=config["metadata.log.max.snapshot.interval.ms"],
        )

    def subscribe(self, callback: Callable[[Changes], None]) -> None:
        """Call ``callback`` after every batch of records, with what it changed, once the image shows it."""
        self._subscribers.append(callback)

    def format(self, now_ms: int) -> None:
        """Write the first records of a new cluster: feature levels, and the default that the ELR feature fixes."""
        assert self.log.end_offset == 0, "a cluster is formatted once"
        records: list[TopLevel] = [
            FeatureLevelRecord(name=name, feature_level=level)
            for name, level in features.initial(self._profile).items()
        ]
        configs: tuple[tuple[int, str], ...] = ()
        if features.initial(self._profile).get(features.ELIGIBLE_LEADER_REPLICAS):
            # With it the reference pins the cluster's min.insync.replicas as a dynamic default (KIP-966).
            minimum = str(self._config["min.insync.replicas"])
            name = "min.insync.replicas"
            records.append(ConfigRecord(resource_type=ResourceType.BROKER, resource_name="", name=name, value=minimum))
            configs = ((ResourceType.BROKER, ""),)
        if records:
            self._commit(records, now_ms, Changes(configs=configs))

    def register_broker(self, broker_id: int, endpoints: Mapping[str, tuple[str, int, str]], now_ms: int) -> int:
        """Register a broker that is ready to serve and unfence it; returns its epoch.

        ``endpoints`` are its advertised host, port and security protocol by listener name.
        """
        epoch = self.log.end_offset
        self.directory_id = self._entropy.uuid()
        registration = RegisterBrokerRecord(
            broker_id=broker_id,
            incarnation_id=self._entropy.uuid(),
            broker_epoch=epoch,
            end_points=[
                BrokerEndpoint(name=name, host=host, port=port, security_protocol=PROTOCOLS.index(protocol))
                for name, (host, port, protocol) in endpoints.items()
            ],
            features=[
                BrokerFeature(name=name, min_supported_version=low, max_supported_version=high)
                for name, (low, high) in features.supported(self._profile).items()
            ],
            rack=self._config["broker.rack"],
            fenced=True,
            log_dirs=[self.directory_id],
        )
        unfenced = BrokerRegistrationChangeRecord(broker_id=broker_id, broker_epoch=epoch, fenced=_UNFENCE)
        self._commit([registration, unfenced], now_ms, Changes())
        return epoch

    def cordon(self, broker_id: int, now_ms: int, *, is_cordoned: bool) -> None:
        """From now on a broker's log directories take new replicas, or do not; no error if that is so already, or the broker is
        none any more."""
        broker = self.image.brokers.get(broker_id)
        if broker is None:
            return
        cordoned = broker.log_dirs if is_cordoned else ()
        if cordoned != broker.cordoned_log_dirs:
            record = BrokerRegistrationChangeRecord(
                broker_id=broker_id, broker_epoch=broker.epoch, cordoned_log_dirs=list(cordoned)
            )
            self._commit([record], now_ms, Changes())

    def unregister_broker(self, broker_id: int, now_ms: int) -> None:
        """Forget a broker; what it led has another leader, or none. Raises `unregistration.NotRegistered`."""
        from kafkaemu.metadata.unregistration import unregistration_records

        records, topics = unregistration_records(self.image, broker_id)
        self._commit(records, now_ms, Changes(led=tuple(topics)))

    def create_topics(
        self, topics: Sequence[NewTopic], now_ms: int, *, validate_only: bool = False
    ) -> list[CreatedTopic]:
        """Create topics, each on its own merits, in one batch; one result for each name.

        Errors: 17 for a name that is illegal or collides, 36 for one that exists, 42 for one that comes twice or may not be
        created, 40, 37, 38, 39 for configs, partitions, replication factor and assignment. Too many partitions, or records for
        all of it, are 44 for every topic, as often as it comes.
        """
        counts = Counter(topic.name for topic in topics)
        uses_zookeeper = self._profile.uses_zookeeper
        prohibited = () if uses_zookeeper else (internal_topics.CLUSTER_METADATA,)
        wanted = [topic for topic in topics if counts[topic.name] == 1 and topic.name not in prohibited]
        try:
            results = self._create(wanted, now_ms, validate_only)
        except Refused as refused:
            return [CreatedTopic(topic.name, refused.code, refused.message) for topic in topics]
        for name, count in counts.items():
            if count > 1:
                twice = CreatedTopic(name, ErrorCode.INVALID_REQUEST, "Duplicate topic name.")
                results += [twice] * (count if uses_zookeeper else 1)
            elif name in prohibited:
                code, message = ErrorCode.INVALID_REQUEST, f"Creation of internal topic {name} is prohibited."
                if self._profile.cluster_metadata_is_not_authorized:
                    code, message = ErrorCode.TOPIC_AUTHORIZATION_FAILED, "Authorization failed."
                results.append(CreatedTopic(name, code, message))
        return results

    def _create(self, topics: Sequence[NewTopic], now_ms: int, validate_only: bool) -> list[CreatedTopic]:
        check_size(topics, self._config, self._profile)
        results = []
        records: list[TopLevel] = []
        for topic in topics:
            try:
                result = self._plan(topic, records)
            except Refused as refused:
                result = CreatedTopic(topic.name, refused.code, refused.message)
            check_records(records, self._profile)
            results.append(result)
        if records and not validate_only:
            ids = [result.topic_id for result in results if result.code == ErrorCode.NONE]
            try:
                self._commit(records, now_ms, created_ids=ids)
            except LogError as error:
                return [CreatedTopic(topic.name, error.code, error.code.message) for topic in topics]
        return results

    def _plan(self, topic: NewTopic, records: list[TopLevel]) -> CreatedTopic:
        brokers = self.image.brokers
        start = self._entropy.below(len(brokers)) if len(brokers) > 1 else 0
        if self._profile.uses_zookeeper:
            from kafkaemu.metadata.zookeeper_creation import check_and_place

            configs, replicas = check_and_place(topic, self.image, self._colliding, self._config, start)
        else:
            check_name(topic.name, self.image, self._colliding)
            configs = check_configs(topic, self._config)
            replicas = place(topic, self._config, brokers, start)
        topic_id = self._entropy.uuid()
        records += creation_records(topic.name, topic_id, replicas, configs, brokers)
        return CreatedTopic(
            topic.name,
            topic_id=topic_id,
            partition_count=len(replicas),
            replication_factor=len(replicas[0]),
            configs=configs,
        )

    def ensure_topic(self, name: str, now_ms: int) -> CreatedTopic:
        """Create a topic that a client or a coordinator needs, with the broker's defaults, or with what an internal topic has
        (DefaultAutoTopicCreationManager); a topic that is there is left as it is and the result is no error."""
        existing = self.image.topics.get(name)
        if existing is not None:
            partitions = existing.partitions
            return CreatedTopic(
                name,
                topic_id=existing.topic_id,
                partition_count=len(partitions),
                replication_factor=len(partitions[0].replicas),
                configs=self.image.configs(ResourceType.TOPIC, name),
            )
        return self.create_topics([self._automatic_topic(name)], now_ms)[0]

    def _automatic_topic(self, name: str) -> NewTopic:
        config = self._config
        if name == internal_topics.CONSUMER_OFFSETS:
            prefix = "offsets.topic"
            configs = {"cleanup.policy": "compact", "compression.type": "producer"}
        elif name == internal_topics.TRANSACTION_STATE:
            prefix = "transaction.state.log"
            configs = {
                "cleanup.policy": "compact",
                "compression.type": "uncompressed",
                "min.insync.replicas": str(config["transaction.state.log.min.isr"]),
                "unclean.leader.election.enable": "false",
            }
        elif name == internal_topics.SHARE_GROUP_STATE:
            prefix = "share.coordinator.state.topic"
            configs = {
                "cleanup.policy": "delete",
                "compression.type": "producer",
                "min.insync.replicas": str(config["share.coordinator.state.topic.min.isr"]),
                "retention.ms": "-1",
            }
        else:
            return NewTopic(name)
        configs["segment.bytes"] = str(config[f"{prefix}.segment.bytes"])
        return NewTopic(
            name,
            config[f"{prefix}.num.partitions"],
            config[f"{prefix}.replication.factor"],
            configs=tuple(configs.items()),
        )

    def create_partitions(
        self, growths: Sequence[Growth], now_ms: int, *, validate_only: bool = False
    ) -> list[GrownTopic]:
        """Give topics more partitions, each on its own merits, in one batch; one result for each name.

        Errors: 42 for a name that comes twice, 3 for a topic that there is not, 37 for a count that is no growth, 39 for a bad
        assignment, -1 for more partitions than one request may add.
        """
        from kafkaemu.metadata.topic_growth import GrownTopic, growth_records

        counts = Counter(growth.name for growth in growths)
        results = [
            GrownTopic(name, ErrorCode.INVALID_REQUEST, "Duplicate topic name.") for name, n in counts.items() if n > 1
        ]
        brokers = self.image.brokers
        may_be_any = validate_only and self._profile.trips_over_many_partitions
        records: list[TopLevel] = []
        grown: list[tuple[TopicImage, int]] = []
        for growth in growths:
            if counts[growth.name] > 1:
                continue
            topic = self.image.topics.get(growth.name)
            start = self._entropy.below(len(brokers)) if len(brokers) > 1 else 0
            try:
                records += growth_records(growth, topic, brokers, start, None if may_be_any else len(records))
            except Refused as refused:
                results.append(GrownTopic(growth.name, refused.code, refused.message))
                continue
            assert topic is not None, "what is not there was refused"
            grown.append((topic, len(topic.partitions)))
        if records and not validate_only:
            try:
                self._commit(records, now_ms, Changes(grown=tuple(grown)))
            except LogError as error:
                return results + [GrownTopic(topic.name, error.code, error.code.message) for topic, _ in grown]
        return results + [GrownTopic(topic.name) for topic, _ in grown]

    def delete_topics(self, wanted: Sequence[tuple[str | None, bytes]], now_ms: int) -> list[DeletedTopic]:
        """Delete topics by name (with a zero id) or id (with no name); one result for each that is distinct.

        Errors: 3 and 100 for a name or id that there is not, 42 for entries that contradict themselves or one another.
        """
        from kafkaemu.metadata.topic_deletion import DeletedTopic, plan_deletion

        results, doomed = plan_deletion(self.image, wanted)
        if doomed:
            records = [RemoveTopicRecord(topic_id=topic.topic_id) for topic in doomed]
            try:
                self._commit(records, now_ms, Changes(deleted=tuple(doomed)))
            except LogError as error:
                return results + [DeletedTopic(t.name, t.topic_id, error.code, error.code.message) for t in doomed]
        return results + [DeletedTopic(topic.name, topic.topic_id) for topic in doomed]

    def alter_configs(
        self, asked: Sequence[ConfigChanges], now_ms: int, *, validate_only: bool = False, by_broker: bool = True
    ) -> list[ConfigsChanged]:
        """Change configs, each resource on its own merits; one result for each, and on a controller's own listener (not
        ``by_broker``) one in all for a resource named several times.

        Errors: 42 for a resource named twice, of an unknown kind (a controller: 35) or of another broker (one that there is not: 102),
        and for keys that cannot be changed at run time; 3 and 17 for topics; 40 for values.
        """
        from kafkaemu.metadata.config_changes import ConfigsChanged

        if self._profile.uses_zookeeper:
            from kafkaemu.metadata.zookeeper_refusals import named_once, refused_as_a_whole

            if whole := refused_as_a_whole(asked):
                return whole
            asked = named_once(asked)
        counts = Counter((one.resource_type, one.name) for one in asked)
        if not by_broker:
            # Each of an unknown kind is refused for that, however often it comes.
            kinds = frozenset(ResourceType)
            unknown = [one for one in asked if one.resource_type not in kinds]
            counts.subtract((one.resource_type, one.name) for one in unknown)
            known = {(one.resource_type, one.name): one for one in asked if one.resource_type in kinds}
            asked = [*unknown, *known.values()]
        twice = "Each resource must appear at most once." if by_broker else "Duplicate resource."
        return [
            ConfigsChanged(one.resource_type, one.name, ErrorCode.INVALID_REQUEST, twice)
            if counts[one.resource_type, one.name] > 1
            else self._alter_configs(one, now_ms, validate_only, by_broker)
            for one in asked
        ]

    def _alter_configs(self, asked: ConfigChanges, now_ms: int, validate_only: bool, by_broker: bool) -> ConfigsChanged:
        from kafkaemu.metadata.config_changes import ConfigsChanged, RefusedChange, plan_changes

        resource = (asked.resource_type, asked.name)
        try:
            records = plan_changes(self.image, self._config, asked, self._profile, by_broker=by_broker)
            if records and not validate_only:
                self._commit(records, now_ms, Changes(configs=(resource,)))
        except RefusedChange as refusal:
            if self._profile.uses_zookeeper:
                from kafkaemu.metadata.zookeeper_refusals import refused

                return refused(asked, refusal, is_there=asked.name in self.image.topics)
            return ConfigsChanged(*resource, refusal.code, refusal.message)
        except LogError as error:
            return ConfigsChanged(*resource, error.code, error.code.message)
        return ConfigsChanged(*resource)

    def alter_client_quotas(
        self, asked: Sequence[QuotaChanges], now_ms: int, *, validate_only: bool = False
    ) -> list[QuotasChanged]:
        """Change quotas; each entity succeeds or fails for itself. Error: 42."""
        from kafkaemu.metadata.client_quotas import QuotasChanged, plan_quotas

        records, results = plan_quotas(self.image, asked, self._profile)
        if records and not validate_only:
            try:
                self._commit(records, now_ms, Changes())
            except LogError as error:
                return [QuotasChanged(entity, error.code, error.code.message) for entity in results]
        return list(results.values())

    def alter_scram_credentials(self, changes: Sequence[ScramChange], now_ms: int) -> list[ScramChanged]:
        """Make and delete SCRAM credentials; one result for each user. Errors: 33, 91, 92, 93."""
        from kafkaemu.metadata import scram

        plan = scram.plan_credentials_by_mechanism if self._profile.uses_zookeeper else scram.plan_credentials
        records, results = plan(self.image, changes)
        if records:
            try:
                self._commit(records, now_ms, Changes())
            except LogError as error:
                return [scram.ScramChanged(user, error.code, error.code.message) for user in results]
        return list(results.values())

    def update_features(self, changes: Sequence[FeatureChange], now_ms: int, *, validate_only: bool = False) -> None:
        """Set levels of features, all or none. Raises `InvalidUpdate`, and `LogError` where the log has no room."""
        from kafkaemu.metadata.feature_updates import plan_features

        minimum = str(self._config["min.insync.replicas"])
        records = plan_features(self.image, self.controller_id, changes, minimum, self._profile)
        if records and not validate_only:
            self._commit(records, now_ms, Changes(configs=((ResourceType.BROKER, ""),)))

    def allocate_producer_ids(self, broker_id: int, now_ms: int) -> range:
        """A block of producer ids that nobody else gets (ProducerIdControlManager). Raises `NoProducerIds`."""
        from kafkaemu.metadata.producer_ids import NoProducerIds

        broker = self.image.brokers.get(broker_id)
        if broker is None:
            raise NoProducerIds(f"broker {broker_id} is not registered")
        first = self.image.next_producer_id
        end = first + PRODUCER_IDS_PER_BLOCK
        record = ProducerIdsRecord(broker_id=broker_id, broker_epoch=broker.epoch, next_producer_id=end)
        self._commit([record], now_ms, Changes())
        return range(first, end)

    def _commit(
        self,
        records: Sequence[TopLevel],
        now_ms: int,
        changes: Changes | None = None,
        *,
        created_ids: Sequence[bytes] = (),
    ) -> None:
        image = self.image
        last_offset = self.log.append(records, now_ms)
        for record in records:
            image.apply(record)
        image.offset = last_offset
        if changes is None:
            changes = Changes(created=tuple(image.topics_by_id[topic_id] for topic_id in created_ids))
        self._note_names(changes)
        if self.log.snapshot_is_due(now_ms):
            self.log.take_snapshot(image, now_ms)
        for callback in self._subscribers:
            callback(changes)

    def _note_names(self, changes: Changes) -> None:
        for topic in changes.created:
            if (key := collision_key(topic.name)) is not None:
                self._colliding.setdefault(key, []).append(topic.name)
        for topic in changes.deleted:
            if (key := collision_key(topic.name)) is not None:
                self._colliding[key].remove(topic.name)
                if not self._colliding[key]:
                    del self._colliding[key]
