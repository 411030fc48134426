"""The controller's checks and results; the sentences were read off the real broker."""

from collections.abc import Sequence

import pytest

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.metadata.controller import Changes, Controller, CreatedTopic, NewTopic
from kafkaemu.metadata.image import MetadataImage, ResourceType
from kafkaemu.world.memory import SeededEntropy
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode
from tests.support.metadata import NOW_MS, one_broker_controller


def outcome(results: Sequence[CreatedTopic]) -> list[tuple[str, int, str | None]]:
    return [(result.name, result.code, result.message) for result in results]


def test_a_topic_is_created_with_a_leader_epoch_of_zero() -> None:
    c = one_broker_controller()
    (result,) = c.create_topics([NewTopic("orders", 3, 1)], NOW_MS)
    assert (result.code, result.partition_count, result.replication_factor) == (ErrorCode.NONE, 3, 1)
    topic = c.image.topics["orders"]
    assert c.image.topics_by_id[result.topic_id] is topic
    assert [(p.index, p.leader, p.leader_epoch, p.partition_epoch, p.replicas, p.isr) for p in topic.partitions] == [
        (index, 1, 0, 0, (1,), (1,)) for index in range(3)
    ]


def test_names() -> None:
    long = "a" * 250
    characters = "contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
    names = ["", ".", "..", "a" * 249, long, "a b", "é", "ok.name-_"]
    results = one_broker_controller().create_topics([NewTopic(name) for name in names], NOW_MS)
    prefix = "Topic name is invalid: "
    assert outcome(results) == [
        ("", 17, prefix + "the empty string is not allowed"),
        (".", 17, prefix + "'.' is not allowed"),
        ("..", 17, prefix + "'..' is not allowed"),
        ("a" * 249, 0, None),
        (long, 17, f"{prefix}the length of '{long}' is longer than the max allowed length 249"),
        ("a b", 17, f"{prefix}'a b' {characters}"),
        ("é", 17, f"{prefix}'é' {characters}"),
        ("ok.name-_", 0, None),
    ]


def test_colliding_existing_and_repeated_names() -> None:
    c = one_broker_controller()
    c.create_topics([NewTopic("a.b"), NewTopic("ab")], NOW_MS)
    results = c.create_topics([NewTopic(n) for n in ("a_b", "a.b", "q_1", "q.1", "d", "d")], NOW_MS)
    assert outcome(results) == [
        ("a_b", 17, "Topic 'a_b' collides with existing topic: a.b"),
        ("a.b", 36, "Topic 'a.b' already exists."),
        ("q_1", 0, None),
        ("q.1", 0, None),
        ("d", 42, "Duplicate topic name."),
    ]
    c.delete_topics([("a.b", ZERO_UUID)], NOW_MS)
    assert outcome(c.create_topics([NewTopic("a_b")], NOW_MS)) == [("a_b", 0, None)]


def test_the_metadata_topic_cannot_be_created() -> None:
    results = one_broker_controller().create_topics([NewTopic("__cluster_metadata"), NewTopic("t")], NOW_MS)
    assert outcome(results) == [
        ("t", 0, None),
        ("__cluster_metadata", 42, "Creation of internal topic __cluster_metadata is prohibited."),
    ]


FACTOR = "Replication factor must be larger than 0, or -1 to use the default value."
COUNT = "Number of partitions was set to an invalid non-positive value."


@pytest.mark.parametrize(
    ("partitions", "factor", "code", "message"),
    [
        (0, 1, 37, COUNT),
        (-2, 1, 37, COUNT),
        (1, 0, 38, FACTOR),
        (1, -2, 38, FACTOR),
        (0, 0, 38, FACTOR),
        (
            1,
            2,
            38,
            "Unable to replicate the partition 2 time(s): The target replication factor of 2 cannot be reached because only "
            "1 broker(s) are registered or some brokers have all their log directories cordoned.",
        ),
    ],
)
def test_refused_partition_counts_and_replication_factors(
    partitions: int, factor: int, code: int, message: str
) -> None:
    c = one_broker_controller()
    assert outcome(c.create_topics([NewTopic("t", partitions, factor)], NOW_MS)) == [("t", code, message)]
    assert c.image.topics == {}


def test_minus_one_takes_the_brokers_defaults() -> None:
    (result,) = one_broker_controller(num_partitions="4").create_topics([NewTopic("t", -1, -1)], NOW_MS)
    assert (result.partition_count, result.replication_factor) == (4, 1)


ASSIGNMENT = "The manual partition assignment includes "
CONSECUTIVE = "partitions should be a consecutive 0-based integer sequence"
MANUAL = "A manual partition assignment was specified, but "


