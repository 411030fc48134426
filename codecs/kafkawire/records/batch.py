"""Record batches seen from outside: their header, and the patches a broker makes to it. Records are never
touched.

A batch is 61 bytes of header and the records, compressed as one block if at all:

    base offset 8 | length 4 | leader epoch 4 | magic 1 | CRC 4 | attributes 2 | last offset delta 4
    base timestamp 8 | max timestamp 8 | producer id 8 | producer epoch 2 | base sequence 4 | count 4

`length` counts from the leader epoch to the end. The CRC (CRC-32C) covers everything from the attributes to
the end: base offset and leader epoch, which the broker assigns, can change without it, attributes and
timestamps can not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from functools import cache
from struct import Struct

import attrs

Buffer = bytes | bytearray | memoryview

HEADER = Struct(">qiibIhiqqqhii")
"""The whole header in one step: the hot form, a tuple in the order of the fields of `BatchHeader`."""

HEADER_BYTES = HEADER.size
LOG_OVERHEAD_BYTES = 12
"""Base offset and length, which stand before every batch of any magic and are not counted in `length`."""

MAGIC_POSITION = 16
CRC_POSITION = 17
CHECKED_POSITION = 21
"""Where the bytes that the CRC covers begin."""
HEADER_UP_TO_MAGIC_BYTES = 17

CODEC_MASK = 0x07
TIMESTAMP_TYPE_BIT = 0x08
TRANSACTIONAL_BIT = 0x10
CONTROL_BIT = 0x20
DELETE_HORIZON_BIT = 0x40

NO_TIMESTAMP = -1
NO_PRODUCER_ID = -1
NO_SEQUENCE = -1

_OFFSET = Struct(">q")
_INT32 = Struct(">i")
_CRC = Struct(">I")
_ATTRIBUTES = Struct(">h")
_MAX_TIMESTAMP_POSITION = 35
_PLACE = Struct(">qii")


class Compression(IntEnum):
    """How the records of a batch are compressed; the number is the one in the attributes."""

    NONE = 0
    GZIP = 1
    SNAPPY = 2
    LZ4 = 3
    ZSTD = 4


class TimestampType(IntEnum):
    """Whether the producer or the broker has set the timestamps of a batch."""

    CREATE_TIME = 0
    LOG_APPEND_TIME = 1


class TruncatedBatch(ValueError):
    """The buffer ends before the header, or the batch that it announces, does."""


@attrs.define(slots=True)
class BatchHeader:
    """The header of one batch of magic 2, field by field in wire order."""

    base_offset: int
    batch_length: int
    partition_leader_epoch: int
    magic: int
    crc: int
    attributes: int
    last_offset_delta: int
    base_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    record_count: int

    @classmethod
    def parse(cls, buffer: Buffer, position: int = 0) -> BatchHeader:
        """Read the header at `position`. Checks nothing but that 61 bytes are there (struct.error if not)."""
        return cls(*HEADER.unpack_from(buffer, position))

    @property
    def size_bytes(self) -> int:
        """The whole batch, from its base offset to its last byte."""
        return LOG_OVERHEAD_BYTES + self.batch_length

    @property
    def codec(self) -> int:
        """Number of the compression, 0 to 7; numbers from 5 on are unknown to Kafka."""
        return self.attributes & CODEC_MASK

    @property
    def compression(self) -> Compression:
        """Compression of the records. Raises ValueError for a number unknown to Kafka."""
        return Compression(self.attributes & CODEC_MASK)

    @property
    def timestamp_type(self) -> TimestampType:
        """Who has set the timestamps."""
        return TimestampType.LOG_APPEND_TIME if self.attributes & TIMESTAMP_TYPE_BIT else TimestampType.CREATE_TIME

    @property
    def is_transactional(self) -> bool:
        """Whether the batch is part of a transaction."""
        return self.attributes & TRANSACTIONAL_BIT != 0

    @property
    def is_control(self) -> bool:
        """Whether the batch holds a marker of the broker's instead of a client's records."""
        return self.attributes & CONTROL_BIT != 0

    @property
    def has_delete_horizon(self) -> bool:
        """Whether `base_timestamp` is the time from which tombstones and markers may go (KIP-534)."""
        return self.attributes & DELETE_HORIZON_BIT != 0

    @property
    def delete_horizon_ms(self) -> int | None:
        """When tombstones and markers of this batch may be removed, in ms since 1970; None if not decided
        yet.
        """
        return self.base_timestamp if self.attributes & DELETE_HORIZON_BIT else None

    @property
    def has_producer_id(self) -> bool:
        """Whether an idempotent or transactional producer has written the batch."""
        return self.producer_id > NO_PRODUCER_ID

    @property
    def last_offset(self) -> int:
        """Offset of the last record, also where compaction has removed that record."""
        return self.base_offset + self.last_offset_delta

    @property
    def next_offset(self) -> int:
        """Offset of the batch that follows."""
        return self.base_offset + self.last_offset_delta + 1

    @property
    def last_sequence(self) -> int:
        """Sequence number of the last record, which wraps to 0 after 2147483647; -1 if there is none."""
        if self.base_sequence == NO_SEQUENCE:
            return NO_SEQUENCE
        return increment_sequence(self.base_sequence, self.last_offset_delta)


def increment_sequence(sequence: int, increment: int) -> int:
    """Add to a sequence number, which wraps to 0 after 2147483647 (KIP-98)."""
    following = sequence + increment
    return following if following <= 0x7FFFFFFF else following - 0x80000000


def iterate_batches(buffer: Buffer, position: int = 0) -> Iterator[tuple[int, BatchHeader]]:
    """Go over the batches in a buffer: position and header of each that is whole.

    A batch that the buffer's end cuts off is left out, as consumers do with a fetched response. Raises
    ValueError where a batch claims a length too short for its own header, which would never end. For
    trusted data: nothing else is checked.
    """
    end = len(buffer)
    parse = BatchHeader.parse
    while position + HEADER_BYTES <= end:
        header = parse(buffer, position)
        if header.batch_length < HEADER_BYTES - LOG_OVERHEAD_BYTES:
            raise ValueError(f"the batch at position {position} claims a length of {header.batch_length} bytes")
        following = position + LOG_OVERHEAD_BYTES + header.batch_length
        if following > end:
            return
        yield position, header
        position = following


def set_base_offset(
    buffer: bytearray | memoryview, position: int, base_offset: int, leader_epoch: int | None = None
) -> None:
    """Write the base offset, and the leader epoch if one is given, into the batch at `position`; the CRC
    stays valid."""
    if leader_epoch is None:
        _OFFSET.pack_into(buffer, position, base_offset)
    else:
        length: int = _INT32.unpack_from(buffer, position + 8)[0]
        _PLACE.pack_into(buffer, position, base_offset, length, leader_epoch)


def set_timestamps(
    buffer: bytearray | memoryview, position: int, timestamp_type: TimestampType, max_timestamp: int
) -> None:
    """Write timestamp type and largest timestamp into the batch at `position` and compute its CRC anew.

    As the reference, this clears the attribute bits that Kafka does not define.
    """
    attributes: int = _ATTRIBUTES.unpack_from(buffer, position + CHECKED_POSITION)[0]
    attributes &= CODEC_MASK | TRANSACTIONAL_BIT | CONTROL_BIT | DELETE_HORIZON_BIT
    if timestamp_type is TimestampType.LOG_APPEND_TIME:
        attributes |= TIMESTAMP_TYPE_BIT
    _ATTRIBUTES.pack_into(buffer, position + CHECKED_POSITION, attributes)
    _OFFSET.pack_into(buffer, position + _MAX_TIMESTAMP_POSITION, max_timestamp)
    set_crc(buffer, position)


def set_crc(buffer: bytearray | memoryview, position: int) -> None:
    """Compute the CRC of the batch at `position` and write it into its header."""
    _CRC.pack_into(buffer, position + CRC_POSITION, compute_crc(buffer, position))


def compute_crc(buffer: Buffer, position: int = 0) -> int:
    """CRC-32C of the batch at `position`, from its attributes to its end.

    Raises TruncatedBatch if the buffer ends before the batch does.
    """
    length: int = _INT32.unpack_from(buffer, position + 8)[0]
    end = position + LOG_OVERHEAD_BYTES + length
    if end > len(buffer):
        raise TruncatedBatch(f"the batch at position {position} ends at {end}, the buffer at {len(buffer)}")
    return crc32c(bytes(buffer[position + CHECKED_POSITION : end]))


def has_valid_crc(buffer: Buffer, position: int = 0) -> bool:
    """Whether the stored CRC of the batch at `position` is the one its bytes have."""
    stored: int = _CRC.unpack_from(buffer, position + CRC_POSITION)[0]
    return stored == compute_crc(buffer, position)


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli) of `data`."""
    return crc32c_function()(data)


@cache
def crc32c_function() -> Callable[[bytes], int]:
    """The library's function, loaded on first use: a process that handles no batches does without it."""
    from google_crc32c import value

    function: Callable[[bytes], int] = value
    return function
