"""CreateTopics: new topics, each on its own merits (ControllerApis.createTopics, ReplicationControlManager.createTopics).

Behavior:
    - A name that comes twice: INVALID_REQUEST, once, whatever else is wrong with it. [create_topics/same_topic_twice,
      create_topics/two_faults_of_a_name]
    - The name ``__cluster_metadata``: INVALID_REQUEST. [create_topics/internal_names, create_topics/two_faults_of_a_name]
    - More than 10,000 partitions asked for in all: POLICY_VIOLATION for every topic. [create_topics/too_many_partitions,
      create_topics/largest_counts]
    - A topic that exists: TOPIC_ALREADY_EXISTS. [create_topics/already_there, create_topics/order_of_checks]
    - A name that differs from that of a topic that is there in "." and "_" only, or cannot be a topic's:
      INVALID_TOPIC_EXCEPTION. [create_topics/colliding_names, create_topics/collisions_in_one_request, create_topics/bad_names]
    - Null, unknown or bad configs: INVALID_CONFIG; of one that comes twice the last value counts. [create_topics/bad_configs,
      create_topics/good_configs, create_topics/config_named_twice]
    - An assignment by hand beside counts: INVALID_REQUEST; one that has gaps, or bad brokers: INVALID_REPLICA_ASSIGNMENT.
      [create_topics/manual_assignment, create_topics/faults_of_an_assignment]
    - Without one, a bad replication factor: INVALID_REPLICATION_FACTOR. [create_topics/bad_replication_factor]
    - Then a bad number of partitions: INVALID_PARTITIONS. [create_topics/bad_partitions, create_topics/order_of_checks]
    - More than 10,000 records for all topics, their configs and partitions: POLICY_VIOLATION for every topic, in other words.
      [create_topics/largest_counts]
    - In profiles of 3.3 to 3.8 ``__cluster_metadata`` is TOPIC_AUTHORIZATION_FAILED; up to 3.4 too many partitions or records
      are UNKNOWN_SERVER_ERROR, without a message. [test: tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - The message of an error says what is wrong. [create_topics/bad_configs, create_topics/bad_names]
    - Only validated topics are answered as if they had been made, or refused. [create_topics/validate_only,
      create_topics/refused_when_validated]
    - A topic is there when it is answered, so the timeout never strikes. [create_topics/zero_timeout,
      create_topics/several_topics]
    - No topics: none. [create_topics/no_topics]
    - In profiles with ZooKeeper: of several faults that one counts which comes first in `kafkaemu.metadata.zookeeper_creation`; a
      name is refused as often as it comes; nulls are INVALID_REQUEST; values are told as they are understood. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - -1 for a default count is taken in every version. [create_topics/defaults]
    - 5 is flexible and answers number of partitions, replication factor and configs. [create_topics/every_version]
    - 7 answers the topic's id. [create_topics/every_version]

Differences: the real broker answers a timeout of 0 or below with REQUEST_TIMED_OUT now and then; one with ZooKeeper makes topics
that are assigned to brokers that are not there, and answers REQUEST_TIMED_OUT.
"""

from __future__ import annotations

from kafkaemu.config.described import Source, effective_topic
from kafkaemu.config.values import parse, text_of
from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.image import ResourceType
from kafkaemu.metadata.topic_creation import CreatedTopic, NewTopic
from kafkawire.declare import ZERO_UUID
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
    results = [_result(context, topic, with_configs) for topic in created]
    if context.profile.uses_zookeeper:
        for result in results:
            _tell_as_read(context, result)
            if body.validate_only:
                result.topic_id = ZERO_UUID
    return CreateTopicsResponse(topics=results)


def _tell_as_read(context: Context, result: CreatableTopicResult) -> None:
    """Values as they are understood, without the blanks around a number."""
    for config in result.configs or ():
        if config.config_source == Source.TOPIC and config.value is not None:
            config.value = text_of(parse(config.name, context.config.topic_keys[config.name].kind, config.value))


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
