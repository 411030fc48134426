"""One segment of a log in memory: batches in chunks, and the arrays that find them.

Every batch has an entry in two arrays: the offset of its last record, and its position. Positions count bytes from the begin
of the segment, over all its chunks; a batch never straddles two. Bisecting the last offsets finds the first batch that ends at
or after an offset, which is what `FileRecords.searchForOffsetWithSize` of the reference answers. The time index is sparse, an
entry per `index.interval.bytes`, as the reference's.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from struct import Struct

import attrs

from kafkaemu.log.memory import CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, Chunk, SegmentMemory
from kafkawire.records.batch import LOG_OVERHEAD_BYTES, NO_TIMESTAMP, BatchHeader, Buffer

_PLACE = Struct(">qii")
RELATIVE_OFFSET_MAX = 2**31 - 1
OFFSET_INDEX_ENTRY_BYTES = 8
TIME_INDEX_ENTRY_BYTES = 12
"""What index entries take in the reference's files: a full index rolls the segment."""


@attrs.frozen
class RollLimits:
    """When a log begins a new segment: size, age (``segment.ms`` less its jitter) and size of the reference's index files."""

    bytes_max: int
    age_ms: int
    #: How many entries fill an index file.
    offset_entries: int
    time_entries: int

    @classmethod
    def of(cls, bytes_max: int, age_ms: int, index_bytes: int) -> RollLimits:
        """With ``segment.index.bytes`` as the size of index files."""
        return cls(bytes_max, age_ms, index_bytes // OFFSET_INDEX_ENTRY_BYTES, index_bytes // TIME_INDEX_ENTRY_BYTES)


#: Of a log that has nothing in it yet.
NEVER_ROLLED = RollLimits.of(0, 0, 0)


class Segment:
    """Batches from ``base_offset`` on. Only the newest segment of a log is written; all batches lie below ``next_offset``."""

    __slots__ = (
        "_bytes_since_index",
        "_chunk_starts",
        "_chunks",
        "_index_entries",
        "_last_offsets",
        "_positions",
        "_tail",
        "_time_batches",
        "_timestamps",
        "allocated_bytes",
        "base_offset",
        "chunk_hint",
        "created_ms",
        "last_modified_ms",
        "max_timestamp_ms",
        "max_timestamp_offset",
        "next_offset",
        "rolling_timestamp_ms",
        "size_bytes",
    )

    def __init__(self, base_offset: int, now_ms: int, chunk_hint: int = CHUNK_BYTES_MIN) -> None:
        self.base_offset = base_offset
        #: Capacity of the first chunk; the following ones double.
        self.chunk_hint = chunk_hint
        #: One past the last offset of the newest batch.
        self.next_offset = base_offset
        self.size_bytes = 0
        self.allocated_bytes = 0
        self.created_ms = now_ms
        self.last_modified_ms = now_ms
        #: Largest timestamp of the first append, from which the age of the segment counts; None while it is empty.
        self.rolling_timestamp_ms: int | None = None
        #: Largest timestamp of any batch, and the last offset of the first batch that has it.
        self.max_timestamp_ms = NO_TIMESTAMP
        self.max_timestamp_offset = -1
        self._chunks: list[Chunk] = []
        self._chunk_starts = array("q")
        self._tail: Chunk | None = None
        self._last_offsets = array("q")
        self._positions = array("q")
        self._timestamps = array("q")
        self._time_batches = array("q")
        self._bytes_since_index = 0
        self._index_entries = 0

    def __len__(self) -> int:
        """How many batches there are."""
        return len(self._positions)

    @property
    def largest_timestamp_ms(self) -> int:
        """By which retention judges: the largest timestamp of a record or, where there is none, when it was last written."""
        return self.max_timestamp_ms if self.max_timestamp_ms >= 0 else self.last_modified_ms

    def append(
        self,
        memory: SegmentMemory,
        batch: Buffer,
        base_offset: int,
        leader_epoch: int,
        last_offset: int,
        max_timestamp_ms: int,
        index_interval_bytes: int,
    ) -> None:
        """Copy ``batch`` in, with this base offset and leader epoch.

        Raises LogError(KAFKA_STORAGE_ERROR), before it has changed anything, where there is no memory.
        """
        size = len(batch)
        chunk = self._tail
        if chunk is None or chunk.used + size > chunk.capacity:
            chunk = self._open_chunk(memory, size)
        used = chunk.used
        pages = chunk.pages
        pages[used : used + size] = batch
        _PLACE.pack_into(pages, used, base_offset, size - LOG_OVERHEAD_BYTES, leader_epoch)
        chunk.used = used + size
        self._last_offsets.append(last_offset)
        self._positions.append(self.size_bytes)
        self.next_offset = last_offset + 1
        if max_timestamp_ms > self.max_timestamp_ms:
            self.max_timestamp_ms = max_timestamp_ms
            self.max_timestamp_offset = last_offset
        if self.rolling_timestamp_ms is None:
            self.rolling_timestamp_ms = max_timestamp_ms
        if self._bytes_since_index > index_interval_bytes:
            self._index(len(self._positions) - 1)
        self._bytes_since_index += size
        self.size_bytes += size

    def _open_chunk(self, memory: SegmentMemory, size: int) -> Chunk:
        hint = min(2 * self._chunks[-1].capacity, CHUNK_BYTES_MAX) if self._chunks else self.chunk_hint
        chunk = memory.take(size, hint)
        self._chunks.append(chunk)
        self._chunk_starts.append(self.size_bytes)
        self.allocated_bytes += chunk.capacity
        self._tail = chunk
        return chunk

    def _index(self, batch: int) -> None:
        self._index_entries += 1
        self._bytes_since_index = 0
        if not self._timestamps or self.max_timestamp_ms > self._timestamps[-1]:
            self._timestamps.append(self.max_timestamp_ms)
            self._time_batches.append(batch)

    def must_roll(
        self,
        limits: RollLimits,
        size_bytes: int,
        last_offset: int,
        max_timestamp_ms: int,
        now_ms: int,
    ) -> bool:
        """Whether a batch has to go into a new segment: because of ``limits``, among them index files of the reference that would
        be full, or an offset that they cannot express (LogSegment.shouldRoll)."""
        if last_offset - self.base_offset > RELATIVE_OFFSET_MAX:
            return True
        size = self.size_bytes
        if not size:
            return False
        first_ms = self.rolling_timestamp_ms
        if first_ms is not None and first_ms >= 0:
            waited_ms = max_timestamp_ms - first_ms
        else:
            waited_ms = now_ms - self.created_ms
        return (
            size + size_bytes > limits.bytes_max
            or waited_ms > limits.age_ms
            or self._index_entries >= limits.offset_entries
            or len(self._timestamps) + 1 >= limits.time_entries
        )

    def find(self, offset: int) -> int:
        """Number of the first batch that ends at or after ``offset``; the count of batches if none does."""
        return bisect_left(self._last_offsets, offset)

    def position_of(self, batch: int) -> int:
        """Position of a batch by number; the size of the segment for the number one past the last."""
        return self._positions[batch] if batch < len(self._positions) else self.size_bytes

    def limit_position(self, limit_offset: int) -> int:
        """Where reading must end so that no offset at or past ``limit_offset`` is read."""
        if limit_offset >= self.next_offset:
            return self.size_bytes
        return self.position_of(bisect_left(self._last_offsets, limit_offset))

    def slices(self, start: int, end: int) -> list[memoryview]:
        """The bytes from one position to another, uncopied: a slice per chunk."""
        starts = self._chunk_starts
        last = index = len(starts) - 1
        if start < starts[last]:
            index = bisect_right(starts, start) - 1
        at = starts[index]
        if index == last or end <= starts[index + 1]:
            return [self._chunks[index].view[start - at : end - at]]
        parts = []
        while start < end:
            at = starts[index]
            # A chunk ends, for this segment, where the next one starts: behind that may be what was truncated.
            stop = end if index == last else min(end, starts[index + 1])
            parts.append(self._chunks[index].view[start - at : stop - at])
            start = stop
            index += 1
        return parts

    def batch(self, number: int) -> memoryview:
        """A batch by number, uncopied."""
        return self.slices(self._positions[number], self.position_of(number + 1))[0]

    def header(self, number: int) -> BatchHeader:
        """The header of a batch by number."""
        return BatchHeader.parse(self.batch(number))

    def headers(self, first: int = 0) -> Iterator[BatchHeader]:
        """The headers of all batches from number ``first`` on."""
        return map(self.header, range(first, len(self._positions)))

    def first_batch_with_timestamp(self, timestamp_ms: int, from_offset: int) -> int:
        """Number of the first batch, at or after ``from_offset``, whose largest timestamp is at least ``timestamp_ms``; the count of
        batches if there is none."""
        # An entry says that all batches before it, and the one it stands at, stay at or below its timestamp.
        entry = bisect_left(self._timestamps, timestamp_ms) - 1
        number = max(self.find(from_offset), self._time_batches[entry] if entry >= 0 else 0)
        count = len(self._positions)
        while number < count and self.header(number).max_timestamp < timestamp_ms:
            number += 1
        return number

    def truncate(self, offset: int) -> None:
        """Drop every batch that ends at or after ``offset``. The bytes stay as they are, for whoever holds slices of them: the next
        append opens a new chunk."""
        keep = self.find(offset)
        size = self.position_of(keep)
        if keep < len(self._positions):
            del self._last_offsets[keep:], self._positions[keep:]
        self._tail = None
        self.size_bytes = size
        self.next_offset = self._last_offsets[-1] + 1 if keep else self.base_offset
        entries = bisect_left(self._time_batches, keep)
        del self._timestamps[entries:], self._time_batches[entries:]
        self._recount_timestamps()

    def _recount_timestamps(self) -> None:
        self.max_timestamp_ms, self.max_timestamp_offset = NO_TIMESTAMP, -1
        self.rolling_timestamp_ms = None
        for header in self.headers():
            if self.rolling_timestamp_ms is None:
                self.rolling_timestamp_ms = header.max_timestamp
            if header.max_timestamp > self.max_timestamp_ms:
                self.max_timestamp_ms = header.max_timestamp
                self.max_timestamp_offset = header.last_offset

    def release_after_truncation(self, memory: SegmentMemory) -> None:
        """Give back the chunks that hold no batch any more."""
        while self._chunks and self._chunk_starts[-1] >= self.size_bytes:
            chunk = self._chunks.pop()
            self._chunk_starts.pop()
            self.allocated_bytes -= chunk.capacity
            memory.give_back(chunk)

    def release(self, memory: SegmentMemory) -> None:
        """Give all chunks back; the segment is gone."""
        for chunk in self._chunks:
            memory.give_back(chunk)
        self._chunks.clear()
        self._tail = None
        self.allocated_bytes = 0
