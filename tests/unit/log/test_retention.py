"""Which old segments go, and when."""

from kafkaemu.log.partition_log import PartitionLog
from tests.unit.log.building import NOW_MS, append, batch_of, committed, log_of, records_in_log, sequenced

SIZE = len(batch_of(b"v"))


def one_batch_segments(count: int, **config: object) -> PartitionLog:
    """A log with a segment per batch, whose timestamps are 1000 ms apart."""
    log = log_of(segment_bytes=SIZE, **config)
    return append(log, *(batch_of(b"v", timestamp_ms=NOW_MS + 1000 * number) for number in range(count)))


def test_segments_older_than_retention_ms_go() -> None:
    log = one_batch_segments(5, retention_ms=2000)
    assert log.retention(NOW_MS + 4000) == 2 * SIZE
    assert (log.start_offset, [record.offset for record in records_in_log(log)]) == (2, [2, 3, 4])


def test_an_idle_log_empties_down_to_its_active_segment() -> None:
    log = one_batch_segments(3, retention_ms=2000)
    log.retention(NOW_MS + 100_000)
    assert (log.start_offset, log.end_offset, log.size_bytes) == (3, 3, 0)
    assert log.append_as_leader(batch_of(b"x"), 0, NOW_MS).base_offset == 3


def test_retention_ms_of_minus_one_keeps_everything() -> None:
    log = one_batch_segments(3, retention_ms=-1)
    assert log.retention(NOW_MS + 10**12) == 0


def test_segments_without_timestamps_are_as_old_as_their_last_write() -> None:
    log = append(log_of(retention_ms=1000), batch_of(b"a", timestamp_ms=-1))
    assert log.retention(NOW_MS + 1000) == 0
    assert log.retention(NOW_MS + 1001) > 0


def test_retention_bytes_keeps_at_least_that_much() -> None:
    log = one_batch_segments(5, retention_bytes=3 * SIZE - 1)
    assert log.retention(NOW_MS + 4000) == 2 * SIZE
    assert log.retention(NOW_MS + 4000) == 0


def test_retention_bytes_of_zero_empties_the_log() -> None:
    log = one_batch_segments(3, retention_bytes=0)
    log.retention(NOW_MS)
    assert (log.start_offset, log.size_bytes) == (3, 0)


def test_nothing_uncommitted_is_deleted() -> None:
    log = log_of(segment_bytes=SIZE, retention_ms=0)
    for _ in range(4):
        log.append_as_leader(batch_of(b"v"), 0, NOW_MS)
    log.update_high_watermark(2)
    log.retention(NOW_MS + 10)
    assert log.start_offset == 2
    committed(log)
    log.retention(NOW_MS + 10)
    assert log.start_offset == 4


def test_compacted_topics_lose_only_what_clients_deleted() -> None:
    log = one_batch_segments(4, cleanup_policy=("compact",), retention_ms=0, retention_bytes=0)
    assert log.retention(NOW_MS + 10**9) == 0
    assert len(records_in_log(log)) == 4


def test_compact_and_delete_obeys_both() -> None:
    log = one_batch_segments(4, cleanup_policy=("compact", "delete"), retention_ms=1000)
    log.retention(NOW_MS + 4000)
    assert log.start_offset == 3


def test_producers_that_write_nothing_are_forgotten() -> None:
    log = append(log_of(producer_id_expiration_ms=1000), sequenced(0, b"a"))
    log.expire_producers(NOW_MS + 999)
    assert log.producers.entry(7) is not None
    log.expire_producers(NOW_MS + 1000)
    assert log.producers.entry(7) is None
    assert log.append_as_leader(sequenced(41, b"b"), 0, NOW_MS).base_offset == 1
