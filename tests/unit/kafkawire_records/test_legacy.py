"""Message sets of magic 0 and 1: other clients' and ours, lz4 as it was, nesting, bombs, and conversion in both directions."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
import warnings
from importlib import import_module
from typing import Any

import pytest
from aiokafka.record.legacy_records import LegacyRecordBatch as AiokafkaMessages
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder as AiokafkaBuilder

from kafkawire.errors import ErrorCode
from kafkawire.records.batch import BatchHeader, Compression, TimestampType, has_valid_crc
from kafkawire.records.builder import build_batch, end_transaction_batch
from kafkawire.records.compression import DecompressionFailed, compress
from kafkawire.records.iterate import MalformedRecord, records_in, records_of
from kafkawire.records.legacy.builder import build_message_set
from kafkawire.records.legacy.convert import UnsupportedConversion, down_convert, up_convert
from kafkawire.records.legacy.iterate import records_in_message_set
from kafkawire.records.legacy.message import Message, encode_message, iterate_messages
from kafkawire.records.legacy.validate import validate_message_set
from kafkawire.records.legacy.wrapping import broken_lz4_header, mended_lz4_header, wrap
from kafkawire.records.record import Record
from kafkawire.records.validate import InvalidBatch, ProduceRules

with warnings.catch_warnings():
    # kafka-python reads its schemas in a way that Python is giving up.
    warnings.simplefilter("ignore", DeprecationWarning)
    kafka_python = import_module("kafka.record.legacy_records")
    kafka_python_codecs = import_module("kafka.codec")

NOW_MS = 1_800_000_000_000
CODECS = list(Compression)[:4]
MAGICS = (0, 1)
RULES = ProduceRules(topic_partition="t-0")


def records(magic: int, count: int = 40) -> list[Record]:
    """What comes back from a set of that magic."""
    found = [Record(b"key", b"value" * 20, (), NOW_MS + number, number) for number in range(count)]
    found[0].key = found[1].value = None
    found[2].key = found[2].value = b""
    for record in found:
        record.timestamp_ms = record.timestamp_ms if magic else -1
    return found


def kafka_python_can(codec: Compression) -> bool:
    return bool((True, kafka_python_codecs.has_gzip(), kafka_python_codecs.has_snappy(), has_kafka_python_lz4())[codec])


def has_kafka_python_lz4() -> bool:
    return bool(kafka_python_codecs.has_lz4() and kafka_python_codecs.xxhash is not None)


#: aiokafka never learned the lz4 frames of magic 0 and refuses them.
FOREIGN = [
    ("aiokafka", magic, codec) for magic in MAGICS for codec in CODECS if (magic, codec) != (0, Compression.LZ4)
] + [("kafka-python", magic, codec) for magic in MAGICS for codec in CODECS if kafka_python_can(codec)]


def written_by(client: str, magic: int, codec: Compression) -> bytes:
    builder: Any = (AiokafkaBuilder if client == "aiokafka" else kafka_python.LegacyRecordBatchBuilder)(
        magic, int(codec), 1 << 20
    )
    for record in records(magic):
        builder.append(record.offset, record.timestamp_ms, record.key, record.value)
    return bytes(builder.build())


def read_by(client: str, message: bytes, magic: int) -> list[Record]:
    reader: Any = (AiokafkaMessages if client == "aiokafka" else kafka_python.LegacyRecordBatch)(
        bytearray(message), magic
    )
    assert reader.validate_crc()
    return [
        Record(record.key, record.value, (), -1 if record.timestamp is None else record.timestamp, record.offset)
        for record in reader
    ]


@pytest.mark.parametrize(("client", "magic", "codec"), FOREIGN)
def test_foreign_sets_are_read(client: str, magic: int, codec: Compression) -> None:
    message_set = written_by(client, magic, codec)
    assert list(records_in_message_set(message_set)) == records(magic)
    if codec is Compression.NONE:
        assert message_set == build_message_set(records(magic), magic=magic)
    batch = validate_message_set(message_set, RULES, NOW_MS).batch
    assert list(records_of(batch)) == records(magic)


@pytest.mark.parametrize(("client", "magic", "codec"), FOREIGN)
def test_other_clients_read_ours(client: str, magic: int, codec: Compression) -> None:
    message_set = build_message_set(records(magic), magic=magic, compression=codec)
    found = []
    for position, message in iterate_messages(message_set):
        found += read_by(client, message_set[position : position + message.size_bytes], magic)
    assert found == records(magic)


@pytest.mark.skipif(not has_kafka_python_lz4(), reason="kafka-python needs lz4 and xxhash for the old lz4 frames")
def test_old_lz4_frames_are_those_of_kafka_python() -> None:
    data = b"abc" * 10_000
    assert kafka_python_codecs.lz4_decode_old_kafka(wrap(0, Compression.LZ4, data)) == data
    theirs = kafka_python_codecs.lz4_encode_old_kafka(data)
    assert broken_lz4_header(mended_lz4_header(theirs)) == theirs
    assert broken_lz4_header(compress(Compression.LZ4, data))[:7] == wrap(0, Compression.LZ4, data)[:7]


def test_the_checksum_of_the_old_lz4_frames() -> None:
    """The second byte of xxHash over six bytes instead of two."""
    right, broken = compress(Compression.LZ4, b"x"), wrap(0, Compression.LZ4, b"x")
    assert right[:7].hex() == "04224d18604082"
    assert broken[:7].hex() == "04224d1860401a"
    assert right[7:] == broken[7:]
    assert mended_lz4_header(broken) == right
    for length in range(7):
        assert len(mended_lz4_header(right[:length])) == length


@pytest.mark.parametrize("magic", MAGICS)
@pytest.mark.parametrize("codec", CODECS)
def test_sets_come_back_and_partial_tails_are_left_out(magic: int, codec: Compression) -> None:
    message_set = build_message_set(records(magic), magic=magic, compression=codec)
    assert list(records_in_message_set(message_set)) == records(magic)
    assert list(records_in_message_set(bytearray(message_set))) == records(magic)
    assert list(records_in_message_set(memoryview(b"before" + message_set), 6)) == records(magic)
    for cut in range(1, 140):
        found = list(records_in_message_set(message_set[:-cut]))
        assert found == records(magic)[: len(found)]
        assert len(found) < 40


@pytest.mark.parametrize("codec", CODECS)
def test_append_time_is_the_time_of_all(codec: Compression) -> None:
    message_set = build_message_set(
        records(1),
        magic=1,
        compression=codec,
        timestamp_type=TimestampType.LOG_APPEND_TIME,
        log_append_time_ms=NOW_MS + 1000,
    )
    assert {record.timestamp_ms for record in records_in_message_set(message_set)} == {NOW_MS + 1000}
    # Down again from a batch; up with another time.
    batch = up_convert(message_set, timestamp_type=TimestampType.LOG_APPEND_TIME, log_append_time_ms=NOW_MS + 1000)
    assert BatchHeader.parse(batch).timestamp_type is TimestampType.LOG_APPEND_TIME
    assert list(records_in_message_set(down_convert(batch, 1))) == list(records_in_message_set(message_set))


def test_a_wrapper_in_a_wrapper_is_refused_however_deep() -> None:
    message_set = encode_message(1, 0, None, b"v", timestamp_ms=1)
    for depth in range(50):
        assert depth == 0 or message_set
        message_set = encode_message(
            1, 0, None, wrap(1, Compression.GZIP, message_set), timestamp_ms=1, attributes=Compression.GZIP
        )
    for lenient in (False, True):
        with pytest.raises(MalformedRecord, match="compressed message in a compressed"):
            list(records_in_message_set(message_set, lenient=lenient))
    with pytest.raises(InvalidBatch) as refused:
        validate_message_set(message_set, RULES, NOW_MS)
    assert refused.value.error_code is ErrorCode.INVALID_RECORD


def bomb(magic: int, codec: Compression) -> bytes:
    inner = encode_message(magic, 0, None, bytes(64 << 20))
    return encode_message(magic, 0, None, wrap(magic, codec, inner), attributes=codec)


@pytest.mark.parametrize("codec", CODECS[1:])
def test_bombs_end_at_the_bound(codec: Compression) -> None:
    for magic in MAGICS:
        message_set = bomb(magic, codec)
        tracemalloc.start()
        try:
            with pytest.raises(DecompressionFailed, match="100000"):
                list(records_in_message_set(message_set, decompressed_bytes_max=100_000))
            with pytest.raises(InvalidBatch, match="1048576"):
                rules = ProduceRules(topic_partition="t-0", decompressed_bytes_max=1 << 20, max_message_bytes=1 << 30)
                validate_message_set(message_set, rules, NOW_MS)
            assert tracemalloc.get_traced_memory()[1] < len(message_set) * 4 + (8 << 20)
        finally:
            tracemalloc.stop()


def test_many_wrappers_share_one_bound_when_converted() -> None:
    wrapper = build_message_set([Record(None, bytes(100_000))], magic=1, compression=Compression.GZIP)
    with pytest.raises(DecompressionFailed):
        up_convert(wrapper * 12, base_offset=0, decompressed_bytes_max=1 << 20)
    with pytest.raises(DecompressionFailed):
        down_convert(wrapper * 12, 0, decompressed_bytes_max=1 << 20)
    assert len(list(records_of(up_convert(wrapper * 10, base_offset=0, decompressed_bytes_max=1 << 20)))) == 10


def test_too_many_records_are_refused() -> None:
    message_set = build_message_set([Record() for _ in range(5000)], magic=1, compression=Compression.GZIP)
    for convert in (
        lambda: up_convert(message_set, records_max=4999),
        lambda: down_convert(message_set, 0, records_max=4999),
    ):
        with pytest.raises(MalformedRecord, match="more records"):
            convert()
    assert validate_message_set(message_set, RULES, NOW_MS).record_count == 5000
    inner = wrap(1, Compression.GZIP, encode_message(1, 0, b"", None, timestamp_ms=NOW_MS) * 5000)
    wrapper = encode_message(1, 0, None, inner, timestamp_ms=NOW_MS, attributes=Compression.GZIP)
    with pytest.raises(InvalidBatch, match="too many"):
        validate_message_set(wrapper, ProduceRules(topic_partition="t-0", elements_max=4999), NOW_MS)
    assert validate_message_set(wrapper, RULES, NOW_MS).record_count == 5000


@pytest.mark.parametrize("magic", MAGICS)
@pytest.mark.parametrize("codec", CODECS)
def test_up_and_down_again(magic: int, codec: Compression) -> None:
    message_set = build_message_set(
        [record for record in records(magic) if record.offset not in (3, 9)], magic=magic, compression=codec
    )
    batch = up_convert(message_set)
    header = BatchHeader.parse(batch)
    assert has_valid_crc(batch)
    assert header.compression is codec
    assert header.max_timestamp == (NOW_MS + 39 if magic else -1)
    assert list(records_of(batch)) == list(records_in_message_set(message_set))
    assert list(records_in_message_set(down_convert(batch, magic))) == list(records_of(batch))


@pytest.mark.parametrize("codec", CODECS)
def test_from_two_to_one_to_zero(codec: Compression) -> None:
    written = [
        Record(b"k", b"v%d" % number, (("header", b"gone"),), NOW_MS + number, number) for number in range(10, 30)
    ]
    batch = build_batch(
        written,
        base_offset=10,
        producer_id=5,
        producer_epoch=0,
        base_sequence=0,
        is_transactional=True,
        compression=codec,
    )
    one = down_convert(batch, 1)
    assert list(records_in_message_set(one)) == [Record(b"k", r.value, (), r.timestamp_ms, r.offset) for r in written]
    zero = down_convert(one, 0)
    assert [message.magic for _, message in iterate_messages(zero)] == [0] * (1 if codec else 20)
    assert list(records_in_message_set(zero)) == [Record(b"k", r.value, (), -1, r.offset) for r in written]
    assert zero == down_convert(batch, 0)
    assert down_convert(zero, 1) == zero


def test_down_conversion_leaves_out_what_the_old_consumer_must_not_see() -> None:
    first = build_batch(records(1, 4), base_offset=0)
    marker = end_transaction_batch(
        is_commit=True, producer_id=5, producer_epoch=0, coordinator_epoch=1, timestamp_ms=NOW_MS, base_offset=4
    )
    packed = build_batch(
        [Record(b"k", b"v", (), NOW_MS, 5 + n) for n in range(3)], base_offset=5, compression=Compression.GZIP
    )
    old = build_message_set([Record(b"old", b"v", (), NOW_MS, 8)], magic=1)
    everything = first + marker + packed + old
    assert [record.offset for record in records_in_message_set(down_convert(everything, 1))] == [0, 1, 2, 3, 5, 6, 7, 8]
    later = down_convert(everything + first[:-1], 1, first_offset=6)
    assert [record.offset for record in records_in_message_set(later)] == [5, 6, 7, 8]
    assert later.endswith(old)
    assert down_convert(marker, 1) == b""
    # Nothing whole: the consumer sees from the length what it lacks.
    assert down_convert(first[:-1], 1) == first[:-1]
    assert down_convert(b"", 1) == b""
    with pytest.raises(UnsupportedConversion):
        down_convert(build_batch(records(1), compression=Compression.ZSTD), 1)


def test_up_conversion_takes_message_sets_only() -> None:
    for broken in (b"", build_message_set(records(1), magic=1)[:50], build_batch(records(1))):
        with pytest.raises(MalformedRecord):
            up_convert(broken)
    with pytest.raises(ValueError, match="batch of magic 2"):
        validate_message_set(build_batch(records(1)), RULES, NOW_MS)
    joined = up_convert(build_message_set(records(0), magic=0) + build_message_set(records(1), magic=1), base_offset=7)
    assert [record.offset for record in records_in(joined)] == list(range(7, 87))


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("at least one", {"records": []}),
        ("headers", {"records": [Record(headers=(("h", None),))]}),
        ("zstd", {"records": [Record()], "compression": Compression.ZSTD}),
        ("follows", {"records": [Record(offset=4), Record(offset=4)]}),
        ("magic 0 or 1", {"records": [Record()], "magic": 2}),
    ],
)
def test_what_cannot_be_written_says_why(message: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=message):
        build_message_set(**{"magic": 1, **arguments})


def test_limits_of_the_topic_hold() -> None:
    message_set = build_message_set(records(1), magic=1)
    with pytest.raises(InvalidBatch) as too_large:
        validate_message_set(message_set, ProduceRules(topic_partition="t-0", max_message_bytes=130), NOW_MS)
    assert too_large.value.error_code is ErrorCode.MESSAGE_TOO_LARGE
    with pytest.raises(InvalidBatch, match="Message batch size"):
        validate_message_set(message_set, ProduceRules(topic_partition="t-0", max_message_bytes=150), NOW_MS)
    rules = ProduceRules(topic_partition="t-0", compression=Compression.ZSTD)
    validated = validate_message_set(message_set, rules, NOW_MS)
    assert validated.header.compression is Compression.ZSTD
    assert validated.is_rewritten
    assert validated.max_timestamp_ms == NOW_MS + 39


def test_a_message_tells_what_it_is() -> None:
    message = Message.parse(encode_message(1, 9, b"k", b"v", timestamp_ms=5, attributes=8))
    assert (message.offset, message.codec, message.timestamp_type) == (9, 0, TimestampType.LOG_APPEND_TIME)
    assert Message.parse(encode_message(0, 9, b"k", b"v")).timestamp_type is None
    for length in range(10, 26):
        with pytest.raises(MalformedRecord):
            Message.parse(encode_message(0, 9, None, None)[:length])


def test_the_header_view_costs_no_more_than_before() -> None:
    """Message sets are for few; who reads record batches loads nothing of them."""
    code = "import sys, kafkawire.records.batch, kafkawire.records.validate\nprint([m for m in sys.modules if 'legacy' in m])"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}, text=True
    )
    assert ended.stdout.strip() == "[]"
