"""Validation on Produce against the recorded answers of Apache Kafka 4.3.1, and what those cannot show."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kafkawire.errors import ErrorCode
from kafkawire.records.batch import BatchHeader, Compression, TimestampType, set_base_offset, set_crc
from kafkawire.records.builder import build_batch
from kafkawire.records.compression import compress
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record
from kafkawire.records.validate import (
    INT64_MAX,
    InvalidBatch,
    ProduceRules,
    ValidatedBatch,
    check_produce_payload,
    validate_produce,
)

ANSWERS: dict[str, Any] = json.loads(Path(__file__).with_name("produce_answers.json").read_text())
CASES: dict[str, dict[str, Any]] = {case["name"]: case for case in ANSWERS["cases"]}
COMPRESSIONS = {
    "gzip": Compression.GZIP,
    "snappy": Compression.SNAPPY,
    "lz4": Compression.LZ4,
    "zstd": Compression.ZSTD,
    "uncompressed": Compression.NONE,
}
#: The reference makes room for what a record claims, and ran out of memory (512 MB) here; we do not make it.
DIFFERENT = {
    "length of a thousand million in the second of three, compressed, to another codec": ErrorCode.INVALID_RECORD
}
NOW_MS = 1_800_000_000_000
PLAIN = ProduceRules(topic_partition="t-0")


def rules_of(topic: str) -> ProduceRules:
    config = ANSWERS["topics"][topic]
    is_append_time = config.get("message.timestamp.type") == "LogAppendTime"
    return ProduceRules(
        topic_partition=f"{topic}-0",
        max_message_bytes=int(config.get("max.message.bytes", 1048588)),
        is_compacted=config.get("cleanup.policy") == "compact",
        timestamp_type=TimestampType.LOG_APPEND_TIME if is_append_time else TimestampType.CREATE_TIME,
        timestamp_before_max_ms=int(config.get("message.timestamp.before.max.ms", INT64_MAX)),
        timestamp_after_max_ms=int(config.get("message.timestamp.after.max.ms", 3600000)),
        compression=COMPRESSIONS.get(config.get("compression.type", "producer")),
    )


def broker_time_of(case: dict[str, Any], rules: ProduceRules) -> int:
    """The time of the broker when it answered, which it tells in some answers."""
    answer = case["answer"]
    if answer["log_append_time"] >= 0:
        return int(answer["log_append_time"])
    named = re.search(r"should be within \[-?\d+, (-?\d+)\]", json.dumps(answer))
    return int(named[1]) - rules.timestamp_after_max_ms if named else int(case["asked_ms"])


def assert_stored_as_by_the_reference(validated: ValidatedBatch, answer: dict[str, Any]) -> None:
    fetched = base64.b64decode(answer["stored"])
    expected = BatchHeader.parse(fetched)
    ours = bytearray(validated.batch)
    set_base_offset(ours, 0, expected.base_offset, expected.partition_leader_epoch)
    assert validated.log_append_time_ms == answer["log_append_time"]
    assert validated.header.record_count == validated.record_count == expected.record_count
    assert validated.max_timestamp_ms == expected.max_timestamp
    if not validated.is_rewritten:
        assert bytes(ours) == fetched[: expected.size_bytes]
        return
    # Packed by another library: the bytes differ, what they say does not.
    header = BatchHeader.parse(ours)
    header.batch_length, header.crc = expected.batch_length, expected.crc
    assert header == expected
    assert list(records_of(ours)) == list(records_of(fetched))


@pytest.mark.parametrize("name", [name for name in CASES if name not in DIFFERENT])
def test_answer_is_the_reference_s(name: str) -> None:
    case = CASES[name]
    answer, payload = case["answer"], base64.b64decode(case["payload"])
    rules = rules_of(case["topic"])
    try:
        validated = validate_produce(payload, rules, broker_time_of(case, rules), version=case["version"])
    except InvalidBatch as error:
        assert error.error_code == answer["error_code"], error.reason
        if case["version"] >= 8:
            assert error.error_message == answer["error_message"]
            assert [[found.batch_index, found.message] for found in error.record_errors] == answer["record_errors"]
    else:
        assert answer["error_code"] == 0
        assert_stored_as_by_the_reference(validated, answer)


def test_every_kind_of_answer_is_among_the_recorded() -> None:
    assert {case["answer"]["error_code"] for case in CASES.values()} == {-1, 0, 2, 10, 32, 76, 87}
    assert len(CASES) == len(ANSWERS["cases"])


@pytest.mark.parametrize("name", sorted(DIFFERENT))
def test_answer_differs_where_the_reference_ran_out_of_memory(name: str) -> None:
    case = CASES[name]
    assert case["answer"]["error_code"] == -1
    with pytest.raises(InvalidBatch) as caught:
        validate_produce(base64.b64decode(case["payload"]), rules_of(case["topic"]), NOW_MS)
    assert caught.value.error_code is DIFFERENT[name]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_payload_may_be_any_buffer_and_is_passed_on_uncopied(kind: Any) -> None:
    batch = build_batch([Record(b"k", b"v", timestamp_ms=NOW_MS)])
    payload = kind(batch + batch[:20])
    validated = validate_produce(payload, PLAIN, NOW_MS)
    assert bytes(validated.batch) == batch
    assert isinstance(validated.batch, memoryview)
    assert validated.batch.obj is (payload if kind is not memoryview else payload.obj)
    exact = validate_produce(kind(batch), PLAIN, NOW_MS)
    assert bytes(exact.batch) == batch
    assert not exact.is_rewritten


def test_payload_is_never_changed() -> None:
    batch = bytearray(build_batch([Record(b"k", timestamp_ms=NOW_MS)]))
    before = bytes(batch)
    rules = ProduceRules(topic_partition="t-0", timestamp_type=TimestampType.LOG_APPEND_TIME)
    validated = validate_produce(batch, rules, NOW_MS + 7)
    assert bytes(batch) == before
    assert (validated.log_append_time_ms, validated.header.max_timestamp) == (NOW_MS + 7, NOW_MS + 7)


def test_no_records_at_all_are_no_batch() -> None:
    with pytest.raises(InvalidBatch, match="at least one record batch") as caught:
        check_produce_payload(None, 9)
    assert caught.value.error_code is ErrorCode.INVALID_RECORD
    assert not caught.value.fails_request


@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("batch length 13", True),
        ("batch with magic 3", True),
        ("short batch of length 38", True),
        ("codec 5 in version 3", True),
        ("good and zeros", False),
        ("two batches", False),
        ("batch with magic 1", False),
        ("zstd in version 6", False),
    ],
)
def test_some_defects_fail_the_whole_request(name: str, fails: bool) -> None:
    case = CASES[name]
    with pytest.raises(InvalidBatch) as caught:
        check_produce_payload(base64.b64decode(case["payload"]), case["version"])
    assert caught.value.fails_request is fails


def test_second_pass_alone_leaves_the_first_to_its_caller() -> None:
    batch = build_batch([Record(b"k", timestamp_ms=NOW_MS)])
    validated = validate_produce(batch + batch, PLAIN, NOW_MS, is_checked=True)
    assert bytes(validated.batch) == batch


@pytest.mark.parametrize("compression", [member for member in Compression if member is not Compression.NONE])
def test_decompression_bomb_is_answered_as_undecompressable(compression: Compression) -> None:
    batch = build_batch([Record(b"k", bytes(3_000_000), timestamp_ms=NOW_MS)], compression=compression)
    assert validate_produce(batch, PLAIN, NOW_MS).record_count == 1
    bounded = ProduceRules(topic_partition="t-0", decompressed_bytes_max=1_000_000)
    with pytest.raises(InvalidBatch, match="1000000") as caught:
        validate_produce(batch, bounded, NOW_MS)
    assert caught.value.error_code is ErrorCode.UNKNOWN_SERVER_ERROR
    assert caught.value.error_message is None


@pytest.mark.parametrize(
    ("target", "record", "error_code"),
    [
        # A key of 25 bytes in a record of 9: where records are cut out first, that is all there will ever be of it.
        (Compression.NONE, bytes.fromhex("120000003206") + b"abcd", ErrorCode.INVALID_RECORD),
        (None, bytes.fromhex("120000003206") + b"abcd", ErrorCode.UNKNOWN_SERVER_ERROR),
        # A thousand headers: where fields are skipped, the second has no name before the data end.
        (None, bytes.fromhex("120000000101d00f000001") + b"abcd", ErrorCode.INVALID_RECORD),
        (None, bytes.fromhex("120000000101d00f000000"), ErrorCode.UNKNOWN_SERVER_ERROR),
    ],
)
def test_broken_record_before_the_compressed_data_are_cut_off_counts(
    target: Compression | None, record: bytes, error_code: ErrorCode
) -> None:
    """As the reference answered when it was asked such things at random."""
    batch = bytearray(build_batch([Record()], compression=Compression.GZIP))
    batch[61:] = compress(Compression.GZIP, record)[:-3]
    batch[8:12] = (len(batch) - 12).to_bytes(4, "big")
    set_crc(batch, 0)
    with pytest.raises(InvalidBatch) as caught:
        validate_produce(batch, ProduceRules(topic_partition="t-0", compression=target), NOW_MS)
    assert caught.value.error_code is error_code


TINY = bytes.fromhex("0c000000010100")
"""The smallest record there is: 7 bytes."""
TWO_HEADERS = bytes.fromhex("1400000001010400000000")


@pytest.mark.parametrize(
    ("record", "elements", "target"),
    [(TINY, 1, None), (TINY, 1, Compression.NONE), (TWO_HEADERS, 3, None), (TWO_HEADERS, 3, Compression.NONE)],
)
def test_little_data_that_hold_many_records_and_headers_are_refused(
    record: bytes, elements: int, target: Compression | None
) -> None:
    """Tens of millions fit into what is allowed when unpacked, and each would be looked at one by one."""
    count = 2000

    def validate(elements_max: int) -> None:
        batch = bytearray(build_batch([Record()] * count, compression=Compression.GZIP))
        batch[61:] = compress(Compression.GZIP, record * count + b"broken")
        batch[8:12] = (len(batch) - 12).to_bytes(4, "big")
        set_crc(batch, 0)
        rules = ProduceRules(topic_partition="t-0", compression=target, elements_max=elements_max)
        validate_produce(batch, rules, NOW_MS)

    with pytest.raises(InvalidBatch, match="bytes follow the last record") as caught:
        validate(count * elements)
    assert caught.value.error_code is ErrorCode.INVALID_RECORD
    with pytest.raises(InvalidBatch, match="too many records and headers") as caught:
        validate(count * elements - 1)
    assert caught.value.error_code is ErrorCode.UNKNOWN_SERVER_ERROR


def test_without_defects_too_many_records_are_refused_as_well() -> None:
    """They would have to be looked at again, by compaction and by timestamp."""
    records = [Record(headers=(("", b""),) * 9, timestamp_ms=NOW_MS), Record(timestamp_ms=NOW_MS)] * 1000
    batch = build_batch(records, compression=Compression.ZSTD)
    rules = ProduceRules(topic_partition="t-0", elements_max=11_000)
    assert validate_produce(batch, rules, NOW_MS).record_count == 2000
    with pytest.raises(InvalidBatch, match="too many records and headers"):
        validate_produce(batch, ProduceRules(topic_partition="t-0", elements_max=10_999), NOW_MS)


def test_as_many_records_as_were_sent_bytes_are_never_too_many() -> None:
    batch = build_batch([Record(timestamp_ms=NOW_MS)] * 2000)
    assert validate_produce(batch, ProduceRules(topic_partition="t-0", elements_max=1), NOW_MS).record_count == 2000


def test_an_answer_tells_of_so_many_broken_records_and_counts_all() -> None:
    batch = build_batch([Record(b"k"), *[Record(timestamp_ms=NOW_MS)] * 50])
    rules = ProduceRules(topic_partition="t-0", is_compacted=True, record_errors_max=20)
    with pytest.raises(InvalidBatch, match="due to 50 record errors in total") as caught:
        validate_produce(batch, rules, NOW_MS)
    assert [error.batch_index for error in caught.value.record_errors] == list(range(1, 21))


def test_recompression_uses_the_topic_s_level() -> None:
    records = [Record(b"k", b"%d" % (index * 7919), timestamp_ms=NOW_MS) for index in range(2000)]
    sizes = {
        level: len(
            validate_produce(
                build_batch(records),
                ProduceRules(topic_partition="t-0", compression=Compression.GZIP, compression_level=level),
                NOW_MS,
            ).batch
        )
        for level in (1, 9)
    }
    assert sizes[9] < sizes[1]
