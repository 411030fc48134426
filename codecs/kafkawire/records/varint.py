"""Variable-length integers of the record format, written and read with the reference's own leniency.

Kafka's records use base-128 groups, least significant first, over zig-zag encoded values. The reference
reads 32-bit numbers in at most five groups and 64-bit ones in at most ten, drops the bits that do not fit
instead of refusing them, and accepts encodings longer than needed (class `ByteUtils` of the reference).
"""

from __future__ import annotations

INT32_SIGN = 1 << 31
INT64_SIGN = 1 << 63
UINT32_MASK = (1 << 32) - 1
UINT64_MASK = (1 << 64) - 1


class VarintTooLong(ValueError):
    """The number goes on after its last permitted group (five for 32 bits, ten for 64)."""


def to_int64(value: int) -> int:
    """Wrap a number into the range of a signed 64-bit integer, as Java's arithmetic does."""
    return ((value + INT64_SIGN) & UINT64_MASK) - INT64_SIGN


def read_unsigned(data: bytes | bytearray | memoryview, position: int, groups_max: int) -> tuple[int, int]:
    """Read groups from `position`; returns the raw number, without any mask, and the position after it.

    Raises IndexError where the data ends inside the number and VarintTooLong after `groups_max` groups.
    """
    raw = 0
    shift = 0
    for _ in range(groups_max):
        group = data[position]
        position += 1
        raw |= (group & 0x7F) << shift
        if group < 0x80:
            return raw, position
        shift += 7
    raise VarintTooLong(f"a variable-length integer goes on after {groups_max} bytes")


def read_varint(data: bytes | bytearray | memoryview, position: int) -> tuple[int, int]:
    """Read a zig-zag 32-bit integer; returns it and the position after it. Errors as `read_unsigned`."""
    raw = data[position]
    if raw < 0x80:
        return (raw >> 1) ^ -(raw & 1), position + 1
    group = data[position + 1]
    if group < 0x80:
        raw = raw & 0x7F | group << 7
        return (raw >> 1) ^ -(raw & 1), position + 2
    raw, position = read_unsigned(data, position, 5)
    raw &= UINT32_MASK
    return (raw >> 1) ^ -(raw & 1), position


def read_varlong(data: bytes | bytearray | memoryview, position: int) -> tuple[int, int]:
    """Read a zig-zag 64-bit integer; returns it and the position after it. Errors as `read_unsigned`."""
    raw = data[position]
    if raw < 0x80:
        return (raw >> 1) ^ -(raw & 1), position + 1
    group = data[position + 1]
    if group < 0x80:
        raw = raw & 0x7F | group << 7
        return (raw >> 1) ^ -(raw & 1), position + 2
    raw, position = read_unsigned(data, position, 10)
    raw &= UINT64_MASK
    return (raw >> 1) ^ -(raw & 1), position


def _encode(raw: int) -> bytes:
    if raw < 0x80:
        return _ONE_GROUP[raw]
    if raw < 0x4000:
        return bytes((raw & 0x7F | 0x80, raw >> 7))
    groups = bytearray()
    while raw > 0x7F:
        groups.append(raw & 0x7F | 0x80)
        raw >>= 7
    groups.append(raw)
    return bytes(groups)


_ONE_GROUP = tuple(bytes((number,)) for number in range(0x80))


def encode_varint(value: int) -> bytes:
    """Encode a signed 32-bit integer. Raises ValueError outside that range."""
    if not -INT32_SIGN <= value < INT32_SIGN:
        raise ValueError(f"{value} does not fit a 32-bit integer")
    return _encode(value << 1 if value >= 0 else (-value << 1) - 1)


def encode_varlong(value: int) -> bytes:
    """Encode a signed 64-bit integer. Raises ValueError outside that range."""
    if not -INT64_SIGN <= value < INT64_SIGN:
        raise ValueError(f"{value} does not fit a 64-bit integer")
    return _encode(value << 1 if value >= 0 else (-value << 1) - 1)
