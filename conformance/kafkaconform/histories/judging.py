"""From a history to a result."""

import time
from collections.abc import Callable

from kafkaconform.checks import Check, Target
from kafkaconform.histories.checkers import violations
from kafkaconform.histories.client import Unexpected
from kafkaconform.histories.history import History, Violation
from kafkaconform.results import Difference, Kind, Outcome, Result
from kafkaconform.session import ProbeFailed
from kafkaconform.wire import ConnectionClosed, NoAnswer, NotReproduced
from kafkawire.primitives import MalformedMessage
from kafkawire.records.iterate import MalformedRecord

VIOLATIONS_SHOWN = 20


class NothingToJudge(Exception):
    """The broker did not do in time what was to be looked at; the text says how it can be brought to do it."""


def judged(path: str, holds: str, run: Callable[[Target], History]) -> Check:
    """A check that runs a workload and passes if no checker finds anything in its history.

    ``run`` may raise `NothingToJudge`; `Unexpected` for what no correct broker does; ProbeFailed, ConnectionClosed and NoAnswer where
    topics or groups could not be had; NotReproduced, MalformedMessage and MalformedRecord for an answer that cannot be read; OSError.
    """
    return Check(Kind.HISTORY, path, holds, lambda target: _result(path, holds, run, target))


def _result(path: str, holds: str, run: Callable[[Target], History], target: Target) -> Result:
    begin = time.monotonic()
    found: list[Violation] = []
    outcome, reason = Outcome.FAILED, ""
    try:
        found = violations(run(target))
        outcome = Outcome.FAILED if found else Outcome.PASSED
    except NothingToJudge as nothing:
        outcome, reason = Outcome.NOT_RUN, str(nothing)
    except (Unexpected, ProbeFailed, NotReproduced, MalformedMessage, MalformedRecord) as failure:
        reason = str(failure) or type(failure).__name__
    except (ConnectionClosed, NoAnswer):
        reason = "the connection was closed, or no answer came, while topics and groups were prepared"
    except OSError as failure:
        reason = f"{target.bootstrap}: {failure.strerror or failure}"
    if len(found) > VIOLATIONS_SHOWN:
        reason = f"{len(found)} violations, of which the first {VIOLATIONS_SHOWN} are shown"
    shown = tuple(Difference(f"invariant {one.invariant}", "", one.what) for one in found[:VIOLATIONS_SHOWN])
    return Result(Kind.HISTORY, path, holds, outcome, time.monotonic() - begin, reason, shown)
