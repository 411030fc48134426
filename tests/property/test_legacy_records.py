"""Message sets of any content come back, survive conversion, and whatever is no message set is refused in bounded memory."""

from __future__ import annotations

import tracemalloc

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kafkawire.records.batch import Compression, TimestampType
from kafkawire.records.compression import DecompressionFailed
from kafkawire.records.iterate import MalformedRecord, records_of
from kafkawire.records.legacy.builder import build_message_set
from kafkawire.records.legacy.convert import down_convert, up_convert
from kafkawire.records.legacy.iterate import records_in_message_set
from kafkawire.records.legacy.message import encode_message
from kafkawire.records.legacy.validate import validate_message_set
from kafkawire.records.legacy.wrapping import wrap
from kafkawire.records.record import Record
from kafkawire.records.validate import InvalidBatch, ProduceRules

SETTINGS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow]
)
CODECS = st.sampled_from(list(Compression)[:4])
MAGICS = st.sampled_from([0, 1])
BYTES = st.one_of(st.none(), st.binary(max_size=60))
RULES = ProduceRules(topic_partition="t-0", decompressed_bytes_max=1 << 20)
JUNK_BYTES_MAX = 6_000_000


@st.composite
def record_lists(draw: st.DrawFn) -> list[Record]:
    """Records with increasing offsets."""
    offset = draw(st.integers(0, 1 << 40))
    found = []
    for _ in range(draw(st.integers(1, 20))):
        found.append(Record(draw(BYTES), draw(BYTES), (), draw(st.integers(-1, 1 << 45)), offset))
        offset += draw(st.sampled_from([1, 1, 1, 2, 1000]))
    return found


@st.composite
def damaged_sets(draw: st.DrawFn) -> bytes:
    """A set, plain or wrapped, with bytes changed inside or outside of the wrapper, put in or taken out, or lengths that lie."""
    magic = draw(MAGICS)
    data = bytearray(build_message_set(draw(record_lists()), magic=magic))
    codec = draw(CODECS)

    def damage() -> None:
        for _ in range(draw(st.integers(0, 3))):
            position = draw(st.integers(0, len(data)))
            kind = draw(st.integers(0, 3))
            if kind == 0:
                data[position : position + 1] = draw(st.binary(min_size=1, max_size=1))
            elif kind == 1:
                data[position:position] = draw(st.binary(max_size=20))
            elif kind == 2:
                del data[position : position + draw(st.integers(1, 20))]
            else:
                data[position : position + 4] = b"\x7f\xff\xff\xff"

    damage()
    for _ in range(draw(st.integers(0, 2)) if codec else 0):
        value = wrap(magic, codec, bytes(data))
        data = bytearray(encode_message(magic, draw(st.integers(0, 50)), None, value, timestamp_ms=7, attributes=codec))
    if draw(st.booleans()):
        damage()
    return bytes(data)


@SETTINGS
@given(record_lists(), MAGICS, CODECS)
def test_sets_come_back(records: list[Record], magic: int, codec: Compression) -> None:
    message_set = build_message_set(records, magic=magic, base_offset=records[0].offset, compression=codec)
    for record in records if magic == 0 else ():
        record.timestamp_ms = -1
    for lenient in (False, True):
        assert list(records_in_message_set(message_set, lenient=lenient)) == records


@SETTINGS
@given(record_lists(), MAGICS, CODECS, st.sampled_from(list(TimestampType)))
def test_conversion_up_and_down_keeps_records(
    records: list[Record], magic: int, codec: Compression, timestamp_type: TimestampType
) -> None:
    message_set = build_message_set(records, magic=magic, base_offset=records[0].offset, compression=codec)
    batch = up_convert(message_set, timestamp_type=timestamp_type, log_append_time_ms=12345)
    down = down_convert(batch, magic)
    again = list(records_in_message_set(down))
    if magic == 0:
        assert again == list(records_in_message_set(message_set))
    else:
        assert again == list(records_of(batch))
    assert down_convert(down, magic) == down


@SETTINGS
@given(st.one_of(damaged_sets(), st.binary(max_size=300)), MAGICS)
def test_damaged_sets_are_read_or_refused_in_little_memory(message_set: bytes, to_magic: int) -> None:
    tracemalloc.start()
    try:
        for lenient in (False, True):
            try:
                found = list(records_in_message_set(message_set, lenient=lenient, decompressed_bytes_max=1 << 20))
            except (MalformedRecord, DecompressionFailed):
                continue
            assert lenient or found == list(records_in_message_set(message_set, lenient=True))
        try:
            validated = validate_message_set(message_set, RULES, 1 << 44) if message_set[16:17] != b"\x02" else None
        except InvalidBatch:
            validated = None
        if validated is not None:
            assert len(list(records_of(validated.batch))) == validated.record_count
        for convert in (up_convert, lambda data, **bound: down_convert(data, to_magic, **bound)):
            try:
                convert(message_set, decompressed_bytes_max=1 << 20)
            except ValueError as error:
                assert str(error)
        assert tracemalloc.get_traced_memory()[1] < JUNK_BYTES_MAX
    finally:
        tracemalloc.stop()
