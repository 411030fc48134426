"""A run as lines of text, while it goes on and at its end."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from kafkaconform.reports.places import sentence
from kafkaconform.results import Kind, Outcome, Result, Run, lacking

DIFFERENCES_SHOWN = 5
#: What a client lacks, and the command for it, as `ScenarioClient.missing` has it.
_OF_CLIENT = re.compile(r"(?P<client>\S+) is (?P<why>.+) (?P=client)")
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
    if run.deaths:
        yield f"  the broker was gone after: {', '.join(run.deaths)}"
    if lines := list(not_offered(run)):
        yield "  not offered, in brackets how many checks ask for it:"
        yield from (f"    {line}" for line in lines)
    for reason, times in not_run(run).items():
        yield f"  not run ({times}): {reason}"


def not_run(run: Run) -> Counter[str]:
    """Why checks were not run, and how many. Clients that lack the same are told together, with one command that mends it."""
    results = [result for result in run.results if result.outcome is Outcome.NOT_RUN]
    clients: dict[str, dict[str, None]] = {}
    for result in results:
        if found := _OF_CLIENT.fullmatch(result.reason):
            clients.setdefault(found["why"], {})[found["client"]] = None
    return Counter(_together(result.reason, clients) for result in results)


def _together(reason: str, clients: Mapping[str, Collection[str]]) -> str:
    found = _OF_CLIENT.fullmatch(reason)
    names = clients[found["why"]] if found else ()
    return f"{len(names)} clients are {found['why']} {' '.join(names)}" if found and len(names) > 1 else reason


def not_offered(run: Run) -> Iterator[str]:
    """What the broker does not offer, an API a line, and how many checks ask for it."""
    return by_api(Counter(what for result in run.results for what in lacking(result)))


def by_api(checks: Mapping[str, int]) -> Iterator[str]:
    """A line for each API: its versions, or all of it, each with a number of checks."""
    found: dict[str, dict[str, int]] = {}
    for what, count in checks.items():
        api, _, version = what.partition(" ")
        found.setdefault(api, {})[version] = count
    for api, versions in sorted(found.items()):
        ordered = sorted(versions.items(), key=lambda item: (len(item[0]), item[0]))
        yield f"{api} {', '.join(f'{version} ({count})'.lstrip() for version, count in ordered)}"
