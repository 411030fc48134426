"""Properties of the record codec: the fast walk is the exact walk, what is built is what is read, nothing else gets out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kafkawire.records import validate
from kafkawire.records.batch import BatchHeader, Compression, TimestampType, has_valid_crc, iterate_batches, set_crc
from kafkawire.records.builder import build_batch, encode_record, rewrite_batch
from kafkawire.records.iterate import MalformedRecord, records_of
from kafkawire.records.record import Record
from kafkawire.records.validate import InvalidBatch, ProduceRules, validate_produce
from kafkawire.records.varint import (
    VarintTooLong,
    encode_varint,
    encode_varlong,
    read_varint,
    read_varlong,
    to_int64,
)
from kafkawire.records.walk import (
    BrokenLength,
    BrokenRecord,
    Reading,
    exact_walk,
    expected_offset_columns,
    fast_walk,
)

SETTINGS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow]
)
NOW_MS = 1_800_000_000_000


def exact_result(data: bytes, count: int, reading: Reading) -> tuple[int, int, bool] | None:
    """What the exact walk makes of the data, in the form of the fast one's answer; None for any defect."""
    try:
        shapes = list(exact_walk(data, 0, count, reading))
    except (BrokenRecord, BrokenLength):
        return None
    if reading is Reading.STREAM and any(shape[1] != index for index, shape in enumerate(shapes)):
        return None
    deltas = [shape[0] for shape in shapes]
    return min(deltas), max(deltas), any(shape[2] < 0 for shape in shapes)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[bytes, int]:
    """The records of a batch, most of them in runs of one shape, with timestamps that rise, stay or jump."""
    parts: list[bytes] = []
    index = draw(st.sampled_from([0, 0, 0, 50, 60, 8180]))
    for skipped in range(index):
        parts.append(encode_record(Record(None, b"skipped"), 0, skipped))
    timestamp = draw(st.integers(-70, 9000))
    for _ in range(draw(st.integers(1, 4))):
        length = draw(st.one_of(st.integers(1, 4), st.integers(5, 150), st.just(700)))
        key = draw(st.one_of(st.none(), st.binary(max_size=70)))
        value = draw(st.one_of(st.none(), st.binary(max_size=200)))
        names = draw(st.lists(st.tuples(st.text(max_size=3), st.one_of(st.none(), st.binary(max_size=4))), max_size=2))
        step = draw(st.sampled_from([0, 0, 1, 1, 5, -1, 1000, 20000, 1 << 40]))
        for _ in range(length):
            parts.append(encode_record(Record(key, value, tuple(names)), timestamp, index))
            index += 1
            timestamp += step
    return b"".join(parts), index


@st.composite
def damaged_bodies(draw: st.DrawFn) -> tuple[bytes, int]:
    """The same with a few bytes changed, taken out or put in, or with another count."""
    body, count = draw(bodies())
    data = bytearray(body)
    for _ in range(draw(st.integers(1, 3))):
        # The end of the data is where runs are; everything near the beginning is reached anyway.
        position = draw(st.integers(0, len(data) - 1)) if data else 0
        kind = draw(st.sampled_from(["change", "change", "change", "flip", "insert", "delete", "swap"]))
        if kind == "insert" or not data:
            data[position:position] = draw(st.binary(min_size=1, max_size=3))
        elif kind == "delete":
            del data[position : position + draw(st.integers(1, 3))]
        elif kind == "flip":
            data[position] ^= 0x80
        elif kind == "swap":
            other = draw(st.integers(0, len(data) - 1))
            data[position], data[other] = data[other], data[position]
        else:
            data[position] = draw(st.sampled_from([0, 1, 2, 3, 4, 0x7E, 0x7F, 0x80, 0x81, 0xFE, 0xFF]))
    return bytes(data), max(1, count + draw(st.sampled_from([0, 0, 0, 0, 1, -1])))


@SETTINGS
@given(bodies(), st.booleans())
def test_fast_walk_knows_good_records_and_agrees_with_the_exact_one(body: tuple[bytes, int], is_stream: bool) -> None:
    data, count = body
    reading = Reading.STREAM if is_stream else Reading.BUFFER
    expected = exact_result(data, count, reading)
    assert expected is not None
    assert fast_walk(data, 0, count, is_stream) == expected
    assert fast_walk(bytearray(b"##" + data), 2, count, is_stream) == expected


