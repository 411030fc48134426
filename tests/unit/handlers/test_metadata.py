"""Metadata: what the recorded answers of the real broker do not reach, and the rules of the handler's docstring."""

import pytest

from kafkaemu.metadata.topic_creation import NewTopic
from kafkawire.declare import ZERO_UUID
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic, MetadataResponse
from tests.support.metadata import NOW_MS, ask, metadata_context


def by_name(*names: str | None, create: bool = False) -> MetadataRequest:
    return MetadataRequest(topics=[MetadataRequestTopic(name=name) for name in names], allow_auto_topic_creation=create)


def topics_of(answer: MetadataResponse) -> list[tuple[str | None, int]]:
    return [(topic.name, topic.error_code) for topic in answer.topics]


def test_a_client_gets_the_address_of_the_listener_it_came_in_on() -> None:
    context = metadata_context(broker_rack="r1")
    for listener, host, port in (("PLAINTEXT", "localhost", 9092), ("INSIDE", "broker", 29092)):
        answer = ask(context, MetadataRequest(topics=[]), 12, listener=listener)
        assert [(b.node_id, b.host, b.port, b.rack) for b in answer.brokers] == [(1, host, port, "r1")]
        assert (answer.cluster_id, answer.controller_id) == ("a-cluster", 1)


def test_all_topics_is_an_empty_list_in_version_0_and_null_later() -> None:
    context = metadata_context()
    context.controller.create_topics([NewTopic("a"), NewTopic("b")], NOW_MS)
    assert topics_of(ask(context, MetadataRequest(topics=[]), 0)) == [("a", 0), ("b", 0)]
    assert topics_of(ask(context, MetadataRequest(topics=[]), 1)) == []
    assert topics_of(ask(context, MetadataRequest(topics=None), 1)) == [("a", 0), ("b", 0)]


def test_a_topic_is_created_and_told_the_next_time() -> None:
    context = metadata_context(num_partitions="3")
    names = ("good", "bad name", "..", "__consumer_offsets", "__cluster_metadata", "good")
    first = ask(context, by_name(*names, create=True), 12)
    assert topics_of(first) == [
        ("good", 3),
        ("bad name", 17),
        ("..", 17),
        ("__consumer_offsets", 3),
        ("__cluster_metadata", 3),
    ]
    assert [topic.is_internal for topic in first.topics] == [False, False, False, True, False]
    second = ask(context, by_name("good", "__consumer_offsets", "__cluster_metadata", create=True), 12)
    assert topics_of(second) == [("good", 0), ("__consumer_offsets", 0), ("__cluster_metadata", 3)]
    assert [len(topic.partitions) for topic in second.topics] == [3, 50, 0]


@pytest.mark.parametrize(("allowed", "enabled"), [(False, "true"), (True, "false")])
def test_client_and_broker_must_both_allow_auto_creation(allowed: bool, enabled: str) -> None:
    context = metadata_context(auto_create_topics_enable=enabled)
    assert topics_of(ask(context, by_name("t", create=allowed), 12)) == [("t", 3)]
    assert context.image.topics == {}


def test_known_topics_come_first() -> None:
    context = metadata_context()
    context.controller.create_topics([NewTopic("a"), NewTopic("b")], NOW_MS)
    answer = ask(context, by_name("missing", "b", "a"), 12)
    assert topics_of(answer) == [("b", 0), ("a", 0), ("missing", 3)]


def test_ids_hide_names_and_an_unknown_id_has_no_name() -> None:
    context = metadata_context()
    (made,) = context.controller.create_topics([NewTopic("a")], NOW_MS)
    wanted = [
        MetadataRequestTopic(topic_id=made.topic_id, name=None),
        MetadataRequestTopic(topic_id=b"9" * 16, name="a"),
        MetadataRequestTopic(name="other"),
    ]
    answer = ask(context, MetadataRequest(topics=wanted, include_topic_authorized_operations=True), 12)
    seen = [(t.error_code, t.name, t.topic_id, t.topic_authorized_operations) for t in answer.topics]
    assert seen == [(100, None, b"9" * 16, -2147483648), (0, "a", made.topic_id, 3576)]


@pytest.mark.parametrize(
    ("version", "topic_id", "code"), [(10, b"8" * 16, 42), (11, b"8" * 16, 42), (12, ZERO_UUID, -1)]
)
def test_entries_that_a_version_does_not_know_fail_the_request(version: int, topic_id: bytes, code: int) -> None:
    entries = [MetadataRequestTopic(topic_id=topic_id, name=None), MetadataRequestTopic(name="a")]
    answer = ask(metadata_context(), MetadataRequest(topics=entries), version)
    assert [(t.error_code, t.name, t.topic_id) for t in answer.topics] == [(code, "", topic_id), (code, "a", ZERO_UUID)]
    assert (answer.brokers, answer.cluster_id, answer.controller_id, answer.error_code) == ([], None, -1, code)


def test_authorized_operations_are_told_where_they_are_asked_for() -> None:
    context = metadata_context()
    context.controller.create_topics([NewTopic("a")], NOW_MS)
    request = by_name("a", "missing")
    request.include_cluster_authorized_operations = True
    request.include_topic_authorized_operations = True
    answer = ask(context, request, 8)
    assert answer.cluster_authorized_operations == 8096
    assert [topic.topic_authorized_operations for topic in answer.topics] == [3576, 3576]
