"""DescribeConfigs and DescribeCluster; literals are answers of the real broker."""

import pytest

from kafkaemu.handlers.context import Context
from kafkaemu.metadata.topic_creation import NewTopic
from kafkawire.messages.describe_cluster import DescribeClusterRequest
from kafkawire.messages.describe_configs import (
    DescribeConfigsRequest,
    DescribeConfigsResource,
    DescribeConfigsResourceResult,
    DescribeConfigsResult,
)
from tests.support.metadata import NOW_MS, ask, metadata_context

TOPIC, BROKER, LOGGER, METRICS, GROUP = 2, 4, 8, 16, 32


def describe(context: Context, resource_type: int, name: str, keys: list[str] | None = None) -> DescribeConfigsResult:
    resource = DescribeConfigsResource(resource_type=resource_type, resource_name=name, configuration_keys=keys)
    request = DescribeConfigsRequest(resources=[resource], include_synonyms=True)
    return ask(context, request, 4).results[0]  # type: ignore[no-any-return]


def row(entry: DescribeConfigsResourceResult) -> tuple[object, ...]:
    return entry.value, entry.config_source, [(s.name, s.value, s.source) for s in entry.synonyms], entry.config_type


def rows(context: Context, resource_type: int, name: str, keys: list[str]) -> dict[str, tuple[object, ...]]:
    return {entry.name: row(entry) for entry in describe(context, resource_type, name, keys).configs}


def test_a_topics_values_with_source_synonyms_and_type() -> None:
    context = metadata_context()
    configs = [("retention.ms", " 1000 "), ("cleanup.policy", "compact,compact"), ("preallocate", "TRUE")]
    context.controller.create_topics([NewTopic("t", configs=configs)], NOW_MS)
    keys = ["retention.ms", "cleanup.policy", "preallocate", "min.insync.replicas", "flush.ms", "segment.bytes", "nope"]
    assert rows(context, TOPIC, "t", keys) == {
        "retention.ms": ("1000", 1, [("retention.ms", "1000", 1)], 5),
        "cleanup.policy": ("compact", 1, [("cleanup.policy", "compact", 1), ("log.cleanup.policy", "delete", 5)], 7),
        "preallocate": ("true", 1, [("preallocate", "true", 1), ("log.preallocate", "false", 5)], 1),
        "min.insync.replicas": (
            "1",
            3,
            [("min.insync.replicas", "1", 3), ("min.insync.replicas", "1", 5)],
            3,
        ),
        "flush.ms": ("9223372036854775807", 5, [], 5),
        "segment.bytes": ("1073741824", 5, [("log.segment.bytes", "1073741824", 5)], 3),
    }


def test_a_topic_shows_what_the_broker_is_set_to() -> None:
    context = metadata_context(log_retention_ms="5", log_roll_hours="2")
    context.controller.create_topics([NewTopic("t")], NOW_MS)
    assert rows(context, TOPIC, "t", ["retention.ms", "segment.ms"]) == {
        "retention.ms": ("5", 4, [("log.retention.ms", "5", 4), ("log.retention.hours", "168", 5)], 5),
        # A coarser unit does not show among the synonyms, and the source stays the default.
        "segment.ms": ("7200000", 5, [], 5),
    }


def test_all_keys_are_told_without_a_list_or_with_an_empty_one() -> None:
    context = metadata_context()
    context.controller.create_topics([NewTopic("t")], NOW_MS)
    counts = [
        len(describe(context, kind, name, keys).configs)
        for keys in (None, [])
        for kind, name in ((TOPIC, "t"), (BROKER, "1"), (BROKER, ""), (GROUP, "g"), (METRICS, "m"), (LOGGER, "1"))
    ]
    assert counts == [33, 340, 1, 17, 3, 0] * 2


def test_a_brokers_values() -> None:
    context = metadata_context(ssl_key_password="hidden", listeners="PLAINTEXT://:1,A://:2")
    keys = [
        "offsets.topic.replication.factor",
        "broker.id",
        "broker.rack",
        "listeners",
        "log.cleaner.io.max.bytes.per.second",
    ]
    assert rows(context, BROKER, "1", keys) == {
        "offsets.topic.replication.factor": (
            "1",
            4,
            [("offsets.topic.replication.factor", "1", 4), ("offsets.topic.replication.factor", "3", 5)],
            4,
        ),
        "broker.id": ("1", 4, [("broker.id", "1", 4), ("broker.id", "-1", 5)], 3),
        "broker.rack": (None, 5, [], 2),
        "listeners": (
            "PLAINTEXT://:1,A://:2",
            4,
            [("listeners", "PLAINTEXT://:1,A://:2", 4), ("listeners", "PLAINTEXT://:9092", 5)],
            7,
        ),
        "log.cleaner.io.max.bytes.per.second": (
            "1.7976931348623157E308",
            5,
            [("log.cleaner.io.max.bytes.per.second", "1.7976931348623157E308", 5)],
            6,
        ),
    }
    (secret,) = describe(context, BROKER, "1", ["ssl.key.password"]).configs
    assert (secret.value, secret.is_sensitive, secret.config_type) == (None, True, 9)
    assert [synonym.value for synonym in secret.synonyms] == [None]


