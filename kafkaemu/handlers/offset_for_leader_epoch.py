"""OffsetForLeaderEpoch: where an epoch of a partition ended, from which clients and followers see where logs part (KIP-101).

Behavior:
    - UNKNOWN_TOPIC_OR_PARTITION (3) for what is not there, whatever epoch is believed in.
      [offset_for_leader_epoch/unknown_topic_or_partition]
    - FENCED_LEADER_EPOCH (74) or UNKNOWN_LEADER_EPOCH (75) for another current epoch than the leader's.
      [offset_for_leader_epoch/current_epoch]
    - NOT_LEADER_OR_FOLLOWER (6) where another broker leads. [test:
      tests/unit/handlers/test_log_admin.py::test_the_current_epoch_is_compared_and_only_the_leader_answers]
    - The answer is the largest epoch not above the one asked about, and the first offset behind it. [test:
      tests/unit/log/test_leader_epochs.py::test_end_offset_of_an_epoch]
    - The epoch that the leader is in ends at the end of its log, whoever asks, and also where nothing is left of it.
      [offset_for_leader_epoch/every_version, offset_for_leader_epoch/as_a_replica, offset_for_leader_epoch/empty_partition,
      offset_for_leader_epoch/nothing_left]
    - An epoch that has not begun, and -1, end nowhere: -1 and -1, without an error. [offset_for_leader_epoch/other_epochs]
    - One before all that are known ends where those begin. [test:
      tests/unit/log/test_leader_epochs.py::test_end_offset_of_an_epoch]
    - Each entry is answered on its own, also where a partition comes twice. [offset_for_leader_epoch/several]

Versions:
    - 2 takes the current epoch (KIP-320), 3 the id of the replica that asks, 4 is flexible.
      [offset_for_leader_epoch/every_version, offset_for_leader_epoch/current_epoch, offset_for_leader_epoch/as_a_replica]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.offset_for_leader_epoch import (
    EpochEndOffset,
    OffsetForLeaderEpochRequest,
    OffsetForLeaderEpochResponse,
    OffsetForLeaderPartition,
    OffsetForLeaderTopicResult,
)


def handle(context: Context, request: Request, body: OffsetForLeaderEpochRequest) -> Answer:
    """Answer one OffsetForLeaderEpoch request."""
    return OffsetForLeaderEpochResponse(
        topics=[
            OffsetForLeaderTopicResult(
                topic=topic.topic, partitions=[_end(context, topic.topic, asked) for asked in topic.partitions]
            )
            for topic in body.topics
        ]
    )


def _end(context: Context, topic: str, asked: OffsetForLeaderPartition) -> EpochEndOffset:
    answer = EpochEndOffset(partition=asked.partition)
    partition = context.replicas.partition(topic, asked.partition)
    if partition is None:
        known = context.image.topics.get(topic)
        is_elsewhere = known is not None and 0 <= asked.partition < len(known.partitions)
        answer.error_code = ErrorCode.NOT_LEADER_OR_FOLLOWER if is_elsewhere else ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        return answer
    answer.error_code = partition.access_error(asked.current_leader_epoch)
    if not answer.error_code:
        answer.leader_epoch, answer.end_offset = partition.log.end_offset_for_epoch(asked.leader_epoch)
    return answer