@settings(SETTINGS, max_examples=300)
@given(damaged_bodies(), st.booleans())
def test_fast_walk_never_accepts_what_the_exact_one_refuses(body: tuple[bytes, int], is_stream: bool) -> None:
    data, count = body
    result = fast_walk(data, 0, count, is_stream)
    if result is not None:
        # The fast walk compares the lengths of records in streams too, which the exact one need not.
        assert result == exact_result(data, count, Reading.STREAM if is_stream else Reading.BUFFER)
        assert exact_result(data, count, Reading.BUFFER) is not None


@pytest.mark.parametrize("damaged_index", [0, 1, 9, 63, 64, 65, 127, 128, 199, 299])
def test_every_byte_of_a_run_is_checked(damaged_index: int) -> None:
    header = (("h", b"v"),)
    records = [encode_record(Record(b"key", b"value", header), 3, index) for index in range(300)]
    good = records[damaged_index]
    for position in range(len(good)):
        for change in (0x01, 0x02, 0x80, 0xFF):
            damaged = bytearray(good)
            damaged[position] ^= change
            records[damaged_index] = bytes(damaged)
            data = b"".join(records)
            for reading in (Reading.BUFFER, Reading.STREAM):
                result = fast_walk(data, 0, 300, reading is Reading.STREAM)
                exact = exact_result(data, 300, reading)
                assert result == exact or (result is None and exact is not None), (position, change, reading)
                # What the exact walk alone accepts is what the length of a record says in a stream, and long numbers.
                if result is None and exact is not None:
                    assert reading is Reading.STREAM or change in (0x80, 0xFF)


@pytest.mark.parametrize("wraps_at", [64, 8192])
def test_offsets_that_begin_anew_in_a_run_are_noticed(wraps_at: int) -> None:
    # The lowest bits of the offsets go on as expected where the run would need another byte.
    count = wraps_at + 30
    data = b"".join([encode_record(Record(), 0, index % wraps_at) for index in range(count)])
    assert fast_walk(data, 0, count, False) == (0, 0, True)
    assert fast_walk(data, 0, count, True) is None


@given(st.integers(0, 70000), st.integers(1, 300), st.integers(1, 4))
def test_expected_offset_columns_are_the_encoded_numbers(index: int, length: int, groups: int) -> None:
    limit = 1 << 7 * groups - 1
    index = min(index, limit - 1)
    length = min(length, limit - index)
    columns = expected_offset_columns(index, length, groups)
    for at in range(length):
        encoded = bytes(column[at] for column in columns)
        assert read_varint(encoded, 0) == (index + at, groups)


@given(st.integers(-1 << 31, (1 << 31) - 1))
@example(-1 << 31)
def test_varints_come_back(value: int) -> None:
    encoded = encode_varint(value)
    assert read_varint(b"#" + encoded, 1) == (value, 1 + len(encoded))
    assert encoded == encode_varlong(value)


@given(st.integers(-1 << 63, (1 << 63) - 1))
@example(-1 << 63)
def test_varlongs_come_back(value: int) -> None:
    encoded = encode_varlong(value)
    assert read_varlong(encoded, 0) == (value, len(encoded))
    assert len(encoded) <= 10


@given(st.integers())
def test_to_int64_wraps_as_java_does(value: int) -> None:
    assert to_int64(value) == int.from_bytes((value & ((1 << 64) - 1)).to_bytes(8, "big"), "big", signed=True)


@pytest.mark.parametrize(("read", "groups"), [(read_varint, 5), (read_varlong, 10)])
def test_varints_end_after_their_last_group(read: Any, groups: int) -> None:
    assert read(b"\x80" * (groups - 1) + b"\x00", 0) == (0, groups)
    with pytest.raises(VarintTooLong):
        read(b"\x80" * groups + b"\x00", 0)
    with pytest.raises(IndexError):
        read(b"\x80" * (groups - 1), 0)


@pytest.mark.parametrize("value", [1 << 31, -(1 << 31) - 1])
def test_varint_out_of_range_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="32-bit"):
        encode_varint(value)
    with pytest.raises(ValueError, match="64-bit"):
        encode_varlong(value << 32)


records = st.lists(
    st.builds(
        Record,
        st.one_of(st.none(), st.binary(max_size=40)),
        st.one_of(st.none(), st.binary(max_size=400)),
        st.lists(st.tuples(st.text(max_size=5), st.one_of(st.none(), st.binary(max_size=9))), max_size=3).map(tuple),
        st.integers(-1, 1 << 44),
    ),
    min_size=1,
    max_size=12,
)


