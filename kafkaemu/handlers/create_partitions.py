"""CreatePartitions: more partitions for topics that are there, each on its own merits.

Behavior:
    - A name that comes twice: INVALID_REQUEST, once. [create_partitions/twice_in_one_request]
    - A topic that is not there, or could not be: UNKNOWN_TOPIC_OR_PARTITION, without a message.
      [create_partitions/unknown_topic]
    - A number that is not more than there are: INVALID_PARTITIONS, in words what is there. [create_partitions/not_growing]
    - By hand another number of places than new partitions, an empty one, one with unknown brokers or with the same one twice,
      or of another size than the topic's: INVALID_REPLICA_ASSIGNMENT. [create_partitions/badly_by_hand]
    - A topic with which the request would add more than 10,000 partitions: UNKNOWN_SERVER_ERROR, while others that still fit
      are made. [create_partitions/too_many]
    - Each topic is answered on its own; the new partitions are there then. [create_partitions/several,
      create_partitions/new_partitions_work, create_partitions/by_hand]
    - In profiles with ZooKeeper the name "" is UNKNOWN_SERVER_ERROR: a path in there cannot end with a slash. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - Only validated, nothing changes. [create_partitions/only_validated]

Versions:
    - 2 is flexible. [create_partitions/every_version]
    - 3 could be refused by a quota; there are none that do. [create_partitions/every_version]

Differences: the timeout never strikes; the real broker answers one of 0 or below with REQUEST_TIMED_OUT.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.topic_growth import Growth
from kafkawire.errors import ErrorCode
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
    results = [
        CreatePartitionsTopicResult(name=topic.name, error_code=topic.code, error_message=topic.message)
        for topic in grown
    ]
    if context.profile.uses_zookeeper:
        for result in results:
            if not result.name and result.error_code == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
                result.error_code = ErrorCode.UNKNOWN_SERVER_ERROR
    return CreatePartitionsResponse(results=results)
