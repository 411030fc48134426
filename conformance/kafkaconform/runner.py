"""Runs checks against a broker, one after another, and judges what came of it by a list of known differences."""

import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata

import attrs

from kafkaconform.checks import Check, Target
from kafkaconform.known import Known, KnownList
from kafkaconform.outcome import Placeholders, tree_of
from kafkaconform.peers import LastAsked
from kafkaconform.reach import why_unreachable
from kafkaconform.reports.places import one_line, shortened
from kafkaconform.results import Kind, Outcome, Result, Run
from kafkaconform.starting import BrokerCommand
from kafkaconform.wire import address_of

#: How much of the request that a broker was asked last is told; the steps of the probe hold it whole.
REQUEST_CHARACTERS_MAX = 400

Told = Callable[[Result], None]


def run_checks(
    target: Target,
    checks: Sequence[Check],
    known: KnownList,
    *,
    told: Told = lambda _: None,
    versions: Mapping[str, str] | None = None,
    command: BrokerCommand | None = None,
) -> Run:
    """Run every check; ``told`` is called with each result as it comes.

    Once the broker is gone, or the one beside it, the rest is not run, unless ``command`` brings it back. ``versions`` are those of
    programs that take part, besides the runner's own.
    """
    started, begin = datetime.now(UTC), time.monotonic()
    results: list[Result] = []
    deaths = []
    is_gone = False
    for check in checks:
        if is_gone:
            result = Result(check.kind, check.path, check.holds, Outcome.NOT_RUN, 0.0, "the broker was gone by then")
        else:
            result, death = _run_one(check, target, known, command)
            if target.beside and result.outcome is Outcome.NOT_RUN and (gone := why_unreachable(*target.beside)):
                is_gone, why = True, f"{result.reason}. The broker beside is gone. {gone}"
                result = attrs.evolve(result, outcome=Outcome.FAILED, reason=why)
            if death is not None:
                deaths.append(check.path)
                failure = command.start() if command else ""
                is_gone = failure is not None
                why = f"{result.reason.removesuffix('.')}. " if result.reason else ""
                why = " ".join(filter(None, (why + death, failure)))
                # Whatever a list accepts of its answers.
                result = attrs.evolve(result, outcome=Outcome.FAILED, reason=why)
        results.append(result)
        told(result)
    return Run(
        bootstrap=target.bootstrap,
        release=target.release,
        started=started.isoformat(timespec="seconds"),
        duration_s=time.monotonic() - begin,
        versions={**own_versions(), **(versions or {})},
        results=tuple(results),
        beside=address_of(*target.beside) if target.beside else "",
        deaths=tuple(deaths),
    )


def _run_one(
    check: Check, target: Target, known: KnownList, command: BrokerCommand | None
) -> tuple[Result, str | None]:
    """How a check ended; and if the broker is gone after it, why, in sentences."""
    asked_before = target.peers.last_asked
    if command:
        command.mark()
    result = known.judge(_outcome(check, target), target.release)
    if result.outcome in (Outcome.PASSED, Outcome.NOT_RUN):
        return result, None
    gone = why_unreachable(target.host, target.port)
    if gone is None:
        return result, None
    sentences = [f"The broker is gone. {gone}"]
    # What clients of scenarios and histories ask is not noted.
    if check.kind is Kind.PROBE and (asked := target.peers.last_asked) is not None:
        when = "It was asked last" if asked is not asked_before else "Nothing was asked here; before, it was asked last"
        sentences.append(f"{when} {_in_words(asked)}.")
    if command and (said := command.said()):
        sentences.append(f"{command.command!r} ended, or said, meanwhile: {said}")
    return result, " ".join(sentences)


def _in_words(asked: LastAsked) -> str:
    whom = address_of(asked.peer.host, asked.peer.port)
    if isinstance(asked.sent, bytes):
        return f"of {whom}, in bytes, {shortened(asked.sent.hex(), REQUEST_CHARACTERS_MAX)}"
    name = type(asked.sent).__name__.removesuffix("Request")
    fields = Placeholders("").resolve(tree_of(asked.sent, asked.version))
    return f"of {whom} {name} v{asked.version}, {one_line(fields, REQUEST_CHARACTERS_MAX)}"


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
