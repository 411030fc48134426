"""What brokers checked of message sets that old producers sent, before they went into the log as record batches.

Behavior, in the order of the reference (`UnifiedLog.analyzeAndValidateRecords`, then `LogValidator`, with record batches as the
log's format): lengths and magics; size and CRC of every message; one wrapper and nothing else, or plain messages of one magic;
then every message: inner magic and CRC, a key where the topic is compacted, a timestamp within range. The first defect decides;
those of single messages are collected within a wrapper. What passes becomes one batch with new offsets.

No broker of Apache Kafka 4 gets as far as this: `check_produce_payload` refuses message sets before.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import attrs

from kafkawire.errors import ErrorCode
from kafkawire.records.batch import (
    CODEC_MASK,
    LOG_OVERHEAD_BYTES,
    MAGIC_POSITION,
    NO_TIMESTAMP,
    Buffer,
    Compression,
    TimestampType,
)
from kafkawire.records.builder import build_batch
from kafkawire.records.compression import DecompressionFailed
from kafkawire.records.iterate import MalformedRecord
from kafkawire.records.legacy.iterate import inner_messages
from kafkawire.records.legacy.message import BrokenFields, ImpossibleLength, Message, iterate_entries
from kafkawire.records.record import Record
from kafkawire.records.validate import InvalidBatch, ProduceRules, RecordError, ValidatedBatch, check_rewritten
from kafkawire.records.varint import to_int64

_TYPE_NAMES = {
    None: "NoTimestampType",
    TimestampType.CREATE_TIME: "CreateTime",
    TimestampType.LOG_APPEND_TIME: "LogAppendTime",
}


def validate_message_set(payload: Buffer, rules: ProduceRules, now_ms: int) -> ValidatedBatch:
    """Check one partition's message set of a Produce request of version 0 to 2, and make a batch of it with base offset 0.

    `now_ms` is the broker's time. Raises InvalidBatch: 2 for lengths, magics and checksums, 10 for the size, 87 and 32 for what
    the topic asks, -1 for the rest. ValueError for a payload that begins with a batch of magic 2 (see `validate_produce`).
    """
    entries = _entries(payload, rules)
    magic = payload[entries[0][0] + MAGIC_POSITION]
    source = payload[entries[0][0] + MAGIC_POSITION + 1] & CODEC_MASK
    if source:
        records = _wrapped_records(payload, entries[0], rules, now_ms)
    else:
        records = []
        for position, size_bytes in entries:
            if payload[position + MAGIC_POSITION] != magic:
                raise InvalidBatch(
                    ErrorCode.INVALID_RECORD,
                    f"Batch magic {payload[position + MAGIC_POSITION]} is not the same as the first batch's magic byte {magic} "
                    f"in topic partition {rules.topic_partition}",
                )
            message = _parsed(payload, position, size_bytes)
            if defect := _defect(message, message.offset, message.timestamp_type, rules, now_ms):
                raise _rejected([(0, defect)])
            records.append(_record(message))
    return _built(records, Compression(source), rules, now_ms)


def _entries(payload: Buffer, rules: ProduceRules) -> list[tuple[int, int]]:
    """Where the whole messages are, once their sizes and checksums are found to be right."""
    partition = rules.topic_partition
    entries: list[tuple[int, int]] = []
    has_wrapper = False
    try:
        for position, size_bytes, magic in iterate_entries(payload):
            if magic == 2 and not entries:
                raise ValueError("this is no message set but a batch of magic 2")
            if size_bytes > rules.max_message_bytes:
                raise InvalidBatch(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    f"The record batch size in the append to {partition} is {size_bytes} bytes which exceeds the maximum "
                    f"configured value of {rules.max_message_bytes}).",
                )
            stored = int.from_bytes(payload[position + LOG_OVERHEAD_BYTES : position + MAGIC_POSITION], "big")
            if magic < 2 and stored != crc32(payload[position + MAGIC_POSITION : position + size_bytes]):
                reason = f"Record is corrupt (stored crc = {stored}) in topic partition {partition}."
                raise InvalidBatch(ErrorCode.CORRUPT_MESSAGE, reason)
            codec = payload[position + MAGIC_POSITION + 1] & CODEC_MASK if magic < 2 else 0
            if codec > Compression.ZSTD:
                raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, f"Unknown compression type id: {codec}")
            has_wrapper |= codec > 0
            entries.append((position, size_bytes))
    except MalformedRecord as error:
        raise InvalidBatch(ErrorCode.CORRUPT_MESSAGE, str(error)) from error
    if not entries:
        raise InvalidBatch(ErrorCode.INVALID_RECORD, "Record batch has no batches at all")
    if has_wrapper and len(entries) > 1:
        raise InvalidBatch(ErrorCode.INVALID_RECORD, "Compressed outer record has more than one batch")
    return entries


def _parsed(payload: Buffer, position: int, size_bytes: int) -> Message:
    try:
        return Message.parse(payload[position : position + size_bytes], lenient=True)
    except BrokenFields as error:
        raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, str(error)) from error


def _wrapped_records(payload: Buffer, entry: tuple[int, int], rules: ProduceRules, now_ms: int) -> list[Record]:
    """The records in a wrapper, checked one by one."""
    wrapper = _parsed(payload, *entry)
    if wrapper.codec == Compression.ZSTD:
        reason = f"Invalid wrapper compressionType found in legacy deep record iterator {wrapper.magic}"
        raise InvalidBatch(ErrorCode.INVALID_RECORD, reason)
    records_max = max(rules.elements_max, 2 * entry[1])
    records: list[Record] = []
    defects: list[tuple[int, _Defect]] = []
    try:
        for index, (message, defect) in enumerate(_checked(wrapper, rules, now_ms)):
            if index >= records_max:
                reason = f"there are too many records in {entry[1]} bytes in topic partition {rules.topic_partition}"
                raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, reason)
            if defect is None:
                records.append(_record(message))
            else:
                defects.append((index, defect))
    except DecompressionFailed as error:
        raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, str(error)) from error
    except MalformedRecord as error:
        code = ErrorCode.INVALID_RECORD
        if isinstance(error, BrokenFields):
            code = ErrorCode.UNKNOWN_SERVER_ERROR if error.has_valid_crc else ErrorCode.CORRUPT_MESSAGE
        elif isinstance(error, ImpossibleLength):
            code = ErrorCode.CORRUPT_MESSAGE
        raise InvalidBatch(code, str(error)) from error
    if defects:
        raise _rejected(defects, rules.record_errors_max)
    return records


@attrs.frozen(slots=True)
class _Defect:
    """What is wrong with one message that is otherwise whole."""

    text: str
    is_timestamp: bool = False


def _checked(wrapper: Message, rules: ProduceRules, now_ms: int) -> Iterator[tuple[Message, _Defect | None]]:
    """The messages in a wrapper, with the timestamps that it gives them, and what is wrong with each."""
    partition = rules.topic_partition
    base_offset, inner = inner_messages(wrapper, lenient=True, decompressed_bytes_max=rules.decompressed_bytes_max)
    timestamp_type = wrapper.timestamp_type
    for message in inner:
        offset = to_int64(base_offset + message.offset)
        if message.magic and timestamp_type is TimestampType.LOG_APPEND_TIME:
            message.timestamp_ms = wrapper.timestamp_ms
        if message.magic != wrapper.magic:
            described = describe(message, offset, timestamp_type)
            text = (
                f"Record {described}'s magic does not match outer magic {wrapper.magic} in topic partition {partition}"
            )
            yield message, _Defect(text)
            continue
        if not message.has_valid_crc:
            reason = f"Record is corrupt (stored crc = {message.crc}) in topic partition {partition}."
            raise InvalidBatch(ErrorCode.CORRUPT_MESSAGE, reason)
        yield message, _defect(message, offset, timestamp_type, rules, now_ms)


def _defect(
    message: Message, offset: int, timestamp_type: TimestampType | None, rules: ProduceRules, now_ms: int
) -> _Defect | None:
    """What the topic has against a message."""
    if rules.is_compacted and message.key is None:
        return _Defect("Compacted topic cannot accept message without key in topic partition " + rules.topic_partition)
    timestamp_ms = message.timestamp_ms
    counts = rules.timestamp_type is TimestampType.CREATE_TIME and timestamp_ms != NO_TIMESTAMP
    if counts:
        age_ms = to_int64(now_ms - timestamp_ms)
        if age_ms > rules.timestamp_before_max_ms or to_int64(-age_ms) > rules.timestamp_after_max_ms:
            earliest = to_int64(now_ms - rules.timestamp_before_max_ms)
            latest = to_int64(now_ms + rules.timestamp_after_max_ms)
            text = (
                f"Timestamp {timestamp_ms} of message with offset {offset} is out of range. "
                f"The timestamp should be within [{earliest}, {latest}]"
            )
            return _Defect(text, is_timestamp=True)
    if timestamp_type is TimestampType.LOG_APPEND_TIME and (rules.refuses_append_time or not counts):
        text = (
            f"Invalid timestamp type in message {describe(message, offset, timestamp_type)}. "
            "Producer should not set timestamp type to LogAppendTime."
        )
        return _Defect(text, is_timestamp=True)
    return None


def describe(message: Message, offset: int, timestamp_type: TimestampType | None) -> str:
    """A message as the reference's errors name it; `timestamp_type` is that of the wrapper, if it is in one."""
    name = Compression(message.codec).name.lower() if message.codec <= Compression.ZSTD else message.codec
    timestamp = f"{_TYPE_NAMES[timestamp_type]}={message.timestamp_ms}, " if message.magic else ""
    return (
        f"LegacyRecordBatch(offset={offset}, Record(magic={message.magic}, attributes={message.attributes}, "
        f"compression={name}, crc={message.crc}, {timestamp}"
        f"key={len(message.key or b'')} bytes, value={len(message.value or b'')} bytes))"
    )


