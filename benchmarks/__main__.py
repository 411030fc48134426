"""`python -m benchmarks`: every row against kafkaemu and, interleaved, against another broker.

The peer is started by ``--peer`` (a command that stays in the foreground and ends on SIGTERM) and answers at
``--peer-bootstrap``. Each round measures one broker and then the other, each freshly started; the table shows the median of the
rounds with minimum and maximum. Ratios within one run can be believed, absolute figures only on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import sys

from benchmarks import report, rows
from benchmarks.process import Target, own_target, peer_target, running


def measure(target: Target, names: list[str], samples: report.Samples) -> None:
    """One round of the named rows against a freshly started broker."""

    def keep(figures: rows.Figures) -> None:
        for name, value in figures.items():
            samples.setdefault(name, []).append(value)
            print(f"  {target.name:10} {name:45} {value:12.3f}", file=sys.stderr, flush=True)

    if "start" in names:
        keep(rows.start(target))
    with running(target) as broker:
        for name, row in rows.ROWS.items():
            if name in names:
                keep(row(broker))
    if "codec" in names and target.name == "kafkaemu":
        keep(rows.codec())


def main() -> None:
    available = ["start", *rows.ROWS, "codec"]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure kafkaemu, row by row.")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument(
        "--only", nargs="+", choices=available, default=available, metavar="ROW", help=", ".join(available)
    )
    parser.add_argument("--peer", metavar="COMMAND", help="command that runs another broker in the foreground")
    parser.add_argument("--peer-bootstrap", metavar="HOST:PORT", help="where the other broker answers")
    parser.add_argument("--json", metavar="FILE", help="write all samples to this file")
    arguments = parser.parse_args()
    if (arguments.peer is None) != (arguments.peer_bootstrap is None):
        parser.error("--peer and --peer-bootstrap go together")
    machine = report.machine()
    results: dict[str, report.Samples] = {"kafkaemu": {}}
    if arguments.peer:
        results["peer"] = {}
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        measure(own_target(), arguments.only, results["kafkaemu"])
        if arguments.peer:
            measure(peer_target(arguments.peer, arguments.peer_bootstrap), arguments.only, results["peer"])
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    print(
        f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}, load {machine['load before']:.2f};"
        f" {versions}; {arguments.rounds} rounds: median (min-max)\n"
    )
    print(report.table(results))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"machine": machine, "samples": results}, file, indent=1)


if __name__ == "__main__":
    main()
