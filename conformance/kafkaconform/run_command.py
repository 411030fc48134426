"""``kafkaconform run``: from the options to the exit code."""

import json
import socket
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from kafkaconform.checks import Check, Target
from kafkaconform.known import KnownList, read_known
from kafkaconform.probing import probe_checks
from kafkaconform.recorder import differences_table
from kafkaconform.registry import all_probes
from kafkaconform.results import Kind, Outcome, Result, Run
from kafkaconform.runner import run_checks, unneeded

CONNECT_TIMEOUT_S = 5
DIFFERENCES_SHOWN = 20


class CannotRun(Exception):
    """Nothing can be run as asked; the text is one sentence for the user."""


def run(target: Target, *, only: str, kinds: set[Kind], known_file: Path | None, json_file: Path | None) -> int:
    """Run what is selected, tell it on the terminal and in the files asked for; the exit code.

    Raises:
        CannotRun: nothing matches, or nobody listens there.
        BadKnownList: the list of known differences cannot be used.
    """
    known = read_known(known_file) if known_file else KnownList()
    checks = select(only, kinds)
    if not checks:
        raise CannotRun(f"No check matches {only!r}.")
    _connect(target)
    console = Console()
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("checking", total=len(checks))

        def told(result: Result) -> None:
            progress.advance(task)
            if result.outcome is Outcome.FAILED:
                _show(console, result)

        found = run_checks(target, checks, known, told=told, versions={})
    spare = unneeded(found, known, (check.path for check in select("*", set(Kind))))
    for entry in spare:
        console.print(
            f"Not needed any more in {known_file}: {entry.check} {entry.where} ({entry.reason})", highlight=False
        )
    if json_file:
        json_file.write_text(json.dumps(found.to_json(), ensure_ascii=False), encoding="utf-8")
    console.print(summary(found), highlight=False)
    return 0 if found.is_good and not spare else 1


def select(only: str, kinds: set[Kind]) -> list[Check]:
    """The checks whose path the glob ``only`` matches, of these kinds."""
    return probe_checks(all_probes(only)) if Kind.PROBE in kinds else []


def summary(run: Run) -> str:
    """One line: how many checks ended in which way."""
    counts = run.counts()
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    return f"{run.bootstrap} against Apache Kafka {run.release}: {told or 'nothing run'}, in {run.duration_s:.1f} s."


def _connect(target: Target) -> None:
    try:
        socket.create_connection((target.host, target.port), timeout=CONNECT_TIMEOUT_S).close()
    except OSError as failure:
        raise CannotRun(f"Nobody answers at {target.bootstrap}: {failure.strerror or failure}.") from None


def _show(console: Console, result: Result) -> None:
    console.print(f"[red]{result.path}[/red]: {result.reason or result.holds}", highlight=False)
    if result.differences:
        shown = result.differences[:DIFFERENCES_SHOWN]
        console.print(differences_table("", shown, "expected", "actual"))