@pytest.mark.parametrize(
    ("partitions", "factor", "assignments", "code", "message"),
    [
        (1, 1, [(0, [1])], 42, MANUAL + "replication factor was not set to -1."),
        (-1, 1, [(0, [1])], 42, MANUAL + "replication factor was not set to -1."),
        (1, -1, [(0, [1])], 42, MANUAL + "numPartitions was not set to -1."),
        (-1, -1, [(0, [])], 39, ASSIGNMENT + "an empty replica list."),
        (-1, -1, [(0, [1, 1])], 39, ASSIGNMENT + "the broker 1 more than once."),
        (-1, -1, [(0, [7])], 39, ASSIGNMENT + "broker 7, but no such broker is registered."),
        (-1, -1, [(1, [1])], 39, CONSECUTIVE),
        (-1, -1, [(0, [1]), (2, [1])], 39, CONSECUTIVE),
        (-1, -1, [(-1, [1])], 39, CONSECUTIVE),
        (-1, -1, [(0, [1]), (0, [1])], 39, "Found multiple manual partition assignments for partition 0"),
        (-1, -1, [(0, [1]), (1, [])], 39, ASSIGNMENT + "an empty replica list."),
    ],
)
def test_refused_manual_assignments(
    partitions: int, factor: int, assignments: list[tuple[int, list[int]]], code: int, message: str
) -> None:
    topic = NewTopic("t", partitions, factor, assignments)
    assert outcome(one_broker_controller().create_topics([topic], NOW_MS)) == [("t", code, message)]


def test_a_manual_assignment() -> None:
    c = one_broker_controller()
    (result,) = c.create_topics([NewTopic("t", assignments=[(1, [1]), (0, [1])])], NOW_MS)
    assert (result.partition_count, result.replication_factor) == (2, 1)
    assert [p.replicas for p in c.image.topics["t"].partitions] == [(1,), (1,)]


def test_configs_are_checked_before_partitions_and_kept() -> None:
    c = one_broker_controller()
    results = c.create_topics(
        [
            NewTopic("null", configs=[("retention.ms", None)]),
            NewTopic("nope-null", configs=[("nope", None)]),
            NewTopic("nope", 0, 0, configs=[("nope", "1")]),
            NewTopic("bad", configs=[("retention.ms", "x")]),
            NewTopic("kept", configs=[("retention.ms", "1"), ("retention.ms", "2"), ("cleanup.policy", "compact")]),
        ],
        NOW_MS,
    )
    assert outcome(results) == [
        ("null", 40, "Null value not supported for topic configs: retention.ms"),
        ("nope-null", 40, "Null value not supported for topic configs: nope"),
        ("nope", 40, "Unknown topic config name: nope"),
        ("bad", 40, "Invalid value x for configuration retention.ms: Not a number of type LONG"),
        ("kept", 0, None),
    ]
    assert c.image.configs(ResourceType.TOPIC, "kept") == {"retention.ms": "2", "cleanup.policy": "compact"}
    assert c.image.configs(ResourceType.TOPIC, "bad") == {}


def test_too_many_partitions_fail_the_whole_request() -> None:
    topics = [NewTopic("many", 10_000), NewTopic("bad name"), NewTopic("one", 1)]
    message = "Excessively large number of partitions per request."
    assert outcome(one_broker_controller().create_topics(topics, NOW_MS)) == [(t.name, 44, message) for t in topics]


def test_validating_only_leaves_nothing() -> None:
    c = one_broker_controller()
    before = c.log.end_offset
    (result,) = c.create_topics([NewTopic("t", 2)], NOW_MS, validate_only=True)
    assert (result.code, result.partition_count, result.topic_id != ZERO_UUID) == (0, 2, True)
    assert c.log.end_offset == before
    assert c.image.topics == {}


def test_internal_topics_are_created_as_their_coordinators_need_them() -> None:
    c = one_broker_controller()
    offsets = c.ensure_topic("__consumer_offsets", NOW_MS)
    assert (offsets.partition_count, offsets.replication_factor) == (50, 1)
    assert c.image.configs(ResourceType.TOPIC, "__consumer_offsets") == {
        "cleanup.policy": "compact",
        "compression.type": "producer",
        "segment.bytes": "104857600",
    }
    assert c.image.topics["__consumer_offsets"].is_internal
    again = c.ensure_topic("__consumer_offsets", NOW_MS)
    assert (again.topic_id, again.partition_count, again.code) == (offsets.topic_id, 50, ErrorCode.NONE)
    plain = c.ensure_topic("plain", NOW_MS)
    assert (plain.partition_count, plain.configs) == (1, {})
    assert c.ensure_topic("bad name", NOW_MS).code == ErrorCode.INVALID_TOPIC_EXCEPTION


