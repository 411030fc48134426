"""Write batches: new ones, batches with some records removed, recompressed ones, and the broker's own
control batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from struct import Struct

from kafkawire.records import compression as codecs
from kafkawire.records.batch import (
    CHECKED_POSITION,
    CONTROL_BIT,
    CRC_POSITION,
    DELETE_HORIZON_BIT,
    HEADER,
    HEADER_BYTES,
    LOG_OVERHEAD_BYTES,
    NO_PRODUCER_ID,
    NO_SEQUENCE,
    NO_TIMESTAMP,
    TIMESTAMP_TYPE_BIT,
    TRANSACTIONAL_BIT,
    BatchHeader,
    Compression,
    TimestampType,
    crc32c,
)
from kafkawire.records.record import Record
from kafkawire.records.varint import encode_varint, encode_varlong

MAGIC = 2
_CRC = Struct(">I")
_CONTROL_KEY = Struct(">hh")
_END_TXN_VALUE = Struct(">hi")
_NULL = encode_varint(-1)


class ControlType(IntEnum):
    """What a control record says; the second number of its key."""

    ABORT = 0
    COMMIT = 1
    LEADER_CHANGE = 2
    SNAPSHOT_HEADER = 3
    SNAPSHOT_FOOTER = 4
    KRAFT_VERSION = 5
    KRAFT_VOTERS = 6


def encode_record(record: Record, timestamp_delta: int, offset_delta: int) -> bytes:
    """One record as it stands in a batch. Raises ValueError for a header without a name or a delta out of
    range.
    """
    key, value = record.key, record.value
    parts = [b"\x00", encode_varlong(timestamp_delta), encode_varint(offset_delta)]
    parts += (_NULL,) if key is None else (encode_varint(len(key)), key)
    parts += (_NULL,) if value is None else (encode_varint(len(value)), value)
    parts.append(encode_varint(len(record.headers)))
    for name, header_value in record.headers:
        encoded = name.encode()
        parts += (encode_varint(len(encoded)), encoded)
        parts += (_NULL,) if header_value is None else (encode_varint(len(header_value)), header_value)
    body = b"".join(parts)
    return encode_varint(len(body)) + body


def build_batch(
    records: Iterable[Record],
    *,
    base_offset: int = 0,
    leader_epoch: int = -1,
    producer_id: int = NO_PRODUCER_ID,
    producer_epoch: int = -1,
    base_sequence: int = NO_SEQUENCE,
    is_transactional: bool = False,
    is_control: bool = False,
    compression: Compression = Compression.NONE,
    compression_level: int | None = None,
    timestamp_type: TimestampType = TimestampType.CREATE_TIME,
    log_append_time_ms: int = NO_TIMESTAMP,
    last_offset: int | None = None,
    delete_horizon_ms: int | None = None,
) -> bytes:
    """One batch of magic 2 with the given records.

    A record whose `offset` is negative follows its predecessor's; others must increase from `base_offset`
    on. `last_offset` keeps the end of a batch that has lost its last records to compaction. The largest
    timestamp in the header is that of the records, or `log_append_time_ms` where the type is
    LOG_APPEND_TIME. `delete_horizon_ms` is stored as base timestamp, as KIP-534 has it. Raises ValueError
    for offsets that do not increase, for no records at all (see `empty_batch`), and for numbers that do not
    fit their field.
    """
    listed: Sequence[Record] = records if isinstance(records, (list, tuple)) else list(records)
    if not listed:
        raise ValueError("a batch needs at least one record")
    base_timestamp = listed[0].timestamp_ms if delete_horizon_ms is None else delete_horizon_ms
    max_timestamp = NO_TIMESTAMP
    expected = base_offset
    parts = []
    for record in listed:
        offset = expected if record.offset < 0 else record.offset
        if offset < expected:
            raise ValueError(f"offset {offset} follows {expected - 1}")
        timestamp = record.timestamp_ms
        parts.append(encode_record(record, timestamp - base_timestamp, offset - base_offset))
        if timestamp > max_timestamp:
            max_timestamp = timestamp
        expected = offset + 1
    last = expected - 1 if last_offset is None else last_offset
    if last < expected - 1:
        raise ValueError(f"the batch cannot end at {last}, before its last record")
    attributes = compression | is_transactional * TRANSACTIONAL_BIT | is_control * CONTROL_BIT
    attributes |= (delete_horizon_ms is not None) * DELETE_HORIZON_BIT
    if timestamp_type is TimestampType.LOG_APPEND_TIME:
        attributes |= TIMESTAMP_TYPE_BIT
        max_timestamp = log_append_time_ms
    header = BatchHeader(
        base_offset,
        0,
        leader_epoch,
        MAGIC,
        0,
        attributes,
        last - base_offset,
        base_timestamp,
        max_timestamp,
        producer_id,
        producer_epoch,
        base_sequence,
        len(parts),
    )
    body = b"".join(parts)
    if compression is not Compression.NONE:
        body = codecs.compress(compression, body, compression_level)
    return _assemble(header, body)


def _assemble(header: BatchHeader, body: bytes) -> bytes:
    """Header and body as one batch: length and CRC are computed, every other field is taken as it is."""
    batch = bytearray(HEADER_BYTES + len(body))
    HEADER.pack_into(
        batch,
        0,
        header.base_offset,
        len(batch) - LOG_OVERHEAD_BYTES,
        header.partition_leader_epoch,
        header.magic,
        0,
        header.attributes,
        header.last_offset_delta,
        header.base_timestamp,
        header.max_timestamp,
        header.producer_id,
        header.producer_epoch,
        header.base_sequence,
        header.record_count,
    )
    batch[HEADER_BYTES:] = body
    _CRC.pack_into(batch, CRC_POSITION, crc32c(bytes(batch[CHECKED_POSITION:])))
    return bytes(batch)


def rewrite_batch(
    header: BatchHeader,
    records: Sequence[Record],
    *,
    compression: Compression | None = None,
    compression_level: int | None = None,
    delete_horizon_ms: int | None = None,
) -> bytes:
    """A batch again with only some of its records, as compaction leaves it.

    First and last offset, producer id, epoch and sequence, leader epoch and flags stay, so that producer
    state and offsets survive; the largest timestamp becomes that of the records that are left, except with
    LogAppendTime, where it stays. `records` carry absolute offsets. `compression` None keeps the batch's
    own; `delete_horizon_ms` None keeps the one it has. With no records left the result is `empty_batch`.
    Follows `MemoryRecords.filterTo` of the reference.
    """
    if not records:
        return empty_batch(header)
    horizon = header.delete_horizon_ms if delete_horizon_ms is None else delete_horizon_ms
    return build_batch(
        records,
        base_offset=header.base_offset,
        leader_epoch=header.partition_leader_epoch,
        producer_id=header.producer_id,
        producer_epoch=header.producer_epoch,
        base_sequence=header.base_sequence,
        is_transactional=header.is_transactional,
        is_control=header.is_control,
        compression=header.compression if compression is None else compression,
        compression_level=compression_level,
        timestamp_type=header.timestamp_type,
        log_append_time_ms=header.max_timestamp,
        last_offset=header.last_offset,
        delete_horizon_ms=horizon,
    )


def empty_batch(header: BatchHeader) -> bytes:
    """The bare header that compaction keeps of a batch without records, so that its producer's last
    sequence is not lost."""
    attributes = header.attributes & (TRANSACTIONAL_BIT | CONTROL_BIT | TIMESTAMP_TYPE_BIT)
    return _assemble(
        BatchHeader(
            header.base_offset,
            0,
            header.partition_leader_epoch,
            MAGIC,
            0,
            attributes,
            header.last_offset_delta,
            NO_TIMESTAMP,
            header.max_timestamp,
            header.producer_id,
            header.producer_epoch,
            header.base_sequence,
            0,
        ),
        b"",
    )


def control_record(control_type: ControlType, value: bytes, timestamp_ms: int) -> Record:
    """A record for a control batch: its key is the version (0) and the type, `value` a message in the
    schema of the type."""
    return Record(_CONTROL_KEY.pack(0, control_type), value, (), timestamp_ms)


def control_batch(
    control_type: ControlType,
    value: bytes,
    timestamp_ms: int,
    *,
    base_offset: int = 0,
    leader_epoch: int = -1,
) -> bytes:
    """A control batch of one record that no producer has written: leader change, snapshot header and
    footer, voters."""
    record = control_record(control_type, value, timestamp_ms)
    return build_batch([record], base_offset=base_offset, leader_epoch=leader_epoch, is_control=True)


def end_transaction_batch(
    *,
    is_commit: bool,
    producer_id: int,
    producer_epoch: int,
    coordinator_epoch: int,
    timestamp_ms: int,
    base_offset: int = 0,
    leader_epoch: int = -1,
) -> bytes:
    """The marker that ends a producer's transaction on a partition (KIP-98; schema `EndTxnMarker` version
    0)."""
    control_type = ControlType.COMMIT if is_commit else ControlType.ABORT
    record = control_record(control_type, _END_TXN_VALUE.pack(0, coordinator_epoch), timestamp_ms)
    return build_batch(
        [record],
        base_offset=base_offset,
        leader_epoch=leader_epoch,
        producer_id=producer_id,
        producer_epoch=producer_epoch,
        is_transactional=True,
        is_control=True,
    )


def control_type_of(key: bytes | None) -> ControlType | None:
    """What a control record says, from its key; None for a key that is too short or a type unknown to this
    version."""
    if key is None or len(key) < _CONTROL_KEY.size:
        return None
    _, number = _CONTROL_KEY.unpack_from(key)
    try:
        return ControlType(number)
    except ValueError:
        return None
