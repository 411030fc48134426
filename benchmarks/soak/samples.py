"""What is measured while the soak goes on, and what is said of it at the end."""

from __future__ import annotations

import csv
import json
import statistics
import time
from pathlib import Path

import psutil

from benchmarks.process import RunningBroker
from benchmarks.rows import percentile
from benchmarks.soak.ledger import Ledger

#: Memory may be this much more at the end than when it had warmed up, by the line through all samples in between.
GROWTH_SHARE_MAX = 0.05
#: The first part of a run, in which logs and caches fill.
WARM_UP_SHARE = 0.2
SHOWN = (
    "rss MB",
    "cpu %",
    "rounds/s",
    "late ms",
    "p50 ms",
    "p99 ms",
    "lag %",
    "open files",
    "parked",
    "timers",
    "fetch sessions",
    "objects",
)


class Sampler:
    """Takes a row each few seconds."""

    def __init__(self, broker: RunningBroker, counts: Path, ledger: Ledger) -> None:
        self._broker = broker
        self._own = psutil.Process()
        self._counts = counts
        self._ledger = ledger
        self.rows: list[dict[str, float]] = []
        self._begin = time.monotonic()
        self._last = self._marks()

    def _marks(self) -> tuple[float, float, float, int]:
        own = self._own.cpu_times()
        return time.monotonic(), self._broker.cpu_seconds(), own.user + own.system, self._ledger.done["rounds"]

    def take(self, late_ms: float, lag_share: float) -> dict[str, float]:
        """One row; the latencies of the ledger are used up by it."""
        marks = self._marks()
        seconds, cpu, own_cpu, rounds = (now - then for now, then in zip(marks, self._last, strict=True))
        self._last = marks
        latencies, self._ledger.latencies_ms = self._ledger.latencies_ms, []
        row = {
            "s": round(marks[0] - self._begin, 1),
            "rss MB": round(self._broker.rss_bytes() / 1e6, 1),
            "cpu %": round(100 * cpu / seconds),
            "load generator cpu %": round(100 * own_cpu / seconds),
            "rounds/s": round(rounds / seconds, 1),
            "late ms": round(late_ms),
            "p50 ms": round(percentile(latencies, 0.5), 2) if latencies else 0.0,
            "p99 ms": round(percentile(latencies, 0.99), 2) if latencies else 0.0,
            "lag %": round(100 * lag_share),
            "open files": self._broker.server.num_fds(),
            **json.loads(self._counts.read_text()),
        }
        self.rows.append(row)
        return row

    def save(self, path: str) -> None:
        """All rows, as a table for other programs."""
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, list(self.rows[0]))
            writer.writeheader()
            writer.writerows(self.rows)


def growth_share(rows: list[dict[str, float]], name: str) -> float:
    """By how much a column has grown since the warm-up, on the line through the samples; negative if it has shrunk."""
    warm = rows[int(len(rows) * WARM_UP_SHARE) :]
    if len(warm) < 3:
        return 0.0
    times, values = [row["s"] for row in warm], [row[name] for row in warm]
    slope, intercept = statistics.linear_regression(times, values)
    first = intercept + slope * times[0]
    return slope * (times[-1] - times[0]) / first if first else 0.0
