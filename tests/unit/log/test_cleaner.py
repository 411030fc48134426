"""Compaction: what stays, what goes, and when a log is cleaned at all."""

from collections.abc import Iterator

import pytest

from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import INTERNAL_SEGMENT_BYTES_MAX, PartitionLog
from kafkaemu.log.results import Origin
from kafkawire.records.batch import BatchHeader, Compression, has_valid_crc, set_crc
from kafkawire.records.builder import end_transaction_batch
from kafkawire.records.compression import compress
from kafkawire.records.iterate import records_of
from tests.unit.log.building import NOW_MS, append, committed, keyed, log_of, records_in_log, sequenced

DAY_MS = 86_400_000


def compacted(memory: SegmentMemory | None = None, **config: object) -> PartitionLog:
    options: dict[str, object] = {"cleanup_policy": ("compact",), "min_cleanable_dirty_ratio": 0.0}
    return log_of(memory, **options | config)


def closed(log: PartitionLog, *batches: bytes, now_ms: int = NOW_MS) -> PartitionLog:
    """Append and close the segment."""
    append(log, *batches, now_ms=now_ms)
    log.roll(now_ms)
    return log


def pairs(log: PartitionLog) -> list[tuple[int, bytes | None, bytes | None]]:
    return [(record.offset, record.key, record.value) for record in records_in_log(log)]


def headers(log: PartitionLog) -> Iterator[BatchHeader]:
    for header, batch in log.batches(0):
        assert has_valid_crc(batch)
        yield header


def test_the_last_value_of_each_key_stays_at_its_offset() -> None:
    log = closed(compacted(), keyed((b"a", b"1"), (b"b", b"1"), (b"a", b"2")), keyed((b"b", b"2")))
    assert log.compact(NOW_MS) is False
    assert pairs(log) == [(2, b"a", b"2"), (3, b"b", b"2")]
    assert [(header.base_offset, header.last_offset) for header in headers(log)] == [(0, 2), (3, 3)]
    assert (log.start_offset, log.end_offset) == (0, 4)


def test_the_active_segment_stays_as_it_is() -> None:
    log = closed(compacted(), keyed((b"a", b"1")))
    append(log, keyed((b"a", b"2")), keyed((b"a", b"3")))
    log.compact(NOW_MS)
    assert pairs(log) == [(0, b"a", b"1"), (1, b"a", b"2"), (2, b"a", b"3")]


def test_reading_a_compacted_offset_gives_what_follows() -> None:
    log = closed(compacted(), keyed((b"a", b"1")), keyed((b"a", b"2")))
    closed(log, keyed((b"a", b"3")), keyed((b"b", b"1")))
    append(log, keyed((b"c", b"1")))
    log.compact(NOW_MS)
    for offset, expected in ((0, 2), (1, 2), (2, 2), (3, 3), (4, 4)):
        header = BatchHeader.parse(log.read(offset, 1000, log.end_offset).records[0])
        assert header.base_offset == expected


def test_a_second_pass_compares_with_what_the_first_left() -> None:
    log = closed(compacted(), keyed((b"a", b"1")), keyed((b"b", b"1")))
    log.compact(NOW_MS)
    assert log.first_dirty_offset == 2
    assert log.compact(NOW_MS) is False
    closed(log, keyed((b"a", b"2")))
    log.compact(NOW_MS)
    assert pairs(log) == [(1, b"b", b"1"), (2, b"a", b"2")]


def test_small_neighbours_become_one_segment() -> None:
    log = compacted()
    for number in range(5):
        closed(log, keyed((b"k%d" % number, b"v")))
    assert len(log.segments) == 6
    log.compact(NOW_MS)
    assert [segment.base_offset for segment in log.segments] == [0, 5]
    size = log.segments[0].size_bytes // 5
    log = compacted(segment_bytes=2 * size)
    append(log, *(keyed((b"k%d" % number, b"v")) for number in range(5)))
    log.compact(NOW_MS)
    assert [segment.base_offset for segment in log.segments] == [0, 2, 4]


def test_a_tombstone_stays_until_its_delete_horizon() -> None:
    log = closed(compacted(delete_retention_ms=DAY_MS), keyed((b"a", b"1")), keyed((b"a", None)))
    log.compact(NOW_MS)
    assert pairs(log) == [(1, b"a", None)]
    assert [header.delete_horizon_ms for header in headers(log)] == [NOW_MS + DAY_MS]
    assert records_in_log(log)[0].timestamp_ms == NOW_MS
    closed(log, keyed((b"b", b"1")))
    log.compact(NOW_MS + DAY_MS - 1)
    assert [key for _, key, _ in pairs(log)] == [b"a", b"b"]
    closed(log, keyed((b"c", b"1")))
    log.compact(NOW_MS + DAY_MS)
    assert [key for _, key, _ in pairs(log)] == [b"b", b"c"]


