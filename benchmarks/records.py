"""`python -m benchmarks.records`: what the record codec costs, in microseconds per batch or per record.

The walk over every field of every record is the largest part of what a broker does on Produce. Each figure is the best of many
repetitions, because everything that disturbs a measurement makes it longer.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from kafkawire.records.batch import HEADER, BatchHeader, Compression, set_base_offset
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record
from kafkawire.records.validate import ProduceRules, validate_produce
from kafkawire.records.walk import Reading, exact_walk, fast_walk

NOW_MS = 1_800_000_000_000
REPEAT_S = 0.3


def best_us(run: Callable[[], object], times: int = 1) -> float:
    """Shortest duration of one of `times` calls within `run`, in microseconds."""
    best = float("inf")
    until = time.perf_counter() + REPEAT_S
    while time.perf_counter() < until:
        begin = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begin)
    return best / times * 1e6


def record_sets() -> Iterator[tuple[str, list[Record]]]:
    """Records as clients send them: a producer's default batch (150 of 100 bytes), larger ones, mixed lengths."""
    chance = random.Random(7)
    rising = [NOW_MS + index // 20 for index in range(10_000)]
    for count in (150, 1000, 10_000):
        yield f"{count} x 100 B", [Record(None, bytes(100), (), stamp) for stamp in rising[:count]]
    yield "1000 x 100 B, keys", [Record(b"12345678", bytes(100), (), stamp) for stamp in rising[:1000]]
    header = (("traceparent", bytes(55)),)
    yield "1000 x 100 B, keys, headers", [Record(b"12345678", bytes(100), header, stamp) for stamp in rising[:1000]]
    lengths = [chance.randrange(50, 150) for _ in rising]
    yield "1000 x 50-150 B", [Record(None, bytes(lengths[at]), (), rising[at]) for at in range(1000)]
    yield "1000 x 50-150 B, keys", [Record(b"%08d" % at, bytes(lengths[at]), (), rising[at]) for at in range(1000)]
    yield "1000 x 1 KiB", [Record(None, bytes(1024), (), stamp) for stamp in rising[:1000]]


def header_rows() -> Iterator[tuple[str, float]]:
    """The view of one header, and the patch of base offset and leader epoch."""
    batch = bytearray(build_batch([Record(b"k", b"v", (), NOW_MS)]))
    hundred = range(100)
    yield "HEADER.unpack_from", best_us(lambda: [HEADER.unpack_from(batch, 0) for _ in hundred], 100)
    yield "BatchHeader.parse", best_us(lambda: [BatchHeader.parse(batch, 0) for _ in hundred], 100)

    def patch() -> None:
        for _ in hundred:
            set_base_offset(batch, 0, 7, 1)

    yield "set_base_offset", best_us(patch, 100)
    rules = ProduceRules(topic_partition="t-0")
    frame = memoryview(bytes(50) + build_batch([Record(None, bytes(100), (), NOW_MS)]))[50:]
    yield (
        "validate_produce, one record",
        best_us(lambda: [validate_produce(frame, rules, NOW_MS) for _ in hundred], 100),
    )


def figures_of(records: list[Record]) -> tuple[float, ...]:
    """What each operation costs for these records, in microseconds per record."""
    rules = ProduceRules(topic_partition="t-0", max_message_bytes=1 << 30)
    count = len(records)
    batch = build_batch(records)
    packed = build_batch(records, compression=Compression.LZ4)
    body = batch[61:]
    return (
        best_us(lambda: fast_walk(body, 0, count, False), count),
        best_us(lambda: fast_walk(body, 0, count, True), count),
        best_us(lambda: list(exact_walk(body, 0, count, Reading.BUFFER)), count),
        best_us(lambda: validate_produce(batch, rules, NOW_MS), count),
        best_us(lambda: validate_produce(packed, rules, NOW_MS), count),
        best_us(lambda: list(records_of(batch)), count),
        best_us(lambda: build_batch(records), count),
    )


def print_record_rows() -> None:
    """One line per kind of batch, microseconds per record."""
    columns = ("walk", "walk (stream)", "exact walk", "validate", "… lz4", "iterate", "build")
    print(f"\n{'us per record':30}" + "".join(f"{column:>15}" for column in columns))
    for name, records in record_sets():
        print(f"{name:30}" + "".join(f"{figure:15.3f}" for figure in figures_of(records)))


def main() -> None:
    """Print all figures."""
    for name, figure in header_rows():
        print(f"{name:45}{figure:10.3f} us")
    print_record_rows()


if __name__ == "__main__":
    main()
