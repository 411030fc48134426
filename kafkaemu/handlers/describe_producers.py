"""DescribeProducers: who has written to partitions with a producer id, and is remembered (KIP-664).

Behavior:
    Per partition, in this order: INVALID_TOPIC_EXCEPTION for a name that cannot be a topic's, and
    UNKNOWN_TOPIC_OR_PARTITION for a topic that is not there, both with a message; UNKNOWN_TOPIC_OR_PARTITION for a
    partition that is not there, and NOT_LEADER_OR_FOLLOWER for one that has no replica here, without one. A producer
    without a data batch of its present epoch has the sequence -1; one that is in no transaction begins at -1.
    Producers are known until they expire, also when their records are gone. Every entry is answered, also one that
    comes twice.

Versions:
    0, which is flexible.
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
        if (reason := name_error(topic)) is not None:
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
