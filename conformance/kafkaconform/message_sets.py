"""Message sets of magic 0 and 1 as the probes build and read them: what stood in Produce 0 to 2 and Fetch 0 to 3.

Written apart from ``kafkawire.records``, as `kafkaconform.batches` is; only what is compressed goes through it.
"""

import struct
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from kafkaconform.batches import COMPRESSION_NAMES, LOG_APPEND_TIME, TIMESTAMP_MS
from kafkawire.records.batch import Compression
from kafkawire.records.compression import DecompressionFailed
from kafkawire.records.legacy.wrapping import unwrap, wrap

#: offset, length, CRC, magic, attributes
_HEAD = struct.Struct(">qiIbB")
_LENGTH_FROM = 12
_CRC_FROM = 16
_UNPACKED_BYTES_MAX = 1 << 20


def message(
    magic: int,
    value: bytes | None = b"v",
    *,
    key: bytes | None = None,
    offset: int = 0,
    attributes: int = 0,
    timestamp: int = TIMESTAMP_MS,
    crc: int | None = None,
) -> bytes:
    """One message; ``crc`` replaces the right one. Magic 0 has no place for ``timestamp``."""
    checked = struct.pack(">bB", magic, attributes) + (struct.pack(">q", timestamp) if magic else b"")
    checked += b"".join(b"\xff" * 4 if part is None else struct.pack(">i", len(part)) + part for part in (key, value))
    return struct.pack(">qiI", offset, len(checked) + 4, crc32(checked) if crc is None else crc) + checked


def wrapper(magic: int, inner: Sequence[bytes], codec: Compression, *, timestamp: int = TIMESTAMP_MS) -> bytes:
    """A compressed message with ``inner`` messages for its value, which carries the last one's offset."""
    value = wrap(magic, codec, b"".join(inner))
    return message(magic, value, offset=len(inner) - 1, attributes=int(codec), timestamp=timestamp)


def is_message(data: bytes) -> bool:
    """Whether a whole message of magic 0 or 1 stands at the beginning of ``data``, and not a broken batch: by its CRC."""
    if len(data) < _HEAD.size or data[_CRC_FROM] > 1 or not len(data) >= size_of(data) > _HEAD.size:
        return False
    return int.from_bytes(data[_LENGTH_FROM:_CRC_FROM], "big") == crc32(data[_CRC_FROM : size_of(data)])


def size_of(data: bytes) -> int:
    """Bytes of the message at the beginning of ``data``, as it says itself."""
    return _LENGTH_FROM + int.from_bytes(data[8:12], "big", signed=True)


def message_tree(data: bytes) -> dict[str, Any]:
    """One message as a dict; of a wrapper the messages in it, if it can be unpacked."""
    offset, _, _, magic, attributes = _HEAD.unpack_from(data)
    position = _HEAD.size
    tree: dict[str, Any] = {
        "offset": offset,
        "magic": magic,
        "compression": COMPRESSION_NAMES.get(attributes & 7, str(attributes & 7)),
        "log_append_time": bool(attributes & LOG_APPEND_TIME),
    }
    if magic:
        tree["max_timestamp"] = int.from_bytes(data[position : position + 8], "big", signed=True)
        position += 8
    parts = []
    for _ in range(2):
        length = int.from_bytes(data[position : position + 4], "big", signed=True)
        position += 4
        parts.append(None if length < 0 else data[position : position + length])
        position += max(length, 0)
    key, value = parts
    tree["key"] = None if key is None else {"bytes": key.hex()}
    try:
        if attributes & 7 and value is not None:
            return {**tree, "messages": _inner(bytes(unwrap(magic, attributes & 7, value, _UNPACKED_BYTES_MAX)))}
    except DecompressionFailed:
        # A probe broke it on purpose.
        pass
    return {**tree, "value": None if value is None else {"bytes": value.hex()}}


def _inner(data: bytes) -> list[dict[str, Any]]:
    found = []
    while is_message(data):
        found.append(message_tree(data[: size_of(data)]))
        data = data[size_of(data) :]
    return [*found, {"tail": {"bytes": data.hex()}}] if data else found
