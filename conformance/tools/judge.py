"""`make conformance`: everything that ``kafkaconform run`` has, against our own broker, started for it.

    python conformance/tools/judge.py                          as the current release
    python conformance/tools/judge.py --as-version 3.9.1       its probes against --as-version 3.9
    python conformance/tools/judge.py --only 'fetch/*'         and whatever else kafkaconform run takes

Reports are written to build/conformance. A run of every probe that finds nothing new leaves in conformance/last-run.json how many
answers of each version were Kafka's; `make coverage` shows it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from kafkaconform.compare import read_run
from kafkaconform.goldens import laid_out
from kafkaconform.reference import DEFAULT_KAFKA_VERSION
from kafkaconform.registry import all_probes
from kafkaconform.reports.matrix import matrix
from kafkaconform.results import Kind, Result

ROOT = Path(__file__).resolve().parent.parent.parent
REPORTS = ROOT / "build" / "conformance"
LAST_RUN = ROOT / "conformance" / "last-run.json"


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--as-version", default=DEFAULT_KAFKA_VERSION, show_default=True, help="A release with recorded answers.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(as_version: str, options: tuple[str, ...]) -> None:
    """Run conformance checks against our own broker; OPTIONS are those of 'kafkaconform run'."""
    sys.path.insert(0, str(ROOT))
    from tests.support.broker import running_broker

    REPORTS.mkdir(parents=True, exist_ok=True)
    flags = ["--listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0"]
    if as_version != DEFAULT_KAFKA_VERSION:
        flags = ["--as-version", as_version.rpartition(".")[0]]
    with running_broker(*flags) as broker:
        code = _run(broker.bootstrap, as_version, options)
    if code == 0 and as_version == DEFAULT_KAFKA_VERSION:
        probes = [result for result in read_run(REPORTS / f"{as_version}.json").results if result.kind is Kind.PROBE]
        if len(probes) == len(all_probes()):
            LAST_RUN.write_text(laid_out(summary(probes)) + "\n", encoding="utf-8")
    sys.exit(code)


def _run(bootstrap: str, release: str, options: Sequence[str]) -> int:
    command = [sys.executable, "-m", "kafkaconform.cli", "run", "--bootstrap", bootstrap, "--as-version", release]
    command += ["--known", str(ROOT / "conformance" / "known-kafkaemu.toml")]
    for kind in ("json", "junit", "html"):
        command += [f"--{kind}", str(REPORTS / f"{release}.{'xml' if kind == 'junit' else kind}")]
    if release != DEFAULT_KAFKA_VERSION:
        command += ["--kinds", "probe"]
    return subprocess.run([*command, *options], check=False).returncode


def summary(probes: Sequence[Result]) -> dict[str, dict[str, list[int]]]:
    """API -> version -> how many answers were asked for, and how many were Kafka's."""
    return {
        api: {str(version): [cell.asked, cell.alike] for version, cell in cells.items()}
        for api, cells in matrix(probes).items()
    }


if __name__ == "__main__":
    main()
