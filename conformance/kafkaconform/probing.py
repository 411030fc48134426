"""Probes as checks: one run against the broker, held against the golden of the release, or against another broker."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from kafkaconform.checks import Check, Target
from kafkaconform.goldens import Index, Unfinished, read_golden, recorded_path, run_probe
from kafkaconform.outcome import Tree, differences
from kafkaconform.registry import Probe
from kafkaconform.releases import NotAskable
from kafkaconform.results import Asked, Difference, Kind, Outcome, Result
from kafkaconform.session import NoController


class NothingExpected(Exception):
    """What should be answered is not known; the text says why."""


def probe_checks(probes: Iterable[Probe]) -> list[Check]:
    """A check for each probe."""
    return [_check(probe) for probe in probes]


def _check(probe: Probe) -> Check:
    return Check(Kind.PROBE, probe.path, probe.holds, lambda target: _run(probe, target))


def _run(probe: Probe, target: Target) -> Result:
    begin = time.monotonic()

    def ended(outcome: Outcome, reason: str = "", **found: Tree) -> Result:
        return Result(Kind.PROBE, probe.path, probe.holds, outcome, time.monotonic() - begin, reason, **found)

    try:
        expected = _expected_steps(probe, target)
    except (NothingExpected, NotAskable) as reason:
        return ended(Outcome.NOT_RUN, str(reason))
    try:
        actual = run_probe(probe, target.host, target.port, release=target.release)["steps"]
    except NotAskable as reason:
        return ended(Outcome.NOT_RUN, str(reason))
    except Unfinished as failure:
        if isinstance(failure.__cause__, NoController):
            return ended(Outcome.NOT_RUN, str(failure))
        asked = asked_of(expected, failure.steps)
        return ended(Outcome.FAILED, str(failure), expected=expected, actual=failure.steps, asked=asked)
    asked = asked_of(expected, actual)
    found = tuple(Difference(*each) for each in differences(expected, actual, "steps"))
    if not found:
        return ended(Outcome.PASSED, asked=asked)
    return ended(Outcome.FAILED, differences=found, expected=expected, actual=actual, asked=asked)


def _expected_steps(probe: Probe, target: Target) -> list[Tree]:
    """The steps of the golden, or those that another broker gives."""
    if target.beside is None:
        golden = _golden(target.goldens, target.release, probe)
        return list(read_golden(golden)["steps"])
    try:
        return list(run_probe(probe, *target.beside, release=target.release)["steps"])
    except Unfinished as failure:
        raise NothingExpected(f"the broker beside: {failure}") from failure


def _golden(goldens: Path, release: str, probe: Probe) -> Path:
    golden = recorded_path(goldens, release, probe)
    if not golden.exists():
        reason = Index.read(goldens, release).left_out.get(probe.path, "there is no recorded answer")
        raise NothingExpected(f"Apache Kafka {release}: {reason}")
    return golden


def asked_of(expected: Sequence[Tree], actual: Sequence[Tree]) -> tuple[Asked, ...]:
    """What the steps of a probe ask for, and how many of the actual ones are as expected."""
    times: Counter[tuple[str, int]] = Counter()
    alike: Counter[tuple[str, int]] = Counter()
    for index, step in enumerate(expected):
        api, _, version = step["request"].rpartition(" v")
        if not api:
            # Bytes that are no request.
            continue
        times[api, int(version)] += 1
        alike[api, int(version)] += index < len(actual) and actual[index] == step
    return tuple(Asked(*asked, count, alike[asked]) for asked, count in times.items())
