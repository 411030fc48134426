"""Batches and logs for the tests of the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kafkaemu.log.config import LogConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkawire.records.batch import BatchHeader
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_in
from kafkawire.records.record import Record

NOW_MS = 1_700_000_000_000


def batch_of(*values: bytes | None, key: bytes | None = b"k", timestamp_ms: int = NOW_MS, **options: Any) -> bytes:
    """A batch with one record per value, all with the same key and timestamp."""
    return build_batch([Record(key, value, (), timestamp_ms) for value in values], **options)


def keyed(*pairs: tuple[bytes | None, bytes | None], timestamp_ms: int = NOW_MS, **options: Any) -> bytes:
    """A batch of (key, value) pairs."""
    return build_batch([Record(key, value, (), timestamp_ms) for key, value in pairs], **options)


def sequenced(sequence: int, *values: bytes, producer_id: int = 7, epoch: int = 0, **options: Any) -> bytes:
    """A batch of an idempotent producer."""
    return batch_of(
        *(values or (b"v",)), producer_id=producer_id, producer_epoch=epoch, base_sequence=sequence, **options
    )


def log_of(memory: SegmentMemory | None = None, **config: Any) -> PartitionLog:
    """A log of orders-0; unlike a topic's, ``segment_bytes`` may be as small as a test likes."""
    return PartitionLog("orders", 0, LogConfig(**config), memory or SegmentMemory())


def committed(log: PartitionLog) -> PartitionLog:
    """``log``, with everything in it committed."""
    log.update_high_watermark(log.end_offset)
    return log


def append(log: PartitionLog, *batches: bytes, epoch: int = 0, now_ms: int = NOW_MS) -> PartitionLog:
    """Append each batch as leader and commit it."""
    for batch in batches:
        log.append_as_leader(batch, epoch, now_ms)
    return committed(log)


def records_in_log(log: PartitionLog) -> list[Record]:
    """All records from the start offset on, read segment by segment as a consumer does."""
    found: list[Record] = []
    offset = log.start_offset
    while offset < log.end_offset:
        data = b"".join(log.read(offset, 1 << 30, log.end_offset, minimum_one=True).records)
        if not data:
            break
        records = [record for record in records_in(data) if record.offset >= log.start_offset]
        found += records
        offset = last_header(data).next_offset
    return found


def last_header(data: bytes) -> BatchHeader:
    """Header of the last whole batch."""
    return headers_of(data)[-1]


def headers_of(data: bytes) -> list[BatchHeader]:
    """Headers of all whole batches."""
    from kafkawire.records.batch import iterate_batches

    return [header for _, header in iterate_batches(data)]


def values_of(records: Sequence[Record]) -> list[tuple[int, bytes | None]]:
    """(offset, value) of each."""
    return [(record.offset, record.value) for record in records]
