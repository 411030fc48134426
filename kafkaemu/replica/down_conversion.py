"""Records for consumers that know no batches yet: message sets of magic 0 or 1. Imported by the first fetch that needs it.

Behaves as KafkaApis.maybeConvertFetchedData and LazyDownConversionRecords of 3.9. What is sent is as long as what was read, or as the
first batch once it is converted, if that is longer: converted records are cut off there, or a message that is cut off fills the rest.
Consumers expect such a one at the end of an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import cast

from kafkaemu.replica.reading import Isolation, Reading, limit_of
from kafkawire.primitives import RecordsValue
from kafkawire.records.batch import HEADER_BYTES, LOG_OVERHEAD_BYTES, Buffer
from kafkawire.records.legacy.convert import UnsupportedConversion, down_convert
from kafkawire.records.legacy.message import iterate_entries

#: Offset and length of the message that is cut off.
_CUT_OFF = Struct(">qi")
_NO_OFFSET = -1


def for_old_consumer(reading: Reading, magic: int) -> bool:
    """Make the records of ``reading`` what a consumer of ``magic`` understands; False if that cannot be."""
    if not reading.size:
        return True
    read = _joined(reading.records)
    offset = reading.entry.asked.fetch_offset
    entries = list(iterate_entries(read))
    if not entries:
        # The beginning of a batch (`begin_batch`) stays as it is.
        return True
    try:
        parts = [
            part
            for position, size_bytes, _ in entries
            if (part := down_convert(read[position : position + size_bytes], magic, first_offset=offset))
        ]
    except UnsupportedConversion:
        return False
    reading.size = max(len(read), len(parts[0]) if parts else 0)
    converted = b"".join(parts)[: reading.size]
    reading.records = converted + _cut_off(reading.size - len(converted))
    return True


def begin_batch(reading: Reading, isolation: Isolation) -> None:
    """Put the beginning of the first batch into ``reading`` where the limit lets nothing whole through: who finds a message cut off
    and none before it knows that its limit is too small (up to 2.8).
    """
    asked, partition = reading.entry.asked, reading.entry.partition
    if reading.size or reading.code or partition is None:
        return
    limit_bytes = asked.partition_max_bytes
    whole = partition.log.read(asked.fetch_offset, limit_bytes, limit_of(partition, isolation), minimum_one=True)
    reading.records = _joined(whole.records)[:limit_bytes]
    reading.size = len(reading.records)


def _joined(records: RecordsValue) -> bytes:
    # Regions are of files; what was read for a client lies in memory.
    pieces = cast("Sequence[Buffer]", records if isinstance(records, list) else [records])
    return b"".join(pieces)


def _cut_off(remaining: int) -> bytes:
    if remaining <= 0:
        return b""
    head = _CUT_OFF.pack(_NO_OFFSET, max(remaining + 1, HEADER_BYTES))
    return head[:remaining] + bytes(max(0, remaining - LOG_OVERHEAD_BYTES))
