"""DescribeProducers: who has written to partitions with a producer id, and is remembered (KIP-664).

Behavior:
    - Every entry is answered, also one that comes twice. [describe_producers/several]
    - A name that cannot be a topic's: INVALID_TOPIC_EXCEPTION; a topic that is not there: UNKNOWN_TOPIC_OR_PARTITION, both with
      a message. [describe_producers/unknown]
    - A partition that is not there: UNKNOWN_TOPIC_OR_PARTITION, without one. [describe_producers/unknown]
    - NOT_LEADER_OR_FOLLOWER for one that has no replica here. [test:
      tests/unit/handlers/test_log_admin.py::test_producers_of_what_is_not_here]
    - A producer is told with epoch, last sequence and time of its last batch; one in no transaction begins at -1.
      [describe_producers/producers]
    - One without a data batch of its present epoch has the sequence -1. [test:
      tests/unit/handlers/test_log_admin.py::test_producers_are_told_with_sequence_time_and_open_transaction]
    - Producers are known until they expire, also when their records are gone. [describe_producers/records_deleted]
    - In profiles with ZooKeeper a name that cannot be a topic's is one that is not there. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - 0, which is flexible, is the only one. [describe_producers/no_producers]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.topic_names import name_error
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_producers import (
    DescribeProducersRequest,
    DescribeProducersResponse,
    PartitionResponse,
    ProducerState,
    TopicResponse,
)


def handle(context: Context, request: Request, body: DescribeProducersRequest) -> Answer:
    """Answer one DescribeProducers request."""
    return DescribeProducersResponse(
        topics=[
            TopicResponse(
                name=topic.name, partitions=[_describe(context, topic.name, index) for index in topic.partition_indexes]
            )
            for topic in body.topics
        ]
    )


def _describe(context: Context, topic: str, index: int) -> PartitionResponse:
    known = context.image.topics.get(topic)
    if known is None:
        code, message = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.message
        if (reason := name_error(topic)) is not None and not context.profile.uses_zookeeper:
            code, message = ErrorCode.INVALID_TOPIC_EXCEPTION, reason
        return PartitionResponse(partition_index=index, error_code=code, error_message=message)
    if not 0 <= index < len(known.partitions):
        return PartitionResponse(partition_index=index, error_code=ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    partition = context.replicas.partition(topic, index)
    if partition is None:
        return PartitionResponse(partition_index=index, error_code=ErrorCode.NOT_LEADER_OR_FOLLOWER)
    producers = []
    for producer_id, entry in partition.log.producers.entries().items():
        begun = entry.transaction_first_offset
        producers.append(
            ProducerState(
                producer_id=producer_id,
                producer_epoch=entry.epoch,
                last_sequence=entry.last_sequence,
                last_timestamp=entry.last_timestamp_ms,
                coordinator_epoch=entry.coordinator_epoch,
                current_txn_start_offset=-1 if begun is None else begun,
            )
        )
    return PartitionResponse(partition_index=index, active_producers=producers)
