"""What changed between two runs: of two brokers, two releases of one, or one before and after a change."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from kafkaconform.outcome import ABSENT, Tree
from kafkaconform.reports.places import place, told
from kafkaconform.reports.text import by_api
from kafkaconform.results import OFFERED, Difference, Outcome, Result, Run
from kafkaconform.steps import comparable, differing

DIFFERENCES_SHOWN = 5


class BadReport(Exception):
    """A file that is no JSON report of a run; the text is one sentence for the user."""


@attrs.frozen
class Change:
    """A check that did not do the same in both runs. ``before`` or ``after`` is None where it is not in that run.

    ``differences`` are the places in which a probe's steps changed, as far as both runs tell them, and what is offered in one only.
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

    @property
    def is_of_offers(self) -> bool:
        """Whether only what is offered changed."""
        return bool(self.differences) and all(each.where.startswith(OFFERED) for each in self.differences)

    def lines(self) -> Iterator[str]:
        """The change in text."""
        yield f"{self.path}: {self.title}"
        for name, result in (("before", self.before), ("after", self.after)):
            if result and result.reason and result.outcome is Outcome.FAILED:
                yield f"    {name}: {result.reason}"
        # The steps of a probe that passed are not kept.
        kept = next((result for result in (self.after, self.before) if result and result.actual), None)
        for each in self.differences[:DIFFERENCES_SHOWN]:
            before, after = told(each)
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
    found = _changed_steps(left, right, *steps) if None not in steps else []
    found += _changed_offers(left, right)
    changed = left.outcome is not right.outcome or (
        left.reason != right.reason and not (left.differences and right.differences)
    )
    return Change(left, right, tuple(found)) if found or changed else None


def _changed_steps(left: Result, right: Result, before: Sequence[Tree], after: Sequence[Tree]) -> list[Difference]:
    """Where two runs of a probe differ, as far as both came."""
    if any(result.reason and result.outcome is not Outcome.KNOWN for result in (left, right)):
        length = min(len(before), len(after))
        before, after = before[:length], after[:length]
    return differing(*comparable(before, after))


def _changed_offers(left: Result, right: Result) -> list[Difference]:
    old, new = (
        {each.where for each in result.differences if each.where.startswith(OFFERED)} for result in (left, right)
    )
    gone = [Difference(where, "offered", ABSENT) for where in sorted(new - old)]
    return gone + [Difference(where, ABSENT, "offered") for where in sorted(old - new)]


def _steps(result: Result, other: Result) -> Tree:
    """What a probe saw. Of one that passed nothing is kept: it saw what the other run expected."""
    return other.expected if result.outcome is Outcome.PASSED else result.actual


def report(before: Run, after: Run, found: list[Change]) -> Iterator[str]:
    """The comparison in text."""
    for change in found:
        if not change.is_of_offers:
            yield from change.lines()
    yield from _offers(found)
    for name, run in (("before", before), ("after", after)):
        yield f"{name}: {run.bootstrap} against {run.expectation}, {run.started}"
    for title, count in Counter(change.title for change in found).most_common():
        yield f"  {title}: {count}"
    alike = len({result.path for result in (*before.results, *after.results)}) - len(found)
    yield f"Changed: {len(found)}; the same: {alike}."


def _offers(found: Sequence[Change]) -> Iterator[str]:
    """What is offered in one run only, with the number of checks that ask for it."""
    for title, value in (("offered now", "offered"), ("not offered any more", ABSENT)):
        changed = Counter(
            each.where.removeprefix(OFFERED)
            for change in found
            for each in change.differences
            if each.where.startswith(OFFERED) and each.actual == value
        )
        if lines := list(by_api(changed)):
            yield f"{title}, in brackets how many checks ask for it:"
            yield from (f"    {line}" for line in lines)
