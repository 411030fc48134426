"""AlterPartitionReassignments: partitions moved to other brokers, or a move called off (KIP-455).

Behavior:
    - Each partition is answered on its own, as often as it comes. [alter_partition_reassignments/several]
    - UNKNOWN_TOPIC_OR_PARTITION for what is not there, or could not be. [alter_partition_reassignments/unknown]
    - Null calls a move off: NO_REASSIGNMENT_IN_PROGRESS, without a message, as nothing is moving.
      [alter_partition_reassignments/nothing_to_call_off]
    - No brokers, unknown ones, or one that comes twice: INVALID_REPLICA_ASSIGNMENT. [alter_partition_reassignments/bad_places]
    - What is left with one broker is the place where the partition is already: no error, and nothing moves.
      [alter_partition_reassignments/to_where_it_is]
    - The message of the whole is "" where no topic is named, otherwise null. [alter_partition_reassignments/several]
    - In profiles with ZooKeeper each partition is answered once, by where it shall be last, and that is checked before whether it
      is there. [test: tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - 1 can forbid a change of the number of replicas (KIP-860), which no legal place here is, and repeats that.
      [alter_partition_reassignments/to_where_it_is, alter_partition_reassignments/bad_places]

Differences: the timeout never strikes; the real broker answers one of 0 or below with REQUEST_TIMED_OUT.
"""

from __future__ import annotations

from collections.abc import Iterable

from kafkaemu.handlers.by_topic import once
from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.topic_creation import Refused, check_replicas
from kafkawire.errors import ErrorCode
from kafkawire.messages.alter_partition_reassignments import (
    AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse,
    ReassignablePartition,
    ReassignedPartitionResult,
    ReassignedTopicResult,
)


def handle(context: Context, request: Request, body: AlterPartitionReassignmentsRequest) -> Answer:
    """Answer one AlterPartitionReassignments request."""
    topics: Iterable[tuple[str, Iterable[ReassignablePartition]]] = [(one.name, one.partitions) for one in body.topics]
    if context.profile.uses_zookeeper:
        topics = once(topics).items()
    return AlterPartitionReassignmentsResponse(
        allow_replication_factor_change=body.allow_replication_factor_change,
        error_message=None if body.topics else "",
        responses=[
            ReassignedTopicResult(name=name, partitions=[_move(context, name, wanted) for wanted in partitions])
            for name, partitions in topics
        ],
    )


def _move(context: Context, topic: str, wanted: ReassignablePartition) -> ReassignedPartitionResult:
    result = ReassignedPartitionResult(partition_index=wanted.partition_index, error_message=None)
    try:
        _check(context, topic, wanted)
    except Refused as refused:
        result.error_code, result.error_message = refused.code, refused.message
    return result


def _check(context: Context, topic: str, wanted: ReassignablePartition) -> None:
    index, brokers = wanted.partition_index, context.image.brokers
    if wanted.replicas is not None and context.profile.uses_zookeeper:
        check_replicas(wanted.replicas, None, brokers)
    known = context.image.topics.get(topic)
    if known is None:
        raise Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"Unable to find a topic named {topic}.")
    if not 0 <= index < len(known.partitions):
        raise Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"Unable to find partition {topic}:{index}.")
    if wanted.replicas is None:
        raise Refused(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, None)
    check_replicas(wanted.replicas, None, brokers)
    assert len(brokers) == 1, "with more brokers than one, a legal place may be another one"
