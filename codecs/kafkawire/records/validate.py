"""What a broker checks in the records of a Produce request, before they go into the log.

Behavior, in the order of the reference:

1. `check_produce_payload` (`ProduceRequest.validateRecords`; one per partition, before anything is
   appended): a first batch that is there, of magic 2, zstd only from version 7 on, and no second batch. A
   batch cut off at the end is ignored.
2. `validate_produce` (`UnifiedLog.analyzeAndValidateRecords`, then `LogValidator`): base offset 0, size,
   CRC, a known codec; offset range and record count agree, no control batch, a sequence with a producer id;
   then every field of every record; then what the topic asks of records: a key where it is compacted,
   timestamps within range.

The first defect decides, except that defects of single records (key, timestamp) are collected and reported
together when the whole batch has been read. Only these come with messages in the answer; the text of all
others is for the log.

A batch is passed on as it came, with the broker's corrections of its header (largest timestamp, timestamp
type), or, where the topic's compression differs from the producer's, written anew.
"""

from __future__ import annotations

from struct import Struct

import attrs

from kafkawire.errors import ErrorCode
from kafkawire.records import compression as codecs
from kafkawire.records.batch import (
    CHECKED_POSITION,
    CODEC_MASK,
    CONTROL_BIT,
    CRC_POSITION,
    HEADER,
    HEADER_BYTES,
    HEADER_UP_TO_MAGIC_BYTES,
    LOG_OVERHEAD_BYTES,
    MAGIC_POSITION,
    NO_PRODUCER_ID,
    NO_TIMESTAMP,
    TIMESTAMP_TYPE_BIT,
    BatchHeader,
    Buffer,
    Compression,
    TimestampType,
    crc32c_function,
    set_timestamps,
)
from kafkawire.records.varint import INT64_SIGN, to_int64
from kafkawire.records.walk import BrokenLength, BrokenRecord, Reading, TooManyElements, exact_walk, fast_walk

INT64_MAX = INT64_SIGN - 1
RECORD_OVERHEAD_MIN_BYTES = 14
"""The smallest length that any batch, of any magic, may claim."""
PRODUCER_ID_END = 51
ZSTD_VERSION_MIN = 7
ZSTD_CODEC = int(Compression.ZSTD)
_INT32 = Struct(">i")
_RECORDS_POSITION = HEADER_BYTES - CHECKED_POSITION
_CODEC_OR_TIMESTAMP_TYPE = CODEC_MASK | TIMESTAMP_TYPE_BIT
_unpack_header = HEADER.unpack_from
# Reading a member from its enumeration takes longer than the comparison.
_CREATE_TIME = TimestampType.CREATE_TIME
_BUFFER = Reading.BUFFER
_STREAM = Reading.STREAM
_STREAM_OF_RECORDS = Reading.STREAM_OF_RECORDS


@attrs.frozen(slots=True)
class RecordError:
    """What is wrong with one record: its place in the batch, counted from 0, and the reference's words."""

    batch_index: int
    message: str | None

    def __str__(self) -> str:
        message = "null" if self.message is None else f"'{self.message}'"
        return f"RecordError(batchIndex={self.batch_index}, message={message})"


class InvalidBatch(Exception):
    """A batch that the broker refuses, with what goes into the answer for its partition.

    `error_message` and `record_errors` are what ProduceResponse carries from version 8 on (null and empty for most
    errors); `reason` says for the broker's log what is wrong. `fails_request`: the reference stumbles over this batch
    outside of its partition, and answers so for every partition of the request.
    """

    def __init__(
        self,
        error_code: ErrorCode,
        reason: str,
        error_message: str | None = None,
        record_errors: tuple[RecordError, ...] = (),
        *,
        fails_request: bool = False,
    ) -> None:
        super().__init__(reason)
        self.error_code = error_code
        self.reason = reason
        self.error_message = error_message
        self.record_errors = record_errors
        self.fails_request = fails_request


