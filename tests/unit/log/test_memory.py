"""Chunks: their sizes, their recycling, and the bound on all memory."""

import logging
from weakref import ref

import pytest

from kafkaemu.log.errors import LogError
from kafkaemu.log.memory import CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, Chunk, SegmentMemory
from kafkaemu.world import pages
from kafkawire.errors import ErrorCode
from tests.unit.log.building import NOW_MS, append, batch_of, log_of, records_in_log

KIB = 1024


def test_chunks_hold_the_batch_and_at_least_the_hint() -> None:
    memory = SegmentMemory()
    assert memory.take(100, 0).capacity == CHUNK_BYTES_MIN
    assert memory.take(100, 1 << 20).capacity == 1 << 20
    assert memory.take(70 * KIB, 0).capacity == 128 * KIB
    assert memory.take(128 * KIB, 0).capacity == 128 * KIB
    assert memory.take(100, 1 << 30).capacity == CHUNK_BYTES_MAX
    assert memory.take(CHUNK_BYTES_MAX + 1, 0).capacity == CHUNK_BYTES_MAX + 1


def test_chunks_of_a_segment_double() -> None:
    log = log_of()
    for _ in range(40):
        log.append_as_leader(batch_of(b"v" * 20_000), 0, NOW_MS)
    assert log.allocated_bytes == (64 + 128 + 256 + 512) * KIB


def test_a_batch_over_sixteen_mebibytes_has_a_chunk_of_its_own() -> None:
    log = log_of(max_message_bytes=1 << 30)
    big = batch_of(b"v" * CHUNK_BYTES_MAX)
    append(log, batch_of(b"a"), big, batch_of(b"b"))
    assert log.allocated_bytes == CHUNK_BYTES_MIN + len(big) + CHUNK_BYTES_MAX
    assert [record.offset for record in records_in_log(log)] == [0, 1, 2]


def write(chunk: Chunk, content: bytes) -> memoryview:
    chunk.pages[0 : len(content)] = content
    return chunk.view[0 : len(content)]


@pytest.mark.parametrize("has_mappings", [True, False])
def test_a_chunk_is_recycled_only_when_nobody_holds_a_slice(
    monkeypatch: pytest.MonkeyPatch, has_mappings: bool
) -> None:
    if has_mappings and not pages.has_private_mappings:
        pytest.skip("this platform has no private mappings")
    monkeypatch.setattr(pages, "has_private_mappings", has_mappings)
    memory = SegmentMemory()
    chunk = memory.take(10, 0)
    assert isinstance(chunk.pages, bytearray) is not has_mappings
    held = write(chunk, b"held")
    block = chunk.pages
    memory.give_back(chunk)
    assert (memory.used_bytes, memory.retired_bytes) == (0, CHUNK_BYTES_MIN)
    other = memory.take(10, 0)
    assert other.pages is not block
    write(other, b"new!")
    assert bytes(held) == b"held"
    held.release()
    assert memory.take(10, 0).pages is block
    assert memory.retired_bytes == 0


def test_slices_of_slices_count() -> None:
    memory = SegmentMemory()
    chunk = memory.take(10, 0)
    block, inner = chunk.pages, write(chunk, b"held")[1:3]
    memory.give_back(chunk)
    assert memory.take(10, 0).pages is not block
    assert bytes(inner) == b"el"


def test_the_pool_is_bounded() -> None:
    memory = SegmentMemory()
    for chunk in [memory.take(CHUNK_BYTES_MAX, 0) for _ in range(8)]:
        memory.give_back(chunk)
    assert memory.total_bytes == 4 * CHUNK_BYTES_MAX


def test_the_limit_drops_the_oldest_segments_of_the_largest_topic(caplog: pytest.LogCaptureFixture) -> None:
    memory = SegmentMemory(512 * KIB)
    small = append(log_of(memory, segment_bytes=1000), batch_of(b"v" * 500), batch_of(b"v" * 500))
    small.topic = "small"
    large = log_of(memory, segment_bytes=60 * KIB)
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            append(large, batch_of(b"v" * 50_000))
            assert memory.used_bytes <= 512 * KIB
    assert large.end_offset == 20
    assert large.start_offset == 14
    assert [record.offset for record in records_in_log(large)] == list(range(14, 20))
    assert small.start_offset == 0
    assert "dropped the oldest segment" in caplog.messages[0]
    assert "topic orders" in caplog.messages[0]


