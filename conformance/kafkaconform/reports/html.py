"""A run as one HTML page that needs nothing but itself."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
from jinja2 import Environment, PackageLoader, StrictUndefined

from kafkaconform.accepting import entries
from kafkaconform.goldens import laid_out
from kafkaconform.outcome import ABSENT, Tree
from kafkaconform.reports.matrix import matrix
from kafkaconform.reports.places import step_of, step_title
from kafkaconform.reports.side_by_side import Row, side_by_side
from kafkaconform.reports.text import counted, not_offered, not_run
from kafkaconform.results import Kind, Outcome, Result, Run

#: Of one check; the JSON report holds them all.
STEPS_SHOWN_MAX = 4
REQUEST_CHARACTERS_MAX = 3000


@attrs.frozen
class ShownStep:
    """One request of a probe: what it is, its fields, and the expected outcome beside the actual one."""

    title: str
    request: str
    rows: list[Row]


def write_html(run: Run, file: Path) -> None:
    """Writes the page to ``file``. Raises OSError."""
    file.write_text(page(run), encoding="utf-8")


def page(run: Run) -> str:
    """The page."""
    environment = Environment(
        loader=PackageLoader("kafkaconform.reports", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    cells = matrix(run.results)
    return environment.get_template("page.html.jinja").render(
        run=run,
        counted=counted(run.counts()),
        kinds=_kinds(run.results),
        matrix=cells,
        versions=range(max((max(row) for row in cells.values()), default=-1) + 1),
        not_offered=list(not_offered(run)),
        outcomes=list(Outcome),
        differing=_by_group(run.results, Kind.PROBE, {Outcome.FAILED, Outcome.KNOWN}),
        clients=_by_group(run.results, Kind.SCENARIO, set(Outcome)),
        histories=[result for result in run.results if result.kind is Kind.HISTORY],
        not_run=not_run(run),
        entries=entries,
        shown_steps=shown_steps,
        sign=_SIGNS.__getitem__,
        # So that a narrow screen breaks a name where a word of it begins.
        words=lambda api: re.findall("[A-Z][^A-Z]*", api),
    )


_SIGNS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.KNOWN: "≈", Outcome.NOT_OFFERED: "○", Outcome.NOT_RUN: "-"}


def _kinds(results: Iterable[Result]) -> list[tuple[str, Counter[Outcome]]]:
    counts = {kind: Counter(result.outcome for result in results if result.kind is kind) for kind in Kind}
    titles = {Kind.PROBE: "Probes", Kind.SCENARIO: "Scenarios", Kind.HISTORY: "Histories"}
    return [(titles[kind], count) for kind, count in counts.items() if count]


def _by_group(results: Iterable[Result], kind: Kind, outcomes: set[Outcome]) -> list[tuple[str, list[Result]]]:
    """Groups in the order in which they come first: a client is asked for most at first, and for a restart at the end."""
    found: dict[str, list[Result]] = {}
    for result in results:
        if result.kind is kind and result.outcome in outcomes:
            found.setdefault(result.api, []).append(result)
    return list(found.items())


def shown_steps(result: Result) -> Iterator[ShownStep]:
    """The first steps of a probe that differ; of one that broke off the last that it saw."""
    if result.expected is None and result.actual is None:
        return
    expected, actual = result.expected or [], result.actual or []
    differing = sorted({step for each in result.differences if (step := step_of(each)) is not None})
    for index in differing[:STEPS_SHOWN_MAX] or range(max(len(actual) - 1, 0), len(actual)):
        left, right = _step(expected, index), _step(actual, index)
        request = laid_out((right or left or {}).get("fields"))
        if len(request) > REQUEST_CHARACTERS_MAX:
            request = request[:REQUEST_CHARACTERS_MAX] + "…"
        yield ShownStep(step_title(result, index), request, side_by_side(_outcome(left), _outcome(right)))


def _step(steps: list[Tree], index: int) -> Tree:
    return steps[index] if index < len(steps) else None


def _outcome(step: Tree) -> Tree:
    if step is None:
        return ABSENT
    outcome = step["outcome"]
    return outcome["answer"] if isinstance(outcome, dict) and "answer" in outcome else outcome
