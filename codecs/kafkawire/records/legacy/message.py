"""One message of magic 0 or 1, as it stands in a message set.

    offset 8 | length 4 | CRC 4 | magic 1 | attributes 1 | timestamp 8, in magic 1 only | key length 4, key | value length 4, value

`length` counts from the CRC to the end. The CRC (CRC-32, as in zip) covers everything from the magic to the end: a broker may
change the offset without it. Lengths of -1 mean null. The attributes name the compression of the value (bits 0 to 2) and, in
magic 1, who has set the timestamp (bit 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from zlib import crc32

import attrs

from kafkawire.records.batch import (
    CODEC_MASK,
    LOG_OVERHEAD_BYTES,
    MAGIC_POSITION,
    NO_TIMESTAMP,
    TIMESTAMP_TYPE_BIT,
    Buffer,
    Compression,
    TimestampType,
)
from kafkawire.records.iterate import MalformedRecord

MESSAGE_OVERHEAD_BYTES = (14, 22)
"""What a message without key and value takes from its CRC on, by magic; none can claim a smaller length."""

_PLACE = Struct(">qi")
_CRC = Struct(">I")
_INT32 = Struct(">i")
_TIMESTAMP = Struct(">q")
_BODY = (Struct(">bb"), Struct(">bbq"))
_CRC_POSITION = 12
_TIMESTAMP_POSITION = 18
_KEY_POSITIONS = (18, 26)


class ImpossibleLength(MalformedRecord):
    """A message claims a length too short for any magic."""


class BrokenFields(MalformedRecord):
    """The fields of a message do not fit into it."""

    has_valid_crc = False
    """Whether the message has been written like that, by what its CRC says."""


@attrs.define(slots=True)
class Message:
    """One message. If its value is compressed (`codec` is not 0) it is a wrapper, and the value a message set."""

    offset: int
    """Absolute; but in a wrapper of magic 1, that of an inner message counts from the first one's."""
    size: int
    """Bytes from the CRC to the end, as it says itself."""
    crc: int
    magic: int
    attributes: int
    timestamp_ms: int
    """Milliseconds since 1970; -1 for none, as always in magic 0."""
    key: bytes | None
    value: bytes | None
    has_valid_crc: bool
    """Whether `crc` is the one the bytes have."""

    @classmethod
    def parse(cls, buffer: Buffer, position: int = 0, *, lenient: bool = False) -> Message:
        """Read the message at `position`.

        Raises MalformedRecord for anything that is no whole message. `lenient` accepts what the reference does: bytes behind
        the value, and any negative length for null. A wrong CRC raises nothing here (see `has_valid_crc`).
        """
        if position + MAGIC_POSITION >= len(buffer):
            raise MalformedRecord(f"a message of which {len(buffer) - position} bytes are there")
        size_bytes = measure(buffer, position)
        magic = buffer[position + MAGIC_POSITION]
        if magic not in (0, 1):
            raise MalformedRecord(f"a message of magic {magic}")
        end = position + size_bytes
        if end > len(buffer):
            raise MalformedRecord(
                f"a message of {size_bytes} bytes does not fit the {len(buffer) - position} that are left"
            )
        if size_bytes < LOG_OVERHEAD_BYTES + MESSAGE_OVERHEAD_BYTES[magic]:
            raise BrokenFields(f"{size_bytes} bytes are too few for a message of magic {magic}")
        checked = bytes(buffer[position + MAGIC_POSITION : end])
        crc: int = _CRC.unpack_from(buffer, position + _CRC_POSITION)[0]
        has_valid_crc = crc == crc32(checked)
        try:
            key, value_position = _bytes_at(checked, _KEY_POSITIONS[magic] - MAGIC_POSITION, lenient)
            value, value_end = _bytes_at(checked, value_position, lenient)
            if value_end != len(checked) and not lenient:
                raise BrokenFields(f"{len(checked) - value_end} bytes follow the value of a message")
        except BrokenFields as error:
            error.has_valid_crc = has_valid_crc
            raise
        return cls(
            offset=_TIMESTAMP.unpack_from(buffer, position)[0],
            size=size_bytes - LOG_OVERHEAD_BYTES,
            crc=crc,
            magic=magic,
            attributes=checked[1],
            timestamp_ms=_TIMESTAMP.unpack_from(checked, 2)[0] if magic else NO_TIMESTAMP,
            key=key,
            value=value,
            has_valid_crc=has_valid_crc,
        )

    @property
    def size_bytes(self) -> int:
        """The whole message, from its offset to its last byte."""
        return LOG_OVERHEAD_BYTES + self.size

    @property
    def codec(self) -> int:
        """Number of the compression; 0 for a plain message. Only 1 to 3 ever stood in message sets."""
        return self.attributes & CODEC_MASK

    @property
    def timestamp_type(self) -> TimestampType | None:
        """Who has set the timestamp; None in magic 0, which has none."""
        if not self.magic:
            return None
        return TimestampType.LOG_APPEND_TIME if self.attributes & TIMESTAMP_TYPE_BIT else TimestampType.CREATE_TIME


