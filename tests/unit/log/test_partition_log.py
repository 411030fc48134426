"""Appending to the log of a partition and reading from it."""

import pytest

from kafkaemu.log.errors import LogError
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.log.results import Origin
from kafkawire.errors import ErrorCode
from kafkawire.records.batch import BatchHeader, Compression, has_valid_crc
from kafkawire.records.iterate import records_in
from tests.unit.log.building import (
    NOW_MS,
    append,
    batch_of,
    committed,
    headers_of,
    keyed,
    log_of,
    records_in_log,
    sequenced,
    values_of,
)


def error_of(log: PartitionLog, batch: bytes, now_ms: int = NOW_MS) -> LogError:
    end_offset, size = log.end_offset, log.size_bytes
    with pytest.raises(LogError) as caught:
        log.append_as_leader(batch, 0, now_ms)
    assert (log.end_offset, log.size_bytes) == (end_offset, size)
    return caught.value


def test_append_assigns_offsets_and_leader_epoch() -> None:
    log = log_of()
    first = log.append_as_leader(batch_of(b"a", b"b"), 3, NOW_MS)
    second = log.append_as_leader(batch_of(b"c"), 4, NOW_MS)
    assert (first.base_offset, first.last_offset, second.base_offset, second.last_offset) == (0, 1, 2, 2)
    assert values_of(records_in_log(log)) == [(0, b"a"), (1, b"b"), (2, b"c")]
    stored = log.read(2, 1000, 3).records[0]
    assert BatchHeader.parse(stored).partition_leader_epoch == 4
    assert has_valid_crc(stored)
    assert log.epochs() == [(3, 0), (4, 2)]
    assert log.end_offset == 3


def test_the_payload_is_copied_not_kept() -> None:
    log, payload = log_of(), bytearray(batch_of(b"a"))
    log.append_as_leader(payload, 0, NOW_MS)
    payload[61:] = bytes(len(payload) - 61)
    assert values_of(records_in_log(log)) == [(0, b"a")]


def test_a_leader_of_an_older_epoch_cannot_append() -> None:
    log = append(log_of(), batch_of(b"a"), epoch=5)
    with pytest.raises(AssertionError):
        log.append_as_leader(batch_of(b"b"), 4, NOW_MS)


def test_read_of_an_offset_inside_a_batch_gives_the_whole_batch() -> None:
    log = append(log_of(), batch_of(b"a", b"b", b"c"))
    assert values_of(list(records_in(b"".join(log.read(2, 1000, 3).records)))) == [(0, b"a"), (1, b"b"), (2, b"c")]


def test_read_outside_of_the_log_is_out_of_range() -> None:
    log = append(log_of(), batch_of(b"a"))
    assert log.read(1, 1000, 1).size == 0
    for offset in (-1, 2):
        with pytest.raises(LogError) as caught:
            log.read(offset, 1000, 1)
        assert caught.value.code is ErrorCode.OFFSET_OUT_OF_RANGE


def test_read_stops_at_the_limit() -> None:
    log = append(log_of(), *(batch_of(value) for value in (b"a", b"b", b"c")))
    data = b"".join(log.read(0, 1000, 2).records)
    assert values_of(list(records_in(data))) == [(0, b"a"), (1, b"b")]
    assert log.read(2, 1000, 2).size == 0


def test_read_cuts_the_last_batch_at_max_bytes() -> None:
    log = append(log_of(), batch_of(b"a"), batch_of(b"b"))
    size = log.size_bytes // 2
    assert log.read(0, size + 10, 2).size == size + 10


def test_first_batch_over_max_bytes_is_read_whole_only_when_asked() -> None:
    log = append(log_of(), batch_of(b"a" * 100), batch_of(b"b"))
    assert log.read(0, 100, 2).size == 0
    whole = log.read(0, 100, 2, minimum_one=True)
    assert [header.last_offset for header in headers_of(b"".join(whole.records))] == [0]
    assert whole.size == len(batch_of(b"a" * 100))


def test_read_goes_over_chunks_but_not_over_segments() -> None:
    log = log_of(segment_bytes=400_000)
    for number in range(9):
        log.append_as_leader(batch_of(bytes([number]) * 60_000), 0, NOW_MS)
    result = log.read(0, 1 << 30, log.end_offset)
    assert len(result.records) > 1
    assert [header.base_offset for header in headers_of(b"".join(result.records))] == [0, 1, 2, 3, 4, 5]
    assert [record.offset for record in records_in_log(log)] == list(range(9))


