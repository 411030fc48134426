"""Probes as checks: one run against the broker, held against the golden of the release, or against another broker."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from kafkaconform.checks import Check, Target
from kafkaconform.goldens import BASE_RELEASE, Index, Unfinished, read_golden, recorded_path, run_probe
from kafkaconform.outcome import ABSENT, NOT_OFFERED, Tree
from kafkaconform.peers import NotOffered
from kafkaconform.registry import Probe
from kafkaconform.releases import NotAskable
from kafkaconform.results import OFFERED, Asked, Difference, Kind, Outcome, Result
from kafkaconform.session import NoController
from kafkaconform.steps import comparable, differing, seen


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

    lacking: list[str] = []
    try:
        expected = _expected_steps(probe, target)
        actual = _steps(probe, target, target.host, target.port)
    except (NothingExpected, NotAskable) as reason:
        return ended(Outcome.NOT_RUN, str(reason))
    except Unfinished as failure:
        actual = failure.steps
        if isinstance(failure.__cause__, NoController):
            return ended(Outcome.NOT_RUN, str(failure))
        if not isinstance(failure.__cause__, NotOffered):
            asked = asked_of(expected, actual)
            return ended(Outcome.FAILED, str(failure), expected=expected, actual=actual, asked=asked)
        lacking.append(failure.__cause__.what)
        # It ended there; what it would have gone on to ask cannot be held against the broker.
        expected = expected[: len(actual)]
    expected, actual = comparable(expected, actual)
    asked = asked_of(expected, actual)
    found = differing(expected, actual)
    lacking += [step["request"] for step in actual if step["outcome"] == NOT_OFFERED]
    if not found and not lacking:
        return ended(Outcome.PASSED, asked=asked)
    outcome, said = Outcome.FAILED, ""
    if not found:
        outcome, said = Outcome.NOT_OFFERED, f"not offered: {', '.join(dict.fromkeys(lacking))}"
    found += [Difference(OFFERED + what, "offered", ABSENT) for what in dict.fromkeys(lacking)]
    return ended(outcome, said, differences=tuple(found), expected=expected, actual=actual, asked=asked)


def _steps(probe: Probe, target: Target, host: str, port: int) -> list[Tree]:
    beside = None if target.beside is None else target.peers.at(*target.beside)
    steps = run_probe(probe, host, port, release=target.release, peers=target.peers, beside=beside)["steps"]
    return list(steps)


def _expected_steps(probe: Probe, target: Target) -> list[Tree]:
    """The steps of the golden, or those that another broker gives."""
    if target.beside is None:
        golden = _golden(target.goldens, target.release, probe)
        return list(read_golden(golden)["steps"])
    try:
        return _steps(probe, target, *target.beside)
    except Unfinished as failure:
        raise NothingExpected(f"the broker beside: {failure}") from failure


def _golden(goldens: Path, release: str, probe: Probe) -> Path:
    if probe.at_controller and release != BASE_RELEASE:
        raise NothingExpected(f"Apache Kafka {release}: of older releases brokers alone were asked")
    golden = recorded_path(goldens, release, probe)
    if not golden.exists():
        reason = Index.read(goldens, release).left_out.get(probe.path, "there is no recorded answer")
        raise NothingExpected(f"Apache Kafka {release}: {reason}")
    return golden


def asked_of(expected: Sequence[Tree], actual: Sequence[Tree]) -> tuple[Asked, ...]:
    """What the steps of a probe ask for, and how many of the actual ones are as expected."""
    times: Counter[tuple[str, int]] = Counter()
    alike: Counter[tuple[str, int]] = Counter()
    not_offered: Counter[tuple[str, int]] = Counter()
    was_seen = seen(actual)
    for index, step in enumerate(seen(expected)):
        api, _, version = step["request"].rpartition(" v")
        if not api:
            # Bytes that are no request.
            continue
        asked = (api, int(version))
        is_offered = index >= len(was_seen) or was_seen[index]["outcome"] != NOT_OFFERED
        times[asked] += is_offered
        not_offered[asked] += not is_offered
        alike[asked] += is_offered and index < len(was_seen) and was_seen[index] == step
    return tuple(Asked(*asked, count, alike[asked], not_offered[asked]) for asked, count in times.items())