def _bytes_at(data: bytes, position: int, lenient: bool) -> tuple[bytes | None, int]:
    if position + 4 > len(data):
        raise BrokenFields("a message ends before its fields do")
    length: int = _INT32.unpack_from(data, position)[0]
    position += 4
    if length < 0:
        if length != -1 and not lenient:
            raise BrokenFields(f"a field of {length} bytes")
        return None, position
    if length > len(data) - position:
        raise BrokenFields(f"a field of {length} bytes does not fit the {len(data) - position} left of its message")
    return data[position : position + length], position + length


def measure(buffer: Buffer, position: int = 0) -> int:
    """Size in bytes of the message, or batch of magic 2, at `position`: they agree on where it stands.

    Raises ImpossibleLength where the length is too short for any magic; there must be 12 bytes.
    """
    length: int = _INT32.unpack_from(buffer, position + 8)[0]
    if length < MESSAGE_OVERHEAD_BYTES[0]:
        raise ImpossibleLength(f"a message claims a length of {length} bytes")
    return LOG_OVERHEAD_BYTES + length


def iterate_entries(buffer: Buffer, position: int = 0) -> Iterator[tuple[int, int, int]]:
    """Position, size in bytes and magic of every whole message or batch: segments and answers may hold both.

    What the buffer's end cuts off is left out, as consumers do with an answer to Fetch. Raises ImpossibleLength for a length
    too short for any magic, which would never end, and MalformedRecord for a magic above 2.
    """
    end = len(buffer)
    while position + LOG_OVERHEAD_BYTES <= end:
        size_bytes = measure(buffer, position)
        if position + MAGIC_POSITION >= end:
            return
        magic = buffer[position + MAGIC_POSITION]
        if magic > 2:
            raise MalformedRecord(f"a message of magic {magic}")
        if position + size_bytes > end:
            return
        yield position, size_bytes, magic
        position += size_bytes


def iterate_messages(buffer: Buffer, position: int = 0, *, lenient: bool = False) -> Iterator[tuple[int, Message]]:
    """Position and content of every whole message of a set, wrappers closed. Raises as `Message.parse`."""
    for found, _, _ in iterate_entries(buffer, position):
        yield found, Message.parse(buffer, found, lenient=lenient)


def encode_message(
    magic: int,
    offset: int,
    key: bytes | None,
    value: bytes | None,
    *,
    timestamp_ms: int = NO_TIMESTAMP,
    attributes: int = int(Compression.NONE),
) -> bytes:
    """One message with its CRC. Magic 0 has no place for `timestamp_ms`. Raises ValueError for another magic than 0 and 1."""
    if magic == 0:
        head = _BODY[0].pack(magic, attributes)
    elif magic == 1:
        head = _BODY[1].pack(magic, attributes, timestamp_ms)
    else:
        raise ValueError(f"messages are of magic 0 or 1, not {magic}")
    parts = [head]
    for field in (key, value):
        parts += (_INT32.pack(-1),) if field is None else (_INT32.pack(len(field)), field)
    checked = b"".join(parts)
    return b"".join((_PLACE.pack(offset, 4 + len(checked)), _CRC.pack(crc32(checked)), checked))
