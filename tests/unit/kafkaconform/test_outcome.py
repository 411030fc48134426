"""Decoded messages as trees: what is normalised, what is compared."""

import time

from kafkaconform.batches import TIMESTAMP_MS, Record, batch, batch_tree
from kafkaconform.outcome import ABSENT, Placeholders, differences, renumbered, sorted_where, tree_of
from kafkawire.messages.metadata import MetadataResponse, MetadataResponseBroker, MetadataResponseTopic
from kafkawire.messages.produce import PartitionProduceResponse, ProduceResponse, TopicProduceResponse

ONE, TWO = bytes([1] * 16), bytes([2] * 16)


def metadata(*ids: bytes) -> MetadataResponse:
    return MetadataResponse(
        brokers=[MetadataResponseBroker(node_id=7, host="h", port=9092)],
        cluster_id="abc",
        controller_id=7,
        topics=[MetadataResponseTopic(name=f"t{i}-run", topic_id=each) for i, each in enumerate(ids)],
    )


def test_only_fields_of_the_version_are_in_the_tree() -> None:
    assert "cluster_id" not in tree_of(metadata(), 1)
    assert "cluster_id" in tree_of(metadata(), 2)
    assert "throttle_time_ms" in tree_of(metadata(), 3)


def test_ids_are_named_in_order_of_appearance_and_keep_their_name() -> None:
    tree = Placeholders("-run").resolve(tree_of(metadata(TWO, ONE, TWO), 12))
    assert [topic["topic_id"] for topic in tree["topics"]] == ["<uuid:1>", "<uuid:2>", "<uuid:1>"]
    assert [topic["name"] for topic in tree["topics"]] == ["t0", "t1", "t2"]
    assert tree["brokers"] == [{"node_id": "<broker:1>", "host": "<host:1>", "port": "<port:1>", "rack": None}]
    assert tree["controller_id"] == "<broker:1>"


def test_a_zero_id_is_not_made_a_name() -> None:
    tree = Placeholders("-run").resolve(tree_of(metadata(bytes(16)), 12))
    assert tree["topics"][0]["topic_id"] == "zero uuid"


def test_an_id_inside_a_text_gets_its_name() -> None:
    placeholders = Placeholders("-run")
    placeholders.resolve(tree_of(metadata(ONE), 12))
    assert placeholders.resolve("topic AQEBAQEBAQEBAQEBAQEBAQ of orders-run") == "topic <uuid:1> of orders"


def test_random_parts_of_member_ids_are_named() -> None:
    member = "client-123e4567-e89b-12d3-a456-426614174000"
    assert Placeholders("-run").resolve([member, member]) == ["client-<random:1>", "client-<random:1>"]

    other = f"one-{'0a' * 16}"
    assert Placeholders("-run").resolve([other, "0a" * 16, {"bytes": "0a" * 16}]) == [
        "one-<random:1>",
        "0a" * 16,
        {"bytes": "0a" * 16},
    ]


def test_the_rack_of_a_broker_is_left_open() -> None:
    tree = tree_of(MetadataResponse(brokers=[MetadataResponseBroker(node_id=1, host="h", port=1, rack="r")]), 12)
    assert tree["brokers"][0]["rack"] is None


def test_placeholders_are_numbered_anew_as_they_appear() -> None:
    tree = [{"id": "<uuid:3>", "of": ["<time>", "a <uuid:2>"]}, "<uuid:3> <random:2>", 4]
    assert renumbered(tree) == [{"id": "<uuid:1>", "of": ["<time>", "a <uuid:2>"]}, "<uuid:1> <random:1>", 4]


def test_the_brokers_clock_is_taken_out_but_a_fixed_time_is_kept() -> None:
    def answered(log_append_time_ms: int) -> object:
        partition = PartitionProduceResponse(index=0, log_append_time_ms=log_append_time_ms)
        topic = TopicProduceResponse(name="t", partition_responses=[partition])
        tree = Placeholders("-run").resolve(tree_of(ProduceResponse(responses=[topic]), 9))
        return tree["responses"][0]["partition_responses"][0]["log_append_time_ms"]

    assert answered(int(time.time() * 1000)) == "<time>"
    assert answered(TIMESTAMP_MS) == TIMESTAMP_MS
    assert answered(-1) == -1


def test_differences_name_the_place_and_both_sides() -> None:
    expected = {"a": [1, 2], "b": "x", "c": None}
    actual = {"a": [1, 3, 4], "b": "x", "d": True}
    assert differences(expected, actual) == [
        ("a[1]", 2, 3),
        ("a[2]", ABSENT, 4),
        ("c", None, ABSENT),
        ("d", ABSENT, True),
    ]


def test_lists_whose_order_means_nothing_are_sorted_and_no_others() -> None:
    tree = {
        "topics": [
            {
                "name": "b",
                "partitions": [{"partition_index": 1, "error_code": 3}, {"partition_index": 0, "replicas": [2, 1]}],
            },
            {"name": "a", "partitions": []},
        ]
    }
    by_topic = sorted_where(tree, ["name"])["topics"]
    assert [topic["name"] for topic in by_topic] == ["a", "b"]
    assert by_topic[1]["partitions"] == tree["topics"][0]["partitions"]
    by_partition = sorted_where(tree, ["partition_index"])["topics"]
    assert [topic["name"] for topic in by_partition] == ["b", "a"]
    assert by_partition[0]["partitions"] == tree["topics"][0]["partitions"][::-1]


def test_null_empty_and_false_are_all_different() -> None:
    for left, right in ((None, ""), (0, False), ([], None), ("", [])):
        assert differences({"x": left}, {"x": right}) == [("x", left, right)]


def test_batches_are_read_as_they_were_built() -> None:
    records = [Record(value=None), Record(key=b"", headers=[(b"h", None)])]
    (tree,) = batch_tree(batch(records, base_offset=4, leader_epoch=2))
    assert (tree["base_offset"], tree["partition_leader_epoch"], tree["count"], tree["crc"]) == (4, 2, 2, "right")
    (broken,) = batch_tree(batch(records, crc=1))
    assert broken["crc"] == "wrong"


def test_a_cut_batch_is_shown_as_bytes() -> None:
    whole = batch()
    assert list(batch_tree(whole + whole[:20]))[1] == {"tail": {"bytes": whole[:20].hex()}}


def test_the_id_of_a_broker_is_a_placeholder_where_it_names_a_resource_and_in_sentences_about_it() -> None:
    tree = [
        {"resource_type": 4, "resource_name": "7", "error_message": "Unexpected broker id, expected 7, but received 8"},
        {"resource_type": 2, "resource_name": "7"},
    ]
    assert Placeholders("-x", [7]).resolve(tree) == [
        {
            "resource_type": 4,
            "resource_name": "<broker:1>",
            "error_message": "Unexpected broker id, expected <broker:1>, but received 8",
        },
        {"resource_type": 2, "resource_name": "7"},
    ]
