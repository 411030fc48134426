"""Turning repeated figures into a table and JSON."""

from __future__ import annotations

import os
import platform
from statistics import median
from typing import Any

#: Target of each figure for the first release, and where it is going.
TARGETS: dict[str, tuple[float, float]] = {
    "start to first record, ms": (150, 115),
    "idle RSS, MB": (42, 32),
    "memory per idle connection, kB": (5, 2.5),
    "produce 100 B, krec/s": (700, 1000),
    "produce 100 B, broker CPU s/GB": (7.5, 5),
    "produce 1 KiB, MB/s": (200, 350),
    "consume 1 KiB, MB/s": (800, 1200),
    "consume 1 KiB, broker CPU s/GB": (0.3, 0.16),
    "one record, acks=all, p50, ms": (0.15, 0.07),
    "one record, acks=all, p99, ms": (0.5, 0.15),
    "end to end p50, ms": (0.18, 0.09),
    "end to end p99, ms": (0.5, 0.25),
    "create topic, ms": (0.6, 0.2),
    "subscribe to first record, ms": (160, 110),
    "small Produce requests/s, 64 in flight": (90_000, 200_000),
    "small Produce requests/s, 1000 connections": (25_000, 60_000),
    "quiet client beside 8 greedy, p99, ms": (4, 2),
    "codec: Produce v9 decode, µs": (2, 1),
    "codec: Metadata v12 encode, µs": (5, 3),
}

Samples = dict[str, list[float]]


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    from importlib.metadata import version

    names = ("trio", "attrs", "confluent-kafka", "cramjam", "google-crc32c")
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load before": os.getloadavg()[0],
        "versions": {name: version(name) for name in names},
    }


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def summary(samples: Samples) -> dict[str, dict[str, float]]:
    return {
        name: {"min": min(values), "median": median(values), "max": max(values)}
        for name, values in samples.items()
        if values
    }


def table(results: dict[str, Samples]) -> str:
    """A Markdown table: median (min-max) of the first broker, the others' medians with its ratio to each, the targets."""
    (own_name, own), *peers = [(name, summary(samples)) for name, samples in results.items()]
    head = ["measure", own_name, *(cell for name, _ in peers for cell in (name, "ratio")), "now", "moonshot"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, figures in own.items():
        cells = [name, f"{_number(figures['median'])} ({_number(figures['min'])}-{_number(figures['max'])})"]
        for _, peer in peers:
            other = peer.get(name)
            cells += [_number(other["median"]), f"{figures['median'] / other['median']:.2f}"] if other else ["", ""]
        cells += [_number(target) for target in TARGETS[name]] if name in TARGETS else ["", ""]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