@attrs.frozen(slots=True, kw_only=True)
class ProduceRules:
    """What a partition's topic asks of the batches produced to it. Made once per partition and
    configuration.
    """

    topic_partition: str
    """Topic and partition as messages name them: `orders-0`."""
    max_message_bytes: int = 1048588
    """`max.message.bytes`: the largest batch, in bytes, header and all."""
    is_compacted: bool = False
    """Whether `cleanup.policy` includes compaction: every record then needs a key."""
    timestamp_type: TimestampType = TimestampType.CREATE_TIME
    """`message.timestamp.type`."""
    timestamp_before_max_ms: int = INT64_MAX
    """`message.timestamp.before.max.ms`: how far a record's timestamp may lie in the past."""
    timestamp_after_max_ms: int = 3600000
    """`message.timestamp.after.max.ms`: how far it may lie in the future."""
    refuses_append_time: bool = False
    """Whether no producer may say LogAppendTime, as up to 3.5; later on only where its timestamps count for nothing."""
    compression: Compression | None = None
    """`compression.type`; None for `producer`: batches stay as they are."""
    compression_level: int | None = None
    """`compression.gzip.level`, `.lz4.level` or `.zstd.level`; None for the default."""
    decompressed_bytes_max: int = 128 * 1024 * 1024
    """How much the records of one batch may take when unpacked. The reference knows no bound."""
    elements_max: int = 1 << 17
    """How many records and headers one batch may have, unless it has half a byte for each: good ones take more, however
    small and well packed. Nor does the reference know this bound: ten kilobytes can hold tens of millions, which would
    keep a broker busy for half a minute.
    """
    record_errors_max: int = 10_000
    """How many broken records an answer tells of; the reference tells of all."""
    keeps_plain_batches: bool = attrs.field(init=False)
    """Whether an uncompressed batch with CreateTime stays as it is."""

    @keeps_plain_batches.default
    def _keeps_plain_batches(self) -> bool:
        return not self.compression and self.timestamp_type is TimestampType.CREATE_TIME


@attrs.define(slots=True)
class ValidatedBatch:
    """A batch that may be appended. Its base offset is still 0: the log assigns offset and leader epoch."""

    batch: Buffer
    """Exactly the batch: a part of the payload where nothing had to change, else new bytes."""
    header: BatchHeader
    """The header of `batch`."""
    record_count: int
    max_timestamp_ms: int
    """Largest timestamp of the records, or the time of appending; -1 if there is none."""
    log_append_time_ms: int
    """The time that the answer reports with timestamp type LogAppendTime; -1 with CreateTime."""
    is_rewritten: bool
    """Whether the records were written anew, so that their size has changed."""


def check_produce_payload(payload: Buffer | None, version: int) -> BatchHeader | None:
    """First pass over the records of one partition in a Produce request of `version`.

    Returns the header if the payload is exactly one batch of which nothing in the header is unusual: `validate_produce`
    need not read it again then.

    Raises InvalidBatch: 87 for no batch, magic 0 or 1, or several batches; 2 for a length under 14 or another magic; 76
    for zstd in a version that does not know it; -1 for an unknown codec there, or a batch too short for a producer id.
    """
    if payload is not None:
        header = _plain_header(payload, version)
        if header is not None:
            return header
    size = None if payload is None else _batch_size(payload, 0, True)
    if payload is None or size is None:
        raise InvalidBatch(
            ErrorCode.INVALID_RECORD,
            f"Produce requests with version {version} must have at least one record batch per partition",
        )
    if payload[MAGIC_POSITION] != 2:
        raise InvalidBatch(
            ErrorCode.INVALID_RECORD,
            f"Produce requests with version {version} are only allowed to contain record batches with magic version 2",
        )
    if version < ZSTD_VERSION_MIN:
        codec = payload[CHECKED_POSITION + 1] & CODEC_MASK
        if codec == Compression.ZSTD:
            raise InvalidBatch(
                ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                f"Produce requests with version {version} are not allowed to use ZStandard compression",
            )
        if codec > Compression.ZSTD:
            reason = f"Unknown compression type id: {codec}"
            raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, reason, fails_request=True)
    if size != len(payload) and _batch_size(payload, size, False) is not None:
        raise InvalidBatch(
            ErrorCode.INVALID_RECORD,
            f"Produce requests with version {version} are only allowed to contain exactly one record batch "
            "per partition",
        )
    if size < PRODUCER_ID_END:
        reason = f"a batch of {size} bytes has no producer id"
        raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, reason, fails_request=True)
    return None


