"""What admin clients ask about partitions and where they are: more of them, pages of them, elections, moves."""

from __future__ import annotations

import pytest

from kafkaemu.handlers import (
    alter_partition_reassignments,
    create_partitions,
    describe_topic_partitions,
    elect_leaders,
    list_partition_reassignments,
)
from kafkawire.internal.cluster_metadata import PartitionChangeRecord
from kafkawire.messages.alter_partition_reassignments import (
    AlterPartitionReassignmentsRequest,
    ReassignablePartition,
    ReassignableTopic,
)
from kafkawire.messages.create_partitions import (
    CreatePartitionsAssignment,
    CreatePartitionsRequest,
    CreatePartitionsTopic,
)
from kafkawire.messages.describe_topic_partitions import (
    DescribeTopicPartitionsRequest,
    RequestCursor,
    TopicRequest,
)
from kafkawire.messages.elect_leaders import ElectLeadersRequest, TopicPartitions
from kafkawire.messages.list_partition_reassignments import ListPartitionReassignmentsRequest, TopicOfInterest
from tests.support.replicas import Replicas

Placed = list[list[int]] | None


def grow(world: Replicas, *topics: tuple[str, int, Placed], validate_only: bool = False) -> list[tuple[str, int]]:
    """(name, error code) of each topic that was to grow to a count, placed by hand or not."""
    body = CreatePartitionsRequest(validate_only=validate_only)
    for name, count, placed in topics:
        assignments = None if placed is None else [CreatePartitionsAssignment(broker_ids=brokers) for brokers in placed]
        body.topics.append(CreatePartitionsTopic(name=name, count=count, assignments=assignments))
    answer = world.ask(create_partitions.handle, body, 3).answer
    return [(result.name, result.error_code) for result in answer.results]


def test_new_partitions_are_hosted_and_old_ones_keep_their_records() -> None:
    world = Replicas()
    world.topic("orders", 2)
    world.append(b"a", b"b", index=1)
    assert grow(world, ("orders", 4, None)) == [("orders", 0)]
    assert [world.partition("orders", index).high_watermark for index in range(4)] == [0, 2, 0, 0]
    world.append(b"c", index=3)
    new = world.partition("orders", 3)
    assert (new.high_watermark, new.leader_epoch, new.replicas, new.isr) == (1, 0, (1,), (1,))
    assert new.topic_id == world.controller.image.topics["orders"].topic_id


def test_partitions_added_are_records_of_the_metadata_log() -> None:
    world = Replicas()
    world.topic("orders", 1)
    before = world.controller.log.end_offset
    grow(world, ("orders", 3, [[1], [1]]))
    assert world.controller.log.end_offset == before + 2


def test_a_topic_is_refused_without_harm_to_others() -> None:
    world = Replicas()
    world.topic("a")
    world.topic("b")
    results = grow(world, ("a", 2, None), ("none", 2, None), ("b", 1, None), ("twice", 2, None), ("twice", 3, None))
    assert sorted(results) == [("a", 0), ("b", 37), ("none", 3), ("twice", 42)]


def test_only_validated_nothing_grows() -> None:
    world = Replicas()
    world.topic("orders")
    before = world.controller.log.end_offset
    assert grow(world, ("orders", 5, None), validate_only=True) == [("orders", 0)]
    assert world.controller.log.end_offset == before
    assert world.manager.partition("orders", 1) is None


@pytest.mark.parametrize("placed", [[[1]], [], [[1], []], [[9], [1]], [[1], [1, 1]]])
def test_a_bad_placement_adds_nothing(placed: list[list[int]]) -> None:
    world = Replicas()
    world.topic("orders")
    assert grow(world, ("orders", 3, placed)) == [("orders", 39)]
    assert len(world.controller.image.topics["orders"].partitions) == 1


def test_a_request_adds_ten_thousand_partitions_at_most_whatever_it_asks_for() -> None:
    world = Replicas()
    world.topic("a")
    world.topic("b")
    topics = (("a", 2**31 - 1, None), ("b", 10_001, None))
    assert sorted(grow(world, *topics, validate_only=True)) == [("a", -1), ("b", 0)]


def described(world: Replicas, *names: str, limit: int = 2000, cursor: tuple[str, int] | None = None) -> list[object]:
    """(name, error code, partitions) of each topic, and the cursor of the next page."""
    body = DescribeTopicPartitionsRequest(
        topics=[TopicRequest(name=name) for name in names], response_partition_limit=limit
    )
    if cursor is not None:
        body.cursor = RequestCursor(topic_name=cursor[0], partition_index=cursor[1])
    answer = world.ask(describe_topic_partitions.handle, body, 0).answer
    following = answer.next_cursor
    found: list[object] = [(t.name, t.error_code, [p.partition_index for p in t.partitions]) for t in answer.topics]
    return [*found, None if following is None else (following.topic_name, following.partition_index)]