def test_slices_that_were_read_are_read_only() -> None:
    assert append(log_of(), batch_of(b"a")).read(0, 1000, 1).records[0].readonly


def test_log_append_time_is_written_into_the_batch_and_answered() -> None:
    log = log_of(message_timestamp_type="LogAppendTime")
    info = log.append_as_leader(batch_of(b"a", timestamp_ms=5), 0, NOW_MS)
    assert info.log_append_time_ms == NOW_MS
    assert [record.timestamp_ms for record in records_in_log(log)] == [NOW_MS]
    assert has_valid_crc(log.read(0, 1000, 1).records[0])


def test_create_time_answers_no_append_time() -> None:
    assert log_of().append_as_leader(batch_of(b"a"), 0, NOW_MS).log_append_time_ms == -1


def test_timestamps_out_of_range_are_refused() -> None:
    log = log_of(message_timestamp_before_max_ms=1000, message_timestamp_after_max_ms=10)
    for timestamp_ms in (NOW_MS - 1001, NOW_MS + 11):
        error = error_of(log, batch_of(b"a", timestamp_ms=timestamp_ms))
        assert error.code is ErrorCode.INVALID_TIMESTAMP
        assert [record.batch_index for record in error.record_errors] == [0]
    log.append_as_leader(batch_of(b"a", timestamp_ms=NOW_MS - 1000), 0, NOW_MS)
    assert log.end_offset == 1


def test_compacted_topics_need_keys() -> None:
    error = error_of(log_of(cleanup_policy=("compact",)), keyed((None, b"v")))
    assert error.code is ErrorCode.INVALID_RECORD
    assert (
        error.record_errors[0].message
        == "Compacted topic cannot accept message without key in topic partition orders-0"
    )


def test_compression_of_the_topic_replaces_the_producers() -> None:
    log = log_of(compression_type="gzip")
    log.append_as_leader(batch_of(b"a" * 500, compression=Compression.SNAPPY), 0, NOW_MS)
    assert headers_of(b"".join(log.read(0, 10_000, 1).records))[0].compression is Compression.GZIP
    assert values_of(records_in_log(log)) == [(0, b"a" * 500)]


def test_a_batch_over_max_message_bytes_is_too_large() -> None:
    error = error_of(log_of(max_message_bytes=100), batch_of(b"a" * 100))
    size = len(batch_of(b"a" * 100))
    assert error.code is ErrorCode.MESSAGE_TOO_LARGE
    assert error.reason == (
        f"The record batch size in the append to orders-0 is {size} bytes which exceeds the maximum configured value of 100)."
    )
    assert error.message is None


def test_a_batch_over_segment_bytes_is_too_large_for_any_segment() -> None:
    assert error_of(log_of(segment_bytes=100), batch_of(b"a" * 100)).code is ErrorCode.RECORD_LIST_TOO_LARGE


def test_a_new_configuration_holds_from_the_next_append() -> None:
    log = append(log_of(), batch_of(b"a" * 200))
    log.reconfigure(log_of(max_message_bytes=100).config)
    assert error_of(log, batch_of(b"a" * 200)).code is ErrorCode.MESSAGE_TOO_LARGE


def test_coordinator_appends_several_batches_at_once() -> None:
    log = log_of()
    info = log.append_as_leader(batch_of(b"a") + batch_of(b"b", b"c"), 2, NOW_MS, origin=Origin.COORDINATOR)
    assert (info.base_offset, info.last_offset) == (0, 2)
    assert values_of(records_in_log(log)) == [(0, b"a"), (1, b"b"), (2, b"c")]


def test_coordinator_batches_obey_max_message_bytes() -> None:
    log = log_of(max_message_bytes=100)
    with pytest.raises(LogError) as caught:
        log.append_as_leader(batch_of(b"a") + batch_of(b"b" * 100), 0, NOW_MS, origin=Origin.COORDINATOR)
    assert caught.value.code is ErrorCode.MESSAGE_TOO_LARGE
    assert log.end_offset == 0


def test_coordinator_batches_get_the_append_time_where_the_topic_wants_it() -> None:
    log = log_of(message_timestamp_type="LogAppendTime")
    log.append_as_leader(batch_of(b"a", timestamp_ms=5), 0, NOW_MS, origin=Origin.COORDINATOR)
    assert [record.timestamp_ms for record in records_in_log(log)] == [NOW_MS]


