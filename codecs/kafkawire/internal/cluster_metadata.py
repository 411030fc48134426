"""Records of ``__cluster_metadata``: every change of topics, configs and brokers, in the order in which the controller
made it.

A record's value is its frame version (1), type and version as unsigned varints, then one of these. What a cluster
is, is the fold of them. Those of security are in `kafkawire.internal.cluster_security`.
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    UInt16,
    Uuid,
    nullable,
    record,
    since,
    struct,
    tagged,
)


@struct
class BrokerEndpoint(Message):
    """One listener of a broker, as clients shall reach it."""

    name: str = String("Name of the listener.")
    host: str = String("Advertised host.")
    port: int = UInt16("Advertised port.")
    security_protocol: int = Int16("0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.")


@struct
class BrokerFeature(Message):
    """Levels of a feature that a broker could run."""

    name: str = String("Name of the feature.")
    min_supported_version: int = Int16("Lowest level.")
    max_supported_version: int = Int16("Highest level.")


@record(0, versions=(0, 4), flexible=0)
class RegisterBrokerRecord(TopLevel):
    """A broker has registered, or registered again after a restart."""

    broker_id: int = Int32("Its id.")
    is_migrating_zk_broker: bool = Bool("Whether it came from ZooKeeper; false since 4.0.", since(2))
    incarnation_id: bytes = Uuid("Id of this run of its process.")
    broker_epoch: int = Int64("Epoch of the registration: the offset of this record.")
    end_points: list[BrokerEndpoint] = Array(BrokerEndpoint, "Its listeners.")
    features: list[BrokerFeature] = Array(BrokerFeature, "What it could run.")
    rack: str | None = String("Rack it stands in, or null.", nullable())
    fenced: bool = Bool("Whether it takes no requests yet.", default=True)
    in_controlled_shutdown: bool = Bool("Whether it is shutting down in order.", since(1))
    log_dirs: list[bytes] = Array(Uuid, "Its log directories that work (KIP-858).", since(3), tagged(0, since=3))
    cordoned_log_dirs: list[bytes] | None = Array(
        Uuid,
        "Those of them that take no new replicas; null: unknown.",
        since(4),
        nullable(4),
        tagged(1, since=4),
        default=None,
    )


@record(1, versions=(0, 0), flexible=0)
class UnregisterBrokerRecord(TopLevel):
    """A broker was removed from the cluster."""

    broker_id: int = Int32("Its id.")
    broker_epoch: int = Int64("Epoch of the registration that ends.")


@record(17, versions=(0, 3), flexible=0)
class BrokerRegistrationChangeRecord(TopLevel):
    """Something about a registered broker changed."""

    broker_id: int = Int32("Its id.")
    broker_epoch: int = Int64("Epoch of its registration.")
    fenced: int = Int8("1: now fenced, -1: no longer, 0: as before.", tagged(0, since=0))
    in_controlled_shutdown: int = Int8("1: now shutting down, 0: as before.", since(1), tagged(1, since=1))
    log_dirs: list[bytes] = Array(Uuid, "Its log directories that work, if they changed.", since(2), tagged(2, since=2))
    cordoned_log_dirs: list[bytes] | None = Array(
        Uuid,
        "Those that take no new replicas; null: as before.",
        since(3),
        nullable(3),
        tagged(3, since=3),
        default=None,
    )


@record(7, versions=(0, 0), flexible=0)
class FenceBrokerRecord(TopLevel):
    """A broker was fenced. Only old controllers wrote it: see `BrokerRegistrationChangeRecord`."""

    id: int = Int32("The broker.")
    epoch: int = Int64("Epoch of its registration.")


@record(8, versions=(0, 0), flexible=0)
class UnfenceBrokerRecord(TopLevel):
    """A broker was unfenced. Only old controllers wrote it: see `BrokerRegistrationChangeRecord`."""

    id: int = Int32("The broker.")
    epoch: int = Int64("Epoch of its registration.")


@struct
class ControllerEndpoint(Message):
    """One listener of a controller."""

    name: str = String("Name of the listener.")
    host: str = String("Advertised host.")
    port: int = UInt16("Advertised port.")
    security_protocol: int = Int16("0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.")


@struct
class ControllerFeature(Message):
    """Levels of a feature that a controller could run."""

    name: str = String("Name of the feature.")
    min_supported_version: int = Int16("Lowest level.")
    max_supported_version: int = Int16("Highest level.")


@record(27, versions=(0, 0), flexible=0)
class RegisterControllerRecord(TopLevel):
    """A controller has registered with the active one (KIP-919)."""

    controller_id: int = Int32("Its id.")
    incarnation_id: bytes = Uuid("Id of this run of its process.")
    zk_migration_ready: bool = Bool("Whether it could take over from ZooKeeper; false since 4.0.")
    end_points: list[ControllerEndpoint] = Array(ControllerEndpoint, "Its listeners.")
    features: list[ControllerFeature] = Array(ControllerFeature, "What it could run.")


@record(2, versions=(0, 0), flexible=0)
class TopicRecord(TopLevel):
    """A topic was made; its partitions follow."""

    name: str = String("Its name.")
    topic_id: bytes = Uuid("Its id.")


@record(3, versions=(0, 2), flexible=0)
class PartitionRecord(TopLevel):
    """A partition was made, or is written whole into a snapshot.

    Version 1 adds log directories (KIP-858), version 2 the eligible leader replicas (KIP-966).
    """

    partition_id: int = Int32("Partition.", default=-1)
    topic_id: bytes = Uuid("Topic.")
    replicas: list[int] = Array(Int32, "Brokers that hold a replica, the preferred leader first.")
    isr: list[int] = Array(Int32, "Those in sync.")
    removing_replicas: list[int] = Array(Int32, "Those on their way out in a reassignment.")
    adding_replicas: list[int] = Array(Int32, "Those on their way in.")
    leader: int = Int32("Broker that leads; -1: none.", default=-1)
    leader_recovery_state: int = Int8(
        "1 after an unclean election until the leader has recovered, else 0.", tagged(0, since=0)
    )
    leader_epoch: int = Int32("Grows with every election.", default=-1)
    partition_epoch: int = Int32("Grows with every change of the partition.", default=-1)
    directories: list[bytes] = Array(Uuid, "Log directory of each replica, in the order of replicas.", since(1))
    eligible_leader_replicas: list[int] | None = Array(
        Int32,
        "Not in sync, but known to hold everything committed.",
        since(2),
        nullable(2),
        tagged(1, since=2),
        default=None,
    )
    last_known_elr: list[int] | None = Array(
        Int32,
        "Eligible ones that were lost when they restarted uncleanly.",
        since(2),
        nullable(2),
        tagged(2, since=2),
        default=None,
    )


@record(5, versions=(0, 2), flexible=0)
class PartitionChangeRecord(TopLevel):
    """What changed of a partition; what is absent stays. Raises the partition epoch, and the leader epoch with a new
    leader.
    """

    partition_id: int = Int32("Partition.", default=-1)
    topic_id: bytes = Uuid("Topic.")
    isr: list[int] | None = Array(
        Int32, "New in-sync replicas; null: as before.", nullable(), tagged(0, since=0), default=None
    )
    leader: int = Int32("New leader, -1: none, -2: as before.", tagged(1, since=0), default=-2)
    replicas: list[int] | None = Array(
        Int32, "New replicas; null: as before.", nullable(), tagged(2, since=0), default=None
    )
    removing_replicas: list[int] | None = Array(
        Int32, "New list of those on their way out; null: as before.", nullable(), tagged(3, since=0), default=None
    )
    adding_replicas: list[int] | None = Array(
        Int32, "New list of those on their way in; null: as before.", nullable(), tagged(4, since=0), default=None
    )
    leader_recovery_state: int = Int8("New recovery state; -1: as before.", tagged(5, since=0), default=-1)
    directories: list[bytes] | None = Array(
        Uuid, "New log directories; null: as before.", since(1), nullable(1), tagged(8, since=1), default=None
    )
    eligible_leader_replicas: list[int] | None = Array(
        Int32, "New eligible leaders; null: as before.", since(2), nullable(2), tagged(6, since=2), default=None
    )
    last_known_elr: list[int] | None = Array(
        Int32, "New list of lost ones; null: as before.", since(2), nullable(2), tagged(7, since=2), default=None
    )


@record(28, versions=(0, 0), flexible=0)
class ClearElrRecord(TopLevel):
    """Eligible leaders were forgotten, because min.insync.replicas changed (KIP-966)."""

    topic_name: str = String("Topic; empty: all topics.")


@record(9, versions=(0, 0), flexible=0)
class RemoveTopicRecord(TopLevel):
    """A topic was removed, with its partitions and configs."""

    topic_id: bytes = Uuid("Its id.")


@record(4, versions=(0, 0), flexible=0)
class ConfigRecord(TopLevel):
    """A config was set or taken back."""

    resource_type: int = Int8("Kind: 2 topic, 4 broker, 16 client metrics, 32 group.")
    resource_name: str = String(
        "Topic, group or subscription, or the broker's id as text (empty: the cluster-wide default)."
    )
    name: str = String("Config key.")
    value: str | None = String("Value as text; null: taken back to the default.", nullable())


@struct
class QuotaEntity(Message):
    """One part of whom a quota is for."""

    entity_type: str = String("user, client-id or ip.")
    entity_name: str | None = String("Which one; null: the default of that kind.", nullable())


@record(14, versions=(0, 0), flexible=0)
class ClientQuotaRecord(TopLevel):
    """A quota was set or taken back (KIP-546)."""

    entity: list[QuotaEntity] = Array(QuotaEntity, "Whom it is for: all parts together.")
    key: str = String("Quota, such as producer_byte_rate.")
    value: float = Float64("The limit, in the quota's unit.")
    remove: bool = Bool("Whether it was taken back.")


@record(12, versions=(0, 0), flexible=0)
class FeatureLevelRecord(TopLevel):
    """A feature was switched to a level (KIP-584)."""

    name: str = String("Name of the feature.")
    feature_level: int = Int16("The level now in force; 0: off.")


@record(15, versions=(0, 0), flexible=0)
class ProducerIdsRecord(TopLevel):
    """A broker was given a block of producer ids (KIP-730)."""

    broker_id: int = Int32("The broker.")
    broker_epoch: int = Int64("Epoch of its registration.", default=-1)
    next_producer_id: int = Int64("First id behind the block.")


@record(23, versions=(0, 0), flexible=0)
class BeginTransactionRecord(TopLevel):
    """What follows counts only together (KIP-868)."""

    name: str | None = String("What it is for, or null.", nullable(), tagged(0, since=0), default=None)


@record(24, versions=(0, 0), flexible=0)
class EndTransactionRecord(TopLevel):
    """What was begun is done."""


@record(25, versions=(0, 0), flexible=0)
class AbortTransactionRecord(TopLevel):
    """What was begun is to be forgotten."""

    reason: str | None = String("Why, or null.", nullable(), tagged(0, since=0), default=None)


@record(20, versions=(0, 0), flexible=0)
class NoOpRecord(TopLevel):
    """Changes nothing; shows that the controller is alive."""


@record(21, versions=(0, 0), flexible=0)
class ZkMigrationStateRecord(TopLevel):
    """How far a migration from ZooKeeper got; from clusters that came that way (KIP-866)."""

    zk_migration_state: int = Int8("0 none, 1 under way, 2 before it, 3 done; other numbers for 1 and 2 in 3.4.")
