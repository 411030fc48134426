"""Runs checks against a broker, one after another, and judges what came of it by a list of known differences."""

import platform
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib import metadata

from kafkaconform.checks import Check, Target
from kafkaconform.known import Known, KnownList
from kafkaconform.results import Outcome, Result, Run

Told = Callable[[Result], None]


def run_checks(
    target: Target, checks: Sequence[Check], known: KnownList, *, told: Told = lambda _: None, versions: dict[str, str]
) -> Run:
    """Run every check; ``told`` is called with each result as it comes.

    ``versions`` are those of programs that take part, besides the runner's own.
    """
    started, begin = datetime.now(UTC), time.monotonic()
    results = []
    for check in checks:
        result = known.judge(check.run(target), target.release)
        results.append(result)
        told(result)
    return Run(
        bootstrap=target.bootstrap,
        release=target.release,
        started=started.isoformat(timespec="seconds"),
        duration_s=time.monotonic() - begin,
        versions={**own_versions(), **versions},
        results=tuple(results),
    )


def unneeded(run: Run, known: KnownList, every_path: Iterable[str]) -> list[Known]:
    """Entries of the list that this run did not need, although all that they speak of was run."""
    ran = {result.path for result in run.results if result.outcome is not Outcome.NOT_RUN}
    return known.unneeded(run.release, every_path, ran)


def own_versions() -> dict[str, str]:
    """The runner's version and Python's."""
    try:
        version = metadata.version("kafkaemu")
    except metadata.PackageNotFoundError:
        version = "from a checkout"
    return {"kafkaconform": version, "Python": platform.python_version()}
