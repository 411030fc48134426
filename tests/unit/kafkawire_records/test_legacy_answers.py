"""What the reference's own classes built, read, refused and converted (`record_legacy_answers`), kafkawire does as well."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kafkawire.errors import ErrorCode
from kafkawire.records.batch import BatchHeader, Compression, TimestampType, set_base_offset
from kafkawire.records.compression import DecompressionFailed
from kafkawire.records.iterate import MalformedRecord, records_of
from kafkawire.records.legacy.builder import build_message_set
from kafkawire.records.legacy.convert import up_convert
from kafkawire.records.legacy.iterate import records_in_message_set
from kafkawire.records.legacy.message import BrokenFields, Message
from kafkawire.records.legacy.validate import validate_message_set
from kafkawire.records.legacy.wrapping import unwrap
from kafkawire.records.record import Record
from kafkawire.records.validate import InvalidBatch, ProduceRules
from tests.unit.kafkawire_records.legacy_cases import TYPES, odd_sets

ANSWERS: dict[str, str] = json.loads(gzip.decompress(Path(__file__).with_name("legacy_answers.json.gz").read_bytes()))
CODES = {
    "InvalidRecordException": ErrorCode.INVALID_RECORD,
    "CorruptRecordException": ErrorCode.CORRUPT_MESSAGE,
    "InvalidTimestampException": ErrorCode.INVALID_TIMESTAMP,
}


def lines(kind: str) -> list[str]:
    """The questions of one kind, without those that the reference's memory did not survive."""
    return [line for line, answer in ANSWERS.items() if line[0] == kind and "OutOfMemoryError" not in answer]


def bytes_of(text: str) -> bytes | None:
    return None if text == "-" else bytes.fromhex(text)


def records_from(words: list[str]) -> list[Record]:
    records = []
    for word in words:
        offset, timestamp_ms, key, value = word.split(",")
        records.append(Record(bytes_of(key), bytes_of(value), (), int(timestamp_ms), int(offset)))
    return records


@pytest.mark.parametrize("line", lines("B"))
def test_sets_are_built_as_the_reference_builds_them(line: str) -> None:
    words = line.split()
    magic, codec = int(words[1]), Compression(int(words[2]))

    def built() -> bytes:
        return build_message_set(
            records_from(words[6:]),
            magic=magic,
            base_offset=int(words[4]),
            compression=codec,
            timestamp_type=TYPES[words[3]],
            log_append_time_ms=int(words[5]),
        )

    if ANSWERS[line].startswith("failed"):
        with pytest.raises(ValueError, match="zstd"):
            built()
        return
    theirs = bytes.fromhex(ANSWERS[line])
    ours = built()
    if codec is Compression.NONE:
        assert ours == theirs
        return
    # Libraries pack differently; what surrounds the packed bytes, and what is in them, is the same.
    our_wrapper, their_wrapper = Message.parse(ours), Message.parse(theirs)
    assert our_wrapper.value is not None
    assert their_wrapper.value is not None
    assert unwrap(magic, codec, our_wrapper.value, 10_000) == unwrap(magic, codec, their_wrapper.value, 10_000)
    if codec is Compression.LZ4:
        assert our_wrapper.value[:7] == their_wrapper.value[:7]
    for message in (our_wrapper, their_wrapper):
        assert message.has_valid_crc
        message.crc = message.size = 0
        message.value = None
    assert our_wrapper == their_wrapper
    assert list(records_in_message_set(theirs)) == list(records_in_message_set(ours))


def test_lenient_reading_finds_what_the_reference_finds() -> None:
    for line in lines("R"):
        answer = ANSWERS[line]
        message_set = bytes.fromhex(line.split()[1])
        if answer.startswith("failed"):
            with pytest.raises((MalformedRecord, DecompressionFailed)):
                list(records_in_message_set(message_set, lenient=True))
        else:
            assert list(records_in_message_set(message_set, lenient=True)) == records_from(answer.split()[1:]), line


def test_strict_reading_finds_the_same_or_nothing() -> None:
    refused = 0
    for line in lines("R"):
        message_set = bytes.fromhex(line.split()[1])
        try:
            found = list(records_in_message_set(message_set))
        except (MalformedRecord, DecompressionFailed):
            refused += 1
        else:
            assert found == records_from(ANSWERS[line].split()[1:])
    assert refused > 80


@pytest.mark.parametrize(
    "name",
    [
        "wrong CRC",
        "wrapper wrong CRC",
        "inner wrong CRC",
        "wrapper with a tail",
        "inner of magic 0 in 1",
        "inner of magic 1 in 0",
        "value of -7",
        "a value shorter than its place",
    ],
)
def test_strict_reading_refuses_what_no_honest_writer_writes(name: str) -> None:
    message_set = odd_sets()[name]
    assert list(records_in_message_set(message_set, lenient=True))
    with pytest.raises(MalformedRecord):
        list(records_in_message_set(message_set))


def test_sets_are_refused_and_converted_as_by_the_reference() -> None:
    asked = 0
    for line in lines("V"):
        _, data, is_compacted, timestamp_type, now_ms = line.split()
        message_set = bytes.fromhex(data)
        rules = ProduceRules(
            topic_partition="t-0",
            is_compacted=is_compacted == "1",
            timestamp_type=TYPES[timestamp_type],
        )
        kind, _, rest = ANSWERS[line].replace("ok ", "ok\t").partition("\t")
        try:
            validated = validate_message_set(message_set, rules, int(now_ms))
        except InvalidBatch as error:
            if "stored crc" in error.reason and kind == "ok":
                continue  # There, the log has looked at the checksums before.
            assert kind != "ok", (line, error)
            # Where fields are broken, checksum and magic of the same message are wrong as well: which is found first may differ.
            name, message, *errors = rest.split("\t")
            if "stored crc" not in error.reason and not isinstance(error.__cause__, BrokenFields):
                assert error.error_code == CODES.get(name, ErrorCode.UNKNOWN_SERVER_ERROR), (line, rest, error)
            if errors and error.record_errors:
                assert error.error_message == message
                assert f"[{', '.join(map(str, error.record_errors))}]" == errors[0]
        else:
            asked += 1
            assert kind == "ok", (line, rest)
            batch = bytearray(validated.batch)
            set_base_offset(batch, 0, 700, 5)
            theirs = bytes.fromhex(rest)
            assert list(records_of(batch)) == list(records_of(theirs))
            if not validated.header.codec:
                assert bytes(batch) == theirs
            ours, reference = BatchHeader.parse(batch), BatchHeader.parse(theirs)
            assert ours.attributes == reference.attributes
            assert (ours.base_timestamp, ours.max_timestamp) == (reference.base_timestamp, reference.max_timestamp)
            again = up_convert(
                message_set,
                base_offset=700,
                leader_epoch=5,
                timestamp_type=rules.timestamp_type,
                log_append_time_ms=int(now_ms) if rules.timestamp_type is TimestampType.LOG_APPEND_TIME else -1,
                lenient=True,
            )
            assert again == bytes(batch)
    assert asked > 40
