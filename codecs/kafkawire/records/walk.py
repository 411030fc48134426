"""The walk over every field of every record that a broker makes before it accepts a batch.

There are two walks. `exact_walk` reads record by record and field by field in the order the reference does,
and is the definition: which defects are found, and with which error. `fast_walk` gives the same result for
batches without defects, and gives up (None) on anything else; its caller then asks the exact walk. It is
what a broker spends most of its time in, so it works in two ways at once:

- records of different shapes are read one by one in a loop written out for numbers of one and two bytes;
- where records follow each other that have the same length and the same lengths of key, value and headers,
  as they do in most real batches, a whole run is checked column by column: `data[i::stride]` is the i-th
  byte of each record of the run. The bytes that give lengths must be equal in all of them, those of
  timestamp and offset must have their continuation bits in the same places. Then every record of the run
  parses as its first one does.

What is checked is therefore the same for both, which the tests establish by comparing them on valid and on
damaged data.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum

from kafkawire.records.varint import UINT64_MASK, VarintTooLong, read_unsigned, read_varint, read_varlong

RUN_RECORDS_MIN = 16
"""Fewer records than this are not worth the columns."""
RUN_WINDOW_MIN = 64
RUN_WINDOW_MAX = 2048
"""How many records are looked at in one step: growing while it succeeds, so that a short run costs little."""

_LOW = bytes(range(0x80))
_HIGH = bytes(range(0x80, 0x100))
_EVEN = bytes(range(0, 0x100, 2))
_WITHOUT_CONTINUATION = bytes(range(0x80)) * 2
_ZIGZAG_RANK = bytes(((raw >> 1) ^ -(raw & 1)) + 64 & 0xFF for raw in range(0x100))
"""Turns one-byte zig-zag numbers, -64 to 63, into 0 to 127 in the same order."""


class BrokenRecord(ValueError):
    """A record that the reference refuses with InvalidRecordException."""

    def __init__(self, reason: str, is_cut_off: bool = False) -> None:
        super().__init__(reason)
        self.is_cut_off = is_cut_off
        """Whether the record might go on where the data ends."""


class BrokenLength(ValueError):
    """The length of an uncompressed record goes on after five bytes: the reference does not expect that."""


class TooManyElements(ValueError):
    """More records and headers than the caller wants to have looked at."""


class Reading(Enum):
    """How the reference comes by the records, which decides what it notices."""

    BUFFER = "uncompressed records: from the batch itself"
    STREAM = "compressed records that stay as they are: fields are read, the record's own length is not compared"
    STREAM_OF_RECORDS = "compressed records that will be written anew: each is cut out by its length first"


def exact_walk(
    data: bytes | bytearray, position: int, count: int, reading: Reading, elements_max: int = sys.maxsize
) -> Iterator[tuple[int, int, int, int]]:
    """For each of `count` records from `position` to the end of `data`: timestamp delta, offset delta, key
    and value length.

    Lengths are -1 or below for null. Raises BrokenRecord, or BrokenLength for what the reference answers
    with an unknown error, and TooManyElements where records and headers are more than `elements_max`.
    Follows `DefaultRecord.readFrom` and `readPartiallyFrom` of the reference.
    """
    for _ in range(count):
        try:
            length, position = read_varint(data, position)
        except VarintTooLong as error:
            if reading is Reading.BUFFER:
                raise BrokenLength(str(error)) from error
            raise BrokenRecord(str(error)) from error
        except IndexError as error:
            raise BrokenRecord(f"there are fewer than {count} records", True) from error
        if reading is not Reading.STREAM and not length <= len(data) - position:
            raise BrokenRecord(f"a record of {length} bytes with {len(data) - position} left", True)
        if reading is Reading.STREAM_OF_RECORDS and length < 0:
            raise BrokenRecord(f"a record of {length} bytes")
        try:
            elements_max -= 1
            shape, headers, following = _read_fields(data, position, reading, elements_max)
            elements_max -= headers
        except VarintTooLong as error:
            raise BrokenRecord(str(error)) from error
        except IndexError as error:
            raise BrokenRecord("the last record is not whole", reading is Reading.STREAM) from error
        except BrokenRecord as error:
            # Elsewhere the record has been seen to be there as a whole: it will not get any better.
            error.is_cut_off &= reading is Reading.STREAM
            raise
        if reading is not Reading.STREAM and following - position != length:
            raise BrokenRecord(f"a record of {length} bytes whose fields take {following - position}")
        position = following
        yield shape
    if position != len(data):
        raise BrokenRecord(f"{len(data) - position} bytes follow the last record")


def _read_fields(
    data: bytes | bytearray, position: int, reading: Reading, elements_max: int
) -> tuple[tuple[int, int, int, int], int, int]:
    timestamp_delta, position = read_varlong(data, position + 1)
    offset_delta, position = read_varint(data, position)
    key_length, position = _skip_bytes(data, position)
    value_length, position = _skip_bytes(data, position)
    headers, position = read_varint(data, position)
    if headers < 0 or (headers > len(data) - position and reading is not Reading.STREAM):
        raise BrokenRecord(f"{headers} record headers with {len(data) - position} bytes left")
    for _ in range(min(headers, max(elements_max, 0))):
        name_length, position = _skip_bytes(data, position)
        if name_length < 0:
            raise BrokenRecord("a record header without a name")
        _, position = _skip_bytes(data, position)
    if headers > elements_max:
        raise TooManyElements(f"there are too many records and headers in {len(data)} bytes")
    return (timestamp_delta, offset_delta, key_length, value_length), headers, position


def _skip_bytes(data: bytes | bytearray, position: int) -> tuple[int, int]:
    length, position = read_varint(data, position)
    if length <= 0:
        return length, position
    if length > len(data) - position:
        raise BrokenRecord(f"a field of {length} bytes with {len(data) - position} left", True)
    return length, position + length


def fast_walk(
    data: bytes | bytearray, position: int, count: int, has_expected_offsets: bool, elements_max: int = sys.maxsize
) -> tuple[int, int, bool] | None:
    """Walk `count` records from `position` to the end of `data`, if they are without defects.

    Returns the smallest and the largest timestamp delta, and whether any key is null; None if the exact
    walk has to look, also at more records and headers than `elements_max`. With `has_expected_offsets`,
    offset deltas must be 0, 1, 2, … in the shortest encoding too.
    """
    if count > elements_max:
        return None
    # Only headers that are looked at one by one are counted: those of a run take next to no time.
    headers_left = elements_max - count
    end = len(data)
    index = 0
    delta_min = UINT64_MASK
    delta_max = -UINT64_MASK
    last_raw_delta = -1
    has_null_key = False
    next_run = 0
    misses = 0
    try:
        while index < count:
            start = position
            # Length. Every number here is zig-zag: an odd one is negative.
            first = data[position]
            position += 1
            if first < 0x80:
                record_end = position + (first >> 1)
                is_negative = first & 1
            else:
                group = data[position]
                position += 1
                if group < 0x80:
                    record_end = position + ((first & 0x7F | group << 7) >> 1)
                else:
                    raw, position = read_unsigned(data, start, 4)
                    record_end = position + (raw >> 1)
                is_negative = first & 1
            if is_negative:
                return None
            # Attributes, which mean nothing, and timestamp delta.
            raw = data[position + 1]
            position += 2
            if raw > 0x7F:
                group = data[position]
                if group < 0x80:
                    raw = raw & 0x7F | group << 7
                    position += 1
                else:
                    raw, position = read_unsigned(data, position - 1, 9)
            if raw != last_raw_delta:
                last_raw_delta = raw
                delta = (raw >> 1) ^ -(raw & 1)
                if delta > delta_max:
                    delta_max = delta
                if delta < delta_min:
                    delta_min = delta
            # Offset delta.
            if has_expected_offsets:
                raw = data[position]
                position += 1
                if raw > 0x7F:
                    group = data[position]
                    if group < 0x80:
                        raw = raw & 0x7F | group << 7
                        position += 1
                    else:
                        raw, position = read_unsigned(data, position - 1, 4)
                if raw != index << 1:
                    return None
            elif data[position] < 0x80:
                position += 1
            elif data[position + 1] < 0x80:
                position += 2
            else:
                _, position = read_unsigned(data, position, 5)
            # Key and value.
            raw = data[position]
            position += 1
            if raw > 0x7F:
                group = data[position]
                if group < 0x80:
                    raw = raw & 0x7F | group << 7
                    position += 1
                else:
                    raw, position = read_unsigned(data, position - 1, 4)
            if raw & 1:
                has_null_key = True
            else:
                position += raw >> 1
            raw = data[position]
            position += 1
            if raw > 0x7F:
                group = data[position]
                if group < 0x80:
                    raw = raw & 0x7F | group << 7
                    position += 1
                else:
                    raw, position = read_unsigned(data, position - 1, 4)
            if not raw & 1:
                position += raw >> 1
            # Headers.
            raw = data[position]
            position += 1
            if raw:
                if raw > 0x7F:
                    raw, _ = read_unsigned(data, position - 1, 4)
                headers_left -= raw >> 1
                if headers_left < 0:
                    return None
                following = _skip_headers(data, position - 1)
                if following is None:
                    return None
                position = following
            if position != record_end:
                return None
            index += 1
            # Does a run begin here?
            if index >= next_run and index + RUN_RECORDS_MIN < count:
                stride = position - start
                if (
                    position + 14 * stride < end
                    and data[position] == first
                    and data[position + 7 * stride] == data[position + 14 * stride] == first
                ):
                    length, run_min, run_max = _run(
                        data, start, stride, count - index + 1, index - 1, has_expected_offsets
                    )
                    if length:
                        misses = 0
                        index += length - 1
                        position = start + stride * length
                        delta_min = min(delta_min, run_min)
                        delta_max = max(delta_max, run_max)
                    else:
                        misses = min(misses + 1, 10)
                        next_run = index + (1 << misses)
    except (IndexError, VarintTooLong):
        return None
    return (delta_min, delta_max, has_null_key) if position == end else None


def _skip_headers(data: bytes | bytearray, position: int) -> int | None:
    """Position after the headers whose number stands at `position`; None if they are not as they should
    be."""
    raw, position = read_unsigned(data, position, 4)
    if raw & 1 or raw >> 1 > len(data) - position:
        return None
    for _ in range(raw >> 1):
        raw = data[position]
        position += 1
        if raw > 0x7F:
            raw, position = read_unsigned(data, position - 1, 4)
        if raw & 1:
            return None
        position += raw >> 1
        raw = data[position]
        position += 1
        if raw > 0x7F:
            raw, position = read_unsigned(data, position - 1, 4)
        if not raw & 1:
            position += raw >> 1
    return position


class _Shape:
    """Where the lengths, the timestamp and the offset of a record stand, counted from its first byte."""

    __slots__ = ("constants", "offset_at", "offset_bytes", "timestamp_at", "timestamp_bytes")

    def __init__(self, data: bytes | bytearray, start: int, stride: int) -> None:
        # The record has just been walked: it is whole and without defects.
        constants: list[tuple[int, bytes]] = []

        def length_at(position: int) -> int:
            raw, following = read_unsigned(data, position, 5)
            for at in range(position, following):
                constants.append((at - start, bytes((data[at],))))
            return following + (0 if raw & 1 else raw >> 1)

        _, position = read_unsigned(data, start, 5)
        for at in range(start, position):
            constants.append((at - start, bytes((data[at],))))
        self.timestamp_at = position + 1 - start
        _, position = read_unsigned(data, position + 1, 10)
        self.timestamp_bytes = position - start - self.timestamp_at
        self.offset_at = position - start
        _, position = read_unsigned(data, position, 5)
        self.offset_bytes = position - start - self.offset_at
        position = length_at(length_at(position))
        _, following = read_unsigned(data, position, 5)
        for at in range(position, following):
            constants.append((at - start, bytes((data[at],))))
        position = following
        while position - start < stride:
            position = length_at(position)
        self.constants = constants


def _run(
    data: bytes | bytearray, start: int, stride: int, count: int, index: int, has_expected_offsets: bool
) -> tuple[int, int, int]:
    """How many records from `start` on have the shape of the first, and their smallest and largest
    timestamp delta.

    `count` is how many records are left, `index` the number of the first. The result is 0 for a run not
    worth having.
    """
    count = min(count, (len(data) - start) // stride)
    if count < RUN_RECORDS_MIN:
        return 0, 0, 0
    shape = _Shape(data, start, stride)
    if has_expected_offsets:
        # Records whose number needs another byte have another shape, if their offsets are right.
        count = min(count, (1 << 7 * shape.offset_bytes - 1) - index)
    done = 0
    window = RUN_WINDOW_MIN
    delta_min = UINT64_MASK
    delta_max = -UINT64_MASK
    while done < count:
        wanted = min(window, count - done)
        length = _equal_shapes(data, start, stride, wanted, shape)
        if (
            has_expected_offsets
            and length
            and not _offsets_are_expected(data, start, stride, length, shape, index + done)
        ):
            break
        if length:
            low, high = _timestamp_range(data, start, stride, length, shape)
            delta_min = min(delta_min, low)
            delta_max = max(delta_max, high)
            done += length
            start += stride * length
        if length < wanted:
            break
        window = min(window * 8, RUN_WINDOW_MAX)
    return (done, delta_min, delta_max) if done >= RUN_RECORDS_MIN else (0, 0, 0)


def _equal_shapes(data: bytes | bytearray, start: int, stride: int, length: int, shape: _Shape) -> int:
    """How many of `length` records from `start` on have the given shape."""
    span = stride * (length - 1) + 1
    for at, byte in shape.constants:
        column = data[start + at : start + at + span : stride]
        if column.count(byte) != length:
            length -= len(column.lstrip(byte))
            span = stride * (length - 1) + 1
            if not length:
                return 0
    for at, groups in ((shape.timestamp_at, shape.timestamp_bytes), (shape.offset_at, shape.offset_bytes)):
        for group in range(groups):
            column = data[start + at + group : start + at + group + span : stride]
            is_last = group == groups - 1
            if not column.isascii() if is_last else column.translate(None, _HIGH):
                length -= len(column.lstrip(_LOW if is_last else _HIGH))
                span = stride * (length - 1) + 1
                if not length:
                    return 0
    return length


def _offsets_are_expected(
    data: bytes | bytearray, start: int, stride: int, length: int, shape: _Shape, index: int
) -> bool:
    """Whether the offset deltas of a run are index, index + 1, … in their shortest encoding."""
    span = stride * (length - 1) + 1
    columns = expected_offset_columns(index, length, shape.offset_bytes)
    for group, expected in enumerate(columns):
        at = start + shape.offset_at + group
        if data[at : at + span : stride] != expected:
            return False
    return True


def expected_offset_columns(index: int, length: int, groups: int) -> list[bytes]:
    """The bytes, column by column, of the zig-zag numbers index, index + 1, … written in `groups` bytes each.

    The last of them must fit so many groups: 64 numbers fit one, 8192 two.
    """
    # The lowest group holds six bits of the number: it repeats every 64 numbers, and the others change then.
    blocks = range(index >> 6, (index + length - 1 >> 6) + 1)
    skipped = index & 63
    columns = []
    for group in range(groups):
        continuation = 0 if group == groups - 1 else 0x80
        if group == 0:
            column = bytes(range(continuation, continuation + 0x80, 2)) * len(blocks)
        else:
            shift = 7 * (group - 1)
            column = b"".join([bytes((block >> shift & 0x7F | continuation,)) * 64 for block in blocks])
        columns.append(column[skipped : skipped + length])
    return columns


def _timestamp_range(data: bytes | bytearray, start: int, stride: int, length: int, shape: _Shape) -> tuple[int, int]:
    """Smallest and largest timestamp delta of a run."""
    at, groups = start + shape.timestamp_at, shape.timestamp_bytes
    span = stride * (length - 1) + 1
    if groups == 1:
        ranks = data[at : at + span : stride].translate(_ZIGZAG_RANK)
        return min(ranks) - 64, max(ranks) - 64
    if groups == 2:
        pairs = bytearray(2 * length)
        pairs[0::2] = data[at : at + span : stride].translate(_WITHOUT_CONTINUATION)
        pairs[1::2] = data[at + 1 : at + 1 + span : stride]
        # 256 times the high group plus the low one has the order of 128 times: the low one stays below 128.
        if not pairs[0::2].translate(None, _EVEN) and sys.byteorder == "little":
            numbers = memoryview(pairs).cast("H")
            low, high = min(numbers), max(numbers)
            return (low & 0x7F | low >> 8 << 7) >> 1, (high & 0x7F | high >> 8 << 7) >> 1
    deltas = [read_varlong(data, position)[0] for position in range(at, at + span, stride)]
    return min(deltas), max(deltas)
