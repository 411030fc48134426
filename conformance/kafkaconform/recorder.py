"""``kafkaconform record``: runs the probes against a real broker and stores what it answers."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from kafkaconform.goldens import BASE_RELEASE, Difference, Unfinished, leave_out, record_probe, store
from kafkaconform.registry import Probe, all_probes
from kafkaconform.releases import NotAskable

#: Longer values are cut in the table of differences; the golden holds them whole.
SHOWN_CHARACTERS_MAX = 60


def record_all(host: str, port: int, *, only: Sequence[str], release: str, folder: Path) -> int:
    """Records every probe that one of the globs ``only`` selects; the exit code: 0 where all were recorded, twice the same.

    A probe whose second run differs from the first is not stored: it has to be mended, or left out of an older
    release.
    """
    console = Console()
    failed = 0
    # Of older releases brokers alone are asked.
    probes = [probe for probe in all_probes(*only) if release == BASE_RELEASE or not probe.at_controller]
    if not probes:
        console.print(f"No probe matches {' or '.join(map(repr, only))}.")
        return 1
    with Progress(console=console, transient=True) as progress:
        for probe in progress.track(probes, description="recording"):
            failed += not _record_one(console, probe, host, port, release, folder)
    console.print(f"{len(probes) - failed} probes recorded, {failed} not.")
    return 1 if failed else 0


def _record_one(console: Console, probe: Probe, host: str, port: int, release: str, folder: Path) -> bool:
    try:
        golden, unstable = record_probe(probe, host, port, release=release)
    except NotAskable as reason:
        if release == BASE_RELEASE:
            console.print(f"[red]{probe.path}[/red]: {reason}", highlight=False)
            return False
        leave_out(folder, release, probe, str(reason))
        return True
    except Unfinished as failure:
        console.print(f"[red]{probe.path}[/red]: {failure}", highlight=False)
        return False
    if unstable:
        console.print(differences_table(f"{probe.path}: two recordings differ", unstable, "first", "second"))
        if release == BASE_RELEASE:
            return False
        # Probes are written for the base release; an older one may leave open what that one does not.
        leave_out(folder, release, probe, f"two recordings differ, first at {unstable[0][0]}")
        return True
    store(folder, release, probe, golden)
    return True


def differences_table(title: str, found: Sequence[Difference], left: str, right: str) -> Table:
    """Differences side by side."""
    table = Table("where", left, right, title=title, title_justify="left")
    for path, expected, actual in found:
        table.add_row(path, _shown(expected), _shown(actual))
    return table


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS_MAX else text[: SHOWN_CHARACTERS_MAX - 1] + "…"
