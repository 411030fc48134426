"""A run as lines of text, while it goes on and at its end."""

from collections import Counter
from collections.abc import Iterator

from kafkaconform.reports.places import sentence
from kafkaconform.results import Kind, Outcome, Result, Run

DIFFERENCES_SHOWN = 5
_PLURALS = {Kind.PROBE: "probes", Kind.SCENARIO: "scenarios", Kind.HISTORY: "histories"}


def counted(counts: Counter[Outcome]) -> str:
    """``12 passed, 1 failed``."""
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome]) or "nothing run"


def failure(result: Result) -> list[str]:
    """What there is to say of a check that failed: its path and rule, why, and the first differences."""
    lines = [f"{result.path}: {result.holds}"]
    if result.reason:
        lines.append(f"    {result.reason}")
    lines += [f"    {sentence(result, each)}" for each in result.differences[:DIFFERENCES_SHOWN]]
    if (more := len(result.differences) - DIFFERENCES_SHOWN) > 0:
        lines.append(f"    … and {more} more differences")
    return lines


def summary(run: Run) -> Iterator[str]:
    """How many checks of each kind ended in which way, and why some did not run."""
    yield f"{run.bootstrap} against {run.expectation}, {run.duration_s:.1f} s:"
    for kind in Kind:
        results = [result for result in run.results if result.kind is kind]
        if results:
            yield f"  {_PLURALS[kind]}: {counted(Counter(result.outcome for result in results))}"
    reasons = Counter(result.reason for result in run.results if result.outcome is Outcome.NOT_RUN)
    for reason, times in reasons.items():
        yield f"  not run ({times}): {reason}"
