"""The log by itself: `python -m benchmarks.log`. Times of appends (validation apart) and reads, memory per batch and partition."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from kafkaemu.log.config import LogConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record
from kafkawire.records.validate import validate_produce

NOW_MS = 1_700_000_000_000
ROUNDS = 7


def resident_bytes() -> int:
    """Resident memory of this process (Linux), in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def batch_of(size_bytes: int, **options: int) -> bytes:
    """A batch of one record, ``size_bytes`` in all."""
    empty = len(build_batch([Record(None, b"", (), NOW_MS)], **options))  # type: ignore[arg-type]
    batch = build_batch([Record(None, b"v" * (size_bytes - empty), (), NOW_MS)], **options)  # type: ignore[arg-type]
    return (
        batch
        if len(batch) == size_bytes
        else build_batch(
            [Record(None, b"v" * (size_bytes - empty - (len(batch) - size_bytes)), (), NOW_MS)],
            **options,  # type: ignore[arg-type]
        )
    )


def append_us(size_bytes: int, count: int) -> tuple[float, float]:
    """Microseconds of an append, and of the validation in it."""
    batch = batch_of(size_bytes)
    appends, validations = [], []
    for _ in range(ROUNDS):
        log = PartitionLog("orders", 0, LogConfig(), SegmentMemory())
        append = log.append_as_leader
        began = perf_counter()
        for _ in range(count):
            append(batch, 0, NOW_MS)
        appends.append((perf_counter() - began) / count * 1e6)
        rules = log.config.produce_rules(log.name)
        began = perf_counter()
        for _ in range(count):
            validate_produce(batch, rules, NOW_MS)
        validations.append((perf_counter() - began) / count * 1e6)
        log.close()
    return median(appends), median(validations)


def idempotent_us(size_bytes: int, count: int) -> float:
    """Microseconds of an append of an idempotent producer."""
    batches = [
        batch_of(size_bytes, producer_id=7, producer_epoch=0, base_sequence=sequence) for sequence in range(count)
    ]
    times = []
    for _ in range(ROUNDS):
        log = PartitionLog("orders", 0, LogConfig(), SegmentMemory())
        append = log.append_as_leader
        began = perf_counter()
        for batch in batches:
            append(batch, 0, NOW_MS)
        times.append((perf_counter() - began) / count * 1e6)
        log.close()
    return median(times)


def read_us(count: int) -> tuple[float, float]:
    """Microseconds of a read at the tail, and of one anywhere in a log of many segments."""
    log = PartitionLog("orders", 0, LogConfig(segment_bytes=1 << 20), SegmentMemory())
    batch = batch_of(170)
    for _ in range(count):
        log.append_as_leader(batch, 0, NOW_MS)
    end = log.end_offset
    tail, anywhere = [], []
    for _ in range(ROUNDS):
        began = perf_counter()
        for _ in range(count):
            log.read(end - 1, 1 << 20, end)
        tail.append((perf_counter() - began) / count * 1e6)
        began = perf_counter()
        for offset in range(0, end, end // count or 1):
            log.read(offset, 4096, end)
        anywhere.append((perf_counter() - began) / count * 1e6)
    return median(tail), median(anywhere)


def bytes_per_batch(size_bytes: int, count: int) -> float:
    """Resident bytes per batch of ``size_bytes``, everything included."""
    log = PartitionLog("orders", 0, LogConfig(), SegmentMemory())
    batch = batch_of(size_bytes)
    log.append_as_leader(batch, 0, NOW_MS)
    before = resident_bytes()
    for _ in range(count):
        log.append_as_leader(batch, 0, NOW_MS)
    used = resident_bytes() - before
    log.close()
    return used / count


def bytes_per_idle_partition(count: int) -> tuple[float, float]:
    """Resident bytes per partition that was never written, and per one whose leader has begun an epoch."""
    memory, config = SegmentMemory(), LogConfig()
    gc.collect()
    before = resident_bytes()
    logs = [PartitionLog("orders", index, config, memory) for index in range(count)]
    fresh = resident_bytes() - before
    for log in logs:
        log.assign_epoch(0, 0)
    led = resident_bytes() - before
    return fresh / count, led / count


def main() -> None:
    """Print all figures."""
    print(f"Python {sys.version.split()[0]}, medians of {ROUNDS}")
    for size in (170, 1100):
        append, validation = append_us(size, 20_000)
        print(
            f"append of {size} B: {append:.2f} µs, of which validation {validation:.2f}, rest {append - validation:.2f}"
        )
    print(f"append of 170 B, idempotent: {idempotent_us(170, 20_000):.2f} µs")
    tail, anywhere = read_us(20_000)
    print(f"read at the tail: {tail:.2f} µs; anywhere, 4 KiB: {anywhere:.2f} µs")
    print(f"memory per batch of 170 B: {bytes_per_batch(170, 500_000):.0f} bytes")
    fresh, led = bytes_per_idle_partition(100_000)
    print(f"memory per idle partition: {fresh:.0f} bytes, with a leader epoch {led:.0f}")


if __name__ == "__main__":
    main()