def test_a_log_is_cleaned_when_it_is_dirtier_than_the_ratio() -> None:
    log = closed(compacted(min_cleanable_dirty_ratio=0.5), keyed((b"a", b"1")))
    log.compact(NOW_MS)
    assert log.first_dirty_offset == 1
    closed(log, keyed((b"a", b"2")))
    log.compact(NOW_MS)
    assert log.first_dirty_offset == 1
    closed(log, keyed((b"a", b"3")))
    log.compact(NOW_MS)
    assert log.first_dirty_offset == 3
    assert pairs(log) == [(2, b"a", b"3")]


def test_max_compaction_lag_cleans_a_log_that_is_hardly_dirty() -> None:
    log = closed(
        compacted(min_cleanable_dirty_ratio=1.0, max_compaction_lag_ms=1000), keyed((b"a", b"1")), keyed((b"a", b"2"))
    )
    log.compact(NOW_MS + 1000)
    assert len(pairs(log)) == 2
    log.compact(NOW_MS + 1001)
    assert pairs(log) == [(1, b"a", b"2")]


def test_min_compaction_lag_spares_young_segments_and_all_after_them() -> None:
    log = compacted(min_compaction_lag_ms=1000)
    closed(log, keyed((b"a", b"1")), keyed((b"a", b"2"), timestamp_ms=NOW_MS + 5))
    closed(log, keyed((b"a", b"3"), timestamp_ms=NOW_MS + 500))
    log.compact(NOW_MS + 1004)
    assert len(pairs(log)) == 3
    log.compact(NOW_MS + 1005)
    assert pairs(log) == [(1, b"a", b"2"), (2, b"a", b"3")]
    log.compact(NOW_MS + 1500)
    assert pairs(log) == [(2, b"a", b"3")]


def test_nothing_above_the_last_stable_offset_is_cleaned() -> None:
    log = closed(compacted(), keyed((b"a", b"1")), keyed((b"a", b"2")))
    log.append_as_leader(keyed((b"a", b"3")), 0, NOW_MS)
    log.roll(NOW_MS)
    log.append_as_leader(keyed((b"a", b"4")), 0, NOW_MS)
    log.compact(NOW_MS)
    assert pairs(log) == [(1, b"a", b"2"), (2, b"a", b"3"), (3, b"a", b"4")]


def test_records_without_a_key_go() -> None:
    log = log_of(min_cleanable_dirty_ratio=0.0)
    closed(log, keyed((None, b"1"), (b"a", b"1")))
    log.reconfigure(compacted().config)
    log.compact(NOW_MS)
    assert pairs(log) == [(1, b"a", b"1")]


def test_the_last_batch_of_a_producer_stays_as_a_bare_header() -> None:
    log = closed(compacted(), sequenced(0, b"1"), sequenced(1, b"2"), keyed((b"k", b"3")))
    log.compact(NOW_MS)
    assert pairs(log) == [(2, b"k", b"3")]
    found = [(header.base_offset, header.record_count, header.base_sequence) for header in headers(log)]
    assert found == [(1, 0, 1), (2, 1, -1)]
    log.append_as_leader(keyed((b"x", b"y")), 0, NOW_MS)
    log.truncate_to(3)
    assert log.append_as_leader(sequenced(2, b"4"), 0, NOW_MS).base_offset == 3


def test_the_bare_header_goes_when_the_producer_has_written_again() -> None:
    log = closed(compacted(), sequenced(0, b"1"), keyed((b"k", b"2")))
    log.compact(NOW_MS)
    closed(log, sequenced(1, b"3"))
    log.compact(NOW_MS)
    assert [header.base_offset for header in headers(log)] == [2]


def end(log: PartitionLog, *, is_commit: bool, producer_id: int = 7) -> None:
    marker = end_transaction_batch(
        is_commit=is_commit, producer_id=producer_id, producer_epoch=0, coordinator_epoch=0, timestamp_ms=NOW_MS
    )
    log.append_as_leader(marker, 0, NOW_MS, origin=Origin.COORDINATOR)
    committed(log)


