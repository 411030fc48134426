"""Whatever happens: a client in a session learns what a client without one learns, and nobody reads what is not committed."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kafkaemu.handlers import fetch
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic, ForgottenTopic
from tests.support.replicas import NOW_MS, Replicas, batch_of

PARTITIONS = 3
INDEXES = st.integers(0, PARTITIONS - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), INDEXES),
        st.tuples(st.just("trim"), INDEXES),
        st.tuples(st.just("forget"), INDEXES),
        st.tuples(st.just("want"), INDEXES),
        st.tuples(st.just("fetch"), st.sampled_from([1, 100, 1 << 20])),
    ),
    max_size=40,
)
LIMIT = 1 << 20


def full(world: Replicas, offsets: dict[int, int]) -> dict[int, tuple[int, int, int]]:
    """What a fetch without a session says of each partition: error, high watermark, start offset."""
    parts = [FetchPartition(partition=i, fetch_offset=at, partition_max_bytes=LIMIT) for i, at in offsets.items()]
    body = FetchRequest(max_bytes=LIMIT, topics=[FetchTopic(topic="orders", partitions=parts)])
    return said(world.ask(fetch.handle, body, 12).answer)


def said(answer: Any) -> dict[int, tuple[int, int, int]]:
    return {
        each.partition_index: (each.error_code, each.high_watermark, each.log_start_offset)
        for topic in answer.responses
        for each in topic.partitions
    }


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_client_in_a_session_learns_everything(steps: list[tuple[str, int]]) -> None:
    world = Replicas()
    world.topic(partitions=PARTITIONS)
    offsets = dict.fromkeys(range(PARTITIONS), 0)
    changed, forgotten = set(offsets), set[int]()
    known: dict[int, tuple[int, int, int]] = {}
    session_id = epoch = 0
    for what, value in [*steps, ("fetch", LIMIT), ("fetch", LIMIT)]:
        if what == "append":
            world.append(b"value", index=value)
        elif what == "trim":
            log = world.partition(index=value).log
            log.delete_records(log.high_watermark)
        elif what == "forget" and offsets.pop(value, None) is not None:
            forgotten.add(value)
            changed.discard(value)
            known.pop(value, None)
        elif what == "want" and value not in offsets:
            offsets[value] = world.partition(index=value).log.start_offset
            changed.add(value)
        elif what == "fetch":
            if epoch == 0:
                changed = set(offsets)
                forgotten = set()
            parts = [
                FetchPartition(partition=i, fetch_offset=offsets[i], partition_max_bytes=LIMIT) for i in sorted(changed)
            ]
            # A partition both wanted and forgotten is forgotten last, as the reference does: ask for it next time.
            again = forgotten & changed
            body = FetchRequest(
                max_bytes=value,
                session_id=session_id,
                session_epoch=epoch,
                topics=[FetchTopic(topic="orders", partitions=parts)],
                forgotten_topics_data=[ForgottenTopic(topic="orders", partitions=sorted(forgotten))],
            )
            answer = world.ask(fetch.handle, body, 12).answer
            assert answer.error_code == 0
            session_id = answer.session_id
            epoch = epoch + 1 if session_id else 0
            told = said(answer)
            known.update(told)
            changed, forgotten = again, set()
            for index, (code, high_watermark, start_offset) in told.items():
                if index not in offsets:
                    continue
                if code:
                    offsets[index] = world.partition(index=index).log.start_offset
                    changed.add(index)
                elif value == LIMIT and offsets[index] < high_watermark:
                    offsets[index] = high_watermark
                    changed.add(index)
                assert start_offset <= high_watermark or code
    # The last fetch but one may have moved offsets; whatever the client was told and not told is what there is.
    settled = {index: row for index, row in full(world, offsets).items() if index not in changed}
    assert {index: known[index] for index in settled} == settled


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(INDEXES, st.integers(1, 400), st.booleans()), max_size=15),
    st.integers(0, 1500),
    st.lists(st.integers(0, 700), min_size=PARTITIONS, max_size=PARTITIONS),
)
def test_a_fetch_waits_exactly_as_long_as_there_is_too_little(
    appends: list[tuple[int, int, bool]], min_bytes: int, limits: list[int]
) -> None:
    world = Replicas()
    world.topic(partitions=PARTITIONS)
    parts = [FetchPartition(partition=i, fetch_offset=0, partition_max_bytes=limits[i]) for i in range(PARTITIONS)]
    body = FetchRequest(
        max_wait_ms=500, min_bytes=min_bytes, max_bytes=LIMIT, topics=[FetchTopic(topic="orders", partitions=parts)]
    )
    asked = world.ask(fetch.handle, body, 12)
    sizes = [0] * PARTITIONS

    def is_enough() -> bool:
        return sum(map(min, sizes, limits)) >= min_bytes

    assert (asked.answer is not None) == is_enough()
    for index, size, is_committed in appends:
        partition = world.partition(index=index)
        isr = (1,) if is_committed else (1, 2)
        partition.apply(leader_id=1, leader_epoch=0, replicas=(1, 2), isr=isr)
        partition.append(batch_of(b"v" * size), 1, NOW_MS)
        if is_committed:
            sizes[index] = partition.log.size_bytes
        before = asked.answer
        world.waiting.touch(partition)
        assert before is not None or (asked.answer is not None) == is_enough()
    if asked.answer is not None:
        for topic in asked.answer.responses:
            for each in topic.partitions:
                assert each.high_watermark <= world.partition(index=each.partition_index).high_watermark
