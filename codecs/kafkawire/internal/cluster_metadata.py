"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
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
    """DOC"""

    name: str = String("MEANING")
    host: str = String("MEANING")
    port: int = UInt16("MEANING")
    security_protocol: int = Int16("MEANING")


@struct
class BrokerFeature(Message):
    """DOC"""

    name: str = String("MEANING")
    min_supported_version: int = Int16("MEANING")
    max_supported_version: int = Int16("MEANING")


@record(0, versions=(0, 4), flexible=0)
class RegisterBrokerRecord(TopLevel):
    """DOC"""

    broker_id: int = Int32("MEANING")
    is_migrating_zk_broker: bool = Bool("MEANING", since(2))
    incarnation_id: bytes = Uuid("MEANING")
    broker_epoch: int = Int64("MEANING")
    end_points: list[BrokerEndpoint] = Array(BrokerEndpoint, "MEANING")
    features: list[BrokerFeature] = Array(BrokerFeature, "MEANING")
    rack: str | None = String("MEANING", nullable())
    fenced: bool = Bool("MEANING", default=True)
    in_controlled_shutdown: bool = Bool("MEANING", since(1))
    log_dirs: list[bytes] = Array(Uuid, "MEANING", since(3), tagged(0, since=3))
    cordoned_log_dirs: list[bytes] | None = Array(
        Uuid, "MEANING", since(4), nullable(4), tagged(1, since=4), default=None
    )


@record(1, versions=(0, 0), flexible=0)
class UnregisterBrokerRecord(TopLevel):
    """DOC"""

    broker_id: int = Int32("MEANING")
    broker_epoch: int = Int64("MEANING")


@record(17, versions=(0, 3), flexible=0)
class BrokerRegistrationChangeRecord(TopLevel):
    """DOC"""

    broker_id: int = Int32("MEANING")
    broker_epoch: int = Int64("MEANING")
    fenced: int = Int8("MEANING", tagged(0, since=0))
    in_controlled_shutdown: int = Int8("MEANING", since(1), tagged(1, since=1))
    log_dirs: list[bytes] = Array(Uuid, "MEANING", since(2), tagged(2, since=2))
    cordoned_log_dirs: list[bytes] | None = Array(
        Uuid, "MEANING", since(3), nullable(3), tagged(3, since=3), default=None
    )


@struct
class ControllerEndpoint(Message):
    """DOC"""

    name: str = String("MEANING")
    host: str = String("MEANING")
    port: int = UInt16("MEANING")
    security_protocol: int = Int16("MEANING")


@struct
class ControllerFeature(Message):
    """DOC"""

    name: str = String("MEANING")
    min_supported_version: int = Int16("MEANING")
    max_supported_version: int = Int16("MEANING")


@record(27, versions=(0, 0), flexible=0)
class RegisterControllerRecord(TopLevel):
    """DOC"""

    controller_id: int = Int32("MEANING")
    incarnation_id: bytes = Uuid("MEANING")
    zk_migration_ready: bool = Bool("MEANING")
    end_points: list[ControllerEndpoint] = Array(ControllerEndpoint, "MEANING")
    features: list[ControllerFeature] = Array(ControllerFeature, "MEANING")


@record(2, versions=(0, 0), flexible=0)
class TopicRecord(TopLevel):
    """DOC"""

    name: str = String("MEANING")
    topic_id: bytes = Uuid("MEANING")


@record(3, versions=(0, 2), flexible=0)
class PartitionRecord(TopLevel):
    """DOC"""

    partition_id: int = Int32("MEANING", default=-1)
    topic_id: bytes = Uuid("MEANING")
    replicas: list[int] = Array(Int32, "MEANING")
    isr: list[int] = Array(Int32, "MEANING")
    removing_replicas: list[int] = Array(Int32, "MEANING")
    adding_replicas: list[int] = Array(Int32, "MEANING")
    leader: int = Int32("MEANING", default=-1)
    leader_recovery_state: int = Int8("MEANING", tagged(0, since=0))
    leader_epoch: int = Int32("MEANING", default=-1)
    partition_epoch: int = Int32("MEANING", default=-1)
    directories: list[bytes] = Array(Uuid, "MEANING", since(1))
    eligible_leader_replicas: list[int] | None = Array(
        Int32, "MEANING", since(2), nullable(2), tagged(1, since=2), default=None
    )
    last_known_elr: list[int] | None = Array(Int32, "MEANING", since(2), nullable(2), tagged(2, since=2), default=None)


@record(5, versions=(0, 2), flexible=0)
class PartitionChangeRecord(TopLevel):
    """DOC"""

    partition_id: int = Int32("MEANING", default=-1)
    topic_id: bytes = Uuid("MEANING")
    isr: list[int] | None = Array(Int32, "MEANING", nullable(), tagged(0, since=0), default=None)
    leader: int = Int32("MEANING", tagged(1, since=0), default=-2)
    replicas: list[int] | None = Array(Int32, "MEANING", nullable(), tagged(2, since=0), default=None)
    removing_replicas: list[int] | None = Array(Int32, "MEANING", nullable(), tagged(3, since=0), default=None)
    adding_replicas: list[int] | None = Array(Int32, "MEANING", nullable(), tagged(4, since=0), default=None)
    leader_recovery_state: int = Int8("MEANING", tagged(5, since=0), default=-1)
    directories: list[bytes] | None = Array(Uuid, "MEANING", since(1), nullable(1), tagged(8, since=1), default=None)
    eligible_leader_replicas: list[int] | None = Array(
        Int32, "MEANING", since(2), nullable(2), tagged(6, since=2), default=None
    )
    last_known_elr: list[int] | None = Array(Int32, "MEANING", since(2), nullable(2), tagged(7, since=2), default=None)


@record(9, versions=(0, 0), flexible=0)
class RemoveTopicRecord(TopLevel):
    """DOC"""

    topic_id: bytes = Uuid("MEANING")


@record(4, versions=(0, 0), flexible=0)
class ConfigRecord(TopLevel):
    """DOC"""

    resource_type: int = Int8("MEANING")
    resource_name: str = String("MEANING")
    name: str = String("MEANING")
    value: str | None = String("MEANING", nullable())


@record(12, versions=(0, 0), flexible=0)
class FeatureLevelRecord(TopLevel):
    """DOC"""

    name: str = String("MEANING")
    feature_level: int = Int16("MEANING")


@record(15, versions=(0, 0), flexible=0)
class ProducerIdsRecord(TopLevel):
    """DOC"""

    broker_id: int = Int32("MEANING")
    broker_epoch: int = Int64("MEANING", default=-1)
    next_producer_id: int = Int64("MEANING")


@record(23, versions=(0, 0), flexible=0)
class BeginTransactionRecord(TopLevel):
    """DOC"""

    name: str | None = String("MEANING", nullable(), tagged(0, since=0), default=None)


@record(24, versions=(0, 0), flexible=0)
class EndTransactionRecord(TopLevel):
    """DOC"""


@record(25, versions=(0, 0), flexible=0)
class AbortTransactionRecord(TopLevel):
    """DOC"""

    reason: str | None = String("MEANING", nullable(), tagged(0, since=0), default=None)


@record(20, versions=(0, 0), flexible=0)
class NoOpRecord(TopLevel):
    """DOC"""
