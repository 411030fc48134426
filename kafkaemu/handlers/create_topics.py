"""CreateTopics: new topics, each on its own merits.

Behavior:
    In this order: a name that comes twice or is ``__cluster_metadata``: INVALID_REQUEST; more than 10,000 partitions
    asked for in all: POLICY_VIOLATION for every topic; a topic that exists: TOPIC_ALREADY_EXISTS; a name that
    collides with another's in "." and "_", or cannot be a name: INVALID_TOPIC_EXCEPTION; null, unknown or bad
    configs: INVALID_CONFIG; a manual assignment beside counts: INVALID_REQUEST; a bad one:
    INVALID_REPLICA_ASSIGNMENT; otherwise a bad replication factor: INVALID_REPLICATION_FACTOR, or partition count:
    INVALID_PARTITIONS. The message of an error says what is wrong; where there is none it is null. A topic is there
    when it is answered, so the timeout never strikes; the real broker answers a timeout of 0 with REQUEST_TIMED_OUT.
    Only validated topics are answered as if they had been made.

Versions:
    5 is flexible and answers partition count, replication factor and configs; 7 the topic id. From 4 on clients may
    ask for default counts with -1, which is taken in every version.
"""

from __future__ import annotations

from kafkaemu.config.described import effective_topic
from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.image import ResourceType
from kafkaemu.metadata.topic_creation import CreatedTopic, NewTopic
from kafkawire.errors import ErrorCode
from kafkawire.messages.create_topics import (
    CreatableTopicConfigs,
    CreatableTopicResult,
    CreateTopicsRequest,
    CreateTopicsResponse,
)


def handle(context: Context, request: Request, body: CreateTopicsRequest) -> Answer:
    """Answer one CreateTopics request."""
    topics = [
        NewTopic(
            topic.name,
            topic.num_partitions,
            topic.replication_factor,
            [(assignment.partition_index, assignment.broker_ids) for assignment in topic.assignments],
            [(config.name, config.value) for config in topic.configs],
        )
        for topic in body.topics
    ]
    created = context.controller.create_topics(topics, context.clock.now_ms(), validate_only=body.validate_only)
    with_configs = request.version >= 5
    return CreateTopicsResponse(topics=[_result(context, topic, with_configs) for topic in created])


def _result(context: Context, topic: CreatedTopic, with_configs: bool) -> CreatableTopicResult:
    result = CreatableTopicResult(
        name=topic.name,
        topic_id=topic.topic_id,
        error_code=topic.code,
        error_message=topic.message,
        num_partitions=topic.partition_count,
        replication_factor=topic.replication_factor,
        configs=[],
    )
    if with_configs and topic.code == ErrorCode.NONE:
        dynamic_default = context.image.configs(ResourceType.BROKER, "")
        result.configs = [
            CreatableTopicConfigs(
                name=entry.name,
                value=entry.value,
                read_only=entry.read_only,
                config_source=entry.source,
                is_sensitive=entry.sensitive,
            )
            for entry in effective_topic(context.config, dynamic_default, topic.configs)
        ]
    return result
