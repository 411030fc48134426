"""ListOffsets by plain calls: special timestamps, isolation, epochs, errors."""

import pytest

from kafkaemu.handlers import list_offsets
from kafkawire.errors import ErrorCode
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic
from tests.support.replicas import NOW_MS, Replicas, batch_of

Found = tuple[int, int, int, int]


def asked(
    world: Replicas,
    *partitions: tuple[int, int],
    version: int = 11,
    topic: str = "orders",
    replica_id: int = -1,
    isolation_level: int = 0,
    epoch: int = -1,
) -> list[Found]:
    """(error code, offset, timestamp, leader epoch) for each (index, timestamp)."""
    body = ListOffsetsRequest(
        replica_id=replica_id,
        isolation_level=isolation_level,
        topics=[
            ListOffsetsTopic(
                name=topic,
                partitions=[
                    ListOffsetsPartition(partition_index=index, timestamp=timestamp, current_leader_epoch=epoch)
                    for index, timestamp in partitions
                ],
            )
        ],
    )
    answer = world.ask(list_offsets.handle, body, version).answer
    return [(p.error_code, p.offset, p.timestamp, p.leader_epoch) for topic in answer.topics for p in topic.partitions]


def filled() -> Replicas:
    """Offsets 0 to 3 with timestamps +0, +20, +20, +10."""
    world = Replicas()
    world.topic()
    for delta in (0, 20, 20, 10):
        world.partition().append(batch_of(b"a", timestamp_ms=NOW_MS + delta), -1, NOW_MS)
    return world


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (-1, (0, 4, -1, 0)),
        (-2, (0, 0, -1, 0)),
        (-3, (0, 1, NOW_MS + 20, 0)),
        (-4, (0, 0, -1, 0)),
        (-5, (0, -1, -1, -1)),
        (-6, (0, -1, -1, -1)),
        (-7, (35, -1, -1, -1)),
        (0, (0, 0, NOW_MS, 0)),
        (NOW_MS + 5, (0, 1, NOW_MS + 20, 0)),
        (NOW_MS + 21, (0, -1, -1, -1)),
    ],
)
def test_what_each_timestamp_finds(timestamp: int, expected: Found) -> None:
    assert asked(filled(), (0, timestamp)) == [expected]


@pytest.mark.parametrize(("timestamp", "since"), [(-3, 7), (-4, 8), (-5, 9), (-6, 11)])
def test_special_timestamps_need_their_version(timestamp: int, since: int) -> None:
    world = filled()
    assert asked(world, (0, timestamp), version=since - 1)[0][0] == ErrorCode.UNSUPPORTED_VERSION
    assert asked(world, (0, timestamp), version=since)[0][0] == ErrorCode.NONE
    # Recorded from Apache Kafka 4.3.1: the version is looked at before the topic.
    assert asked(world, (0, timestamp), version=since - 1, topic="missing")[0][0] == ErrorCode.UNSUPPORTED_VERSION


def test_what_is_not_there() -> None:
    world = filled()
    assert asked(world, (1, -1), (-1, -1)) == [(3, -1, -1, -1)] * 2
    assert asked(world, (0, -1), topic="missing") == [(3, -1, -1, -1)]


@pytest.mark.parametrize(("epoch", "code"), [(0, 0), (1, 75), (-2, 74), (-1, 0)])
def test_leader_epochs_are_fenced(epoch: int, code: int) -> None:
    assert asked(filled(), (0, -1), epoch=epoch)[0][0] == code


def test_a_partition_named_twice_is_refused_once() -> None:
    # Recorded from Apache Kafka 4.3.1, also where one of the two is refused for another reason.
    assert asked(filled(), (0, -7), (0, -1)) == [(42, -1, -1, -1)]


@pytest.mark.parametrize("level", [2, -1])
def test_an_unknown_isolation_level_fails_everything(level: int) -> None:
    world = filled()
    assert asked(world, (0, -1), (0, -1), (5, -7), isolation_level=level) == [(-1, -1, -1, -1)] * 3


def test_consumers_see_the_high_watermark_and_replicas_the_end() -> None:
    world = filled()
    world.partition().apply(leader_id=1, leader_epoch=0, replicas=(1, 2), isr=(1, 2))
    world.partition().append(batch_of(b"b", timestamp_ms=NOW_MS + 100), 1, NOW_MS)
    assert asked(world, (0, -1)) == [(0, 4, -1, 0)]
    assert asked(world, (0, -1), isolation_level=1) == [(0, 4, -1, 0)]
    assert asked(world, (0, -1), replica_id=-2) == asked(world, (0, -1), replica_id=5) == [(0, 5, -1, 0)]
    # A record that is not committed has not been found.
    assert asked(world, (0, NOW_MS + 100)) == [(0, -1, -1, -1)]
    assert asked(world, (0, NOW_MS + 100), replica_id=-2) == [(0, 4, NOW_MS + 100, 0)]


def test_a_new_leader_does_not_know_the_end_yet() -> None:
    world = filled()
    world.partition().apply(leader_id=1, leader_epoch=0, replicas=(1, 2), isr=(1, 2))
    world.partition().append(batch_of(b"b"), 1, NOW_MS)
    world.partition().apply(leader_id=1, leader_epoch=1, replicas=(1, 2), isr=(1, 2))
    assert asked(world, (0, -1)) == [(ErrorCode.OFFSET_NOT_AVAILABLE, -1, -1, -1)]
    assert asked(world, (0, -1), version=4) == [(ErrorCode.LEADER_NOT_AVAILABLE, -1, -1, -1)]
    assert asked(world, (0, NOW_MS + 500))[0][0] == ErrorCode.OFFSET_NOT_AVAILABLE
    assert asked(world, (0, NOW_MS))[0] == (0, 0, NOW_MS, 0)
    assert asked(world, (0, -2))[0][0] == ErrorCode.NONE
    assert asked(world, (0, -1), replica_id=-2) == [(0, 5, -1, 1)]


def test_only_the_leader_answers_except_for_debugging() -> None:
    world = filled()
    world.partition().apply(leader_id=2, leader_epoch=1, replicas=(1, 2), isr=(1, 2))
    assert asked(world, (0, -1))[0][0] == ErrorCode.NOT_LEADER_OR_FOLLOWER
    assert asked(world, (0, -1), replica_id=-2)[0][:2] == (0, 4)


def test_topics_without_partitions_are_left_out() -> None:
    world = filled()
    body = ListOffsetsRequest(replica_id=-1, topics=[ListOffsetsTopic(name="orders", partitions=[])])
    assert world.ask(list_offsets.handle, body, 7).answer.topics == []