def _plain_header(payload: Buffer, version: int) -> BatchHeader | None:
    """The header, if nothing is there that `check_produce_payload`, `_analyze` and `_check_header` look for in a header."""
    total = len(payload)
    if total < HEADER_BYTES:
        return None
    header = BatchHeader(*_unpack_header(payload))
    attributes = header.attributes
    codec = attributes & CODEC_MASK
    if (
        header.batch_length == total - LOG_OVERHEAD_BYTES
        and header.magic == 2
        and header.base_offset == 0
        and 0 < header.record_count == header.last_offset_delta + 1
        and (codec < ZSTD_CODEC or (codec == ZSTD_CODEC and version >= ZSTD_VERSION_MIN))
        and not attributes & CONTROL_BIT
        and (header.producer_id <= NO_PRODUCER_ID or header.base_sequence >= 0)
    ):
        return header
    return None


def _batch_size(payload: Buffer, position: int, is_first: bool) -> int | None:
    """Size of the batch at `position`; None if it is not whole. Raises InvalidBatch (2) as the reference's
    `ByteBufferLogInputStream` does.
    """
    remaining = len(payload) - position
    if remaining < LOG_OVERHEAD_BYTES:
        return None
    length: int = _INT32.unpack_from(payload, position + 8)[0]
    if length < RECORD_OVERHEAD_MIN_BYTES:
        reason = f"Record size {length} is less than the minimum record overhead ({RECORD_OVERHEAD_MIN_BYTES})"
        raise _unreadable(reason, is_first)
    if remaining < HEADER_UP_TO_MAGIC_BYTES:
        return None
    magic = payload[position + MAGIC_POSITION]
    if magic > 2:
        raise _unreadable(f"Invalid magic found in record: {magic - 256 if magic > 127 else magic}", is_first)
    size = LOG_OVERHEAD_BYTES + length
    return size if size <= remaining else None


def _unreadable(reason: str, is_first: bool) -> InvalidBatch:
    # The first batch is looked at, for its transactional bit, before partitions are told apart.
    message = reason if is_first else None
    return InvalidBatch(ErrorCode.CORRUPT_MESSAGE, reason, message, fails_request=is_first)


def validate_produce(
    payload: Buffer,
    rules: ProduceRules,
    now_ms: int,
    *,
    version: int = ZSTD_VERSION_MIN,
    is_checked: bool = False,
    header: BatchHeader | None = None,
) -> ValidatedBatch:
    """Check one partition's records of a Produce request, and prepare them for the log.

    `now_ms` is the broker's time. With `is_checked` the caller has called `check_produce_payload` before, and passes the
    `header` that it returned; without it, that is done here for Produce `version`. The batch still has base offset 0 and
    the leader epoch that the producer wrote. Raises InvalidBatch.
    """
    total = len(payload)
    if header is None:
        header = _plain_header(payload, version)
    if header is not None and total <= rules.max_message_bytes:
        checked = bytes(payload[CHECKED_POSITION:])
        if header.crc == crc32c_function()(checked):
            if not header.attributes & _CODEC_OR_TIMESTAMP_TYPE and rules.keeps_plain_batches:
                # The most common: the same as `_validated`, in one go.
                walked = fast_walk(checked, _RECORDS_POSITION, header.record_count, False, rules.elements_max)
                if walked is not None:
                    earliest, latest = header.base_timestamp + walked[0], header.base_timestamp + walked[1]
                    if (
                        earliest > NO_TIMESTAMP
                        and now_ms - earliest <= rules.timestamp_before_max_ms
                        and latest - now_ms <= rules.timestamp_after_max_ms
                        and latest == header.max_timestamp
                        and not (walked[2] and rules.is_compacted)
                    ):
                        return ValidatedBatch(payload, header, header.record_count, latest, -1, False)
            return _validated(payload, header, checked, rules, now_ms)
    # Anything unusual, be it only a tail behind the batch: find out what, in the order of the reference.
    if not is_checked:
        check_produce_payload(payload, version)
    length: int = _INT32.unpack_from(payload, 8)[0]
    size = LOG_OVERHEAD_BYTES + length
    checked = bytes(payload[CHECKED_POSITION:size])
    header = _analyze(payload, size, checked, rules)
    _check_header(header, rules)
    batch = payload if size == total else memoryview(payload)[:size]
    return _validated(batch, header, checked, rules, now_ms)