def _rejected(defects: list[tuple[int, _Defect]], errors_max: int = 1) -> InvalidBatch:
    errors = tuple(RecordError(index, defect.text) for index, defect in defects[:errors_max])
    if any(defect.is_timestamp for _, defect in defects):
        message = "One or more records have been rejected due to invalid timestamp"
        return InvalidBatch(ErrorCode.INVALID_TIMESTAMP, message, message, errors)
    shown = ", ".join(str(error) for error in errors[:3])
    message = (
        f"One or more records have been rejected due to {len(defects)} record errors in total, "
        f"and only showing the first three errors at most: [{shown}]"
    )
    return InvalidBatch(ErrorCode.INVALID_RECORD, message, message, errors)


def _record(message: Message) -> Record:
    timestamp_ms = message.timestamp_ms
    if timestamp_ms < NO_TIMESTAMP:
        raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, f"Invalid negative timestamp {timestamp_ms}")
    return Record(message.key, message.value, (), timestamp_ms)


def _built(records: list[Record], source: Compression, rules: ProduceRules, now_ms: int) -> ValidatedBatch:
    is_append_time = rules.timestamp_type is TimestampType.LOG_APPEND_TIME
    batch = build_batch(
        records,
        compression=source if rules.compression is None else rules.compression,
        compression_level=rules.compression_level,
        timestamp_type=rules.timestamp_type,
        log_append_time_ms=now_ms if is_append_time else NO_TIMESTAMP,
    )
    return check_rewritten(batch, len(records), rules, now_ms)
