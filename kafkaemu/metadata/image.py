"""The metadata image: what the cluster looks like, as the fold of its metadata log (DESIGN 6).

Theory: KIP-500. Every change is a record; `MetadataImage.apply` is the only thing that changes an image, so replaying a log, or a
snapshot and the log's rest, gives the image back. Broker and controller of one process share one image; whoever reads it in one
turn sees one state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs

from kafkaemu.log import internal_topics
from kafkawire.declare import TopLevel
from kafkawire.internal.cluster_metadata import (
    BeginTransactionRecord,
    BrokerRegistrationChangeRecord,
    ClientQuotaRecord,
    ConfigRecord,
    EndTransactionRecord,
    FeatureLevelRecord,
    NoOpRecord,
    PartitionChangeRecord,
    PartitionRecord,
    ProducerIdsRecord,
    RegisterBrokerRecord,
    RegisterControllerRecord,
    RemoveTopicRecord,
    TopicRecord,
    UnregisterBrokerRecord,
)
from kafkawire.internal.cluster_security import RemoveUserScramCredentialRecord, UserScramCredentialRecord


class ResourceType(IntEnum):
    """What a config belongs to, as numbered on the wire and in ConfigRecord (ConfigResource.Type)."""

    UNKNOWN = 0
    TOPIC = 2
    BROKER = 4
    BROKER_LOGGER = 8
    CLIENT_METRICS = 16
    GROUP = 32


#: Whom quotas are for: kind and name of each part, in order of kind; no name is the default of the kind.
QuotaKey: TypeAlias = "tuple[tuple[str, str | None], ...]"

#: Topics that clients are told are internal: the metadata log is none of them, since they never see it.
INTERNAL_TOPICS = internal_topics.INTERNAL_TOPICS - {internal_topics.CLUSTER_METADATA}
_NO_CONFIGS: Mapping[str, str] = MappingProxyType({})
#: PartitionChangeRecord: the leader is as it was.
_LEADER_UNCHANGED = -2
NO_LEADER = -1


@attrs.define(eq=True, repr=False)
class PartitionImage:
    """One partition. A new leader raises ``leader_epoch``, any change raises ``partition_epoch``."""

    index: int
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    leader: int
    leader_epoch: int
    partition_epoch: int
    directories: tuple[bytes, ...] = ()
    removing_replicas: tuple[int, ...] = ()
    adding_replicas: tuple[int, ...] = ()
    eligible_leader_replicas: tuple[int, ...] = ()
    last_known_elr: tuple[int, ...] = ()
    leader_recovery_state: int = 0


@attrs.define(repr=False)
class TopicImage:
    """A topic and its partitions, by index."""

    name: str
    topic_id: bytes
    partitions: list[PartitionImage] = attrs.Factory(list)

    @property
    def is_internal(self) -> bool:
        """Whether it is one of the topics that coordinators keep their state in."""
        return self.name in INTERNAL_TOPICS


@attrs.define
class BrokerImage:
    """A registered broker. ``endpoints`` are its advertised (host, port, security protocol number) by listener name."""

    broker_id: int
    epoch: int
    incarnation_id: bytes
    endpoints: dict[str, tuple[str, int, int]]
    features: dict[str, tuple[int, int]]
    rack: str | None
    fenced: bool
    in_controlled_shutdown: bool
    log_dirs: tuple[bytes, ...]
    #: Those of them that take no new replicas (KIP-1066).
    cordoned_log_dirs: tuple[bytes, ...] = ()

    @property
    def takes_replicas(self) -> bool:
        """Whether a new replica may be placed here."""
        return not self.fenced and not set(self.log_dirs) <= set(self.cordoned_log_dirs)


@attrs.frozen
class ScramCredential:
    """What a user's SCRAM proof is checked with (RFC 5802)."""

    salt: bytes
    stored_key: bytes = attrs.field(repr=False)
    server_key: bytes = attrs.field(repr=False)
    iterations: int


