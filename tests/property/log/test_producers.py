"""Idempotent producers over random sends, resends and gaps, against an oracle that remembers every batch (invariant 30)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kafkaemu.log.config import LogConfig
from kafkaemu.log.errors import LogError
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.log.producer_state import REMEMBERED_BATCHES, SEQUENCE_MAX, ProducerState
from kafkaemu.log.replay import apply_batch
from kafkawire.errors import ErrorCode
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record

NOW_MS = 1_700_000_000_000

sends = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.sampled_from(["next", "next", "next", "again", "gap", "new epoch", "old epoch"]),
        st.integers(1, 4),
        st.integers(0, 7),
    ),
    max_size=50,
)


class Oracle:
    """What one producer has had acknowledged, all of it."""

    def __init__(self, first_sequence: int) -> None:
        self.epoch = 0
        self.following = first_sequence
        self.sent: list[tuple[int, int, int]] = []
        """(first sequence, count, base offset) of this epoch."""


def state_of(producers: ProducerState) -> dict[int, object]:
    return {
        producer_id: (entry.epoch, entry.last_timestamp_ms, tuple(entry.batches))
        for producer_id, entry in producers.entries().items()
    }


@settings(max_examples=150, deadline=None)
@given(sends, st.sampled_from([0, 41, SEQUENCE_MAX - 3]))
def test_each_batch_is_in_the_log_once_and_in_order(
    listed: list[tuple[int, str, int, int]], first_sequence: int
) -> None:
    log = PartitionLog("orders", 0, LogConfig(segment_bytes=500), SegmentMemory())
    oracles = {1: Oracle(first_sequence), 2: Oracle(0)}
    for producer_id, what, count, back in listed:
        oracle = oracles[producer_id]
        epoch, sequence, expected = oracle.epoch, oracle.following, None
        if what == "again" and oracle.sent:
            sequence, count, expected = oracle.sent[-1 - back % len(oracle.sent)]
        elif what == "gap" and oracle.sent:
            sequence = (sequence + 1 + back) & SEQUENCE_MAX
        elif what == "new epoch" and oracle.sent:
            epoch, sequence = epoch + 1, 0
        elif what == "old epoch" and oracle.epoch:
            epoch -= 1
        batch = build_batch(
            [Record(b"k", b"v", (), NOW_MS)] * count,
            producer_id=producer_id,
            producer_epoch=epoch,
            base_sequence=sequence,
        )
        end_offset = log.end_offset
        try:
            info = log.append_as_leader(batch, 0, NOW_MS)
        except LogError as error:
            assert log.end_offset == end_offset
            if epoch < oracle.epoch:
                assert error.code is ErrorCode.INVALID_PRODUCER_EPOCH
            else:
                assert error.code is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
                assert what == "gap" or (sequence, count, expected) not in oracle.sent[-REMEMBERED_BATCHES:]
            continue
        if expected is not None:
            assert info.is_duplicate
            assert (info.base_offset, log.end_offset) == (expected, end_offset)
            continue
        assert (info.is_duplicate, info.base_offset, log.end_offset) == (False, end_offset, end_offset + count)
        assert epoch >= oracle.epoch
        assert epoch > oracle.epoch or sequence == oracle.following
        if epoch > oracle.epoch:
            oracle.sent.clear()
        oracle.epoch = epoch
        oracle.sent.append((sequence, count, end_offset))
        oracle.following = (sequence + count) & SEQUENCE_MAX
    replayed = ProducerState("orders-0")
    for header, content in log.batches(0):
        apply_batch(replayed, header, content)
    assert state_of(replayed) == state_of(log.producers)
