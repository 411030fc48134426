"""What changed between two runs: of two brokers, two releases of one, or one before and after a change."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from kafkaconform.outcome import Tree, differences
from kafkaconform.reports.places import place, two_lines
from kafkaconform.results import Difference, Outcome, Result, Run

DIFFERENCES_SHOWN = 5


class BadReport(Exception):
    """A file that is no JSON report of a run; the text is one sentence for the user."""


@attrs.frozen
class Change:
    """A check that did not do the same in both runs. ``before`` or ``after`` is None where it is not in that run.

    ``differences`` are the places in which a probe's steps changed, as far as both runs tell them.
    """

    before: Result | None
    after: Result | None
    differences: tuple[Difference, ...] = ()

    @property
    def path(self) -> str:
        """The check's path."""
        return next(result.path for result in (self.after, self.before) if result)

    @property
    def title(self) -> str:
        """``passed -> failed``."""
        return " -> ".join(str(result.outcome) if result else "not there" for result in (self.before, self.after))

    def lines(self) -> Iterator[str]:
        """The change in text."""
        yield f"{self.path}: {self.title}"
        # The steps of a probe that passed are not kept.
        kept = next((result for result in (self.after, self.before) if result and result.actual), None)
        for each in self.differences[:DIFFERENCES_SHOWN]:
            before, after = two_lines(each.expected, each.actual)
            yield f"    {place(kept, each) if kept else each.where}: {before} -> {after}"
        if (more := len(self.differences) - DIFFERENCES_SHOWN) > 0:
            yield f"    … and {more} more"

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "path": self.path,
            "before": self.before.outcome if self.before else None,
            "after": self.after.outcome if self.after else None,
            "differences": [[each.where, each.expected, each.actual] for each in self.differences],
        }


def read_run(file: Path) -> Run:
    """The run in a JSON report. Raises `BadReport`."""
    try:
        return Run.from_json(json.loads(file.read_text(encoding="utf-8")))
    except OSError as failure:
        raise BadReport(f"Cannot read {file}: {failure.strerror}.") from None
    except ValueError as failure:
        raise BadReport(f"{file} is no report of 'kafkaconform run --json': {failure}.") from None


def changes(before: Run, after: Run) -> list[Change]:
    """Every check that differs, in the order of the runs."""
    old = {result.path: result for result in before.results}
    new = {result.path: result for result in after.results}
    found = []
    for path in {**old, **new}:
        change = _change(old, new, path, before.expectation == after.expectation)
        if change is not None:
            found.append(change)
    return found


def _change(old: Mapping[str, Result], new: Mapping[str, Result], path: str, same_expectation: bool) -> Change | None:
    left, right = old.get(path), new.get(path)
    if left is None or right is None:
        return Change(left, right)
    if left.outcome is Outcome.PASSED is right.outcome and same_expectation:
        return None
    steps = [_steps(left, right), _steps(right, left)] if same_expectation else [left.actual, right.actual]
    found: tuple[Difference, ...] = ()
    if None not in steps:
        found = tuple(Difference(*each) for each in differences(steps[0], steps[1], "steps"))
    changed = left.outcome is not right.outcome or (left.reason != right.reason and not left.differences)
    return Change(left, right, found) if found or changed else None


def _steps(result: Result, other: Result) -> Tree:
    """What a probe saw. Of one that passed nothing is kept: it saw what the other run expected."""
    return other.expected if result.outcome is Outcome.PASSED else result.actual


def report(before: Run, after: Run, found: list[Change]) -> Iterator[str]:
    """The comparison in text."""
    for change in found:
        yield from change.lines()
    alike = len({result.path for result in (*before.results, *after.results)}) - len(found)
    for name, run in (("before", before), ("after", after)):
        yield f"{name}: {run.bootstrap} against {run.expectation}, {run.started}"
    yield f"Changed: {len(found)}; the same: {alike}."
