"""CreatePartitions: more partitions for topics that are there, each on its own merits.

Behavior:
    A name that comes twice: INVALID_REQUEST, once. Then in this order: a topic that is not there:
    UNKNOWN_TOPIC_OR_PARTITION, without a message; a count that is not more than there are: INVALID_PARTITIONS; by
    hand another number of placements than new partitions, an empty one, one with unknown brokers, the same one twice
    or another number of them than the topic has: INVALID_REPLICA_ASSIGNMENT; a topic with which the request would add
    more than 10,000 partitions: UNKNOWN_SERVER_ERROR, while others that still fit are made. The partitions are there
    when they are answered, so the timeout never strikes; the real broker answers a timeout of 0 or below with
    REQUEST_TIMED_OUT. Internal topics may grow.

Versions:
    2 is flexible. 3 lets a quota refuse with THROTTLING_QUOTA_EXCEEDED; there are none.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.topic_growth import Growth
from kafkawire.messages.create_partitions import (
    CreatePartitionsRequest,
    CreatePartitionsResponse,
    CreatePartitionsTopicResult,
)


def handle(context: Context, request: Request, body: CreatePartitionsRequest) -> Answer:
    """Answer one CreatePartitions request."""
    growths = [
        Growth(
            topic.name,
            topic.count,
            None if topic.assignments is None else [assignment.broker_ids for assignment in topic.assignments],
        )
        for topic in body.topics
    ]
    grown = context.controller.create_partitions(growths, context.clock.now_ms(), validate_only=body.validate_only)
    return CreatePartitionsResponse(
        results=[
            CreatePartitionsTopicResult(name=topic.name, error_code=topic.code, error_message=topic.message)
            for topic in grown
        ]
    )
