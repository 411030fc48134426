"""Record batches as the probes build and read them.

Written apart from ``kafkawire.records`` on purpose: a probe must be able to break every field, and a mistake
in the library must not be able to hide in both sides of a comparison.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import google_crc32c

#: base offset, length, leader epoch, magic, CRC, attributes, last offset delta, base timestamp, max
#: timestamp, producer id, producer epoch, base sequence, record count
_HEADER = struct.Struct(">qiibIhiqqqhii")
_CRC_FROM = 21
_LENGTH_FROM = 12

COMPRESSION_NAMES = {0: "none", 1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}
LOG_APPEND_TIME = 0x08
TRANSACTIONAL = 0x10
CONTROL = 0x20

#: 14 November 2023: fixed, so that the bytes of a batch are the same in every run.
TIMESTAMP_MS = 1_700_000_000_000


def varint(value: int) -> bytes:
    """``value`` as a zigzag varint."""
    return uvarint((value << 1) ^ (value >> 63))


def uvarint(value: int) -> bytes:
    """A non-negative ``value`` as an unsigned varint (zigzag already applied, if at all)."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _sized(data: bytes | None) -> bytes:
    return varint(-1) if data is None else varint(len(data)) + data


@attrs.frozen
class Record:
    """One record: key and value may be None, headers are (key, value or None)."""

    value: bytes | None = b"v"
    key: bytes | None = None
    headers: Sequence[tuple[bytes, bytes | None]] = ()
    timestamp_delta: int = 0

    def encoded(self, offset_delta: int) -> bytes:
        """The record as it stands in a batch, its length in front."""
        body = b"\x00" + varint(self.timestamp_delta) + varint(offset_delta) + _sized(self.key) + _sized(self.value)
        body += varint(len(self.headers)) + b"".join(_sized(key) + _sized(value) for key, value in self.headers)
        return varint(len(body)) + body


def batch(
    records: Sequence[Record] = (Record(),),
    *,
    payload: bytes | None = None,
    count: int | None = None,
    magic: int = 2,
    attributes: int = 0,
    base_offset: int = 0,
    leader_epoch: int = -1,
    last_offset_delta: int | None = None,
    base_timestamp: int = TIMESTAMP_MS,
    max_timestamp: int | None = None,
    producer_id: int = -1,
    producer_epoch: int = -1,
    base_sequence: int = -1,
    crc: int | None = None,
) -> bytes:
    """A magic 2 batch, valid unless told otherwise: every keyword replaces what would have been computed.

    Args:
        payload: the bytes behind the header instead of the encoded ``records`` (compressed or broken ones).
    """
    body = payload
    if body is None:
        body = b"".join(record.encoded(delta) for delta, record in enumerate(records))
    total = len(records) if count is None else count
    latest = max((record.timestamp_delta for record in records), default=0)
    after_crc = struct.pack(
        ">hiqqqhii",
        attributes,
        len(records) - 1 if last_offset_delta is None else last_offset_delta,
        base_timestamp,
        base_timestamp + latest if max_timestamp is None else max_timestamp,
        producer_id,
        producer_epoch,
        base_sequence,
        total,
    )
    checked = after_crc + body
    computed = google_crc32c.value(checked) if crc is None else crc
    return (
        struct.pack(">qiibI", base_offset, len(checked) + _CRC_FROM - _LENGTH_FROM, leader_epoch, magic, computed)
        + checked
    )


def batch_tree(records: bytes) -> Iterator[dict[str, Any]]:
    """The batches in ``records`` as dicts; what does not parse as a batch comes last, as bytes."""
    position = 0
    while position < len(records):
        rest = records[position:]
        size = _LENGTH_FROM + int.from_bytes(rest[8:12], "big") if len(rest) >= _HEADER.size else len(rest) + 1
        if size > len(rest) or size < _HEADER.size:
            yield {"tail": {"bytes": rest.hex()}}
            return
        yield _one_batch(rest[:size])
        position += size


def _one_batch(data: bytes) -> dict[str, Any]:
    offset, _, epoch, magic, crc, attributes, delta, base, latest, *producer, count = _HEADER.unpack_from(data)
    producer_id, producer_epoch, sequence = producer
    return {
        "base_offset": offset,
        "partition_leader_epoch": epoch,
        "magic": magic,
        # The CRC covers times that the broker may have set; whether it is right is what matters.
        "crc": "right" if crc == google_crc32c.value(data[_CRC_FROM:]) else "wrong",
        "compression": COMPRESSION_NAMES.get(attributes & 7, str(attributes & 7)),
        "log_append_time": bool(attributes & LOG_APPEND_TIME),
        "transactional": bool(attributes & TRANSACTIONAL),
        "control": bool(attributes & CONTROL),
        "last_offset_delta": delta,
        "base_timestamp": base,
        "max_timestamp": latest,
        "has_producer_id": producer_id >= 0,
        "producer_epoch": producer_epoch,
        "base_sequence": sequence,
        "count": count,
        "records": {"bytes": data[_HEADER.size :].hex()},
    }
