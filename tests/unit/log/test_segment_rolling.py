"""When a log begins a new segment."""

from kafkaemu.log.config import LogConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from tests.unit.log.building import NOW_MS, append, batch_of, log_of

SIZE = len(batch_of(b"v"))


def bases(log: PartitionLog) -> list[int]:
    return [segment.base_offset for segment in log.segments]


def test_a_batch_that_does_not_fit_segment_bytes_begins_a_segment() -> None:
    log = append(log_of(segment_bytes=3 * SIZE), *(batch_of(b"v") for _ in range(7)))
    assert bases(log) == [0, 3, 6]


def test_segment_ms_counts_from_the_first_timestamp_to_that_of_the_batch() -> None:
    log = append(log_of(segment_ms=1000), batch_of(b"a"), batch_of(b"b", timestamp_ms=NOW_MS + 1000))
    append(log, batch_of(b"c", timestamp_ms=NOW_MS + 1001), now_ms=NOW_MS)
    assert bases(log) == [0, 2]


def test_segment_ms_counts_real_age_where_there_are_no_timestamps() -> None:
    log = append(log_of(segment_ms=1000), batch_of(b"a", timestamp_ms=-1))
    append(log, batch_of(b"b", timestamp_ms=-1), now_ms=NOW_MS + 1000)
    append(log, batch_of(b"c", timestamp_ms=-1), now_ms=NOW_MS + 1001)
    assert bases(log) == [0, 2]


def test_jitter_shortens_the_age_at_which_a_segment_is_rolled() -> None:
    config = LogConfig(segment_ms=1000, segment_jitter_ms=600)
    bounds: list[int] = []

    def random_below(bound: int) -> int:
        bounds.append(bound)
        return 400

    log = PartitionLog("orders", 0, config, SegmentMemory(), random_below=random_below)
    append(log, batch_of(b"a"), batch_of(b"b", timestamp_ms=NOW_MS + 600), batch_of(b"c", timestamp_ms=NOW_MS + 601))
    assert bases(log) == [0, 2]
    assert set(bounds) == {600}


def test_a_compacted_topic_rolls_within_max_compaction_lag() -> None:
    log = log_of(cleanup_policy=("compact",), max_compaction_lag_ms=100)
    append(log, batch_of(b"a"), batch_of(b"b", timestamp_ms=NOW_MS + 101))
    assert bases(log) == [0, 1]


def test_a_full_index_begins_a_segment() -> None:
    # An entry of the offset index takes 8 bytes and one of the time index 12; the last of the latter stays free.
    log = log_of(segment_index_bytes=36, index_interval_bytes=0)
    append(log, *(batch_of(b"v", timestamp_ms=NOW_MS + number) for number in range(10)))
    assert bases(log) == [0, 3, 6, 9]


def test_offsets_that_the_index_cannot_express_begin_a_segment() -> None:
    log = log_of()
    log.append_as_follower(batch_of(b"a", leader_epoch=0), NOW_MS)
    log.append_as_follower(batch_of(b"b", base_offset=2**31 - 1, leader_epoch=0), NOW_MS)
    log.append_as_follower(batch_of(b"c", base_offset=2**31, leader_epoch=0), NOW_MS)
    assert bases(log) == [0, 2**31]


def test_rolling_by_hand_closes_a_segment_that_has_something() -> None:
    log = log_of()
    assert not log.roll(NOW_MS)
    append(log, batch_of(b"a"))
    assert log.roll(NOW_MS)
    assert not log.roll(NOW_MS)
    assert bases(log) == [0, 1]