def _validated(batch: Buffer, header: BatchHeader, checked: bytes, rules: ProduceRules, now_ms: int) -> ValidatedBatch:
    """The second half, from the records on. `checked` are the bytes of the batch that the CRC covers."""
    codec = header.attributes & CODEC_MASK
    target = rules.compression
    if not codec:
        max_timestamp = _walk(checked, _RECORDS_POSITION, header, _BUFFER, rules, now_ms)
        if target:
            return _recompressed(checked, _RECORDS_POSITION, header, rules, now_ms)
        return _in_place(batch, header, rules, now_ms, max_timestamp)
    is_kept = target is None or target == codec
    reading = _STREAM if is_kept else _STREAM_OF_RECORDS
    packed = memoryview(checked)[_RECORDS_POSITION:]
    try:
        data = codecs.decompress(codec, packed, rules.decompressed_bytes_max)
    except codecs.DecompressionFailed as error:
        raise _undecompressable(error, header, reading, rules) from error
    max_timestamp = _walk(data, 0, header, reading, rules, now_ms)
    if is_kept:
        return _in_place(batch, header, rules, now_ms, max_timestamp)
    return _recompressed(data, 0, header, rules, now_ms)


def _undecompressable(
    failure: codecs.DecompressionFailed, header: BatchHeader, reading: Reading, rules: ProduceRules
) -> InvalidBatch:
    """The error for compressed data that ends badly: a broken record before that end has been noticed earlier."""
    try:
        for _ in exact_walk(failure.unpacked, 0, header.record_count, reading, _elements_max(header, rules)):
            pass
    except TooManyElements:
        pass  # The data end badly all the same.
    except BrokenRecord as error:
        if not error.is_cut_off:
            return InvalidBatch(ErrorCode.INVALID_RECORD, f"{error} in topic partition {rules.topic_partition}")
    return InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, f"{failure} in topic partition {rules.topic_partition}")


def _elements_max(header: BatchHeader, rules: ProduceRules) -> int:
    return max(rules.elements_max, 2 * header.size_bytes)


def _analyze(payload: Buffer, size: int, checked: bytes, rules: ProduceRules) -> BatchHeader:
    """What the log checks of a batch from its header and checksum alone."""
    partition = rules.topic_partition
    if size >= HEADER_BYTES:
        header = BatchHeader.parse(payload)
        base_offset, stored = header.base_offset, header.crc
    else:
        header = None
        base_offset = int.from_bytes(payload[:8], "big", signed=True)
        stored = int.from_bytes(payload[CRC_POSITION:CHECKED_POSITION], "big")
    if base_offset:
        raise InvalidBatch(
            ErrorCode.INVALID_RECORD,
            f"The baseOffset of the record batch in the append to {partition} should be 0, but it is {base_offset}",
        )
    if size > rules.max_message_bytes:
        raise InvalidBatch(
            ErrorCode.MESSAGE_TOO_LARGE,
            f"The record batch size in the append to {partition} is {size} bytes which exceeds the maximum "
            f"configured value of {rules.max_message_bytes}).",
        )
    if header is None or stored != crc32c_function()(checked):
        raise InvalidBatch(
            ErrorCode.CORRUPT_MESSAGE, f"Record is corrupt (stored crc = {stored}) in topic partition {partition}."
        )
    if header.attributes & CODEC_MASK > Compression.ZSTD:
        raise InvalidBatch(
            ErrorCode.UNKNOWN_SERVER_ERROR, f"Unknown compression type id: {header.attributes & CODEC_MASK}"
        )
    return header


def _check_header(header: BatchHeader, rules: ProduceRules) -> None:
    """What `LogValidator.validateBatch` checks of a client's batch."""
    partition = rules.topic_partition
    last_offset, count = header.last_offset_delta, header.record_count
    if last_offset + 1 <= 0:
        reason = f"Batch has an invalid offset range: [0, {last_offset}] in topic partition {partition}"
    elif count <= 0:
        reason = f"Invalid reported count for record batch: {count} in topic partition {partition}"
    elif last_offset + 1 != count:
        reason = (
            f"Inconsistent batch offset range [0, {last_offset}] and count of records {count} "
            f"in topic partition {partition}"
        )
    elif header.attributes & CONTROL_BIT:
        reason = f"Clients are not allowed to write control records in topic partition {partition}"
    elif header.producer_id > NO_PRODUCER_ID and header.base_sequence < 0:
        reason = (
            f"Invalid sequence number {header.base_sequence} in record batch with producerId "
            f"{header.producer_id} in topic partition {partition}"
        )
    else:
        return
    raise InvalidBatch(ErrorCode.INVALID_RECORD, reason)


