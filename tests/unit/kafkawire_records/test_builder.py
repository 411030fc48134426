"""Batches written and read back; rewritten ones; the broker's control batches."""

import pytest

from kafkawire.records.batch import BatchHeader, Compression, TimestampType, has_valid_crc
from kafkawire.records.builder import (
    ControlType,
    build_batch,
    control_batch,
    control_type_of,
    empty_batch,
    end_transaction_batch,
    rewrite_batch,
)
from kafkawire.records.iterate import MalformedRecord, records_in, records_of
from kafkawire.records.record import Record

MIXED = [
    Record(None, None, (), 5, 0),
    Record(b"", b"", (("", None), ("h", b"")), -1, 1),
    Record(b"key", b"v" * 300, (("�", b"x"), ("é", b"y" * 70)), 1 << 40, 2),
    Record(b"k" * 9000, None, (), 3, 3),
]


@pytest.mark.parametrize("compression", list(Compression))
def test_records_come_back_as_they_were_with_every_compression(compression: Compression) -> None:
    batch = build_batch(MIXED, compression=compression)
    assert BatchHeader.parse(batch).compression is compression
    assert has_valid_crc(batch)
    assert list(records_of(batch)) == MIXED
    assert list(records_of(memoryview(b"##" + batch), 2)) == MIXED


def test_offsets_are_given_where_records_have_none() -> None:
    batch = build_batch([Record(b"a"), Record(b"b", offset=15), Record(b"c")], base_offset=10)
    assert [record.offset for record in records_of(batch)] == [10, 15, 16]
    assert BatchHeader.parse(batch).last_offset == 16


def test_log_append_time_stands_in_for_every_timestamp() -> None:
    batch = build_batch(
        MIXED, timestamp_type=TimestampType.LOG_APPEND_TIME, log_append_time_ms=99, compression=Compression.ZSTD
    )
    assert {record.timestamp_ms for record in records_of(batch)} == {99}


def test_records_in_reads_batch_after_batch() -> None:
    buffer = build_batch([Record(b"a")]) + build_batch([Record(b"b"), Record(b"c")], base_offset=1)
    assert [(record.offset, record.key) for record in records_in(buffer + b"cut off")] == [
        (0, b"a"),
        (1, b"b"),
        (2, b"c"),
    ]


def test_rewriting_keeps_range_producer_and_flags() -> None:
    batch = build_batch(
        [Record(b"k", b"%d" % index, (), 100 + index) for index in range(4)],
        base_offset=50,
        leader_epoch=3,
        producer_id=8,
        producer_epoch=1,
        base_sequence=20,
        is_transactional=True,
        compression=Compression.SNAPPY,
    )
    header = BatchHeader.parse(batch)
    kept = [record for record in records_of(batch) if record.offset in (51, 52)]
    rewritten = rewrite_batch(header, kept, delete_horizon_ms=1234)
    again = BatchHeader.parse(rewritten)
    assert list(records_of(rewritten)) == kept
    assert has_valid_crc(rewritten)
    assert (again.base_offset, again.last_offset, again.record_count) == (50, 53, 2)
    assert (again.producer_id, again.producer_epoch, again.base_sequence, again.last_sequence) == (8, 1, 20, 23)
    assert again.is_transactional
    assert again.compression is Compression.SNAPPY
    assert again.partition_leader_epoch == 3
    assert (again.delete_horizon_ms, again.max_timestamp) == (1234, 102)
    # A second cleaning keeps the horizon that was set by the first.
    third = BatchHeader.parse(rewrite_batch(again, kept[:1]))
    assert third.delete_horizon_ms == 1234


def test_batch_that_lost_all_records_keeps_its_producer_state() -> None:
    batch = build_batch(
        [Record(b"k", timestamp_ms=7)], base_offset=5, producer_id=8, producer_epoch=1, base_sequence=20
    )
    empty = rewrite_batch(BatchHeader.parse(batch), [])
    header = BatchHeader.parse(empty)
    assert len(empty) == 61
    assert has_valid_crc(empty)
    assert (header.base_offset, header.last_offset, header.record_count) == (5, 5, 0)
    assert (header.producer_id, header.last_sequence) == (8, 20)
    assert (header.base_timestamp, header.max_timestamp) == (-1, 7)
    assert list(records_of(empty)) == []
    assert empty == empty_batch(BatchHeader.parse(empty))


@pytest.mark.parametrize("is_commit", [True, False])
def test_end_transaction_marker_has_kafka_s_bytes(is_commit: bool) -> None:
    batch = end_transaction_batch(
        is_commit=is_commit, producer_id=7, producer_epoch=3, coordinator_epoch=9, timestamp_ms=1000, base_offset=4
    )
    header = BatchHeader.parse(batch)
    (record,) = records_of(batch)
    assert header.is_control
    assert header.is_transactional
    assert (header.producer_id, header.producer_epoch, header.base_sequence) == (7, 3, -1)
    assert record.key == b"\x00\x00\x00" + (b"\x01" if is_commit else b"\x00")
    assert record.value == b"\x00\x00\x00\x00\x00\x09"
    assert (record.offset, record.timestamp_ms) == (4, 1000)
    assert control_type_of(record.key) is (ControlType.COMMIT if is_commit else ControlType.ABORT)


def test_control_batch_without_a_producer() -> None:
    batch = control_batch(ControlType.LEADER_CHANGE, b"\x00\x01", 5, base_offset=2, leader_epoch=6)
    header = BatchHeader.parse(batch)
    assert (header.is_control, header.is_transactional, header.producer_id) == (True, False, -1)
    assert control_type_of(next(records_of(batch)).key) is ControlType.LEADER_CHANGE


@pytest.mark.parametrize("key", [None, b"", b"\x00\x00\x00", b"\x00\x00\x00\x63"])
def test_unknown_control_key_means_nothing(key: bytes | None) -> None:
    assert control_type_of(key) is None


def test_offsets_that_go_back_are_refused() -> None:
    with pytest.raises(ValueError, match="offset 3 follows 4"):
        build_batch([Record(offset=4), Record(offset=3)])


def test_batch_cannot_end_before_its_last_record() -> None:
    with pytest.raises(ValueError, match="cannot end at 0"):
        build_batch([Record(), Record()], last_offset=0)


def test_batch_without_records_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one record"):
        build_batch([])


def test_records_beyond_the_declared_count_are_malformed() -> None:
    batch = bytearray(build_batch([Record(b"a"), Record(b"b")]))
    batch[57:61] = (1).to_bytes(4, "big")
    with pytest.raises(MalformedRecord, match="follow the last"):
        list(records_of(batch))
    batch[57:61] = (3).to_bytes(4, "big")
    with pytest.raises(MalformedRecord, match="cut off"):
        list(records_of(batch))