def test_aborted_records_go_and_their_marker_follows_at_its_horizon() -> None:
    log = append(compacted(delete_retention_ms=1000), keyed((b"a", b"1")))
    append(log, sequenced(0, b"x", is_transactional=True))
    end(log, is_commit=False)
    append(log, sequenced(1, b"y", is_transactional=True))
    end(log, is_commit=True)
    closed(log)
    log.compact(NOW_MS)
    data = [(header.base_offset, header.is_control) for header in headers(log)]
    assert data == [(0, False), (2, True), (3, False), (4, True)]
    # Only a pass that meets nothing of the transaction any more finds its marker idle.
    assert {header.delete_horizon_ms for header in headers(log)} == {None}
    closed(log, keyed((b"z", b"1")))
    log.compact(NOW_MS)
    horizons = [header.delete_horizon_ms for header in headers(log)]
    assert horizons == [None, NOW_MS + 1000, None, None, None]
    closed(log, keyed((b"z", b"2")))
    log.compact(NOW_MS + 1000)
    assert [header.base_offset for header in headers(log)] == [0, 3, 4, 6]


def test_a_pass_in_small_steps_ends_as_one_in_a_single_step() -> None:
    def filled() -> PartitionLog:
        log = compacted(segment_bytes=2000)
        for number in range(200):
            append(log, keyed((b"k%d" % (number % 7), b"v%d" % number), (b"u%d" % number, None)))
        return log

    at_once, in_steps = filled(), filled()
    assert at_once.compact(NOW_MS) is False
    steps = 1
    while in_steps.compact(NOW_MS, records=10):
        steps += 1
        assert in_steps.end_offset == 400
    assert steps > 10
    assert pairs(in_steps) == pairs(at_once)


@pytest.mark.parametrize("steps", [1, 5, 20, 40])
def test_appends_go_on_and_deletion_abandons_a_pass(steps: int) -> None:
    memory = SegmentMemory()
    log = compacted(memory, segment_bytes=500, cleanup_policy=("compact", "delete"))
    for number in range(100):
        append(log, keyed((b"k%d" % (number % 3), b"v%d" % number)))
    for _ in range(steps):
        log.compact(NOW_MS, records=4)
        append(log, keyed((b"more", b"v")))
    log.delete_records(50)
    while log.compact(NOW_MS, records=4):
        pass
    last = {key: value for _, key, value in pairs(log)}
    assert last == {b"k0": b"v99", b"k1": b"v97", b"k2": b"v98", b"more": b"v"}
    log.close()
    assert (memory.used_bytes, memory.retired_bytes) == (0, 0)


def test_without_memory_a_pass_is_put_off(caplog: pytest.LogCaptureFixture) -> None:
    memory = SegmentMemory(192 * 1024)
    log = compacted(memory)
    log.topic = "__consumer_offsets"
    closed(log, keyed((b"a", b"1")), keyed((b"a", b"2")))
    closed(log, keyed((b"b", b"1")))
    append(log, keyed((b"b", b"2")))
    before = pairs(log)
    assert log.compact(NOW_MS) is False
    assert "put off" in caplog.messages[0]
    assert pairs(log) == before
    memory.limit_bytes = None
    log.compact(NOW_MS)
    assert pairs(log) == before[1:]


def test_dropping_segments_at_the_limit_during_a_pass_leaks_nothing() -> None:
    memory = SegmentMemory(320 * 1024)
    log = compacted(memory, segment_bytes=40_000, cleanup_policy=("compact", "delete"))
    for number in range(12):
        append(log, keyed((b"k%d" % number, b"v" * 30_000)))
        log.compact(NOW_MS, records=1)
        assert memory.used_bytes <= 320 * 1024
    assert memory.used_bytes >= log.allocated_bytes
    log.close()
    assert memory.used_bytes == 0


def test_a_pass_that_has_to_drop_what_it_cleans_is_abandoned() -> None:
    """The segment being read goes while the pass asks for the memory to write it anew."""
    memory = SegmentMemory(512 * 1024)
    log = compacted(memory, segment_bytes=60_000)
    for number in range(4):
        append(log, keyed((b"k%d" % number, b"v" * 50_000)))
    memory.limit_bytes = memory.used_bytes
    assert log.compact(NOW_MS) is False
    # What is being read still counts, so a second one goes as well.
    assert [record.offset for record in records_in_log(log)] == [2, 3]
    assert memory.used_bytes == log.allocated_bytes
    assert memory.retired_bytes == 0


