"""Several logs under one bound on memory: nothing crashes, nothing that is held changes, offsets stay in order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kafkaemu.log.config import LogConfig
from kafkaemu.log.errors import LogError
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkawire.errors import ErrorCode
from kafkawire.records.batch import has_valid_crc
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record

NOW_MS = 1_700_000_000_000
LIMIT_BYTES = 1 << 20

steps = st.lists(
    st.tuples(
        st.sampled_from(["append", "append", "append", "hold", "let go", "delete", "compact", "truncate"]),
        st.integers(0, 3),
        st.integers(1, 150_000),
    ),
    max_size=60,
)


class Logs:
    """Three topics' logs, one of them compacted, and what readers hold of them."""

    def __init__(self) -> None:
        self.memory = SegmentMemory(LIMIT_BYTES)
        configs = [
            LogConfig(segment_bytes=200_000),
            LogConfig(segment_bytes=200_000),
            LogConfig(segment_bytes=200_000, cleanup_policy=("compact",), min_cleanable_dirty_ratio=0.0),
            LogConfig(segment_bytes=200_000),
        ]
        topics = ["a", "b", "c", "__consumer_offsets"]
        self.logs = [PartitionLog(topic, 0, config, self.memory) for topic, config in zip(topics, configs, strict=True)]
        self.held: list[tuple[memoryview, bytes]] = []

    def do(self, what: str, number: int, size: int) -> None:
        log = self.logs[number]
        if what == "append":
            self.append(log, size)
        elif what == "hold":
            offset = log.start_offset + size % (log.end_offset - log.start_offset + 1)
            self.held += [(part, bytes(part)) for part in log.read(offset, size, log.end_offset, True).records]
        elif what == "let go":
            del self.held[: size % 4]
        elif what == "delete" and log.config.is_deleted:
            log.delete_records(log.start_offset + size % (log.end_offset - log.start_offset + 1))
        elif what == "compact":
            log.compact(NOW_MS, size % 10)
        elif what == "truncate":
            log.truncate_to(max(log.start_offset, log.end_offset - 1), is_unclean=True)

    def append(self, log: PartitionLog, size: int) -> None:
        before = (log.end_offset, log.high_watermark)
        batch = build_batch([Record(b"%d" % (size % 3), b"v" * size, (), NOW_MS)])
        try:
            log.append_as_leader(batch, 0, NOW_MS)
        except LogError as error:
            assert error.code is ErrorCode.KAFKA_STORAGE_ERROR
            assert (log.end_offset, log.high_watermark) == before
        else:
            assert log.end_offset == before[0] + 1
            log.update_high_watermark(log.end_offset)

    def check(self) -> None:
        memory = self.memory
        assert memory.used_bytes + memory.retired_bytes <= LIMIT_BYTES
        assert memory.used_bytes >= sum(log.allocated_bytes for log in self.logs)
        assert self.logs[3].start_offset == 0 or self.logs[3].config.is_deleted
        assert all(bytes(part) == content for part, content in self.held)
        for log in self.logs:
            offset = log.start_offset
            for header, batch in log.batches(offset):
                assert header.base_offset >= offset
                assert has_valid_crc(batch)
                offset = header.next_offset
            assert offset <= log.end_offset


@settings(max_examples=60, deadline=None)
@given(steps)
def test_nothing_breaks_at_the_memory_limit(listed: list[tuple[str, int, int]]) -> None:
    logs = Logs()
    for what, number, size in listed:
        logs.do(what, number, size)
        logs.check()
    for log in logs.logs:
        log.close()
    assert logs.memory.used_bytes == 0
    logs.held.clear()
    logs.memory.take(1, 0)
    assert logs.memory.retired_bytes == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 70_000), st.booleans()), min_size=1, max_size=40))
def test_recycled_memory_never_shows_through_slices(appends: list[tuple[int, bool]]) -> None:
    memory = SegmentMemory()
    held: list[tuple[memoryview, bytes]] = []
    for size, is_held in appends:
        log = PartitionLog("a", 0, LogConfig(), memory)
        log.append_as_leader(build_batch([Record(b"k", bytes([size % 251]) * size, (), NOW_MS)]), 0, NOW_MS)
        if is_held:
            held += [(part, bytes(part)) for part in log.read(0, 1 << 30, 1).records]
        log.close()
        assert all(bytes(part) == content for part, content in held)
        assert memory.used_bytes == 0
    assert memory.retired_bytes >= max((len(part) for part, _ in held), default=0)
