"""Checks of new partitions for topics that are there, and the records that make them (ReplicationControlManager.createPartitions
of the reference).

Pure: everything comes in as values, nothing is changed. Order of the checks, as on the real broker: the topic, the count, the number
of assignments, each assignment, and last how much one request may add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from kafkaemu.metadata.image import BrokerImage, TopicImage
from kafkaemu.metadata.topic_creation import (
    PARTITIONS_PER_REQUEST_MAX,
    Refused,
    check_replicas,
    partition_record,
    place_on_ring,
)
from kafkawire.errors import ErrorCode
from kafkawire.internal.cluster_metadata import PartitionRecord


@attrs.frozen(eq=False)
class Growth:
    """A topic that shall have ``count`` partitions in all. ``assignments`` name the brokers of each new one by hand."""

    name: str
    count: int
    assignments: Sequence[Sequence[int]] | None = None


@attrs.frozen
class GrownTopic:
    """What became of a `Growth`."""

    name: str
    code: ErrorCode = ErrorCode.NONE
    message: str | None = None


def growth_records(
    growth: Growth, topic: TopicImage | None, brokers: Mapping[int, BrokerImage], start: int, planned: int | None
) -> list[PartitionRecord]:
    """The partitions to add; ``start`` turns the ring of brokers, ``planned`` is how many the request adds already, None where it
    may be any number, of which nothing is written.

    Raises `Refused`.
    """
    if topic is None:
        raise Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, None)
    current = len(topic.partitions)
    added = growth.count - current
    if added == 0:
        raise Refused(ErrorCode.INVALID_PARTITIONS, f"Topic already has {current} partition(s).")
    if added < 0:
        raise Refused(
            ErrorCode.INVALID_PARTITIONS,
            f"The topic {growth.name} currently has {current} partition(s); {growth.count} would not be an increase.",
        )
    factor = len(topic.partitions[0].replicas)
    assignments = growth.assignments
    if assignments is not None:
        if len(assignments) != added:
            raise Refused(
                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                f"Attempted to add {added} additional partition(s), but only {len(assignments)} assignment(s) were specified.",
            )
        for replicas in assignments:
            check_replicas(replicas, factor, brokers)
    if planned is None:
        added = min(added, PARTITIONS_PER_REQUEST_MAX)
    elif planned + added > PARTITIONS_PER_REQUEST_MAX:
        # The reference does not foresee it: its list of records refuses to grow.
        raise Refused(ErrorCode.UNKNOWN_SERVER_ERROR, None)
    if assignments is None:
        assignments = place_on_ring(added, factor, brokers, start)
    return [
        partition_record(topic.topic_id, current + step, replicas, brokers) for step, replicas in enumerate(assignments)
    ]
