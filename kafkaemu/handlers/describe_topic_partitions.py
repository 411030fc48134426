"""DescribeTopicPartitions: topics with their partitions, sorted by name, page by page (KIP-966).

Behavior:
    - No names: all topics. [describe_topic_partitions/all_topics]
    - A cursor at a topic that was not asked for by name, or with a partition below 0: INVALID_REQUEST for every topic asked
      for. [describe_topic_partitions/odd_cursors, describe_topic_partitions/empty_name]
    - The empty name without a cursor: UNKNOWN_SERVER_ERROR for every topic asked for. [describe_topic_partitions/empty_name,
      describe_topic_partitions/unknown_topics]
    - Otherwise each topic from the cursor's on, sorted and once. [describe_topic_partitions/known_topics,
      describe_topic_partitions/pages]
    - INVALID_TOPIC_EXCEPTION for a name that cannot be a topic's, UNKNOWN_TOPIC_OR_PARTITION for a topic that is not there.
      [describe_topic_partitions/unknown_topics]
    - A page has as many partitions as the client and ``max.request.partition.size.limit`` allow, at least one; topics in error
      count none. [describe_topic_partitions/pages, describe_topic_partitions/odd_limits,
      describe_topic_partitions/errors_and_pages, test:
      tests/unit/handlers/test_partition_admin.py::test_the_broker_limits_a_page_too]
    - The cursor of the answer is the next partition, the next topic, or null where nothing is left.
      [describe_topic_partitions/pages, describe_topic_partitions/errors_and_pages]
    - A coordinator's topic is internal, also where it is not there. [describe_topic_partitions/internal_topic]
    - Nobody is denied anything: authorized operations are all those that exist for a topic.
      [describe_topic_partitions/known_topics]

Versions:
    - 0, which is flexible, is the only one. [describe_topic_partitions/known_topics]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.image import INTERNAL_TOPICS, PartitionImage, TopicImage
from kafkaemu.metadata.topic_names import name_error
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_topic_partitions import (
    DescribedPartition,
    DescribedTopic,
    DescribeTopicPartitionsRequest,
    DescribeTopicPartitionsResponse,
    NextCursor,
)

#: Bits of the ACL operations that exist for a topic (AclEntry.supportedOperations).
TOPIC_OPERATIONS = 3576


def handle(context: Context, request: Request, body: DescribeTopicPartitionsRequest) -> Answer:
    """Answer one DescribeTopicPartitions request."""
    asked = [topic.name for topic in body.topics]
    cursor = body.cursor
    if cursor is not None and (cursor.partition_index < 0 or (asked and cursor.topic_name not in asked)):
        return _failed(asked, ErrorCode.INVALID_REQUEST)
    if cursor is None and "" in asked:
        # The reference compares each name with that of the cursor, which is "" where there is none.
        return _failed(asked, ErrorCode.UNKNOWN_SERVER_ERROR)
    first_name, first_index = ("", 0) if cursor is None else (cursor.topic_name, cursor.partition_index)
    names = sorted(name for name in set(asked or context.image.topics) if name >= first_name)
    left = max(min(context.config["max.request.partition.size.limit"], body.response_partition_limit), 1)
    topics: list[DescribedTopic] = []
    for name in names:
        if left == 0:
            return DescribeTopicPartitionsResponse(topics=topics, next_cursor=NextCursor(topic_name=name))
        topic = context.image.topics.get(name)
        if topic is None:
            topics.append(_missing(name))
            continue
        begin = first_index if name == first_name else 0
        end = min(len(topic.partitions), begin + left)
        topics.append(_described(context, topic, topic.partitions[begin:end]))
        if end < len(topic.partitions):
            return DescribeTopicPartitionsResponse(
                topics=topics, next_cursor=NextCursor(topic_name=name, partition_index=end)
            )
        left -= max(end - begin, 0)
    return DescribeTopicPartitionsResponse(topics=topics)


def _failed(names: list[str], code: ErrorCode) -> DescribeTopicPartitionsResponse:
    return DescribeTopicPartitionsResponse(topics=[DescribedTopic(error_code=code, name=name) for name in names])


def _missing(name: str) -> DescribedTopic:
    is_legal = name_error(name) is None
    return DescribedTopic(
        error_code=ErrorCode.UNKNOWN_TOPIC_OR_PARTITION if is_legal else ErrorCode.INVALID_TOPIC_EXCEPTION,
        name=name,
        is_internal=name in INTERNAL_TOPICS,
        topic_authorized_operations=TOPIC_OPERATIONS,
    )


def _described(context: Context, topic: TopicImage, partitions: list[PartitionImage]) -> DescribedTopic:
    return DescribedTopic(
        name=topic.name,
        topic_id=topic.topic_id,
        is_internal=topic.is_internal,
        partitions=[
            DescribedPartition(
                partition_index=partition.index,
                leader_id=partition.leader,
                leader_epoch=partition.leader_epoch,
                replica_nodes=list(partition.replicas),
                isr_nodes=list(partition.isr),
                eligible_leader_replicas=list(partition.eligible_leader_replicas),
                last_known_elr=list(partition.last_known_elr),
                offline_replicas=[] if partition.leader >= 0 else context.offline_replicas(partition),
            )
            for partition in partitions
        ],
        topic_authorized_operations=TOPIC_OPERATIONS,
    )
