"""Read the records of a batch: the plain way, for whoever needs keys and values.

Meant for batches that have been validated when they were written (internal topics, compaction, tests).
Everything is still checked, in the order of the bytes: a broken record raises `MalformedRecord`,
undecompressable data `compression.DecompressionFailed`.
"""

from __future__ import annotations

from collections.abc import Iterator

from kafkawire.records import compression
from kafkawire.records.batch import HEADER_BYTES, TIMESTAMP_TYPE_BIT, BatchHeader, Buffer, iterate_batches
from kafkawire.records.record import Header, Record
from kafkawire.records.varint import VarintTooLong, read_varint, read_varlong, to_int64

__all__ = ["DECOMPRESSED_BYTES_MAX", "Header", "MalformedRecord", "Record", "records_in", "records_of"]

DECOMPRESSED_BYTES_MAX = 128 * 1024 * 1024
"""How much the records of one batch may take when unpacked, if the caller names no bound of its own."""


class MalformedRecord(ValueError):
    """A record is not built as the format says, or the batch has more or fewer bytes than its records."""


def records_of(
    batch: Buffer, position: int = 0, *, decompressed_bytes_max: int = DECOMPRESSED_BYTES_MAX
) -> Iterator[Record]:
    """The records of the batch at `position`, with absolute offsets and timestamps; a generator.

    In batches of timestamp type LogAppendTime every record has the batch's largest timestamp. Does not
    check the CRC.
    """
    header = BatchHeader.parse(batch, position)
    body = memoryview(batch)[position + HEADER_BYTES : position + header.size_bytes]
    if header.record_count == 0:
        return
    data = compression.decompress(header.codec, body, decompressed_bytes_max)
    yield from records_of_unpacked(data, 0, header)


def records_of_unpacked(data: bytes | bytearray, position: int, header: BatchHeader) -> Iterator[Record]:
    """The records of a batch whose header and unpacked records the caller already has; `data` ends with the
    last record."""
    data = bytes(data)
    try:
        for _ in range(header.record_count):
            record, position = _read_record(data, position, header)
            yield record
    except (IndexError, VarintTooLong) as error:
        raise MalformedRecord(
            f"a record after byte {position} of {len(data)} is cut off or has a broken number"
        ) from error
    if position != len(data):
        raise MalformedRecord(f"{len(data) - position} bytes follow the last of {header.record_count} records")


def records_in(
    buffer: Buffer, position: int = 0, *, decompressed_bytes_max: int = DECOMPRESSED_BYTES_MAX
) -> Iterator[Record]:
    """The records of all whole batches in a buffer, as a consumer reads them, markers of transactions
    included."""
    for batch_position, _ in iterate_batches(buffer, position):
        yield from records_of(buffer, batch_position, decompressed_bytes_max=decompressed_bytes_max)


def _read_record(data: bytes, position: int, header: BatchHeader) -> tuple[Record, int]:
    size, position = read_varint(data, position)
    end = position + size
    if size < 0 or end > len(data):
        raise MalformedRecord(f"a record of {size} bytes does not fit the {len(data) - position} that are left")
    timestamp_delta, position = read_varlong(data, position + 1)
    offset_delta, position = read_varint(data, position)
    key, position = _read_bytes(data, position, end)
    value, position = _read_bytes(data, position, end)
    count, position = read_varint(data, position)
    if count < 0:
        raise MalformedRecord(f"a record with {count} headers")
    headers: tuple[Header, ...] = ()
    if count:
        headers, position = _read_headers(data, position, end, count)
    if position != end:
        raise MalformedRecord(f"a record of {size} bytes whose fields take {position - end + size}")
    if header.attributes & TIMESTAMP_TYPE_BIT:
        timestamp = header.max_timestamp
    else:
        timestamp = to_int64(header.base_timestamp + timestamp_delta)
    return Record(key, value, headers, timestamp, header.base_offset + offset_delta), position


def _read_headers(data: bytes, position: int, end: int, count: int) -> tuple[tuple[Header, ...], int]:
    headers: list[Header] = []
    for _ in range(count):
        name, position = _read_bytes(data, position, end)
        if name is None:
            raise MalformedRecord("a record header without a name")
        value, position = _read_bytes(data, position, end)
        headers.append((name.decode("utf-8", "replace"), value))
    return tuple(headers), position


def _read_bytes(data: bytes, position: int, end: int) -> tuple[bytes | None, int]:
    length, position = read_varint(data, position)
    if length < 0:
        return None, position
    following = position + length
    if following > end:
        raise MalformedRecord(f"a field of {length} bytes does not fit the {end - position} left of its record")
    return data[position:following], following