@SETTINGS
@given(records, st.sampled_from(Compression), st.integers(0, 1 << 60), st.booleans())
def test_what_is_built_is_what_is_read(
    written: list[Record], compression: Compression, base_offset: int, is_append_time: bool
) -> None:
    batch = build_batch(
        written,
        base_offset=base_offset,
        compression=compression,
        timestamp_type=TimestampType.LOG_APPEND_TIME if is_append_time else TimestampType.CREATE_TIME,
        log_append_time_ms=99,
    )
    expected = [
        Record(
            record.key, record.value, record.headers, 99 if is_append_time else record.timestamp_ms, base_offset + index
        )
        for index, record in enumerate(written)
    ]
    assert list(records_of(batch)) == expected
    assert has_valid_crc(batch)
    assert [position for position, _ in iterate_batches(batch + batch)] == [0, len(batch)]
    header = BatchHeader.parse(batch)
    assert header.max_timestamp == max(record.timestamp_ms for record in expected)
    kept = [record for record in expected if record.offset % 2]
    rewritten = rewrite_batch(header, kept)
    assert list(records_of(rewritten)) == kept
    assert BatchHeader.parse(rewritten).last_offset == header.last_offset


@SETTINGS
@given(records, st.sampled_from(Compression), st.one_of(st.none(), st.sampled_from(Compression)))
def test_what_is_built_is_accepted_and_kept(
    written: list[Record], compression: Compression, target: Compression | None
) -> None:
    batch = build_batch(written, compression=compression)
    rules = ProduceRules(topic_partition="t-0", compression=target, timestamp_after_max_ms=1 << 62)
    validated = validate_produce(batch, rules, NOW_MS)
    assert validated.is_rewritten == (target not in (None, compression))
    if not validated.is_rewritten:
        assert validated.batch == batch
    assert list(records_of(validated.batch)) == list(records_of(batch))
    assert has_valid_crc(validated.batch)


@settings(SETTINGS, max_examples=200)
@given(
    damaged_bodies(),
    st.sampled_from([Compression.NONE, Compression.GZIP, Compression.LZ4]),
    st.sampled_from([None, Compression.ZSTD]),
    st.booleans(),
)
def test_validation_with_and_without_the_fast_walk_is_the_same(
    body: tuple[bytes, int], compression: Compression, target: Compression | None, is_compacted: bool
) -> None:
    data, count = body
    payload = bytearray(build_batch([Record(b"", b"", timestamp_ms=NOW_MS)] * 2, compression=compression))
    del payload[61:]
    from kafkawire.records.compression import compress

    payload += compress(compression, data)
    payload[8:12] = (len(payload) - 12).to_bytes(4, "big")
    payload[23:27] = (count - 1).to_bytes(4, "big")
    payload[57:61] = count.to_bytes(4, "big")
    set_crc(payload, 0)
    rules = ProduceRules(topic_partition="t-0", compression=target, is_compacted=is_compacted)
    outcomes = []
    for walk in (fast_walk, lambda *_: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(validate, "fast_walk", walk)
            try:
                validated = validate_produce(payload, rules, NOW_MS)
            except InvalidBatch as error:
                outcomes.append((error.error_code, error.error_message, error.record_errors))
            else:
                outcomes.append((0, bytes(validated.batch), validated.max_timestamp_ms))
    assert outcomes[0] == outcomes[1]


@settings(SETTINGS, max_examples=200)
@given(st.data(), st.sampled_from(Compression))
def test_damaged_payload_ends_in_an_answer(data: st.DataObject, compression: Compression) -> None:
    batch = build_batch([Record(b"k", b"v" * 50, timestamp_ms=NOW_MS)] * 20, compression=compression)
    payload = bytearray(batch)
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()) and int.from_bytes(payload[8:12], "big", signed=True) == len(batch) - 12:
        set_crc(payload, 0)
    cut = data.draw(st.one_of(st.just(len(payload)), st.integers(0, len(payload))))
    rules = ProduceRules(topic_partition="t-0", decompressed_bytes_max=1 << 20)
    try:
        validated = validate_produce(payload[:cut], rules, NOW_MS, version=data.draw(st.integers(3, 13)))
    except InvalidBatch as error:
        assert error.reason
    else:
        assert has_valid_crc(validated.batch)
        try:
            assert len(list(records_of(validated.batch))) == validated.record_count
        except MalformedRecord:
            # The reference does not compare the lengths of compressed records with those of their fields.
            assert compression is not Compression.NONE
