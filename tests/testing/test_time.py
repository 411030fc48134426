"""The broker's clock in the hands of a test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from confluent_kafka import Consumer, TopicPartition

from kafkaemu.testing import Broker
from kafkaemu.testing.clock import duration_ms
from kafkawire.compiler import encode
from kafkawire.internal.consumer_protocol import ConsumerProtocolSubscription
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchResponse, FetchTopic
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol, JoinGroupResponse
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupRequestAssignment
from tests.support.raw import RawClient, framed, header

SESSION_MS = 45_000
UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS = 25, 27


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker(topics=["orders"]) as started:
        yield started


def joining(member_id: str, group: str = "g") -> JoinGroupRequest:
    """JoinGroup of a consumer of "orders"."""
    subscription = b"\x00\x01" + encode(ConsumerProtocolSubscription(topics=["orders"]), 1)
    return JoinGroupRequest(
        group_id=group,
        member_id=member_id,
        session_timeout_ms=SESSION_MS,
        rebalance_timeout_ms=300_000,
        protocol_type="consumer",
        protocols=[JoinGroupRequestProtocol(name="range", metadata=subscription)],
    )


def joined(client: RawClient, group: str = "g") -> str:
    """A member, alone in its group; its id."""
    client.request(FindCoordinatorRequest(key=group, key_type=0), 3)
    member_id = client.request(joining("", group), 5).member_id  # type: ignore[attr-defined]
    answer = client.request(joining(member_id, group), 5)
    assert isinstance(answer, JoinGroupResponse)
    assert answer.error_code == 0
    assignment = [SyncGroupRequestAssignment(member_id=member_id, assignment=b"")]
    client.request(SyncGroupRequest(group_id=group, generation_id=1, member_id=member_id, assignments=assignment), 3)
    return member_id


def heartbeat(client: RawClient, member_id: str, group: str = "g") -> int:
    """Heartbeat; its error."""
    answer = client.request(HeartbeatRequest(group_id=group, generation_id=1, member_id=member_id), 3)
    assert isinstance(answer, HeartbeatResponse)
    return answer.error_code


def test_a_session_of_45_s_ends_in_a_moment_and_not_sooner(broker: Broker) -> None:
    took_ms = []
    broker.clock.freeze()
    with RawClient(broker.port) as client:
        for group in ("g1", "g2", "g3", "g4", "g5"):
            began = time.perf_counter()
            member_id = joined(client, group)
            broker.clock.advance(milliseconds=SESSION_MS - 1)
            assert heartbeat(client, member_id, group) == 0
            broker.clock.advance(milliseconds=SESSION_MS - 1)
            assert broker.groups()[group].state == "Stable"
            broker.clock.advance(milliseconds=1)
            assert broker.groups()[group].state == "Empty"
            assert heartbeat(client, member_id, group) == UNKNOWN_MEMBER_ID
            took_ms.append((time.perf_counter() - began) * 1000)
    assert min(took_ms) < 100


def test_a_rebalance_that_a_dead_member_holds_up_ends_when_its_session_does(broker: Broker) -> None:
    with RawClient(broker.port) as dead, RawClient(broker.port) as living:
        dead_id = joined(dead)
        second_id = living.request(joining(""), 5).member_id  # type: ignore[attr-defined]
        living.send(framed_join(second_id))
        while broker.groups()["g"].state != "PreparingRebalance":
            pass
        assert heartbeat(dead, dead_id) == REBALANCE_IN_PROGRESS
        broker.clock.advance(milliseconds=SESSION_MS)
        # The answer is there when the time has passed: it is in the socket's buffer.
        living.socket.settimeout(1)
        assert living.frame() is not None
        assert [member.member_id for member in broker.groups()["g"].members] == [second_id]


def framed_join(member_id: str) -> bytes:
    """JoinGroup 5 as it is sent."""
    return framed(header(JoinGroupRequest.KEY, 5) + encode(joining(member_id), 5))


def test_records_end_with_their_retention_each_at_its_time(broker: Broker) -> None:
    broker.create_topic("short", config={"retention.ms": 3_600_000, "segment.ms": 600_000})
    broker.produce("short", "first")
    broker.clock.advance("30 min")
    broker.produce("short", "second")
    broker.clock.advance("45 min")
    assert [record.value for record in broker.records("short")] == [b"second"]
    broker.clock.advance("1 h")
    assert broker.records("short") == []


def test_compaction_and_its_tombstones_take_their_time(broker: Broker) -> None:
    config = {
        "cleanup.policy": "compact",
        "segment.ms": 60_000,
        "min.cleanable.dirty.ratio": 0,
        "delete.retention.ms": 60_000,
    }
    broker.create_topic("table", config=config)
    for value in ("1", "2", None):
        broker.produce("table", value, key="gone")
    broker.produce("table", "kept", key="kept")
    broker.clock.advance("2 min")
    broker.produce("table", "rolls the segment", key="last")
    broker.clock.advance("30 s")
    assert [record.value for record in broker.records("table")] == [None, b"kept", b"rolls the segment"]
    # As with Kafka, a log is compacted again only when there is something new in it.
    broker.clock.advance("2 min")
    broker.produce("table", "rolls it again", key="last")
    broker.clock.advance("30 s")
    assert [record.value for record in broker.records("table")] == [b"kept", b"rolls the segment", b"rolls it again"]


def test_offsets_of_a_group_that_nobody_uses_expire(broker: Broker) -> None:
    broker.produce("orders", "x")
    consumer = Consumer({"bootstrap.servers": broker.bootstrap_servers, "group.id": "g", "enable.auto.commit": False})
    consumer.commit(offsets=[TopicPartition("orders", 0, 1)], asynchronous=False)
    broker.clock.advance("6 days")
    assert broker.committed("g") == {("orders", 0): 1}
    broker.clock.advance("25 hours")
    assert broker.committed("g") == {}
    # Its connection lived through it.
    consumer.commit(offsets=[TopicPartition("orders", 0, 1)], asynchronous=False)
    assert broker.committed("g") == {("orders", 0): 1}
    consumer.close()


def test_a_year_does_not_take_long_and_what_comes_again_is_on_time_afterwards(broker: Broker) -> None:
    with RawClient(broker.port) as client:
        client.request(FindCoordinatorRequest(key="g", key_type=0), 3)
    broker.create_topic("short", config={"retention.ms": 60_000, "segment.ms": 60_000})
    began = time.perf_counter()
    broker.clock.advance(days=365)
    assert time.perf_counter() - began < 10
    broker.produce("short", "x")
    broker.clock.advance("7 min")
    assert broker.records("short") == []


def test_a_clock_that_stands_still_keeps_nobody_waiting(broker: Broker) -> None:
    broker.clock.freeze()
    assert broker.clock.is_frozen
    now_ms = broker.clock.now_ms
    partition = FetchPartition(partition=0, fetch_offset=0, partition_max_bytes=1000)
    topics = [FetchTopic(topic="orders", partitions=[partition])]
    with RawClient(broker.port) as client:
        answer = client.request(FetchRequest(max_wait_ms=20, min_bytes=1, topics=topics), 11)
    assert isinstance(answer, FetchResponse)
    assert broker.clock.now_ms == now_ms
    broker.clock.advance(seconds=45)
    assert broker.clock.now_ms == now_ms + 45_000
    assert broker.produce("orders", "x").timestamp_ms == now_ms + 45_000
    broker.clock.resume()
    assert not broker.clock.is_frozen
    assert broker.clock.now_ms >= now_ms + 45_000


def test_a_long_poll_ends_with_moved_time(broker: Broker) -> None:
    partition = FetchPartition(partition=0, fetch_offset=0, partition_max_bytes=1000)
    request = FetchRequest(
        max_wait_ms=600_000, min_bytes=1, topics=[FetchTopic(topic="orders", partitions=[partition])]
    )
    with RawClient(broker.port) as client:
        client.send(framed(header(FetchRequest.KEY, 11) + encode(request, 11)))
        while not broker._call(lambda: len(broker._plain().waiting)):
            pass
        broker.clock.advance("10 min")
        assert client.frame() is not None


def test_time_never_goes_back(broker: Broker) -> None:
    with pytest.raises(ValueError, match="time never goes back"):
        broker.clock.advance(seconds=-1)
    with pytest.raises(ValueError, match="time never goes back"):
        broker.clock.advance(timedelta(days=-1))


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("7 days", 604_800_000),
        ("1 h 30 min", 5_400_000),
        ("45s", 45_000),
        ("1.5 hours", 5_400_000),
        ("250 ms", 250),
        ("2w", 1_209_600_000),
    ],
)
def test_durations_are_written_as_people_write_them(text: str, milliseconds: int) -> None:
    assert duration_ms(text) == milliseconds


@pytest.mark.parametrize("text", ["", "soon", "7", "7 moons", "-1 s", "1 h and 2"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        duration_ms(text)
