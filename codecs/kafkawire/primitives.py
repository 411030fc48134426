"""What encoders and decoders share: varints, uuids, regions of bytes that are sent uncopied, and the error types."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

#: The longest string there can be, in bytes of UTF-8.
STRING_BYTES_MAX = 32767
#: How many array elements and tagged fields one message may hold, counted over all its arrays, before it is refused: a frame of
#: tiny elements must not become a heap of large objects.
ELEMENT_BUDGET = 1_000_000


class MalformedMessage(ValueError):
    """Bytes that are no message of this type and version.

    ``message`` names the type, ``path`` the field as ``topics[3].partitions[0].records``, ``offset`` the byte offset in the
    buffer near which decoding failed, ``reason`` what was wrong.
    """

    def __init__(self, message: str, version: int, path: str, offset: int, reason: str) -> None:
        super().__init__(f"{message} v{version}: {path or 'message'} at byte {offset}: {reason}")
        self.message = message
        self.version = version
        self.path = path
        self.offset = offset
        self.reason = reason


class UnencodableMessage(ValueError):
    """A message with a value that its version cannot carry: None where null is not allowed, a number out of range."""


class Malformed(Exception):
    """Raised inside a decoder; becomes `MalformedMessage` with the place at which it was raised."""


@runtime_checkable
class Region(Protocol):
    """Bytes that are not in memory as one buffer (a range of a file): known by length, sent by the transport."""

    def __len__(self) -> int: ...


Buffer: TypeAlias = "bytes | bytearray | memoryview"
#: A value of a Records field when encoding.
RecordsValue: TypeAlias = "Buffer | Region | Sequence[Buffer | Region]"
#: What an encoded message is made of: buffers to join or gather, and regions.
Part: TypeAlias = "Buffer | Region"


def read_uvarint(buffer: Buffer, position: int) -> tuple[int, int]:
    """An unsigned varint of at most five bytes, and the position behind it. Bits above the 32nd are dropped, as in the reference.

    Raises `Malformed` for a longer one, IndexError at the end of the buffer.
    """
    value = shift = 0
    while True:
        byte = buffer[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFF, position
        shift += 7
        if shift > 28:
            raise Malformed("varint longer than five bytes")


def read_signed(buffer: Buffer, position: int) -> tuple[int, int]:
    """As `read_uvarint`, taken for a signed number of 32 bits, as the reference takes lengths and counts."""
    value, position = read_uvarint(buffer, position)
    return (value if value < 1 << 31 else value - (1 << 32)), position


def write_uvarint(out: bytearray, value: int) -> None:
    """Append an unsigned varint."""
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def uuid_text(uuid: bytes) -> str:
    """The form in which Kafka prints a uuid: URL-safe base64 of its sixteen bytes, 22 characters without padding."""
    text = binascii.b2a_base64(uuid, newline=False).decode().rstrip("=")
    return text.replace("+", "-").replace("/", "_")


def uuid_from_text(text: str) -> bytes:
    """The sixteen bytes of a uuid as Kafka prints it; ValueError if it is none."""
    try:
        uuid = binascii.a2b_base64(text.replace("-", "+").replace("_", "/") + "==", strict_mode=True)
    except binascii.Error as error:
        raise ValueError(f"not a uuid: {text!r}") from error
    if len(uuid) != 16 or len(text) != 22 or "+" in text or "/" in text:
        raise ValueError(f"not a uuid: {text!r}")
    return uuid


def records_length(value: RecordsValue) -> int:
    """Length in bytes of a value of a Records field."""
    if isinstance(value, (list, tuple)):
        return sum(len(part) for part in value)
    return len(value)
