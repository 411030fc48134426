"""Entries for a list of known differences, written from a run: what to paste, with the reasons left for a person to give."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from kafkaconform.known import matches
from kafkaconform.results import OFFERED, Outcome, Result, Run

#: More kinds of places in one check are taken together.
PLACES_MAX = 3

_BEGIN = re.compile(r"steps\[\d+\]\.outcome\.answer\.")
_INDEX = re.compile(r"\[\d+\]")


def entries(result: Result, release: str) -> Iterator[str]:
    """The entries that accept how a check differs from a release, each a TOML table without a reason; none where nothing tells what
    differs, as after a probe that broke off. What is not offered is left to `entry_of_offers`.
    """
    if result.outcome is not Outcome.FAILED:
        return
    places = dict.fromkeys(_anywhere(each.where) for each in result.differences if not each.where.startswith(OFFERED))
    # A place that another one stands for, too, would be an entry that nothing needs.
    apart = [each for each in places if not any(matches(each, other) for other in places if other != each)]
    for where in apart if len(apart) <= PLACES_MAX else ("*",):
        yield _table(result.path, where, release)


def entry_of_offers(release: str) -> str:
    """The entry that accepts whatever is not offered."""
    return _table("*", f"{OFFERED}*", release)


def write_known(run: Run, file: Path) -> None:
    """Writes a list of all that a run found. Raises OSError."""
    tables = [table for result in run.results for table in entries(result, run.release)]
    if any(each.where.startswith(OFFERED) for result in run.results for each in result.differences):
        tables.insert(0, entry_of_offers(run.release))
    head = (
        f"# What {run.bootstrap} does otherwise than {run.expectation}, {run.started}. Each entry needs its reason.\n\n"
    )
    file.write_text(head + "\n".join(tables), encoding="utf-8")


def _anywhere(where: str) -> str:
    """The place, in whatever step and element it is."""
    begin = _BEGIN.match(where)
    return f"*.{_INDEX.sub('[*]', where[begin.end() :])}" if begin else where


def _table(check: str, where: str, release: str) -> str:
    values = {"check": check, "where": where, "releases": [release], "reason": ""}
    return "[[known]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
