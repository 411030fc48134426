"""Probes as checks: one run against the broker, held against the golden of the release."""

import time
from collections.abc import Iterable

from kafkaconform.checks import Check, Target
from kafkaconform.goldens import read_golden, recorded_path, run_probe
from kafkaconform.outcome import differences
from kafkaconform.registry import Probe
from kafkaconform.releases import NotAskable
from kafkaconform.results import Difference, Kind, Outcome, Result
from kafkaconform.session import ProbeFailed
from kafkaconform.wire import ConnectionClosed, NoAnswer, NotReproduced
from kafkawire.primitives import MalformedMessage


def probe_checks(probes: Iterable[Probe]) -> list[Check]:
    """A check for each probe."""
    return [_check(probe) for probe in probes]


def _check(probe: Probe) -> Check:
    return Check(Kind.PROBE, probe.path, probe.holds, lambda target: _run(probe, target))


def _run(probe: Probe, target: Target) -> Result:
    begin = time.monotonic()

    def ended(
        outcome: Outcome,
        reason: str = "",
        found: tuple[Difference, ...] = (),
        expected: object = None,
        actual: object = None,
    ) -> Result:
        took_s = time.monotonic() - begin
        return Result(Kind.PROBE, probe.path, probe.holds, outcome, took_s, reason, found, expected, actual)

    golden = recorded_path(target.goldens, target.release, probe)
    if not golden.exists():
        return ended(Outcome.NOT_RUN, f"there is no recorded answer of Apache Kafka {target.release}")
    expected = read_golden(golden)["steps"]
    try:
        actual = run_probe(probe, target.host, target.port, release=target.release)["steps"]
    except NotAskable as reason:
        return ended(Outcome.NOT_RUN, str(reason))
    except (ProbeFailed, NotReproduced, MalformedMessage) as failure:
        return ended(Outcome.FAILED, str(failure) or type(failure).__name__, expected=expected)
    except (ConnectionClosed, NoAnswer) as failure:
        what = "the connection was closed" if isinstance(failure, ConnectionClosed) else "no answer came"
        return ended(Outcome.FAILED, f"{what} while the probe prepared what it needs", expected=expected)
    except OSError as failure:
        return ended(Outcome.FAILED, f"{target.bootstrap}: {failure.strerror or failure}", expected=expected)
    found = tuple(Difference(*each) for each in differences(expected, actual, "steps"))
    if not found:
        return ended(Outcome.PASSED)
    return ended(Outcome.FAILED, "", found, expected, actual)