def test_follower_keeps_offsets_epochs_and_gaps_of_its_leader() -> None:
    follower = log_of()
    data = batch_of(b"a", leader_epoch=1) + batch_of(b"b", base_offset=5, leader_epoch=3)
    follower.append_as_follower(data + data[:20], NOW_MS)
    assert values_of(records_in_log(follower)) == [(0, b"a"), (5, b"b")]
    assert follower.epochs() == [(1, 0), (3, 5)]
    assert follower.end_offset == 6


def test_follower_refuses_a_corrupt_batch() -> None:
    data = bytearray(batch_of(b"a", leader_epoch=1))
    data[-1] ^= 1
    with pytest.raises(LogError) as caught:
        log_of().append_as_follower(data, NOW_MS)
    assert caught.value.code is ErrorCode.CORRUPT_MESSAGE


def test_a_duplicate_answers_the_offsets_of_the_first_time() -> None:
    log = append(log_of(), batch_of(b"x"), sequenced(0, b"a", b"b"), sequenced(2, b"c"))
    info = log.append_as_leader(sequenced(0, b"a", b"b"), 0, NOW_MS + 5)
    assert (info.is_duplicate, info.base_offset, info.last_offset, info.log_append_time_ms) == (True, 1, 2, NOW_MS)
    assert log.end_offset == 4


def test_a_sequence_gap_appends_nothing() -> None:
    log = append(log_of(), sequenced(0, b"a"))
    assert error_of(log, sequenced(2, b"c")).code is ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER


def test_the_high_watermark_never_falls_nor_passes_the_end() -> None:
    log = append(log_of(), batch_of(b"a", b"b"))
    for offset in (1, 3):
        with pytest.raises(AssertionError):
            log.update_high_watermark(offset)
    assert log.high_watermark == log.last_stable_offset == 2


