"""The header view, and the patches a broker makes to a batch it has received."""

import subprocess
import sys

import pytest

from kafkawire.records.batch import (
    HEADER,
    BatchHeader,
    Compression,
    TimestampType,
    TruncatedBatch,
    compute_crc,
    has_valid_crc,
    increment_sequence,
    iterate_batches,
    set_base_offset,
    set_timestamps,
)
from kafkawire.records.builder import build_batch, end_transaction_batch
from kafkawire.records.record import Record

RECORDS = [Record(b"k", b"v", timestamp_ms=1000 + index) for index in range(3)]


def test_header_view_reads_every_field() -> None:
    batch = build_batch(
        RECORDS,
        base_offset=7,
        leader_epoch=5,
        producer_id=11,
        producer_epoch=2,
        base_sequence=40,
        is_transactional=True,
        compression=Compression.GZIP,
    )
    header = BatchHeader.parse(b"???" + batch, 3)
    assert header.base_offset == 7
    assert header.size_bytes == len(batch)
    assert header.partition_leader_epoch == 5
    assert header.magic == 2
    assert header.crc == compute_crc(batch)
    assert header.compression is Compression.GZIP
    assert header.codec == 1
    assert header.timestamp_type is TimestampType.CREATE_TIME
    assert header.is_transactional
    assert not header.is_control
    assert not header.has_delete_horizon
    assert header.delete_horizon_ms is None
    assert (header.last_offset, header.next_offset) == (9, 10)
    assert (header.base_timestamp, header.max_timestamp) == (1000, 1002)
    assert (header.producer_id, header.producer_epoch) == (11, 2)
    assert (header.base_sequence, header.last_sequence) == (40, 42)
    assert header.has_producer_id
    assert header.record_count == 3


def test_hot_form_has_the_fields_in_the_order_of_the_view() -> None:
    batch = build_batch(RECORDS)
    assert BatchHeader(*HEADER.unpack_from(batch, 0)) == BatchHeader.parse(batch)
    assert HEADER.size == 61


def test_header_without_producer_has_no_sequence() -> None:
    header = BatchHeader.parse(build_batch(RECORDS))
    assert not header.has_producer_id
    assert header.last_sequence == -1


def test_sequence_wraps_to_zero_after_the_largest_int32() -> None:
    assert increment_sequence(0x7FFFFFFF, 1) == 0
    assert increment_sequence(0x7FFFFFFE, 3) == 1
    assert increment_sequence(5, 3) == 8


def test_unknown_codec_number_is_no_compression() -> None:
    batch = bytearray(build_batch(RECORDS))
    batch[22] |= 6
    header = BatchHeader.parse(batch)
    assert header.codec == 6
    with pytest.raises(ValueError, match="6"):
        _ = header.compression


def test_iteration_leaves_out_the_batch_that_the_end_cuts_off() -> None:
    one = build_batch(RECORDS)
    two = build_batch(RECORDS[:1], base_offset=3)
    buffer = one + two
    for end in range(len(buffer) + 1):
        found = [(position, header.base_offset) for position, header in iterate_batches(buffer[:end])]
        expected = [(0, 0), (len(one), 3)] if end == len(buffer) else [(0, 0)] if end >= len(one) else []
        assert found == expected


def test_iteration_can_begin_at_a_later_batch() -> None:
    one, two = build_batch(RECORDS), build_batch(RECORDS, base_offset=3)
    assert [header.base_offset for _, header in iterate_batches(memoryview(one + two), len(one))] == [3]


@pytest.mark.parametrize("length", [-(1 << 31), -62, -12, -1, 0, 48])
def test_iteration_refuses_a_length_that_would_not_lead_on(length: int) -> None:
    batch = bytearray(build_batch(RECORDS))
    batch[8:12] = length.to_bytes(4, "big", signed=True)
    with pytest.raises(ValueError, match=str(length)):
        list(iterate_batches(batch))


def test_base_offset_and_leader_epoch_are_outside_the_checksum() -> None:
    buffer = bytearray(b"##" + build_batch(RECORDS) + b"##")
    set_base_offset(buffer, 2, 1 << 40, 9)
    header = BatchHeader.parse(buffer, 2)
    assert (header.base_offset, header.partition_leader_epoch) == (1 << 40, 9)
    assert header.batch_length == BatchHeader.parse(build_batch(RECORDS)).batch_length
    assert has_valid_crc(buffer, 2)
    set_base_offset(memoryview(buffer)[2:], 0, 77)
    header = BatchHeader.parse(buffer, 2)
    assert (header.base_offset, header.partition_leader_epoch) == (77, 9)


def test_setting_timestamps_renews_the_checksum_and_clears_undefined_attributes() -> None:
    batch = bytearray(build_batch(RECORDS, compression=Compression.LZ4, is_transactional=True))
    batch[21] |= 0x7F
    batch[22] |= 0x80
    set_timestamps(batch, 0, TimestampType.LOG_APPEND_TIME, 123456)
    header = BatchHeader.parse(batch)
    assert header.attributes == 3 | 8 | 16
    assert header.max_timestamp == 123456
    assert header.timestamp_type is TimestampType.LOG_APPEND_TIME
    assert has_valid_crc(batch)
    set_timestamps(batch, 0, TimestampType.CREATE_TIME, 7)
    assert BatchHeader.parse(batch).attributes == 3 | 16
    assert has_valid_crc(batch)


def test_checksum_of_a_cut_off_batch_is_refused() -> None:
    with pytest.raises(TruncatedBatch):
        compute_crc(build_batch(RECORDS)[:-1])


def test_changed_byte_breaks_the_checksum() -> None:
    batch = bytearray(
        end_transaction_batch(is_commit=True, producer_id=1, producer_epoch=0, coordinator_epoch=3, timestamp_ms=5)
    )
    assert has_valid_crc(batch)
    batch[30] ^= 1
    assert not has_valid_crc(batch)


def test_importing_the_header_view_loads_no_native_library() -> None:
    script = (
        "import sys; import kafkawire.records.batch, kafkawire.records.validate, kafkawire.records.builder, "
        "kafkawire.records.iterate; print([name for name in ('cramjam', 'google_crc32c', 'zlib') if name in sys.modules])"
    )
    # zlib may come with the interpreter's own start (zipimport); only what these modules add counts.
    before = subprocess.run(
        [sys.executable, "-c", "import sys; print('zlib' in sys.modules)"], capture_output=True, text=True, check=True
    )
    after = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert after.stdout.strip() == ("['zlib']" if before.stdout.strip() == "True" else "[]")