def test_deletion_by_name_and_by_id() -> None:
    c = one_broker_controller()
    ids = {r.name: r.topic_id for r in c.create_topics([NewTopic(n) for n in "abcde"], NOW_MS)}
    results = c.delete_topics(
        [
            ("nope", ZERO_UUID),
            ("a", ZERO_UUID),
            ("b", ZERO_UUID),
            ("b", ZERO_UUID),
            (None, ZERO_UUID),
            (None, b"1" * 16),
            ("c", ids["c"]),
            (None, ids["d"]),
            (None, ids["d"]),
            (None, ids["e"]),
        ],
        NOW_MS,
    )
    assert {(r.name, r.topic_id, r.code, r.message) for r in results} == {
        ("nope", ZERO_UUID, 3, "This server does not host this topic-partition."),
        ("a", ids["a"], 0, None),
        ("b", ZERO_UUID, 42, "Duplicate topic name."),
        (None, ZERO_UUID, 42, "Neither topic name nor id were specified."),
        (None, b"1" * 16, 100, "This server does not host this topic ID."),
        ("c", ids["c"], 42, "You may not specify both topic name and topic id."),
        (None, ids["d"], 42, "Duplicate topic id."),
        ("e", ids["e"], 0, None),
    }
    assert sorted(c.image.topics) == ["b", "c", "d"]


def test_a_name_whose_id_is_also_given_deletes_nothing() -> None:
    c = one_broker_controller()
    (made,) = c.create_topics([NewTopic("t")], NOW_MS)
    (result,) = c.delete_topics([("t", ZERO_UUID), (None, made.topic_id)], NOW_MS)
    assert (result.name, result.code) == ("t", 42)
    assert result.message == "The provided topic name maps to an ID that was already supplied."
    assert "t" in c.image.topics


def test_a_deleted_topic_takes_its_configs_and_gets_a_new_id() -> None:
    c = one_broker_controller()
    (first,) = c.create_topics([NewTopic("t", configs=[("retention.ms", "1")])], NOW_MS)
    c.delete_topics([("t", ZERO_UUID)], NOW_MS)
    (second,) = c.create_topics([NewTopic("t")], NOW_MS)
    assert c.image.configs(ResourceType.TOPIC, "t") == {}
    assert first.topic_id != second.topic_id


def test_producer_ids_come_in_blocks_that_never_overlap() -> None:
    c = one_broker_controller()
    assert [c.allocate_producer_ids(1, NOW_MS) for _ in range(2)] == [range(1000), range(1000, 2000)]


def test_subscribers_hear_of_a_change_when_the_image_shows_it() -> None:
    c = one_broker_controller()
    heard: list[tuple[list[str], list[str], list[str]]] = []

    def listen(changes: Changes) -> None:
        names = [t.name for t in changes.created], [t.name for t in changes.deleted]
        heard.append((*names, sorted(c.image.topics)))

    c.subscribe(listen)
    c.create_topics([NewTopic("a", 2), NewTopic("b"), NewTopic("bad name")], NOW_MS)
    c.delete_topics([("a", ZERO_UUID)], NOW_MS)
    c.create_topics([NewTopic("b")], NOW_MS)
    assert heard == [(["a", "b"], [], ["a", "b"]), ([], ["a"], ["b"])]


def test_a_new_cluster_has_its_features_and_one_unfenced_broker() -> None:
    image = one_broker_controller(broker_rack="r1").image
    assert image.features == {"metadata.version": 30, "eligible.leader.replicas.version": 1}
    assert image.configs(ResourceType.BROKER, "") == {"min.insync.replicas": "1"}
    broker = image.brokers[1]
    assert (broker.fenced, broker.rack, broker.endpoints["PLAINTEXT"]) == (False, "r1", ("localhost", 9092, 0))


def test_snapshots_keep_the_log_short_and_lose_nothing() -> None:
    c = one_broker_controller(metadata_log_max_record_bytes_between_snapshots="5000")
    for number in range(300):
        c.create_topics([NewTopic(f"t{number}", 2)], NOW_MS)
        if number % 3:
            c.delete_topics([(f"t{number}", ZERO_UUID)], NOW_MS)
    assert c.log.snapshot.end_offset > 0
    assert c.log.size_bytes <= max(5000, c.log.snapshot.size_bytes)
    replayed = MetadataImage("a-cluster")
    c.log.replay(replayed)
    assert replayed.state() == c.image.state()
    assert replayed.offset == c.image.offset == c.log.end_offset - 1


def test_without_room_for_its_records_a_change_is_refused_and_nothing_changes() -> None:
    config = BrokerConfig()
    memory = SegmentMemory(limit_bytes=64 * 1024)
    c = Controller(config, SeededEntropy(7), memory=memory)
    c.format(NOW_MS)
    c.register_broker(1, {"PLAINTEXT": ("localhost", 9092, "PLAINTEXT")}, NOW_MS)
    c.create_topics([NewTopic("fits")], NOW_MS)
    message = "Disk error when trying to access log file on the disk."
    assert outcome(c.create_topics([NewTopic("large", 2000)], NOW_MS)) == [("large", 56, message)]
    assert sorted(c.image.topics) == ["fits"]
    assert c.image.offset == c.log.end_offset - 1
