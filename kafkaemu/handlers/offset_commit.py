"""OffsetCommit: remember up to where a group has read.

Behavior:
    Partitions are looked at first: topic id unknown 100, topic unknown 3, partition unknown 3; what remains goes to
    the group, if anything does. Errors of all the group's partitions, in the order of checks: not the coordinator 16,
    or still loading 14; a generation, but no such group 69; neither generation nor member id, but the group has
    members 25; instance id of another member 82; member id unknown 25; another generation 22; the group waits for its
    leader's assignment 27. Errors of a partition: metadata longer than `offset.metadata.max.bytes` 12. Without
    generation and member id anybody may commit to a group that has no members, also to one that is not there, and to
    the group "". Answers list unknown partitions of a topic first.

Versions:
    In profiles up to 3.9 also 0, which is for offsets in ZooKeeper: 35 without one, and with one an ordinary commit; and 1.
    2 to 4 have a retention time, after which the offsets expire; the record then has no leader epoch and no topic id.
    6 leader epoch. 7 static members (KIP-345). 9 answers 69, before that it is 22. 10 topic ids in place of names
    (KIP-848).
"""

from __future__ import annotations

from collections.abc import Callable

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.groups.offsets import Commit, PartitionCommit
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
    OffsetCommitResponse,
    OffsetCommitResponsePartition,
    OffsetCommitResponseTopic,
)

#: Puts a partition's code into the answer.
_Place = Callable[[ErrorCode], None]


def handle(context: Context, request: Request, body: OffsetCommitRequest) -> Answer:
    """See the module."""
    response = OffsetCommitResponse()
    wanted: list[PartitionCommit] = []
    places: list[_Place] = []
    for topic in body.topics:
        _look_at_topic(context, request.version, topic, response, wanted, places)
    if request.version == 0 and not context.profile.uses_zookeeper:
        for place in places:
            place(ErrorCode.UNSUPPORTED_VERSION)
        return response
    if not wanted:
        return response
    deferred = context.groups.commit(
        Commit(
            body.group_id,
            body.member_id,
            body.group_instance_id,
            body.generation_id_or_member_epoch,
            tuple(wanted),
            body.retention_time_ms,
            knows_group_not_found=request.version >= 9,
        )
    )

    def answer() -> OffsetCommitResponse:
        try:
            codes = deferred.take()
        except CoordinatorError as refused:
            codes = [refused.code] * len(places)
        for place, code in zip(places, codes, strict=True):
            place(code)
        return response

    return answer_when_done([deferred], answer)


def _look_at_topic(
    context: Context,
    version: int,
    topic: OffsetCommitRequestTopic,
    response: OffsetCommitResponse,
    wanted: list[PartitionCommit],
    places: list[_Place],
) -> None:
    image = context.image
    by_id = version >= 10
    known = image.topics_by_id.get(topic.topic_id) if by_id else image.topics.get(topic.name)
    answered = OffsetCommitResponseTopic(name=topic.name, topic_id=topic.topic_id if by_id else ZERO_UUID)
    response.topics.append(answered)
    if known is None:
        unknown = ErrorCode.UNKNOWN_TOPIC_ID if by_id else ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        for partition in topic.partitions:
            answered.partitions.append(_answered(partition, unknown))
        return
    there: list[OffsetCommitRequestPartition] = []
    for partition in topic.partitions:
        if 0 <= partition.partition_index < len(known.partitions):
            there.append(partition)
        else:
            answered.partitions.append(_answered(partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION))
    for partition in there:
        place = _answered(partition, ErrorCode.NONE)
        answered.partitions.append(place)
        places.append(lambda code, place=place: setattr(place, "error_code", code))  # type: ignore[misc]
        wanted.append(
            PartitionCommit(
                known.name,
                known.topic_id,
                partition.partition_index,
                partition.committed_offset,
                partition.committed_leader_epoch,
                partition.committed_metadata,
            )
        )


def _answered(partition: OffsetCommitRequestPartition, code: ErrorCode) -> OffsetCommitResponsePartition:
    return OffsetCommitResponsePartition(partition_index=partition.partition_index, error_code=code)
