"""ElectLeaders: leaders elected anew, preferred or unclean (KIP-183, KIP-460).

Behavior:
    - A type that is neither 0 (preferred) nor 1 (unclean): INVALID_REQUEST for the request and for each partition it names.
      [elect_leaders/unknown_type, elect_leaders/faults_at_once]
    - Each partition on its own, also where it comes twice. [elect_leaders/several, elect_leaders/faults_at_once]
    - UNKNOWN_TOPIC_OR_PARTITION for what is not there, or could not be. [elect_leaders/unknown]
    - ELECTION_NOT_NEEDED where the preferred replica leads already, or, unclean, where anybody does.
      [elect_leaders/every_version]
    - As no other replica is alive to take over: PREFERRED_LEADER_NOT_AVAILABLE or ELIGIBLE_LEADERS_NOT_AVAILABLE. [test:
      tests/unit/handlers/test_partition_admin.py::test_nobody_is_elected_where_nobody_is_left]
    - Every error has a message. [elect_leaders/every_version, elect_leaders/unknown]
    - Everywhere (no list): all topics, without the partitions where no election is needed. [elect_leaders/everywhere]
    - Profiles with ZooKeeper leave topics out of which there is nothing to tell, tell each partition once, and answer an
      unknown type with UNKNOWN_SERVER_ERROR (-1). [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - 0 knows preferred elections only. [elect_leaders/every_version]
    - 1 adds the type, and the error of the whole request. [elect_leaders/every_version, elect_leaders/unknown_type]
    - 2 is flexible. [elect_leaders/every_version]

Differences: the timeout never strikes; the real broker answers one of 0 or below with REQUEST_TIMED_OUT.
"""

from __future__ import annotations

from kafkaemu.handlers.by_topic import once
from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.image import NO_LEADER, PartitionImage
from kafkawire.errors import ErrorCode
from kafkawire.messages.elect_leaders import (
    ElectLeadersRequest,
    ElectLeadersResponse,
    PartitionResult,
    ReplicaElectionResult,
)

PREFERRED = 0
UNCLEAN = 1


def handle(context: Context, request: Request, body: ElectLeadersRequest) -> Answer:
    """Answer one ElectLeaders request."""
    kind = body.election_type if request.version >= 1 else PREFERRED
    named = (
        None if body.topic_partitions is None else [(topic.topic, topic.partitions) for topic in body.topic_partitions]
    )
    uses_zookeeper = context.profile.uses_zookeeper
    if kind not in (PREFERRED, UNCLEAN):
        code: ErrorCode = ErrorCode.INVALID_REQUEST
        message: str | None = f"Unknown election type {kind}"
        if uses_zookeeper:
            code, message = ErrorCode.UNKNOWN_SERVER_ERROR, None
        results = [
            ReplicaElectionResult(topic=topic, partition_result=[_result(index, code, message) for index in indexes])
            for topic, indexes in named or ()
        ]
        return ElectLeadersResponse(error_code=code, replica_election_results=results)
    if uses_zookeeper and named is not None:
        named = list(once(named, int).items())
    if named is None:
        results = []
        for name, image in context.image.topics.items():
            outcomes = [(partition.index, _outcome(partition, kind)) for partition in image.partitions]
            told = [_result(index, code) for index, code in outcomes if code != ErrorCode.ELECTION_NOT_NEEDED]
            if told or not uses_zookeeper:
                results.append(ReplicaElectionResult(topic=name, partition_result=told))
        return ElectLeadersResponse(replica_election_results=results)
    return ElectLeadersResponse(
        replica_election_results=[
            ReplicaElectionResult(
                topic=topic, partition_result=[_elect(context, topic, index, kind) for index in indexes]
            )
            for topic, indexes in named
        ]
    )


def _elect(context: Context, topic: str, index: int, kind: int) -> PartitionResult:
    known = context.image.topics.get(topic)
    if known is None:
        return _result(index, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"No such topic as {topic}")
    if not 0 <= index < len(known.partitions):
        return _result(index, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"No such partition as {topic}-{index}")
    return _result(index, _outcome(known.partitions[index], kind))


def _outcome(partition: PartitionImage, kind: int) -> ErrorCode:
    if kind == PREFERRED:
        is_led = partition.leader == partition.replicas[0]
        return ErrorCode.ELECTION_NOT_NEEDED if is_led else ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE
    is_led = partition.leader != NO_LEADER
    return ErrorCode.ELECTION_NOT_NEEDED if is_led else ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE


def _result(index: int, code: ErrorCode, message: str | None = None) -> PartitionResult:
    return PartitionResult(partition_id=index, error_code=code, error_message=message or code.message)
