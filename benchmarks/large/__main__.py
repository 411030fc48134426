"""`python -m benchmarks.large`: what a broker does with very much of something, each in a fresh one; every figure is printed."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks import report
from benchmarks.large.batch import MESSAGE_BYTES_MAX, batch
from benchmarks.large.connections import CONNECTIONS, allow_open_files, connections
from benchmarks.large.group import group
from benchmarks.large.partitions import partitions
from benchmarks.large.retention import retention
from benchmarks.process import RunningBroker, own_target, running
from benchmarks.rows import Figures

#: How it is measured, and what the broker is set to.
RUNS: dict[str, tuple[Callable[[RunningBroker], Figures], dict[str, str]]] = {
    "partitions": (partitions, {}),
    "connections": (connections, {}),
    "group": (group, {"group_initial_rebalance_delay_ms": "1000"}),
    "batch": (batch, {"message_max_bytes": str(MESSAGE_BYTES_MAX)}),
}


def main() -> None:
    names = [*RUNS, "retention"]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="RUN", help=", ".join(names))
    arguments = parser.parse_args()
    allow_open_files(2 * CONNECTIONS)
    machine = report.machine()
    print(
        f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}, load {machine['load before']:.2f}"
    )
    for name in arguments.only:
        print(f"\n{name}", flush=True)
        if name == "retention":
            figures = retention()
        else:
            measure, settings = RUNS[name]
            with running(own_target(**settings)) as broker:
                figures = measure(broker)
        for what, figure in figures.items():
            print(f"  {what:75} {figure:12,.2f}", flush=True)


if __name__ == "__main__":
    main()
