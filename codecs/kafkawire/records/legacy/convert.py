"""From message sets to record batches and back, as brokers between 0.10 and 3.9 did for clients of another age.

Up (a producer older than the log; `LogValidator`): all messages become one batch. Messages of magic 0 come out without timestamp.
Down (a consumer older than the log; KIP-98 and `RecordsUtil`): batch by batch, compression kept; headers, producer and
transaction are dropped, transaction markers and other control batches altogether. Offsets stay what they were. What is old
enough already is passed on untouched.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from kafkawire.records.batch import HEADER_BYTES, NO_TIMESTAMP, BatchHeader, Buffer, Compression, TimestampType
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import DECOMPRESSED_BYTES_MAX, MalformedRecord, records_of
from kafkawire.records.legacy.builder import build_message_set
from kafkawire.records.legacy.iterate import records_of_message
from kafkawire.records.legacy.message import Message, iterate_entries
from kafkawire.records.record import Record

RECORDS_MAX = 1 << 20
"""How many records one conversion unpacks, if the caller names no bound: they are all held at once."""


class UnsupportedConversion(ValueError):
    """The records are compressed with zstd, which old clients do not know: brokers answered UNSUPPORTED_COMPRESSION_TYPE."""


def up_convert(
    message_set: Buffer,
    *,
    base_offset: int | None = None,
    compression: Compression | None = None,
    timestamp_type: TimestampType = TimestampType.CREATE_TIME,
    log_append_time_ms: int = NO_TIMESTAMP,
    leader_epoch: int = -1,
    lenient: bool = False,
    decompressed_bytes_max: int = DECOMPRESSED_BYTES_MAX,
    records_max: int = RECORDS_MAX,
) -> bytes:
    """The whole messages of a set as one batch of magic 2.

    `base_offset` numbers the records anew, as a broker did that appended them; None keeps their offsets. `compression` None
    keeps that of the wrapper (of the last one, if there are several). `decompressed_bytes_max` and `records_max` bound what all
    wrappers unpack to together. Raises MalformedRecord for a broken set, one without any whole message, one that has a batch of
    magic 2 in it, or too many records; DecompressionFailed for wrappers beyond the bound; and ValueError for offsets that do not
    increase where they are kept.
    """
    records: list[Record] = []
    budget = _Budget(decompressed_bytes_max, records_max)
    source = Compression.NONE
    for position, _, _ in iterate_entries(message_set):
        message = Message.parse(message_set, position, lenient=lenient)
        records += budget.spend(_records_of_message(message, lenient, budget))
        source = Compression(message.codec) if message.codec else source
    if not records:
        raise MalformedRecord("there is no whole message to convert")
    if base_offset is not None:
        for record in records:
            record.offset = -1
    return build_batch(
        records,
        base_offset=records[0].offset if base_offset is None else base_offset,
        leader_epoch=leader_epoch,
        compression=source if compression is None else compression,
        timestamp_type=timestamp_type,
        log_append_time_ms=log_append_time_ms,
    )


def down_convert(
    buffer: Buffer,
    to_magic: int,
    *,
    first_offset: int = 0,
    lenient: bool = False,
    decompressed_bytes_max: int = DECOMPRESSED_BYTES_MAX,
    records_max: int = RECORDS_MAX,
) -> bytes:
    """Batches and messages of any magic as a consumer that knows `to_magic` (0 or 1) at most can read them.

    `first_offset` is the offset that the consumer asked for: uncompressed records before it are left out of what is converted,
    compressed ones are not (the consumer skips them itself). A batch cut off at the end is dropped; but if there is no whole one
    at all the bytes are passed on as they are, from whose length the consumer sees that it has to fetch more. The result is
    empty where nothing but control batches was there. Bounds as in `up_convert`. Raises UnsupportedConversion for zstd,
    MalformedRecord and DecompressionFailed for broken data, ValueError for another `to_magic` or offsets that do not increase.
    """
    if to_magic not in (0, 1):
        raise ValueError(f"there is no conversion down to magic {to_magic}")
    parts: list[bytes] = []
    budget = _Budget(decompressed_bytes_max, records_max)
    is_empty = True
    for position, size_bytes, magic in iterate_entries(buffer):
        is_empty = False
        if magic <= to_magic:
            parts.append(bytes(buffer[position : position + size_bytes]))
            continue
        if magic == 2:
            run = _batch_run(buffer, position, size_bytes, budget)
        else:
            run = _message_run(Message.parse(buffer, position, lenient=lenient), lenient, budget)
        if run is not None and (converted := run.converted(to_magic, first_offset)):
            parts.append(converted)
    return bytes(buffer) if is_empty else b"".join(parts)


@attrs.define(slots=True)
class _Budget:
    """What may still be unpacked."""

    bytes_max: int
    records_max: int

    def spend(self, records: Iterable[Record]) -> list[Record]:
        """All the records, held against the budget while they come."""
        spent = []
        for record in records:
            self.bytes_max = max(0, self.bytes_max - len(record.key or b"") - len(record.value or b"") - 1)
            self.records_max -= 1
            if self.records_max < 0:
                raise MalformedRecord("there are more records than permitted")
            spent.append(record)
        return spent


@attrs.frozen(slots=True)
class _Run:
    """The records that are converted together: a batch's, a message's, or a wrapper's."""

    records: list[Record]
    compression: Compression
    timestamp_type: TimestampType
    log_append_time_ms: int

    def converted(self, to_magic: int, first_offset: int) -> bytes:
        kept = [
            Record(record.key, record.value, (), record.timestamp_ms, record.offset)
            for record in self.records
            if self.compression is not Compression.NONE or record.offset >= first_offset
        ]
        if not kept:
            return b""
        return build_message_set(
            kept,
            magic=to_magic,
            base_offset=kept[0].offset,
            compression=self.compression,
            timestamp_type=self.timestamp_type,
            log_append_time_ms=self.log_append_time_ms,
        )


def _batch_run(buffer: Buffer, position: int, size_bytes: int, budget: _Budget) -> _Run | None:
    if size_bytes < HEADER_BYTES:
        raise MalformedRecord(f"a batch of {size_bytes} bytes")
    header = BatchHeader.parse(buffer, position)
    if header.is_control:
        return None
    if header.codec == Compression.ZSTD:
        raise UnsupportedConversion("batches compressed with zstd cannot be converted for old clients")
    batch = memoryview(buffer)[position : position + size_bytes]
    bytes_max = budget.bytes_max if header.codec else size_bytes
    records = budget.spend(records_of(batch, decompressed_bytes_max=bytes_max))
    return _Run(records, header.compression, header.timestamp_type, header.max_timestamp) if records else None


def _message_run(message: Message, lenient: bool, budget: _Budget) -> _Run:
    records = budget.spend(_records_of_message(message, lenient, budget))
    timestamp_type = message.timestamp_type or TimestampType.CREATE_TIME
    return _Run(records, Compression(message.codec), timestamp_type, message.timestamp_ms)


def _records_of_message(message: Message, lenient: bool, budget: _Budget) -> Iterable[Record]:
    return records_of_message(message, lenient=lenient, decompressed_bytes_max=budget.bytes_max)