class MetadataImage:
    """The cluster's state after the records applied so far.

    ``cluster_id`` is no record: it is given when the cluster is formatted. ``offset`` is that of the last record applied, -1
    before the first; clients see it as the epoch of the finalized features.
    """

    def __init__(self, cluster_id: str) -> None:
        self.cluster_id = cluster_id
        self.offset = -1
        self.brokers: dict[int, BrokerImage] = {}
        self.topics: dict[str, TopicImage] = {}
        self.topics_by_id: dict[bytes, TopicImage] = {}
        self.features: dict[str, int] = {}
        self.next_producer_id = 0
        self.configs_by_resource: dict[tuple[int, str], dict[str, str]] = {}
        self.client_quotas: dict[QuotaKey, dict[str, float]] = {}
        #: By user and mechanism (1 SCRAM-SHA-256, 2 SCRAM-SHA-512).
        self.scram_credentials: dict[str, dict[int, ScramCredential]] = {}

    def configs(self, resource_type: int, name: str) -> Mapping[str, str]:
        """The configs set on one resource, as texts; empty where none is. The default of all brokers has the name ""."""
        return self.configs_by_resource.get((resource_type, name), _NO_CONFIGS)

    def partition_count(self) -> int:
        """Partitions in the cluster."""
        return sum(len(topic.partitions) for topic in self.topics.values())

    def state(self) -> dict[str, Any]:
        """Everything that records determine, for comparison."""
        return {name: value for name, value in vars(self).items() if name not in ("cluster_id", "offset")}

    def apply(self, record: TopLevel) -> None:
        """Fold one record in. Raises KeyError for a record about a topic or broker that there is not: the log is broken."""
        _APPLY[type(record)](self, record)


def _topic(image: MetadataImage, record: TopicRecord) -> None:
    topic = TopicImage(record.name, record.topic_id)
    image.topics[record.name] = topic
    image.topics_by_id[record.topic_id] = topic


def _partition(image: MetadataImage, record: PartitionRecord) -> None:
    partitions = image.topics_by_id[record.topic_id].partitions
    replicas, directories = tuple(record.replicas), tuple(record.directories)
    if partitions:
        # Where there are many partitions most are placed like the one before: they share what says so.
        before = partitions[-1]
        if before.replicas == replicas:
            replicas = before.replicas
        if before.directories == directories:
            directories = before.directories
    partition = PartitionImage(
        index=record.partition_id,
        replicas=replicas,
        isr=replicas if record.isr == record.replicas else tuple(record.isr),
        leader=record.leader,
        leader_epoch=record.leader_epoch,
        partition_epoch=record.partition_epoch,
        directories=directories,
        removing_replicas=tuple(record.removing_replicas),
        adding_replicas=tuple(record.adding_replicas),
        eligible_leader_replicas=tuple(record.eligible_leader_replicas or ()),
        last_known_elr=tuple(record.last_known_elr or ()),
        leader_recovery_state=record.leader_recovery_state,
    )
    if partition.index < len(partitions):
        partitions[partition.index] = partition
    else:
        assert partition.index == len(partitions), "partitions of a topic are numbered from 0 without gaps"
        partitions.append(partition)


def _partition_change(image: MetadataImage, record: PartitionChangeRecord) -> None:
    partition = image.topics_by_id[record.topic_id].partitions[record.partition_id]
    for name in (
        "replicas",
        "isr",
        "removing_replicas",
        "adding_replicas",
        "directories",
        "eligible_leader_replicas",
        "last_known_elr",
    ):
        changed = getattr(record, name)
        if changed is not None:
            setattr(partition, name, tuple(changed))
    if record.leader != _LEADER_UNCHANGED:
        partition.leader = record.leader
        partition.leader_epoch += 1
    if record.leader_recovery_state != -1:
        partition.leader_recovery_state = record.leader_recovery_state
    partition.partition_epoch += 1


def _remove_topic(image: MetadataImage, record: RemoveTopicRecord) -> None:
    topic = image.topics_by_id.pop(record.topic_id)
    del image.topics[topic.name]
    # A deleted topic's configs go with it (ConfigurationsDelta.handleTopicRemoval).
    image.configs_by_resource.pop((ResourceType.TOPIC, topic.name), None)


