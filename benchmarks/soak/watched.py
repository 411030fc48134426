"""`python -m benchmarks.soak.watched FILE serve ...`: `kafkaemu serve`, which tells FILE once a second what the broker holds."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kafkaemu.broker import Broker

INTERVAL_MS = 1000.0


def counts(broker: Broker) -> dict[str, int]:
    """How many there are of what could become ever more."""
    replicas = broker.replicas
    logs = [partition.log for partition in replicas.all_partitions()]
    return {
        "connections": len(broker.connections.open),
        "parked": len(broker.waiting),
        "timers": len(broker.moved) + len(broker.real),
        "fetch sessions": len(replicas.fetch_sessions),
        "topics": len(replicas.topics),
        "partitions": len(logs),
        "segments": sum(len(log.segments) for log in logs),
        "log bytes": sum(log.size_bytes for log in logs),
        "log memory bytes": sum(log.allocated_bytes for log in logs),
        "metadata log bytes": broker.controller.log.size_bytes,
        "objects": len(gc.get_objects()),
    }


def watch(broker: Broker, path: Path) -> None:
    """Write the counts now and each second from now on; whoever reads the file sees all of them or those before."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(counts(broker)))
    os.replace(beside, path)
    clock = broker.world.clock
    broker.real.at(clock.real_ms() + INTERVAL_MS, lambda: watch(broker, path))


def main() -> None:
    path, *arguments = sys.argv[1:]
    from kafkaemu import broker
    from kafkaemu.cli.main import main as command

    class Watched(broker.Broker):
        def start(self, *listening: object) -> None:
            super().start(*listening)  # type: ignore[arg-type]
            watch(self, Path(path))

    broker.Broker = Watched  # type: ignore[misc]
    command(arguments)


if __name__ == "__main__":
    main()
