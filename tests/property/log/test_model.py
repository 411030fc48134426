"""A log against a list of batches, over random appends, reads, truncations, deletions, retention and compaction."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kafkaemu.log.config import LogConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkawire.records.batch import BatchHeader, has_valid_crc
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record

START_MS = 1_700_000_000_000
KEYS = [b"a", b"b", b"c", b"d"]


@attrs.define
class ModelBatch:
    """A batch as the model keeps it: its bytes as they must be in the log."""

    content: bytes

    @property
    def header(self) -> BatchHeader:
        return BatchHeader.parse(self.content)

    @property
    def records(self) -> list[Record]:
        return list(records_of(self.content))


class LogAgainstModel(RuleBasedStateMachine):
    """The model knows batches, start, end and high watermark; segments, chunks and indexes are the log's own business."""

    @initialize(
        segment_bytes=st.integers(300, 3000),
        index_interval_bytes=st.sampled_from([0, 100, 500]),
        policy=st.sampled_from([("delete",), ("compact",), ("compact", "delete")]),
        delete_retention_ms=st.sampled_from([0, 500]),
    )
    def begin(self, **config: Any) -> None:
        self.memory = SegmentMemory()
        policy = config.pop("policy")
        options = {"retention_ms": 3000, "min_cleanable_dirty_ratio": 0.2}
        self.log = PartitionLog("orders", 0, LogConfig(cleanup_policy=policy, **options, **config), self.memory)
        self.batches: list[ModelBatch] = []
        self.start = self.end = self.high_watermark = 0
        self.epoch = 0
        self.now_ms = START_MS
        self.is_compacted = False
        self.held: list[tuple[list[memoryview], bytes]] = []

    @rule(
        records=st.lists(
            st.tuples(st.sampled_from(KEYS), st.one_of(st.none(), st.binary(max_size=60)), st.integers(-50, 50)),
            min_size=1,
            max_size=6,
        ),
        is_new_leader=st.booleans(),
    )
    def append(self, records: list[tuple[bytes, bytes | None, int]], is_new_leader: bool) -> None:
        self.epoch += is_new_leader
        built = build_batch([Record(key, value, (), self.now_ms + delta) for key, value, delta in records])
        info = self.log.append_as_leader(built, self.epoch, self.now_ms)
        assert (info.base_offset, info.last_offset) == (self.end, self.end + len(records) - 1)
        content = bytearray(built)
        content[0:8] = self.end.to_bytes(8, "big")
        content[12:16] = self.epoch.to_bytes(4, "big")
        self.batches.append(ModelBatch(bytes(content)))
        self.end += len(records)

    @rule(part=st.floats(0, 1))
    def commit(self, part: float) -> None:
        self.high_watermark += round((self.end - self.high_watermark) * part)
        self.log.update_high_watermark(self.high_watermark)

    @rule(delta_ms=st.integers(0, 2000))
    def pass_time(self, delta_ms: int) -> None:
        self.now_ms += delta_ms

    @rule(part=st.floats(0, 1), max_bytes=st.integers(1, 2000), minimum_one=st.booleans(), keep=st.booleans())
    def read(self, part: float, max_bytes: int, minimum_one: bool, keep: bool) -> None:
        offset = self.start + round((self.end - self.start) * part)
        result = self.log.read(offset, max_bytes, self.high_watermark, minimum_one)
        data = b"".join(result.records)
        assert result.size == len(data)
        wanted = [batch.content for batch in self.batches if offset <= batch.header.last_offset < self.high_watermark]
        if offset >= self.high_watermark:
            wanted = []
        assert b"".join(wanted).startswith(data)
        if wanted and (minimum_one or len(wanted[0]) <= max_bytes):
            assert len(wanted[0]) <= len(data) <= max(max_bytes, len(wanted[0]))
        else:
            assert data == b""
        if keep:
            self.held.append((result.records, data))

    @rule(part=st.floats(0, 1))
    @precondition(lambda self: self.high_watermark < self.end)
    def truncate(self, part: float) -> None:
        ends = [batch.header.next_offset for batch in self.batches if batch.header.next_offset >= self.high_watermark]
        offset = ends[round((len(ends) - 1) * part)] if ends else self.end
        self.log.truncate_to(offset)
        if offset < self.end:
            self.batches = [batch for batch in self.batches if batch.header.last_offset < offset]
            self.end = offset

    @rule(part=st.floats(0, 1))
    @precondition(lambda self: self.log.config.is_deleted)
    def delete_records(self, part: float) -> None:
        offset = self.start + round((self.high_watermark - self.start) * part)
        assert self.log.delete_records(offset) == offset
        self._starts_at(offset)

    @rule()
    def retention(self) -> None:
        self.log.retention(self.now_ms)
        assert self.start <= self.log.start_offset <= self.high_watermark
        if not self.log.config.is_deleted:
            assert self.log.start_offset == self.start
        for batch in self.batches:
            if batch.header.last_offset < self.log.start_offset and batch.header.last_offset >= self.start:
                assert self.now_ms - batch.header.max_timestamp > 3000
        self._starts_at(self.log.start_offset)

    def _starts_at(self, offset: int) -> None:
        self.start = offset
        self.batches = [batch for batch in self.batches if batch.header.last_offset >= offset]

    @rule(records=st.integers(1, 40))
    def compact(self, records: int) -> None:
        active = self.log.segments[-1].base_offset if self.log.segments else 0
        last_of_key = {record.key: record.offset for batch in self.batches for record in batch.records}
        before = {record.offset: record for batch in self.batches for record in batch.records}
        self.log.compact(self.now_ms, records)
        self.batches = [ModelBatch(bytes(content)) for _, content in self.log.batches(self.start)]
        after = {record.offset: record for batch in self.batches for record in batch.records}
        self.is_compacted |= after != before
        assert all(before[offset] == record for offset, record in after.items())
        for offset, record in before.items():
            if offset >= active or (last_of_key[record.key] == offset and record.value is not None):
                assert offset in after

    @rule(delta_ms=st.integers(-2500, 100))
    def find_timestamp(self, delta_ms: int) -> None:
        timestamp_ms = self.now_ms + delta_ms
        found = self.log.offset_for_timestamp(timestamp_ms)
        records = [record for batch in self.batches for record in batch.records if record.offset >= self.start]
        expected = next((record for record in records if record.timestamp_ms >= timestamp_ms), None)
        if found is not None:
            assert expected is not None
            assert (found.offset, found.timestamp_ms) == (expected.offset, expected.timestamp_ms)
        elif expected is not None:
            # Only the first segment that claims such a timestamp is searched, and there it may lie below the start.
            segment = next(s for s in self.log.segments if s.largest_timestamp_ms >= timestamp_ms)
            assert expected.offset >= segment.next_offset

    @invariant()
    def bounds_agree(self) -> None:
        log = self.log
        assert (log.start_offset, log.high_watermark, log.end_offset) == (self.start, self.high_watermark, self.end)
        assert log.start_offset <= log.last_stable_offset <= log.high_watermark <= log.end_offset

    @invariant()
    def batches_agree(self) -> None:
        found = list(self.log.batches(self.start))
        assert [bytes(content) for _, content in found] == [batch.content for batch in self.batches]
        assert all(has_valid_crc(content) for _, content in found)

    @invariant()
    def segments_know_their_batches(self) -> None:
        for segment in self.log.segments:
            found = list(segment.headers())
            if not found:
                assert segment.size_bytes == 0
                continue
            data = b"".join(segment.slices(0, segment.size_bytes))
            assert data == b"".join(segment.batch(number) for number in range(len(segment)))
            assert segment.max_timestamp_ms == max(header.max_timestamp for header in found)
            assert segment.next_offset == found[-1].next_offset
            for header in found:
                number = segment.first_batch_with_timestamp(header.max_timestamp, segment.base_offset)
                assert found[number].max_timestamp >= header.max_timestamp
                assert all(before.max_timestamp < header.max_timestamp for before in found[:number])

    @invariant()
    def epoch_cache_equals_a_scan(self) -> None:
        scan: list[tuple[int, int]] = []
        for batch in self.batches:
            header = batch.header
            assert self.log.epoch_at(max(header.base_offset, self.start)) == header.partition_leader_epoch
            if not scan or scan[-1][0] < header.partition_leader_epoch:
                scan.append((header.partition_leader_epoch, max(header.base_offset, self.start)))
        if not self.is_compacted and self.batches:
            # An epoch of which everything is gone from the start stays until a later one begins there.
            entries = self.log.epochs()
            assert entries[-len(scan) :] == scan
            assert len(entries) - len(scan) <= 1

    @invariant()
    def held_slices_never_change(self) -> None:
        assert all(b"".join(parts) == content for parts, content in self.held)

    @invariant()
    def memory_is_counted(self) -> None:
        assert self.memory.used_bytes >= self.log.allocated_bytes
        assert self.memory.used_bytes - self.log.allocated_bytes <= 64 * 1024 * 2

    def teardown(self) -> None:
        if hasattr(self, "log"):
            self.log.close()
            assert self.memory.used_bytes == 0
            self.held_slices_never_change()
            self.held.clear()
            assert self.memory.take(1, 0).capacity == 64 * 1024
            assert self.memory.retired_bytes == 0


TestLogAgainstModel = LogAgainstModel.TestCase
TestLogAgainstModel.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