def test_pages_follow_one_another_without_gap_or_repetition() -> None:
    world = Replicas()
    world.topic("b", 3)
    world.topic("a", 2)
    seen = []
    cursor: tuple[str, int] | None = None
    while True:
        *topics, following = described(world, limit=2, cursor=cursor)
        seen += [(name, index) for name, _, indexes in topics for index in indexes]  # type: ignore[misc, attr-defined]
        if following is None:
            break
        cursor = following  # type: ignore[assignment]
    assert seen == [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("b", 2)]


def test_the_broker_limits_a_page_too() -> None:
    world = Replicas(max_request_partition_size_limit="1")
    world.topic("a", 2)
    assert described(world, "a") == [("a", 0, [0]), ("a", 1)]


def test_a_cursor_that_cannot_be_fails_every_topic() -> None:
    world = Replicas()
    world.topic("a")
    assert described(world, "a", "x", cursor=("b", 0)) == [("a", 42, []), ("x", 42, []), None]
    assert described(world, "a", cursor=("a", -1)) == [("a", 42, []), None]
    assert described(world, cursor=("b", 0)) == [None]


def test_a_cursor_behind_the_last_partition_leaves_an_empty_topic() -> None:
    world = Replicas()
    world.topic("a", 1)
    world.topic("b", 1)
    assert described(world, "a", "b", limit=1, cursor=("a", 5)) == [("a", 0, []), ("b", 0, [0]), None]


def elected(world: Replicas, kind: int, *named: tuple[str, list[int]], version: int = 2) -> list[object]:
    """(topic, [(partition, error code)]) of each topic; nothing named means everywhere."""
    body = ElectLeadersRequest(
        election_type=kind, topic_partitions=[TopicPartitions(topic=n, partitions=p) for n, p in named] or None
    )
    answer = world.ask(elect_leaders.handle, body, version).answer
    return [
        (topic.topic, [(one.partition_id, one.error_code) for one in topic.partition_result])
        for topic in answer.replica_election_results
    ]


def without_leader(world: Replicas, topic: str) -> None:
    """What the image says once the only replica is gone."""
    image = world.controller.image
    image.apply(PartitionChangeRecord(partition_id=0, topic_id=image.topics[topic].topic_id, leader=-1, isr=[]))


def test_elections_are_not_needed_where_the_only_replica_leads() -> None:
    world = Replicas()
    world.topic("orders", 2)
    for kind in (0, 1):
        assert elected(world, kind, ("orders", [1, 0, 2])) == [("orders", [(1, 84), (0, 84), (2, 3)])]
        assert elected(world, kind) == [("orders", [])]
    assert elected(world, 7, ("orders", [0])) == [("orders", [(0, 42)])]
    assert elected(world, 7, ("orders", [0]), version=0) == [("orders", [(0, 84)])], "version 0 has no types"


def test_nobody_is_elected_where_nobody_is_left() -> None:
    world = Replicas()
    world.topic("orders", 2)
    without_leader(world, "orders")
    assert elected(world, 0) == [("orders", [(0, 80)])]
    assert elected(world, 1) == [("orders", [(0, 83)])]


def test_moves_under_way_are_listed_and_others_left_out() -> None:
    world = Replicas()
    world.topic("still")
    topic_id = world.topic("moving", 2)
    world.controller.image.apply(
        PartitionChangeRecord(
            partition_id=1, topic_id=topic_id, replicas=[2, 1], adding_replicas=[2], removing_replicas=[1]
        )
    )
    everything = ListPartitionReassignmentsRequest(topics=None)
    asked = [TopicOfInterest(name=name, partition_indexes=[0, 1, 5]) for name in ("moving", "still", "missing")]
    for body in (everything, ListPartitionReassignmentsRequest(topics=asked)):
        (topic,) = world.ask(list_partition_reassignments.handle, body, 0).answer.topics
        (partition,) = topic.partitions
        assert (topic.name, partition.partition_index, partition.replicas) == ("moving", 1, [2, 1])
        assert (partition.adding_replicas, partition.removing_replicas) == ([2], [1])


@pytest.mark.parametrize(
    ("index", "replicas", "code"), [(0, [1], 0), (0, None, 85), (0, [], 39), (0, [2], 39), (0, [1, 1], 39), (3, [1], 3)]
)
def test_a_partition_stays_where_it_is(index: int, replicas: list[int] | None, code: int) -> None:
    world = Replicas()
    world.topic("orders")
    before = world.controller.log.end_offset
    moved = ReassignableTopic(
        name="orders", partitions=[ReassignablePartition(partition_index=index, replicas=replicas)]
    )
    body = AlterPartitionReassignmentsRequest(topics=[moved], allow_replication_factor_change=False)
    answer = world.ask(alter_partition_reassignments.handle, body, 1).answer
    assert [p.error_code for topic in answer.responses for p in topic.partitions] == [code]
    assert (answer.allow_replication_factor_change, answer.error_code, answer.error_message) == (False, 0, None)
    assert world.controller.log.end_offset == before