def _walk(
    data: bytes | bytearray,
    position: int,
    header: BatchHeader,
    reading: Reading,
    rules: ProduceRules,
    now_ms: int,
) -> int:
    """Check every record; returns their largest timestamp. The exact walk has the word wherever the fast
    one hesitates."""
    elements_max = _elements_max(header, rules)
    result = fast_walk(data, position, header.record_count, reading is _STREAM, elements_max)
    if result is None:
        return _walk_exactly(data, position, header, reading, rules, now_ms)
    delta_min, delta_max, has_null_key = result
    is_append_time = header.attributes & TIMESTAMP_TYPE_BIT
    if is_append_time:
        earliest = latest = header.max_timestamp
    else:
        earliest = header.base_timestamp + delta_min
        latest = header.base_timestamp + delta_max
    if earliest < NO_TIMESTAMP or latest > INT64_MAX or (has_null_key and rules.is_compacted):
        return _walk_exactly(data, position, header, reading, rules, now_ms)
    if rules.timestamp_type is _CREATE_TIME:
        is_accepted = (
            now_ms - earliest <= rules.timestamp_before_max_ms
            and latest - now_ms <= rules.timestamp_after_max_ms
            and not (is_append_time and (rules.refuses_append_time or latest == NO_TIMESTAMP))
        )
    else:
        is_accepted = not is_append_time
    return latest if is_accepted else _walk_exactly(data, position, header, reading, rules, now_ms)


def _walk_exactly(
    data: bytes | bytearray,
    position: int,
    header: BatchHeader,
    reading: Reading,
    rules: ProduceRules,
    now_ms: int,
) -> int:
    """As `_walk`, record by record, with the errors of each."""
    errors: list[RecordError] = []
    error_count = 0
    is_timestamp_invalid = False
    max_timestamp = NO_TIMESTAMP
    has_expected_offsets = True
    shapes = exact_walk(data, position, header.record_count, reading, _elements_max(header, rules))
    try:
        for index, (timestamp_delta, offset_delta, key_length, value_length) in enumerate(shapes):
            if header.attributes & TIMESTAMP_TYPE_BIT:
                timestamp = header.max_timestamp
            else:
                timestamp = to_int64(header.base_timestamp + timestamp_delta)
            if timestamp > max_timestamp:
                max_timestamp = timestamp
            if offset_delta != index:
                has_expected_offsets = False
            message = None
            if rules.is_compacted and key_length < 0:
                message = (
                    "Compacted topic cannot accept message without key in topic partition " + rules.topic_partition
                )
            else:
                record = (timestamp, offset_delta, key_length, value_length)
                message = _timestamp_error(record, header, reading, rules, now_ms)
                is_timestamp_invalid |= message is not None
            if message is not None:
                error_count += 1
                if error_count <= rules.record_errors_max:
                    errors.append(RecordError(index, message))
    except BrokenLength as error:
        raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, str(error)) from error
    except BrokenRecord as error:
        raise InvalidBatch(ErrorCode.INVALID_RECORD, f"{error} in topic partition {rules.topic_partition}") from error
    except TooManyElements as error:
        raise InvalidBatch(
            ErrorCode.UNKNOWN_SERVER_ERROR, f"{error} in topic partition {rules.topic_partition}"
        ) from error
    if errors:
        raise _rejected(errors, error_count, is_timestamp_invalid)
    if reading is Reading.STREAM and not has_expected_offsets:
        # The reference then wants to write the batch anew, having skipped what it would have to write.
        raise InvalidBatch(
            ErrorCode.UNKNOWN_SERVER_ERROR, "a compressed batch with offset deltas other than 0, 1, 2, …"
        )
    return max_timestamp