def test_what_may_be_changed_at_run_time_is_not_read_only() -> None:
    context = metadata_context()
    entries = {entry.name: entry.read_only for entry in describe(context, BROKER, "1").configs}
    assert (entries["num.partitions"], entries["log.retention.ms"], sum(entries.values())) == (True, False, 241)


def test_the_broker_without_a_name_tells_what_is_set_for_all() -> None:
    (entry,) = describe(metadata_context(), BROKER, "").configs
    assert (entry.name, *row(entry)) == ("min.insync.replicas", "1", 3, [("min.insync.replicas", "1", 3)], 3)


def test_a_groups_values_come_from_the_brokers() -> None:
    context = metadata_context(group_consumer_session_timeout_ms="50000")
    assert rows(context, GROUP, "g", ["consumer.session.timeout.ms", "share.auto.offset.reset"]) == {
        "consumer.session.timeout.ms": (
            "50000",
            4,
            [("group.consumer.session.timeout.ms", "50000", 4), ("group.consumer.session.timeout.ms", "45000", 5)],
            3,
        ),
        "share.auto.offset.reset": ("latest", 5, [("share.auto.offset.reset", "latest", 5)], 2),
    }


def test_documentation_is_told_where_it_is_asked_for() -> None:
    keys = ["retention.ms"]
    context = metadata_context()
    context.controller.create_topics([NewTopic("t")], NOW_MS)
    resource = DescribeConfigsResource(resource_type=TOPIC, resource_name="t", configuration_keys=keys)
    request = DescribeConfigsRequest(resources=[resource], include_documentation=True)
    assert ask(context, request, 4).results[0].configs[0].documentation == (
        "Age at which segments are deleted; -1: never. LONG. Default: '604800000'. Valid values: [-1,...]. Importance: medium. "
        "May be changed at run time."
    )
    assert describe(context, TOPIC, "t", keys).configs[0].documentation is None


ILLEGAL = "contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
MALFORMED = (
    "This most likely occurs because of a request being malformed by the client library or the message was sent to an "
    "incompatible broker. See the broker logs for more details."
)


@pytest.mark.parametrize(
    ("resource_type", "name", "code", "message"),
    [
        (TOPIC, "nope", 3, ""),
        (TOPIC, "bad name", 17, f"Topic name is invalid: 'bad name' {ILLEGAL}"),
        (TOPIC, "", 17, "Topic name is invalid: the empty string is not allowed"),
        (BROKER, "2", 42, "Unexpected broker id, expected 1 or empty string, but received 2"),
        (BROKER, "-1", 42, "Unexpected broker id, expected 1 or empty string, but received -1"),
        (BROKER, "abc", 42, "Broker id must be an integer, but it is: abc"),
        (LOGGER, "", 42, "Broker id must not be empty"),
        (LOGGER, "2", 42, "Unexpected broker id, expected 1 but received 2"),
        (METRICS, "", 42, "Client metrics subscription name must not be empty"),
        (GROUP, "", 42, "Group name must not be empty"),
        (0, "x", 42, MALFORMED),
        (64, "x", 42, MALFORMED),
    ],
)
def test_refused_resources(resource_type: int, name: str, code: int, message: str) -> None:
    result = describe(metadata_context(), resource_type, name)
    assert (result.error_code, result.error_message, result.configs) == (code, message, [])


def test_describe_cluster() -> None:
    context = metadata_context()
    request = DescribeClusterRequest(include_cluster_authorized_operations=True)
    answer = ask(context, request, 1, listener="INSIDE")
    assert (answer.error_code, answer.cluster_id, answer.controller_id) == (0, "a-cluster", 1)
    assert [(b.broker_id, b.host, b.port, b.rack, b.is_fenced) for b in answer.brokers] == [
        (1, "broker", 29092, None, False)
    ]
    assert answer.cluster_authorized_operations == 8096
    assert ask(context, DescribeClusterRequest(), 1).cluster_authorized_operations == -2147483648


@pytest.mark.parametrize(
    ("endpoint_type", "code", "message"),
    [
        (2, 114, "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"),
        (3, 115, "Unsupported endpoint type 3"),
    ],
)
def test_other_endpoint_types_are_refused(endpoint_type: int, code: int, message: str) -> None:
    answer = ask(metadata_context(), DescribeClusterRequest(endpoint_type=endpoint_type), 1)
    assert (answer.error_code, answer.error_message, answer.endpoint_type) == (code, message, 1)
    assert (answer.cluster_id, answer.controller_id, answer.brokers) == ("", -1, [])
