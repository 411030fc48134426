"""``python -m benchmarks.embedding``: what a broker inside a test costs.

Each first broker is one of a process of its own, imports included, with compiled bytecode as an installed package has it. Start, first
record (produced and read back by the broker's own calls) and stop are measured one after the other; nothing else runs in between.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.startup import environment

PROCESSES = 15
BROKERS = 1000
TESTS = 200
#: A broker, timed: milliseconds of imports, start, first record, stop; then of later ones; memory of brokers side by side.
PROGRAM = """
import json, os, sys, time
def rss(): return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
clock = time.perf_counter
began = clock()
from kafkaemu.testing import Broker
imported = clock()
def one():
    began = clock()
    broker = Broker(topics=["orders"]).start()
    started = clock()
    broker.produce("orders", b"x")
    assert len(broker.records("orders")) == 1
    there = clock()
    broker.stop()
    return [1000 * ms for ms in (started - began, there - started, clock() - there)]
first = one()
later = [one() for _ in range(int(sys.argv[1]))]
import gc; gc.collect()
before = rss()
side = [Broker(topics=["orders"]).start() for _ in range(50 if later else 0)]
each = (rss() - before) / 50
for broker in side: broker.stop()
gc.collect()
print(json.dumps({"imports": 1000 * (imported - began), "first": first, "later": later, "kb": each, "rss": before}))
"""
TEST = """
import pytest

@pytest.mark.kafka_topics("orders")
@pytest.mark.parametrize("number", range({tests}))
def test_order({fixture}, number):
    {fixture}.produce("orders", str(number))
    assert len({fixture}.records("orders")) == 1
"""


def measured(brokers: int, env: dict[str, str]) -> dict[str, object]:
    """What `PROGRAM` prints, with so many later brokers."""
    command = [sys.executable, "-c", PROGRAM, str(brokers)]
    found: dict[str, object] = json.loads(subprocess.run(command, env=env, check=True, capture_output=True).stdout)
    return found


def run_tests(fixture: str, tests: int, env: dict[str, str]) -> float:
    """Seconds that pytest takes for ``tests`` tests which take ``fixture``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "test_orders.py")
        path.write_text(TEST.format(fixture=fixture, tests=tests))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", str(path)]
        began = time.perf_counter()
        subprocess.run(command, env=env, check=True, capture_output=True, cwd=folder)
        return time.perf_counter() - began


def spread(values: list[float]) -> str:
    """Median, and the 99th of a hundred (of few values: the largest)."""
    ordered = sorted(values)
    return f"{statistics.median(ordered):.2f} | {ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)]:.2f}"


def main() -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as cache:
        env = environment(cache)
        measured(1, env)
        firsts = [measured(0, env) for _ in range(PROCESSES)]
        later = measured(BROKERS, env)
        print("| ms | median | p99 |\n|---|---|---|")
        imports = [float(one["imports"]) for one in firsts]  # type: ignore[arg-type]
        parts: list[list[float]] = [one["first"] for one in firsts]  # type: ignore[misc]
        print(f"| first broker of a process: imports | {spread(imports)} |")
        print(f"| first broker: start, first record, stop | {spread([sum(each) for each in parts])} |")
        both = [before + sum(each) for before, each in zip(imports, parts, strict=True)]
        print(f"| first broker with imports | {spread(both)} |")
        rows: list[list[float]] = later["later"]  # type: ignore[assignment]
        for index, name in enumerate(("start", "first record, produced and read", "stop")):
            print(f"| later broker: {name} | {spread([each[index] for each in rows])} |")
        print(f"| later broker, all of it | {spread([sum(each) for each in rows])} |")
        print(
            f"\nmemory of one more broker: {later['kb']:.0f} kB; of the process after {BROKERS} brokers: {later['rss']:.0f} kB"
        )
        run_tests("kafka_broker", 1, env)
        for fixture in ("kafka_broker", "kafka_broker_session"):
            print(f"{TESTS} tests with {fixture}: {run_tests(fixture, TESTS, env):.2f} s")
        print(f"1 test with kafka_broker, pytest's own start included: {run_tests('kafka_broker', 1, env):.2f} s")


if __name__ == "__main__":
    main()