def _timestamp_error(
    record: tuple[int, int, int, int], header: BatchHeader, reading: Reading, rules: ProduceRules, now_ms: int
) -> str | None:
    timestamp, offset, key_length, value_length = record
    counts = rules.timestamp_type is TimestampType.CREATE_TIME and timestamp != NO_TIMESTAMP
    if counts:
        age_ms = to_int64(now_ms - timestamp)
        if age_ms > rules.timestamp_before_max_ms or to_int64(-age_ms) > rules.timestamp_after_max_ms:
            earliest = to_int64(now_ms - rules.timestamp_before_max_ms)
            latest = to_int64(now_ms + rules.timestamp_after_max_ms)
            return (
                f"Timestamp {timestamp} of message with offset {offset} is out of range. "
                f"The timestamp should be within [{earliest}, {latest}]"
            )
    if header.attributes & TIMESTAMP_TYPE_BIT and (rules.refuses_append_time or not counts):
        if reading is Reading.STREAM:
            kind = "PartialDefaultRecord"
        else:
            kind = "DefaultRecord"
            key_length, value_length = max(key_length, 0), max(value_length, 0)
        return (
            f"Invalid timestamp type in message {kind}(offset={offset}, timestamp={timestamp}, "
            f"key={key_length} bytes, value={value_length} bytes). "
            "Producer should not set timestamp type to LogAppendTime."
        )
    return None


def _rejected(errors: list[RecordError], error_count: int, is_timestamp_invalid: bool) -> InvalidBatch:
    if is_timestamp_invalid:
        message = "One or more records have been rejected due to invalid timestamp"
        return InvalidBatch(ErrorCode.INVALID_TIMESTAMP, message, message, tuple(errors))
    shown = ", ".join(str(error) for error in errors[:3])
    message = (
        f"One or more records have been rejected due to {error_count} record errors in total, "
        f"and only showing the first three errors at most: [{shown}]"
    )
    return InvalidBatch(ErrorCode.INVALID_RECORD, message, message, tuple(errors))


def _in_place(
    batch: Buffer, header: BatchHeader, rules: ProduceRules, now_ms: int, max_timestamp: int
) -> ValidatedBatch:
    """The batch with its records as they are, and its header put right where producer and broker differ."""
    log_append_time = -1
    expected_bit = 0
    if rules.timestamp_type is not _CREATE_TIME:
        max_timestamp = log_append_time = now_ms
        expected_bit = TIMESTAMP_TYPE_BIT
    if header.max_timestamp != max_timestamp or header.attributes & TIMESTAMP_TYPE_BIT != expected_bit:
        corrected = bytearray(batch)
        set_timestamps(corrected, 0, rules.timestamp_type, max_timestamp)
        batch = corrected
        header = BatchHeader.parse(batch)
    return ValidatedBatch(batch, header, header.record_count, max_timestamp, log_append_time, False)


def _recompressed(
    data: bytes | bytearray, position: int, header: BatchHeader, rules: ProduceRules, now_ms: int
) -> ValidatedBatch:
    """The records written anew with the topic's compression, as `LogValidator.buildRecordsAndAssignOffsets`
    does."""
    from kafkawire.records.builder import build_batch
    from kafkawire.records.iterate import records_of_unpacked

    assert rules.compression is not None
    is_append_time = rules.timestamp_type is TimestampType.LOG_APPEND_TIME
    records = list(records_of_unpacked(data, position, header))
    for record in records:
        if record.timestamp_ms < NO_TIMESTAMP:
            raise InvalidBatch(ErrorCode.UNKNOWN_SERVER_ERROR, f"Invalid negative timestamp {record.timestamp_ms}")
        record.offset = -1
    batch = build_batch(
        records,
        producer_id=header.producer_id,
        producer_epoch=header.producer_epoch,
        base_sequence=header.base_sequence,
        is_transactional=header.is_transactional,
        compression=rules.compression,
        compression_level=rules.compression_level,
        timestamp_type=rules.timestamp_type,
        log_append_time_ms=now_ms if is_append_time else NO_TIMESTAMP,
    )
    return check_rewritten(batch, len(records), rules, now_ms)


def check_rewritten(batch: bytes, record_count: int, rules: ProduceRules, now_ms: int) -> ValidatedBatch:
    """What becomes of a batch that had to be written anew. Raises InvalidBatch if that made it too large."""
    if len(batch) > rules.max_message_bytes:
        raise InvalidBatch(
            ErrorCode.MESSAGE_TOO_LARGE,
            f"Message batch size is {len(batch)} bytes in append to partition {rules.topic_partition} "
            f"which exceeds the maximum configured size of {rules.max_message_bytes}.",
        )
    header = BatchHeader.parse(batch)
    log_append_time = now_ms if rules.timestamp_type is TimestampType.LOG_APPEND_TIME else -1
    return ValidatedBatch(batch, header, record_count, header.max_timestamp, log_append_time, True)
