"""`make conformance`: everything that ``kafkaconform run`` has, against our own broker, started for it.

    python conformance/tools/judge.py                          as the current release
    python conformance/tools/judge.py --as-version 3.9.1       its probes against --as-version 3.9
    python conformance/tools/judge.py --only 'fetch/*'         and whatever else kafkaconform run takes

Reports are written to build/conformance; those of histories apart, for theirs is a broker that cleans its logs at once. A run of
every probe that finds nothing new leaves in conformance/last-run.json how many answers of each version were Kafka's; `make coverage`
shows it.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from kafkaconform.compare import read_run
from kafkaconform.goldens import laid_out
from kafkaconform.orphans import ends_with_parent
from kafkaconform.ports import unused_port
from kafkaconform.reference import DEFAULT_KAFKA_VERSION
from kafkaconform.registry import all_probes
from kafkaconform.reports.matrix import matrix
from kafkaconform.results import Kind, Result
from kafkaconform.run_command import Selection, select

ROOT = Path(__file__).resolve().parent.parent.parent
REPORTS = ROOT / "build" / "conformance"
LAST_RUN = ROOT / "conformance" / "last-run.json"
PLAINTEXT = "PLAINTEXT://127.0.0.1:{port}"
CURRENT = ("--listeners", f"{PLAINTEXT},CONTROLLER://127.0.0.1:0")
#: Logs are compacted and cut while a history looks.
SOON = ("--listeners", PLAINTEXT, "--set", "log.cleaner.backoff.ms=200", "--set", "log.retention.check.interval.ms=200")


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--as-version", default=DEFAULT_KAFKA_VERSION, show_default=True, help="A release with recorded answers.")
@click.option("--only", multiple=True, metavar="GLOB", help="As of 'kafkaconform run'; may be repeated.")
@click.option("--kinds", default="probe,scenario,history", show_default=True, help="As of 'kafkaconform run'.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(as_version: str, only: tuple[str, ...], kinds: str, options: tuple[str, ...]) -> None:
    """Run conformance checks against our own broker; OPTIONS are those of 'kafkaconform run'."""
    sys.path.insert(0, str(ROOT))
    from tests.support.broker import environment

    REPORTS.mkdir(parents=True, exist_ok=True)
    asked = {Kind(kind) for kind in kinds.split(",")}
    parts = [({Kind.PROBE}, as_version, ("--listeners", PLAINTEXT, "--as-version", as_version.rpartition(".")[0]))]
    if as_version == DEFAULT_KAFKA_VERSION:
        parts = [({Kind.PROBE, Kind.SCENARIO}, as_version, CURRENT), ({Kind.HISTORY}, "histories", SOON)]
    codes = []
    for of_part, report, flags in parts:
        selection = Selection(only=only, kinds=frozenset(asked & of_part))
        if checks := select(selection, as_version):
            command = _command(flags, as_version, selection, report)
            ended = subprocess.run(
                [*command, *options], env=environment(), cwd=ROOT, preexec_fn=ends_with_parent(), check=False
            )
            codes.append(ended.returncode)
            if (
                flags is CURRENT
                and codes[-1] == 0
                and {probe.path for probe in all_probes()} <= {each.path for each in checks}
            ):
                _keep_last_run()
    if not codes:
        raise click.UsageError("No check matches.")
    sys.exit(max(codes))


def _command(flags: Sequence[str], release: str, selection: Selection, report: str) -> list[str]:
    """What starts a broker with these flags and runs the selected checks; ``report`` is the name of the files."""
    port = unused_port()
    broker = [sys.executable, "-m", "kafkaemu", "serve", *(flag.format(port=port) for flag in flags)]
    command = [sys.executable, "-m", "kafkaconform.cli", "run", "--as-version", release]
    command += ["--bootstrap", f"127.0.0.1:{port}", "--start", shlex.join(broker)]
    # Produce from 12 on and telemetry are served, but wait to be offered as Kafka has them wait.
    command += ["--known", "kafkaemu", "--unoffered", "--kinds", ",".join(selection.kinds)]
    for glob in selection.only:
        command += ["--only", glob]
    for kind in ("json", "junit", "html"):
        command += [f"--{kind}", str(REPORTS / f"{report}.{'xml' if kind == 'junit' else kind}")]
    return command


def _keep_last_run() -> None:
    """Leaves what the run of every probe has counted."""
    run = read_run(REPORTS / f"{DEFAULT_KAFKA_VERSION}.json")
    probes = [result for result in run.results if result.kind is Kind.PROBE]
    LAST_RUN.write_text(laid_out(summary(probes)) + "\n", encoding="utf-8")


def summary(probes: Sequence[Result]) -> dict[str, dict[str, list[int]]]:
    """API -> version -> how many answers were asked for, and how many were Kafka's."""
    return {
        api: {str(version): [cell.asked, cell.alike] for version, cell in cells.items()}
        for api, cells in matrix(probes).items()
    }


if __name__ == "__main__":
    main()
