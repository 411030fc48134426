"""OffsetDelete: single offsets of a group are forgotten (KIP-496).

Behavior:
    Errors of the whole request, without topics, in the order of checks: no group id 24; not the coordinator 16, or still loading
    14; no such group 69; the group has members that are no consumers 68. Errors of a partition: topic or partition unknown 3; a
    member subscribes to its topic 86. An offset that is not there is deleted without an error. A known topic without partitions
    is not answered. If anything is unknown, what is comes first and each topic is answered once; else as it was asked.

Versions:
    0 only.
"""

from __future__ import annotations

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.offset_delete import (
    OffsetDeleteRequest,
    OffsetDeleteRequestTopic,
    OffsetDeleteResponse,
    OffsetDeleteResponsePartition,
    OffsetDeleteResponseTopic,
)


def handle(context: Context, request: Request, body: OffsetDeleteRequest) -> Answer:
    """See the module."""
    unknown: dict[str, OffsetDeleteResponseTopic] = {}
    known = [found for topic in body.topics if (found := _look_at(context, topic, unknown)).partitions]
    wanted = [(topic.name, partition.partition_index) for topic in known for partition in topic.partitions]
    deferred = context.groups.delete_offsets(body.group_id, wanted)

    def answer() -> OffsetDeleteResponse:
        try:
            codes = iter(deferred.take())
        except CoordinatorError as refused:
            return OffsetDeleteResponse(error_code=refused.code)
        for topic in known:
            for partition in topic.partitions:
                partition.error_code = next(codes)
        return OffsetDeleteResponse(topics=_merged(unknown, known) if unknown else known)

    return answer_when_done([deferred], answer)


def _look_at(
    context: Context, topic: OffsetDeleteRequestTopic, unknown: dict[str, OffsetDeleteResponseTopic]
) -> OffsetDeleteResponseTopic:
    """The partitions of a topic that are there; others go to ``unknown``."""
    image = context.image.topics.get(topic.name)
    there = OffsetDeleteResponseTopic(name=topic.name)
    if image is None:
        unknown.setdefault(topic.name, OffsetDeleteResponseTopic(name=topic.name))
    for partition in topic.partitions:
        answered = OffsetDeleteResponsePartition(partition_index=partition.partition_index)
        if image is not None and 0 <= partition.partition_index < len(image.partitions):
            there.partitions.append(answered)
            continue
        answered.error_code = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        unknown.setdefault(topic.name, OffsetDeleteResponseTopic(name=topic.name)).partitions.append(answered)
    return there


def _merged(
    unknown: dict[str, OffsetDeleteResponseTopic], known: list[OffsetDeleteResponseTopic]
) -> list[OffsetDeleteResponseTopic]:
    merged = dict(unknown)
    for topic in known:
        if topic.name in merged:
            merged[topic.name].partitions.extend(topic.partitions)
        else:
            merged[topic.name] = topic
    return list(merged.values())