def test_internal_topics_stay_small_whatever_their_segment_bytes() -> None:
    log = PartitionLog("__consumer_offsets", 0, compacted(min_cleanable_dirty_ratio=0.5).config, SegmentMemory())
    for number in range(2000):
        append(log, keyed((b"group-%d" % (number % 10), b"v" * 20_000)))
        log.compact(NOW_MS)
        assert log.size_bytes < 3 * INTERNAL_SEGMENT_BYTES_MAX
    assert log.end_offset == 2000


def test_slices_survive_the_compaction_of_what_they_show() -> None:
    log = closed(compacted(), *(keyed((b"a", b"%d" % number)) for number in range(50)))
    held = log.read(0, 1 << 20, 50).records
    before = [bytes(part) for part in held]
    log.compact(NOW_MS)
    for number in range(2000):
        append(log, keyed((b"b", b"%d" % number)))
    assert [bytes(part) for part in held] == before


def test_aborted_records_neither_stay_nor_supersede() -> None:
    log = append(compacted(), keyed((b"a", b"1")))
    transactional = {"producer_id": 7, "producer_epoch": 0, "is_transactional": True}
    append(log, keyed((b"a", b"aborted"), (b"only", b"aborted"), base_sequence=0, **transactional))
    append(log, keyed((b"c", b"aborted"), base_sequence=2, **transactional))
    end(log, is_commit=False)
    append(log, keyed((b"d", b"committed"), base_sequence=3, **transactional))
    end(log, is_commit=True)
    closed(log)
    log.compact(NOW_MS)
    data = [record for header, batch in log.batches(0) if not header.is_control for record in records_of(batch)]
    assert [(record.key, record.value) for record in data] == [(b"a", b"1"), (b"d", b"committed")]


def test_records_committed_after_an_aborted_transaction_without_marker_stay() -> None:
    """The marker is gone, so nothing in the log ends the aborted transaction any more."""
    log = append(compacted(delete_retention_ms=0), sequenced(0, b"x", is_transactional=True))
    end(log, is_commit=False)
    append(log, sequenced(1, b"kept", is_transactional=True))
    end(log, is_commit=True)
    for number in range(5):
        closed(log, keyed((b"z", b"%d" % number)))
        log.compact(NOW_MS + number)
    assert [header.base_offset for header in headers(log) if header.is_control] == [3]
    assert b"kept" in [value for _, _, value in pairs(log)]
    assert log.aborted_transactions(0, log.end_offset) == [], "read_committed would skip what was committed since"


def test_a_pass_with_too_many_keys_ends_early_and_the_next_goes_on() -> None:
    log = compacted(compaction_keys_max=1)
    for round_number in range(2):
        closed(log, keyed((b"a", b"%d" % round_number), (b"b", b"%d" % round_number)))
    closed(log, keyed((b"a", b"2")))
    log.compact(NOW_MS)
    assert (log.first_dirty_offset, len(records_in_log(log))) == (2, 5)
    log.compact(NOW_MS)
    assert (log.first_dirty_offset, pairs(log)) == (4, [(2, b"a", b"1"), (3, b"b", b"1"), (4, b"a", b"2")])
    log.compact(NOW_MS)
    assert (log.first_dirty_offset, pairs(log)) == (5, [(3, b"b", b"1"), (4, b"a", b"2")])
    assert log.compact(NOW_MS) is False


def test_keys_are_read_from_the_segment_in_which_the_dirty_part_begins() -> None:
    log = append(
        compacted(cleanup_policy=("compact", "delete")), keyed((b"k", b"1")), keyed((b"k", b"2")), keyed((b"k", b"3"))
    )
    log.delete_records(1)
    closed(log)
    log.compact(NOW_MS)
    assert [value for _, _, value in pairs(log)] == [b"3"]


def test_a_log_with_a_broken_record_is_left_alone_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    batch = bytearray(keyed((b"a", b"1"), compression=Compression.GZIP))
    # A record that says it is shorter than its fields: accepted, as by the reference, since fields alone are read.
    batch[61:] = compress(Compression.GZIP, bytes.fromhex("0c0000000261023100"))
    batch[8:12] = (len(batch) - 12).to_bytes(4, "big")
    set_crc(batch, 0)
    log = closed(compacted(), bytes(batch), keyed((b"a", b"2")))
    for _ in range(3):
        assert log.compact(NOW_MS) is False
    assert caplog.messages == ["orders-0 cannot be compacted: " + caplog.messages[0].partition(": ")[2]]
    assert log.end_offset == 2
    log.close()
    assert (log.allocated_bytes, log.segments) == (0, ())