def test_memory_kept_for_reuse_counts_against_the_limit() -> None:
    memory = SegmentMemory(2048 * KIB)
    for chunk in [memory.take(64 * KIB, 0) for _ in range(24)]:
        memory.give_back(chunk)
    assert memory.total_bytes == 1536 * KIB
    chunks = [memory.take(1024 * KIB, 1024 * KIB)]
    assert memory.total_bytes <= 2048 * KIB
    chunks.append(memory.take(1024 * KIB, 1024 * KIB))
    assert memory.total_bytes <= 2048 * KIB


def test_a_closed_log_is_forgotten_and_its_memory_used_again() -> None:
    memory = SegmentMemory(256 * KIB)
    for _ in range(20):
        log = append(log_of(memory), batch_of(b"v" * 50_000))
        gone = ref(log)
        log.close()
        del log
        assert gone() is None, "the memory still knows a log that is closed"
        assert memory.total_bytes == 64 * KIB


def test_without_anything_to_drop_the_append_fails_and_changes_nothing() -> None:
    memory = SegmentMemory(100 * KIB)
    log = log_of(memory)
    log.append_as_leader(batch_of(b"v" * 50_000), 0, NOW_MS)
    with pytest.raises(LogError) as caught:
        log.append_as_leader(batch_of(b"v" * 50_000), 0, NOW_MS)
    assert caught.value.code is ErrorCode.KAFKA_STORAGE_ERROR
    assert (log.end_offset, len(records_in_log(log))) == (1, 1)
    append(log)
    assert log.append_as_leader(batch_of(b"fits"), 0, NOW_MS).base_offset == 1


def test_segments_are_rolled_early_under_a_limit_so_that_some_can_be_dropped() -> None:
    memory = SegmentMemory(1 << 20)
    log = log_of(memory, segment_bytes=1 << 30)
    for _ in range(100):
        append(log, batch_of(b"v" * 50_000))
    assert log.end_offset == 100
    assert 0 < log.start_offset < 99
    assert all(segment.size_bytes <= 128 * KIB for segment in log.segments)


def test_internal_topics_and_uncommitted_segments_are_spared() -> None:
    memory = SegmentMemory(130 * KIB)
    internal = log_of(memory, segment_bytes=100)
    internal.topic = "__consumer_offsets"
    append(internal, batch_of(b"a"), batch_of(b"b"))
    with pytest.raises(LogError):
        append(log_of(memory), batch_of(b"c"))
    internal.topic = "orders"
    other = append(log_of(memory), batch_of(b"c"))
    assert (internal.start_offset, other.end_offset) == (1, 1)
    uncommitted = log_of(SegmentMemory(130 * KIB), segment_bytes=100)
    for value in (b"a", b"b"):
        uncommitted.append_as_leader(batch_of(value), 0, NOW_MS)
    with pytest.raises(LogError):
        uncommitted.append_as_leader(batch_of(b"c"), 0, NOW_MS)
    assert uncommitted.start_offset == 0


def test_memory_that_is_still_looked_into_counts() -> None:
    memory = SegmentMemory(128 * KIB)
    log = append(log_of(memory, segment_bytes=100), batch_of(b"a"), batch_of(b"b"))
    held = log.read(0, 1000, 2).records + log.read(1, 1000, 2).records
    log.delete_records(1)
    assert (memory.used_bytes, memory.retired_bytes) == (64 * KIB, 64 * KIB)
    with pytest.raises(LogError):
        append(log, batch_of(b"c"))
    held.clear()
    append(log, batch_of(b"c"))
    assert log.end_offset == 3


def test_compacted_topics_lose_segments_last() -> None:
    memory = SegmentMemory(200 * KIB)
    compacted = log_of(memory, segment_bytes=100, cleanup_policy=("compact",))
    append(compacted, batch_of(b"a"), batch_of(b"b"))
    log = append(append(log_of(memory, segment_bytes=100), batch_of(b"a")), batch_of(b"b"))
    assert (compacted.start_offset, log.start_offset) == (0, 1)
    append(log_of(memory, segment_bytes=100), batch_of(b"a"))
    assert (compacted.start_offset, log.start_offset) == (1, 1)


def test_no_memory_from_the_system_is_a_storage_error() -> None:
    def refuse(size_bytes: int) -> bytearray:
        raise MemoryError

    with pytest.raises(LogError) as caught:
        log_of(SegmentMemory(allocate=refuse)).append_as_leader(batch_of(b"a"), 0, NOW_MS)
    assert caught.value.code is ErrorCode.KAFKA_STORAGE_ERROR
