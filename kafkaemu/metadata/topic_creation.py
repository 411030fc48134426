"""Checks of new topics and the records that create them (ReplicationControlManager.createTopics of the reference).

Pure: everything comes in as values, nothing is changed. Order of the checks, as on the real broker: size of the request, name,
collision, existence (which hides both), configs, assignment or replication factor, then partition count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from kafkaemu.config.broker import BrokerConfig, validate_topic_configs
from kafkaemu.config.profiles import Profile
from kafkaemu.config.values import ConfigError
from kafkaemu.metadata.image import BrokerImage, MetadataImage, ResourceType
from kafkaemu.metadata.topic_names import collision_key, name_error
from kafkawire.declare import ZERO_UUID, TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.internal.cluster_metadata import ConfigRecord, PartitionRecord, TopicRecord

#: Partitions that one request may create (the reference's MAX_PARTITIONS_PER_BATCH).
PARTITIONS_PER_REQUEST_MAX = 10_000
#: Records that one request may write: topics, their configs and partitions (MAX_RECORDS_PER_USER_OP).
RECORDS_PER_REQUEST_MAX = 10_000


@attrs.frozen(eq=False)
class NewTopic:
    """A topic to create. -1 partitions or replicas: the broker's default. ``assignments`` name the brokers of each partition
    by hand. The last value given for a config counts."""

    name: str
    partition_count: int = -1
    replication_factor: int = -1
    assignments: Sequence[tuple[int, Sequence[int]]] = ()
    configs: Sequence[tuple[str, str | None]] = ()


@attrs.frozen
class CreatedTopic:
    """What became of a `NewTopic`: an error, or the topic as it is (or, only validated, would be)."""

    name: str
    code: ErrorCode = ErrorCode.NONE
    message: str | None = None
    topic_id: bytes = ZERO_UUID
    partition_count: int = -1
    replication_factor: int = -1
    configs: Mapping[str, str] = attrs.Factory(dict)


class Refused(Exception):
    """A change of topics that cannot be: error code and the reference's sentence (None: it says nothing)."""

    def __init__(self, code: ErrorCode, message: str | None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def check_size(topics: Iterable[NewTopic], config: BrokerConfig, profile: Profile) -> None:
    """Raise `Refused` for a request that asks for more partitions than one may."""
    total = 0
    for topic in topics:
        count = len(topic.assignments) or topic.partition_count
        total += int(config["num.partitions"]) if count == -1 else max(count, 0)
    if total > PARTITIONS_PER_REQUEST_MAX:
        raise _too_many("Excessively large number of partitions per request.", profile)


def check_records(records: Sequence[TopLevel], profile: Profile) -> None:
    """Raise `Refused` for more records than one request may write."""
    if len(records) > RECORDS_PER_REQUEST_MAX:
        raise _too_many("Unable to perform excessively large batch operation.", profile)


def _too_many(message: str, profile: Profile) -> Refused:
    if profile.trips_over_many_partitions:
        return Refused(ErrorCode.UNKNOWN_SERVER_ERROR, None)
    return Refused(ErrorCode.POLICY_VIOLATION, message)


def check_name(name: str, image: MetadataImage, colliding: Mapping[str, list[str]]) -> None:
    """Raise `Refused` for a name that is illegal, taken, or too like another's."""
    if name in image.topics:
        raise Refused(ErrorCode.TOPIC_ALREADY_EXISTS, f"Topic '{name}' already exists.")
    others = colliding.get(key) if (key := collision_key(name)) is not None else None
    if others:
        raise Refused(ErrorCode.INVALID_TOPIC_EXCEPTION, f"Topic '{name}' collides with existing topic: {min(others)}")
    if (reason := name_error(name)) is not None:
        raise Refused(ErrorCode.INVALID_TOPIC_EXCEPTION, reason)


def check_configs(topic: NewTopic, config: BrokerConfig) -> dict[str, str]:
    """The configs of a new topic; raises `Refused` for one that cannot be."""
    if not topic.configs:
        return {}
    nulls = [name for name, value in topic.configs if value is None]
    if nulls:
        raise Refused(ErrorCode.INVALID_CONFIG, f"Null value not supported for topic configs: {','.join(nulls)}")
    configs = {name: value for name, value in topic.configs if value is not None}
    try:
        validate_topic_configs(config, configs)
    except ConfigError as error:
        raise Refused(ErrorCode.INVALID_CONFIG, str(error)) from None
    return configs


def place(topic: NewTopic, config: BrokerConfig, brokers: Mapping[int, BrokerImage], start: int) -> list[list[int]]:
    """The replicas of each partition, leader first; ``start`` turns the ring of brokers. Raises `Refused`."""
    if topic.assignments:
        return _manual_placement(topic, brokers)
    if topic.replication_factor < -1 or topic.replication_factor == 0:
        raise Refused(
            ErrorCode.INVALID_REPLICATION_FACTOR,
            "Replication factor must be larger than 0, or -1 to use the default value.",
        )
    if topic.partition_count < -1 or topic.partition_count == 0:
        raise Refused(ErrorCode.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.")
    factor = config["default.replication.factor"] if topic.replication_factor == -1 else topic.replication_factor
    count = config["num.partitions"] if topic.partition_count == -1 else topic.partition_count
    try:
        return place_on_ring(count, factor, brokers, start)
    except Refused as refused:
        raise Refused(refused.code, f"Unable to replicate the partition {factor} time(s): {refused.message}") from None


def place_on_ring(count: int, factor: int, brokers: Mapping[int, BrokerImage], start: int) -> list[list[int]]:
    """``factor`` replicas for each of ``count`` partitions, leaders in turn from ``start`` on. Raises `Refused`."""
    ring = sorted(broker_id for broker_id, broker in brokers.items() if broker.takes_replicas)
    if not ring:
        raise Refused(
            ErrorCode.INVALID_REPLICATION_FACTOR,
            "All brokers are currently fenced, or have all their log directories cordoned.",
        )
    if factor > len(ring):
        raise Refused(
            ErrorCode.INVALID_REPLICATION_FACTOR,
            f"The target replication factor of {factor} cannot be reached because only {len(ring)} broker(s) are registered or "
            "some brokers have all their log directories cordoned.",
        )
    return [[ring[(start + index + step) % len(ring)] for step in range(factor)] for index in range(count)]


def _manual_placement(topic: NewTopic, brokers: Mapping[int, BrokerImage]) -> list[list[int]]:
    if topic.replication_factor != -1:
        raise Refused(
            ErrorCode.INVALID_REQUEST,
            "A manual partition assignment was specified, but replication factor was not set to -1.",
        )
    if topic.partition_count != -1:
        raise Refused(
            ErrorCode.INVALID_REQUEST,
            "A manual partition assignment was specified, but numPartitions was not set to -1.",
        )
    placed: dict[int, list[int]] = {}
    factor: int | None = None
    for index, replicas in topic.assignments:
        if index in placed:
            raise _bad_assignment(f"Found multiple manual partition assignments for partition {index}")
        check_replicas(replicas, factor, brokers)
        factor = len(replicas)
        placed[index] = list(replicas)
    if set(placed) != set(range(len(placed))):
        raise _bad_assignment("partitions should be a consecutive 0-based integer sequence")
    return [placed[index] for index in range(len(placed))]


def check_replicas(replicas: Sequence[int], factor: int | None, brokers: Mapping[int, BrokerImage]) -> None:
    """Raise `Refused` for brokers that cannot hold a partition, or are not ``factor`` many (None: any number will do)."""
    if not replicas:
        raise _bad_assignment("The manual partition assignment includes an empty replica list.")
    previous = None
    for broker_id in sorted(replicas):
        if broker_id not in brokers:
            raise _bad_assignment(
                f"The manual partition assignment includes broker {broker_id}, but no such broker is registered."
            )
        if broker_id == previous:
            raise _bad_assignment(f"The manual partition assignment includes the broker {broker_id} more than once.")
        previous = broker_id
    if factor is not None and len(replicas) != factor:
        raise _bad_assignment(
            f"The manual partition assignment includes a partition with {len(replicas)} replica(s), but this is not "
            f"consistent with previous partitions, which have {factor} replica(s)."
        )


def _bad_assignment(message: str) -> Refused:
    return Refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)


def creation_records(
    name: str,
    topic_id: bytes,
    replicas_by_partition: Sequence[Sequence[int]],
    configs: Mapping[str, str],
    brokers: Mapping[int, BrokerImage],
) -> list[TopLevel]:
    """Topic, its configs, its partitions: in this order, so that a log opens with its configs in place."""
    records: list[TopLevel] = [TopicRecord(name=name, topic_id=topic_id)]
    for key, value in configs.items():
        records.append(ConfigRecord(resource_type=ResourceType.TOPIC, resource_name=name, name=key, value=value))
    records += [
        partition_record(topic_id, index, replicas, brokers) for index, replicas in enumerate(replicas_by_partition)
    ]
    return records


def partition_record(
    topic_id: bytes, index: int, replicas: Sequence[int], brokers: Mapping[int, BrokerImage]
) -> PartitionRecord:
    """A new partition, led by the first of its replicas that is alive."""
    isr = [broker_id for broker_id in replicas if not brokers[broker_id].fenced]
    return PartitionRecord(
        partition_id=index,
        topic_id=topic_id,
        replicas=list(replicas),
        isr=isr,
        leader=isr[0] if isr else -1,
        leader_epoch=0,
        partition_epoch=0,
        directories=[brokers[broker_id].log_dirs[0] for broker_id in replicas],
    )
