"""``kafkaconform run``: from the options to the exit code."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from difflib import get_close_matches
from pathlib import Path

import attrs
from rich.console import Console

from kafkaconform.accepting import write_known
from kafkaconform.checks import Check, Target
from kafkaconform.console import narrating, say
from kafkaconform.goldens import recorded_releases
from kafkaconform.histories import checks as history_checks
from kafkaconform.known import KnownList, read_known
from kafkaconform.probing import probe_checks
from kafkaconform.reach import why_unreachable
from kafkaconform.registry import all_probes, is_selected
from kafkaconform.releases import served_versions
from kafkaconform.reports.html import write_html
from kafkaconform.reports.junit import write_junit
from kafkaconform.reports.text import summary
from kafkaconform.results import Kind, Outcome, Run
from kafkaconform.runner import run_checks, unneeded
from kafkaconform.scenario_checks import chosen_clients, scenario_checks, versions_of
from kafkaconform.starting import BrokerCommand
from kafkawire.index import APIS
from kafkawire.releases import UnknownRelease, declared


class CannotRun(Exception):
    """Nothing can be run as asked; the text is one sentence for the user."""


@attrs.frozen(kw_only=True)
class Selection:
    """Which checks: those of these kinds that the glob selects; of scenarios those of the named clients, if any are."""

    only: tuple[str, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)
    clients: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Files:
    """The list of accepted differences to read, the reports to write, and where to write a list of what is not accepted yet."""

    known: Path | None = None
    write_known: Path | None = None
    json: Path | None = None
    junit: Path | None = None
    html: Path | None = None

    def reports(self) -> list[tuple[Path, Callable[[Run, Path], None]]]:
        """Each report that is asked for, and what writes it."""
        writers = (
            (self.json, _write_json),
            (self.junit, write_junit),
            (self.html, write_html),
            (self.write_known, write_known),
        )
        return [(file, write) for file, write in writers if file is not None]


def run(
    target: Target, selection: Selection, files: Files, *, start: str | None = None, console: Console | None = None
) -> int:
    """Run what is selected, tell it on the terminal and in the files asked for; the exit code. ``start`` is a command that brings the
    broker up where nobody answers, and again when it is gone.

    Raises:
        CannotRun: nothing matches, nothing is recorded of the release, nobody listens there, or a report cannot be
            written.
        UnknownClient: there is no such client.
        BadKnownList: the list of known differences cannot be used.
    """
    console = console or Console()
    known = read_known(files.known) if files.known else KnownList()
    _require_writable(files)
    _require_release(target)
    checks = select(selection, target.release)
    if not checks:
        if selection.only:
            raise CannotRun(_no_match(selection, target.release))
        kinds = " or ".join(sorted(selection.kinds))
        raise CannotRun(f"There is no check of kind {kinds} for Apache Kafka {target.release}.")
    if Kind.PROBE in selection.kinds:
        _require_answers(target)
    if target.beside and (reason := why_unreachable(*target.beside)):
        raise CannotRun(reason)
    versions = (
        versions_of(chosen_clients(selection.clients, target.release)) if Kind.SCENARIO in selection.kinds else {}
    )
    with ExitStack() as stack:
        command = stack.enter_context(BrokerCommand(start, target.host, target.port)) if start else None
        reason = why_unreachable(target.host, target.port)
        if reason and command:
            reason = command.start()
        elif command:
            say(console, f"{target.bootstrap} answers already: {start!r} is run only when it is gone.")
        if reason:
            raise CannotRun(reason)
        if command and command.is_running:
            target = attrs.evolve(target, restart=command.start)
        narrator = stack.enter_context(narrating(console, len(checks)))
        found = run_checks(target, checks, known, told=narrator.tell, versions=versions, command=command)
    for file, write in files.reports():
        write(found, file)
    spare = unneeded(found, known, (check.path for check in select(Selection(), target.release)))
    for entry in spare:
        say(console, f"Not needed any more in {files.known}: {entry.check} {entry.where} ({entry.reason})", style="red")
    for line in summary(found):
        say(console, line)
    if found.counts()[Outcome.NOT_OFFERED] and (hint := _better_release(target)):
        say(console, hint)
    if found.has_failed or spare:
        return 1
    return 0 if found.is_good else 2


def select(selection: Selection, release: str) -> list[Check]:
    """The checks that are selected, probes first."""
    checks: list[Check] = []
    if Kind.PROBE in selection.kinds:
        checks += probe_checks(all_probes())
    if Kind.SCENARIO in selection.kinds:
        checks += scenario_checks(chosen_clients(selection.clients, release), *selection.only)
    if Kind.HISTORY in selection.kinds:
        checks += history_checks()
    return [check for check in checks if is_selected(check.path, *selection.only)]


def _no_match(selection: Selection, release: str) -> str:
    """A sentence that tells what is not there, and what there is that looks like it."""
    paths = [check.path for check in select(Selection(kinds=selection.kinds, clients=selection.clients), release)]
    groups = list(dict.fromkeys(path.rpartition("/")[0] for path in paths if not path.startswith("at_controller/")))
    asked = [part.lower() for glob in selection.only for part in glob.split(",")]
    alike = dict.fromkeys(name for part in asked for name in get_close_matches(part, groups + paths))
    hint = f"there are {', '.join(alike)}" if alike else f"there are checks in {', '.join(groups) or 'no group'}"
    once = "; give --only once for each" if any("," in glob for glob in selection.only) else ""
    return f"No check matches {' or '.join(map(repr, selection.only))}; {hint}{once}."


def _require_release(target: Target) -> None:
    """Raises CannotRun where it is not known what the release can be asked."""
    try:
        declared(target.release)
    except UnknownRelease as failure:
        raise CannotRun(f"--as-version: {failure}.") from None


def _require_answers(target: Target) -> None:
    """Raises CannotRun where it is not known what the release would answer."""
    recorded = recorded_releases(target.goldens)
    if target.beside is None and target.release not in recorded:
        there_are = f"there are of {', '.join(recorded)}" if recorded else "there are none at all"
        raise CannotRun(
            f"There are no recorded answers of Apache Kafka {target.release} in {target.goldens}; {there_are}."
        )


def _better_release(target: Target) -> str | None:
    """A sentence that names the release whose APIs the broker offers rather than those that it was asked; None where there is none."""
    offered = target.peers.at(target.host, target.port).offered
    if target.beside is not None or offered is None:
        return None
    best = min(
        recorded_releases(target.goldens),
        key=lambda release: (_versions_lacking(release, offered), release != target.release),
    )
    if best == target.release:
        return None
    return f"Its APIs are rather those of Apache Kafka {best}, whose answers --as-version {best} expects."


def _versions_lacking(release: str, offered: Mapping[int, range]) -> int:
    """How many versions of APIs a release serves that are not offered, and the other way round."""
    served = {(key, version) for key in APIS for version in served_versions(release, key)}
    there = {(key, version) for key, versions in offered.items() for version in versions if key in APIS}
    return len(served ^ there)


def _write_json(run: Run, file: Path) -> None:
    file.write_text(json.dumps(run.to_json(), ensure_ascii=False), encoding="utf-8")


def _require_writable(files: Files) -> None:
    """Raises CannotRun before anything is run, rather than after all of it."""
    reports = [file for file, _ in files.reports()]
    for file in reports:
        if reports.count(file) > 1:
            raise CannotRun(f"Two reports cannot both be written to {file}.")
        existed = file.exists()
        try:
            file.open("ab").close()
        except OSError as failure:
            raise CannotRun(f"The report {file} cannot be written: {failure.strerror}.") from None
        if not existed:
            file.unlink()
    if files.known and files.write_known and files.known.resolve() == files.write_known.resolve():
        raise CannotRun(
            "--write-known would write over the list that --known reads, reasons and all: name another file."
        )
