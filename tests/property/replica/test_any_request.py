"""Whatever a client asks, the handlers have an answer that can be encoded in its version: nothing is an internal error."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kafkaemu.delayed import Parked
from kafkaemu.handlers import fetch, init_producer_id, list_offsets, produce
from kafkaemu.handlers.context import NO_ANSWER, CloseConnection
from kafkawire.compiler import raw_encoder
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic, ForgottenTopic
from kafkawire.messages.init_producer_id import InitProducerIdRequest
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from tests.support.replicas import NOW_MS, Replicas, batch_of

INT8, INT16, INT32, INT64 = (st.integers(-(2**bits), 2**bits - 1) for bits in (7, 15, 31, 63))
SMALL = st.integers(-4, 6)
NAMES = st.sampled_from(["orders", "compacted", "__consumer_offsets", "missing", "", "a b"])
IDS = st.sampled_from([bytes(16), bytes(range(16)), b"orders", b"compacted"])
INDEXES = st.one_of(st.integers(0, 2), INT32)
NUMBERS = st.one_of(SMALL, INT32)
LONGS = st.one_of(SMALL, st.sampled_from([NOW_MS, NOW_MS + 1]), INT64)


@st.composite
def payloads(draw: st.DrawFn) -> bytes | None:
    """Nothing, a good batch, or one with a few bytes changed, cut or repeated."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([None, b"", b"\0" * 11, b"\xff" * 80]))
    batch = bytearray(batch_of(*draw(st.lists(st.one_of(st.none(), st.binary(max_size=20)), min_size=1, max_size=3))))
    for position, value in draw(st.lists(st.tuples(st.integers(0, len(batch) - 1), st.integers(0, 255)), max_size=2)):
        batch[position] = value
    cut = draw(st.one_of(st.just(len(batch)), st.integers(0, len(batch))))
    return bytes(batch[:cut]) * draw(st.sampled_from([1, 1, 1, 2]))


def world_of() -> tuple[Replicas, dict[bytes, bytes]]:
    world = Replicas()
    ids = {b"orders": world.topic("orders", 2), b"compacted": world.topic("compacted", cleanup_policy="compact")}
    world.topic("__consumer_offsets")
    world.append(b"a", b"b")
    return world, ids


def check(world: Replicas, handle: Any, body: Any, version: int) -> Any:
    """The answer, encoded in passing; a parked one after its time is over."""
    try:
        answer = handle(world.context, world.request(type(body).KEY, version), body)
    except CloseConnection:
        return None
    if isinstance(answer, Parked):
        answered: list[Any] = []
        world.waiting.park(answer, answered.append)
        assert answer.wait_ms is not None and answer.wait_ms >= 0
        world.append(b"c")
        world.advance(answer.wait_ms)
        (answer,) = answered
    assert len(world.waiting) == 0
    if answer is not NO_ANSWER:
        raw_encoder(type(answer), version)(answer, bytearray(), [])
    return answer


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(3, 13))
def test_produce(data: st.DataObject, version: int) -> None:
    world, ids = world_of()
    topics = st.builds(
        lambda name, topic_id, parts: TopicProduceData(
            name=name,
            topic_id=ids.get(topic_id, topic_id),
            partition_data=[PartitionProduceData(index=index, records=records) for index, records in parts],
        ),
        NAMES,
        IDS,
        st.lists(st.tuples(INDEXES, payloads()), max_size=3),
    )
    body = ProduceRequest(
        transactional_id=data.draw(st.sampled_from([None, None, "", "t"])),
        acks=data.draw(st.one_of(st.integers(-1, 1), INT16)),
        timeout_ms=data.draw(INT32),
        topic_data=data.draw(st.lists(topics, max_size=3)),
    )
    check(world, produce.handle, body, version)
    for partition in world.manager.all_partitions():
        assert partition.high_watermark == partition.log.end_offset


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(4, 18))
def test_fetch(data: st.DataObject, version: int) -> None:
    world, ids = world_of()
    asked = st.builds(
        lambda index, offset, limit, epoch, last, start: FetchPartition(
            partition=index,
            fetch_offset=offset,
            partition_max_bytes=limit,
            current_leader_epoch=epoch,
            last_fetched_epoch=last,
            log_start_offset=start,
        ),
        INDEXES,
        LONGS,
        NUMBERS,
        NUMBERS,
        NUMBERS,
        LONGS,
    )
    topics = st.builds(
        lambda name, topic_id, parts: FetchTopic(topic=name, topic_id=ids.get(topic_id, topic_id), partitions=parts),
        NAMES,
        IDS,
        st.lists(asked, max_size=3),
    )
    forgotten = st.builds(
        lambda name, topic_id, parts: ForgottenTopic(
            topic=name, topic_id=ids.get(topic_id, topic_id), partitions=parts
        ),
        NAMES,
        IDS,
        st.lists(INDEXES, max_size=2),
    )
    session_id, epoch = 0, 0
    for _ in range(3):
        body = FetchRequest(
            max_wait_ms=data.draw(NUMBERS),
            min_bytes=data.draw(NUMBERS),
            max_bytes=data.draw(NUMBERS),
            isolation_level=data.draw(st.one_of(st.integers(0, 1), INT8)),
            replica_id=data.draw(st.one_of(st.just(-1), NUMBERS)),
            session_id=session_id,
            session_epoch=data.draw(st.one_of(st.just(epoch), NUMBERS)),
            topics=data.draw(st.lists(topics, max_size=3)),
            forgotten_topics_data=data.draw(st.lists(forgotten, max_size=2)),
        )
        body.replica_state.replica_id = body.replica_id
        answer = check(world, fetch.handle, body, version)
        session_id, epoch = answer.session_id, epoch + 1
        for topic in answer.responses:
            assert all(each.records is not None for each in topic.partitions)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(1, 11))
def test_list_offsets(data: st.DataObject, version: int) -> None:
    world, _ = world_of()
    asked = st.builds(
        lambda index, timestamp, epoch: ListOffsetsPartition(
            partition_index=index, timestamp=timestamp, current_leader_epoch=epoch
        ),
        INDEXES,
        LONGS,
        NUMBERS,
    )
    topics = st.builds(
        lambda name, parts: ListOffsetsTopic(name=name, partitions=parts), NAMES, st.lists(asked, max_size=3)
    )
    body = ListOffsetsRequest(
        replica_id=data.draw(NUMBERS),
        isolation_level=data.draw(st.one_of(st.integers(0, 1), INT8)),
        topics=data.draw(st.lists(topics, max_size=3)),
        timeout_ms=data.draw(INT32),
    )
    check(world, list_offsets.handle, body, version)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([None, "", "t"]), INT32, LONGS, INT16, st.integers(0, 5))
def test_init_producer_id(
    transactional_id: str | None, timeout_ms: int, producer_id: int, producer_epoch: int, version: int
) -> None:
    world, _ = world_of()
    body = InitProducerIdRequest(
        transactional_id=transactional_id,
        transaction_timeout_ms=timeout_ms,
        producer_id=producer_id,
        producer_epoch=producer_epoch,
    )
    answer = check(world, init_producer_id.handle, body, version)
    assert (answer.error_code == 0) == (answer.producer_id >= 0)
