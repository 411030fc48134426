"""Runs checks against a broker, one after another, and judges what came of it by a list of known differences."""

import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata

import attrs

from kafkaconform.checks import Check, Target
from kafkaconform.known import Known, KnownList
from kafkaconform.reach import why_unreachable
from kafkaconform.results import Outcome, Result, Run

Told = Callable[[Result], None]


def run_checks(
    target: Target,
    checks: Sequence[Check],
    known: KnownList,
    *,
    told: Told = lambda _: None,
    versions: Mapping[str, str] | None = None,
) -> Run:
    """Run every check; ``told`` is called with each result as it comes.

    Once the broker is gone the rest is not run. ``versions`` are those of programs that take part, besides the runner's own.
    """
    started, begin = datetime.now(UTC), time.monotonic()
    results = []
    gone: str | None = None
    for check in checks:
        if gone is None:
            result = known.judge(_outcome(check, target), target.release)
            if result.outcome is Outcome.FAILED and (gone := why_unreachable(target.host, target.port)):
                result = attrs.evolve(result, reason="; ".join(filter(None, (result.reason, gone))))
        else:
            result = Result(check.kind, check.path, check.holds, Outcome.NOT_RUN, 0.0, "the broker was gone by then")
        results.append(result)
        told(result)
    return Run(
        bootstrap=target.bootstrap,
        release=target.release,
        started=started.isoformat(timespec="seconds"),
        duration_s=time.monotonic() - begin,
        versions={**own_versions(), **(versions or {})},
        results=tuple(results),
        beside=":".join(map(str, target.beside)) if target.beside else "",
    )


def _outcome(check: Check, target: Target) -> Result:
    begin = time.monotonic()
    try:
        return check.run(target)
    except Exception as failure:
        # A check that breaks has shown nothing, and must not take the others with it.
        reason = f"the check itself broke: {type(failure).__name__}: {failure}"
        return Result(check.kind, check.path, check.holds, Outcome.FAILED, time.monotonic() - begin, reason)


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
