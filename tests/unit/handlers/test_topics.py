"""CreateTopics and DeleteTopics over the controller: what the answer carries in which version."""

import pytest

from kafkaemu.metadata.topic_creation import NewTopic
from kafkawire.declare import ZERO_UUID
from kafkawire.messages.create_topics import (
    CreatableReplicaAssignment,
    CreatableTopic,
    CreatableTopicConfig,
    CreateTopicsRequest,
)
from kafkawire.messages.delete_topics import DeleteTopicsRequest, DeleteTopicState
from tests.support.metadata import NOW_MS, ask, metadata_context


def test_configs_of_a_new_topic_are_told_by_name_with_their_source() -> None:
    context = metadata_context(log_retention_hours="1", message_max_bytes="1000")
    configs = [
        CreatableTopicConfig(name="segment.bytes", value=" 2000000 "),
        CreatableTopicConfig(name="internal.segment.bytes", value="1000"),
    ]
    topic = CreatableTopic(name="t", num_partitions=2, replication_factor=-1, configs=configs)
    (result,) = ask(context, CreateTopicsRequest(topics=[topic]), 7).topics
    assert (result.error_code, result.error_message, result.num_partitions, result.replication_factor) == (
        0,
        None,
        2,
        1,
    )
    names = [config.name for config in result.configs]
    assert names == sorted(names)
    assert len(names) == 34
    told = {config.name: (config.value, config.config_source) for config in result.configs}
    # As given, not as parsed; a broker's value in another unit counts as static.
    assert told["segment.bytes"] == (" 2000000 ", 1)
    assert told["internal.segment.bytes"] == ("1000", 1)
    assert told["retention.ms"] == ("3600000", 4)
    assert told["max.message.bytes"] == ("1000", 4)
    assert told["min.insync.replicas"] == ("1", 3)
    assert told["cleanup.policy"] == ("delete", 5)
    assert context.image.topics["t"].topic_id == result.topic_id


@pytest.mark.parametrize("version", [2, 3, 4])
def test_versions_before_5_tell_no_configs(version: int) -> None:
    topic = CreatableTopic(name="t", num_partitions=1, replication_factor=1)
    (result,) = ask(metadata_context(), CreateTopicsRequest(topics=[topic]), version).topics
    assert (result.error_code, result.configs) == (0, [])


def test_a_refused_topic_has_no_counts_and_an_empty_list_of_configs() -> None:
    assignment = CreatableReplicaAssignment(partition_index=0, broker_ids=[9])
    topic = CreatableTopic(name="t", num_partitions=-1, replication_factor=-1, assignments=[assignment])
    (result,) = ask(metadata_context(), CreateTopicsRequest(topics=[topic]), 7).topics
    assert (
        result.error_message == "The manual partition assignment includes broker 9, but no such broker is registered."
    )
    assert (result.error_code, result.topic_id, result.num_partitions, result.replication_factor, result.configs) == (
        39,
        ZERO_UUID,
        -1,
        -1,
        [],
    )


def test_validating_only_answers_as_if_it_were_made() -> None:
    context = metadata_context()
    topic = CreatableTopic(name="t", num_partitions=2, replication_factor=1)
    (result,) = ask(context, CreateTopicsRequest(topics=[topic], validate_only=True), 7).topics
    assert (result.error_code, result.num_partitions, len(result.configs)) == (0, 2, 33)
    assert result.topic_id != ZERO_UUID
    assert context.image.topics == {}


def test_deletion_by_name_in_old_versions_and_by_id_in_the_newest() -> None:
    context = metadata_context()
    ids = {t.name: t.topic_id for t in context.controller.create_topics([NewTopic("a"), NewTopic("b")], NOW_MS)}
    old = ask(context, DeleteTopicsRequest(topic_names=["a", "nope"]), 5)
    assert [(r.name, r.error_code, r.error_message) for r in old.responses] == [
        ("nope", 3, "This server does not host this topic-partition."),
        ("a", 0, None),
    ]
    new = ask(context, DeleteTopicsRequest(topics=[DeleteTopicState(topic_id=ids["b"])]), 6)
    assert [(r.name, r.topic_id, r.error_code) for r in new.responses] == [("b", ids["b"], 0)]


@pytest.mark.parametrize(("version", "code"), [(1, 42), (2, 42), (3, 73), (6, 73)])
def test_deletion_can_be_switched_off(version: int, code: int) -> None:
    context = metadata_context(delete_topic_enable="false")
    context.controller.create_topics([NewTopic("a")], NOW_MS)
    request = DeleteTopicsRequest(topics=[DeleteTopicState(name="a")] if version == 6 else [])
    request.topic_names = ["a"] if version < 6 else []
    assert [r.error_code for r in ask(context, request, version).responses] == [code]
    assert "a" in context.image.topics
