"""Appending to the log of a partition and reading from it."""

import pytest

from kafkaemu.log.config import LogConfig
from kafkaemu.log.errors import LogError
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkawire.errors import ErrorCode
from kafkawire.records.batch import BatchHeader, has_valid_crc
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_in
from kafkawire.records.record import Record

NOW_MS = 1_700_000_000_000


def batch_of(*values: bytes, timestamp_ms: int = NOW_MS, **options: object) -> bytes:
    return build_batch([Record(b"k", value, (), timestamp_ms) for value in values], **options)  # type: ignore[arg-type]


def log_of(memory: SegmentMemory | None = None, **config: object) -> PartitionLog:
    return PartitionLog("orders", 0, LogConfig(**config), memory or SegmentMemory())  # type: ignore[arg-type]


def values_of(log: PartitionLog, offset: int = 0, max_bytes: int = 1 << 30) -> list[tuple[int, bytes | None]]:
    data = b"".join(log.read(offset, max_bytes, log.end_offset).records)
    return [(record.offset, record.value) for record in records_in(data)]


def test_append_assigns_offsets_and_leader_epoch() -> None:
    log = log_of()
    first = log.append_as_leader(batch_of(b"a", b"b"), 3, NOW_MS)
    second = log.append_as_leader(batch_of(b"c"), 4, NOW_MS)
    assert (first.base_offset, first.last_offset, second.base_offset, second.last_offset) == (0, 1, 2, 2)
    assert values_of(log) == [(0, b"a"), (1, b"b"), (2, b"c")]
    stored = log.read(2, 1000, 3).records[0]
    assert BatchHeader.parse(stored).partition_leader_epoch == 4
    assert has_valid_crc(stored)
    assert log.epochs() == [(3, 0), (4, 2)]
    assert log.end_offset == 3


def test_read_of_an_offset_inside_a_batch_gives_the_whole_batch() -> None:
    log = log_of()
    log.append_as_leader(batch_of(b"a", b"b", b"c"), 0, NOW_MS)
    assert values_of(log, 2) == [(0, b"a"), (1, b"b"), (2, b"c")]


def test_read_outside_of_the_log_is_out_of_range() -> None:
    log = log_of()
    log.append_as_leader(batch_of(b"a"), 0, NOW_MS)
    assert log.read(1, 1000, 1).size == 0
    for offset in (-1, 2):
        with pytest.raises(LogError) as caught:
            log.read(offset, 1000, 1)
        assert caught.value.code is ErrorCode.OFFSET_OUT_OF_RANGE


def test_read_of_slices_is_read_only() -> None:
    log = log_of()
    log.append_as_leader(batch_of(b"a"), 0, NOW_MS)
    assert log.read(0, 1000, 1).records[0].readonly
