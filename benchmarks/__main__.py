"""`python -m benchmarks`: every row against kafkaemu and, interleaved, against other brokers.

Each ``--peer`` names one: Apache Kafka, franz-go's kfake, or any command that runs a broker. Each round measures one broker after
the other, each freshly started; the table shows the median of the rounds with minimum and maximum. Ratios within one run can be
believed, absolute figures only on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import peers, report, rows
from benchmarks.process import Target, own_target, running


def measure(target: Target, names: list[str], samples: report.Samples) -> list[str]:
    """One round of the named rows against a freshly started broker; returns what could not be measured, and why."""
    failures: list[str] = []

    def keep(name: str, row: Callable[[], rows.Figures]) -> None:
        try:
            figures = row()
        except Exception as error:
            failures.append(f"{target.name}, {name}: {error}")
            return
        for figure, value in figures.items():
            samples.setdefault(figure, []).append(value)
            print(f"  {target.name:14} {figure:45} {value:12.3f}", file=sys.stderr, flush=True)

    if "start" in names:
        keep("start", partial(rows.start, target))
    with running(target) as broker:
        for name, row in rows.ROWS.items():
            if name in names:
                keep(name, partial(row, broker))
    if "codec" in names and target.name == "kafkaemu":
        keep("codec", rows.codec)
    return failures


def main() -> None:
    available = ["start", *rows.ROWS, "codec"]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure kafkaemu, row by row.")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument(
        "--only", nargs="+", choices=available, default=available, metavar="ROW", help=", ".join(available)
    )
    parser.add_argument(
        "--peer",
        action="append",
        type=peers.peer,
        default=[],
        metavar="PEER",
        help=f"measure another broker too: {', '.join(peers.NAMED)}, or 'HOST:PORT COMMAND'; may be given several times",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all samples to this file")
    arguments = parser.parse_args()
    machine = report.machine()
    results: dict[str, report.Samples] = {}
    failures: list[str] = []
    targets = [own_target()]
    with ExitStack() as cleanup:
        for make_peer in arguments.peer:
            try:
                targets.append(make_peer(cleanup))
            except peers.PeerUnavailable as absent:
                failures.append(str(absent))
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            for target in targets:
                failures += measure(target, arguments.only, results.setdefault(target.name, {}))
            if arguments.json:
                # After each round: what has been measured outlives a run that is cut short.
                arguments.json.write_text(json.dumps({"machine": machine, "samples": results}, indent=1))
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    print(
        f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}, load {machine['load before']:.2f};"
        f" {versions}; {arguments.rounds} rounds: median (min-max)\n"
    )
    print(report.table(results))
    for failure in failures:
        print(f"\nnot run: {failure}")


if __name__ == "__main__":
    main()
