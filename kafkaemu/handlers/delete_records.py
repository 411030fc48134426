"""DeleteRecords: the start of partitions moved up, so that what lies before it is gone.

Behavior:
    - Each partition is answered on its own, and once: of one that comes twice the last entry counts. [delete_records/several]
    - UNKNOWN_TOPIC_OR_PARTITION for one that is not there, also where the name could not be a topic's.
      [delete_records/unknown_topic_or_partition]
    - INVALID_TOPIC_EXCEPTION for one of a coordinator's topic. [delete_records/internal_topic]
    - NOT_LEADER_OR_FOLLOWER. [test: tests/unit/handlers/test_log_admin.py::test_only_the_leader_deletes]
    - POLICY_VIOLATION where ``cleanup.policy`` has no ``delete``. [delete_records/by_cleanup_policy]
    - OFFSET_OUT_OF_RANGE behind the high watermark or below -1. [delete_records/out_of_range, delete_records/empty_partition]
    - -1 is the high watermark. [delete_records/everything, delete_records/empty_partition]
    - The start never moves back; the answer is where it is. [delete_records/never_back]
    - With an error the low watermark is -1. [delete_records/out_of_range, delete_records/by_cleanup_policy]
    - Topics without partitions are left out. [delete_records/several]
    - The leader is the only replica, so the timeout never strikes. [delete_records/timeout]

Versions:
    - 2 is flexible. [delete_records/every_version]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request, log_refusal
from kafkaemu.log.errors import LogError
from kafkaemu.metadata.image import INTERNAL_TOPICS
from kafkawire.errors import ErrorCode
from kafkawire.messages.delete_records import (
    DeleteRecordsPartitionResult,
    DeleteRecordsRequest,
    DeleteRecordsResponse,
    DeleteRecordsTopicResult,
)

#: Low watermark of a partition where nothing was deleted for an error.
_NO_OFFSET = -1


def handle(context: Context, request: Request, body: DeleteRecordsRequest) -> Answer:
    """Answer one DeleteRecords request."""
    wanted: dict[str, dict[int, int]] = {}
    for topic in body.topics:
        for asked in topic.partitions:
            wanted.setdefault(topic.name, {})[asked.partition_index] = asked.offset
    return DeleteRecordsResponse(
        topics=[
            DeleteRecordsTopicResult(
                name=name,
                partitions=[_delete(context, request, name, index, offset) for index, offset in offsets.items()],
            )
            for name, offsets in wanted.items()
        ]
    )


def _delete(context: Context, request: Request, topic: str, index: int, offset: int) -> DeleteRecordsPartitionResult:
    try:
        low_watermark, code = _delete_or_raise(context, topic, index, offset), ErrorCode.NONE
    except LogError as refused:
        low_watermark, code = _NO_OFFSET, refused.code
        log_refusal(request, f"DeleteRecords to {topic}-{index}", code, refused.reason)
    return DeleteRecordsPartitionResult(partition_index=index, low_watermark=low_watermark, error_code=code)


def _delete_or_raise(context: Context, topic: str, index: int, offset: int) -> int:
    known = context.image.topics.get(topic)
    if known is None or not 0 <= index < len(known.partitions):
        raise LogError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no such partition")
    if topic in INTERNAL_TOPICS:
        raise LogError(ErrorCode.INVALID_TOPIC_EXCEPTION, "a coordinator keeps its state there")
    partition = context.replicas.partition(topic, index)
    if partition is None:
        raise LogError(ErrorCode.NOT_LEADER_OR_FOLLOWER, "the partition is on other brokers")
    return partition.delete_records(offset)