def _config(image: MetadataImage, record: ConfigRecord) -> None:
    resource = (record.resource_type, record.resource_name)
    if record.value is not None:
        image.configs_by_resource.setdefault(resource, {})[record.name] = record.value
        return
    configs = image.configs_by_resource.get(resource, {})
    configs.pop(record.name, None)
    if not configs:
        image.configs_by_resource.pop(resource, None)


def _client_quota(image: MetadataImage, record: ClientQuotaRecord) -> None:
    entity = tuple(sorted((part.entity_type, part.entity_name) for part in record.entity))
    if not record.remove:
        image.client_quotas.setdefault(entity, {})[record.key] = record.value
        return
    quotas = image.client_quotas.get(entity, {})
    quotas.pop(record.key, None)
    if not quotas:
        image.client_quotas.pop(entity, None)


def _scram_credential(image: MetadataImage, record: UserScramCredentialRecord) -> None:
    image.scram_credentials.setdefault(record.name, {})[record.mechanism] = ScramCredential(
        record.salt, record.stored_key, record.server_key, record.iterations
    )


def _remove_scram_credential(image: MetadataImage, record: RemoveUserScramCredentialRecord) -> None:
    credentials = image.scram_credentials[record.name]
    del credentials[record.mechanism]
    if not credentials:
        del image.scram_credentials[record.name]


def _register_broker(image: MetadataImage, record: RegisterBrokerRecord) -> None:
    image.brokers[record.broker_id] = BrokerImage(
        broker_id=record.broker_id,
        epoch=record.broker_epoch,
        incarnation_id=record.incarnation_id,
        endpoints={end.name: (end.host, end.port, end.security_protocol) for end in record.end_points},
        features={f.name: (f.min_supported_version, f.max_supported_version) for f in record.features},
        rack=record.rack,
        fenced=record.fenced,
        in_controlled_shutdown=record.in_controlled_shutdown,
        log_dirs=tuple(record.log_dirs),
        cordoned_log_dirs=tuple(record.cordoned_log_dirs or ()),
    )


def _unregister_broker(image: MetadataImage, record: UnregisterBrokerRecord) -> None:
    del image.brokers[record.broker_id]


def _broker_change(image: MetadataImage, record: BrokerRegistrationChangeRecord) -> None:
    broker = image.brokers[record.broker_id]
    if record.fenced:
        broker.fenced = record.fenced > 0
    if record.in_controlled_shutdown:
        broker.in_controlled_shutdown = record.in_controlled_shutdown > 0
    if record.log_dirs:
        broker.log_dirs = tuple(record.log_dirs)
    if record.cordoned_log_dirs is not None:
        broker.cordoned_log_dirs = tuple(record.cordoned_log_dirs)


def _feature(image: MetadataImage, record: FeatureLevelRecord) -> None:
    if record.feature_level:
        image.features[record.name] = record.feature_level
    else:
        image.features.pop(record.name, None)


def _producer_ids(image: MetadataImage, record: ProducerIdsRecord) -> None:
    image.next_producer_id = record.next_producer_id


def _nothing(image: MetadataImage, record: TopLevel) -> None:
    """A record that changes nothing that a broker looks at. Transactions of the log span batches only while a cluster is
    formatted, and are never aborted then."""


_APPLY: dict[type[TopLevel], Callable[[MetadataImage, Any], None]] = {
    TopicRecord: _topic,
    PartitionRecord: _partition,
    PartitionChangeRecord: _partition_change,
    RemoveTopicRecord: _remove_topic,
    ConfigRecord: _config,
    ClientQuotaRecord: _client_quota,
    UserScramCredentialRecord: _scram_credential,
    RemoveUserScramCredentialRecord: _remove_scram_credential,
    RegisterBrokerRecord: _register_broker,
    UnregisterBrokerRecord: _unregister_broker,
    BrokerRegistrationChangeRecord: _broker_change,
    FeatureLevelRecord: _feature,
    ProducerIdsRecord: _producer_ids,
    NoOpRecord: _nothing,
    BeginTransactionRecord: _nothing,
    EndTransactionRecord: _nothing,
    RegisterControllerRecord: _nothing,
}