def test_timestamps_find_the_first_record_that_reaches_them() -> None:
    log = log_of(index_interval_bytes=100, segment_bytes=500)
    for number in range(20):
        log.append_as_leader(batch_of(b"v", b"w", timestamp_ms=NOW_MS + 10 * number), 1, NOW_MS)
    assert len(log.segments) > 2
    for timestamp_ms in range(NOW_MS - 5, NOW_MS + 195, 5):
        found = log.offset_for_timestamp(timestamp_ms)
        expected = max(-(-(timestamp_ms - NOW_MS) // 10), 0)
        if expected == 20:
            assert found is None
        else:
            assert found is not None
            assert (found.offset, found.timestamp_ms, found.leader_epoch) == (2 * expected, NOW_MS + 10 * expected, 1)
    assert log.offset_for_timestamp(NOW_MS + 100, limit_offset=20) is None


def test_a_timestamp_before_the_start_of_the_log_finds_the_start() -> None:
    log = append(log_of(), batch_of(b"a", b"b", b"c"))
    log.delete_records(1)
    found = log.offset_for_timestamp(0)
    assert found is not None
    assert found.offset == 1


def test_the_largest_timestamp_is_that_of_its_first_record() -> None:
    log = log_of()
    assert log.max_timestamp_offset() is None
    append(log, batch_of(b"a", timestamp_ms=5), batch_of(b"b", b"c", timestamp_ms=9), batch_of(b"d", timestamp_ms=9))
    found = log.max_timestamp_offset()
    assert found is not None
    assert (found.offset, found.timestamp_ms) == (1, 9)


def test_truncation_drops_the_batch_that_holds_the_offset() -> None:
    log = log_of()
    for number in range(4):
        log.append_as_leader(batch_of(b"v", b"w"), number, NOW_MS)
    log.truncate_to(5)
    assert log.end_offset == 5
    assert [record.offset for record in records_in_log(log)] == [0, 1, 2, 3]
    assert log.epochs() == [(0, 0), (1, 2), (2, 4)]
    log.append_as_leader(batch_of(b"x"), 4, NOW_MS)
    assert [record.offset for record in records_in_log(log)] == [0, 1, 2, 3, 5]


def test_truncation_goes_over_segments() -> None:
    log = log_of(segment_bytes=100)
    for number in range(6):
        log.append_as_leader(batch_of(bytes([number])), 0, NOW_MS)
    log.truncate_to(2)
    assert [record.offset for record in records_in_log(log)] == [0, 1]
    log.truncate_to(0)
    assert (log.start_offset, log.end_offset, log.size_bytes) == (0, 0, 0)


def test_committed_records_are_truncated_only_by_an_unclean_election() -> None:
    log = append(log_of(), batch_of(b"a"), batch_of(b"b"))
    with pytest.raises(AssertionError):
        log.truncate_to(1)
    log.truncate_to(1, is_unclean=True)
    assert (log.high_watermark, log.end_offset) == (1, 1)


def test_truncation_forgets_what_producers_wrote_behind_it() -> None:
    log = log_of()
    log.append_as_leader(sequenced(0, b"a"), 0, NOW_MS)
    log.append_as_leader(sequenced(1, b"b"), 0, NOW_MS)
    log.truncate_to(1)
    info = log.append_as_leader(sequenced(1, b"c"), 0, NOW_MS)
    assert (info.is_duplicate, info.base_offset) == (False, 1)


def test_truncating_fully_goes_on_elsewhere() -> None:
    memory = SegmentMemory()
    log = log_of(memory)
    log.append_as_leader(sequenced(0, b"a"), 3, NOW_MS)
    log.truncate_fully(100)
    assert (log.start_offset, log.end_offset, log.epochs(), memory.used_bytes) == (100, 100, [], 0)
    assert log.append_as_leader(sequenced(5, b"b"), 3, NOW_MS).base_offset == 100


def test_closing_gives_all_memory_back() -> None:
    memory = SegmentMemory()
    log = append(log_of(memory, segment_bytes=200), *(batch_of(b"v" * 50) for _ in range(10)))
    assert memory.used_bytes == log.allocated_bytes > 0
    held = log.read(0, 1000, 10).records
    before = [bytes(part) for part in held]
    log.close()
    assert memory.used_bytes == 0
    assert [bytes(part) for part in held] == before


def test_deleting_records_moves_the_start_and_never_back() -> None:
    log = append(log_of(segment_bytes=100), *(batch_of(bytes([number])) for number in range(5)))
    assert log.delete_records(2) == 2
    assert log.delete_records(1) == 2
    assert [record.offset for record in records_in_log(log)] == [2, 3, 4]
    assert log.segments[0].base_offset == 2
    with pytest.raises(LogError) as caught:
        log.read(1, 1000, 5)
    assert caught.value.code is ErrorCode.OFFSET_OUT_OF_RANGE
    assert log.delete_records(-1) == 5
    assert records_in_log(log) == []


def test_deleting_records_checks_policy_and_offset() -> None:
    log = append(log_of(), batch_of(b"a"))
    log.append_as_leader(batch_of(b"b"), 0, NOW_MS)
    for offset in (2, -2):
        with pytest.raises(LogError) as caught:
            log.delete_records(offset)
        assert caught.value.code is ErrorCode.OFFSET_OUT_OF_RANGE
    compacted = append(log_of(cleanup_policy=("compact",)), batch_of(b"a"))
    with pytest.raises(LogError) as caught:
        compacted.delete_records(1)
    assert caught.value.code is ErrorCode.POLICY_VIOLATION


def test_the_epoch_after_deleting_records_begins_at_the_new_start() -> None:
    log = log_of()
    for epoch in range(3):
        log.append_as_leader(batch_of(b"v", b"w"), epoch, NOW_MS)
    committed(log).delete_records(3)
    assert log.epochs() == [(1, 3), (2, 4)]
    assert (log.epoch_at(3), log.epoch_at(5), log.latest_epoch) == (1, 2, 2)
    assert log.end_offset_for_epoch(1) == (1, 4)
    assert log.end_offset_for_epoch(2) == (2, 6)


def test_an_idle_log_owns_next_to_nothing() -> None:
    memory = SegmentMemory()
    log = log_of(memory)
    assert (log.size_bytes, log.allocated_bytes, memory.used_bytes, log.segments) == (0, 0, 0, ())
    assert log.read(0, 1000, 0).records == []
    assert log.offset_for_timestamp(0) is None
    assert log.retention(NOW_MS) == 0
    assert log.compact(NOW_MS) is False


def test_the_last_stable_offset_is_never_before_the_start() -> None:
    """Records of an open transaction can be deleted (invariant 1)."""
    log = append(log_of(), sequenced(0, b"a", b"b", b"c", is_transactional=True))
    log.delete_records(2)
    assert log.last_stable_offset == 2
