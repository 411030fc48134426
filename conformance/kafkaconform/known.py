"""Differences that somebody accepts, each with a reason: a TOML file given with ``--known``. "kafkaemu" names the one of ours.

    [[known]]
    check = "api_versions/*"            # which checks: a glob over their paths
    where = "*.api_keys.*"              # which places in the outcome: a glob in which only * is special
    only_absent = true                  # only where this broker lacks what the reference has
    releases = ["4.3.1"]                # only against these releases; against every one if left out
    reason = "an API that is not built yet is absent"

An entry that no difference needs fails the run, so that the list can only shrink.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import attrs

from kafkaconform.outcome import ABSENT
from kafkaconform.results import Difference, Outcome, Result


class BadKnownList(Exception):
    """A list of known differences that cannot be used; the text is one sentence for the user."""


@attrs.frozen
class Known:
    """One difference kept on purpose: which checks, where in their outcome, against which releases, and why."""

    check: str
    reason: str
    where: str = "*"
    only_absent: bool = False
    releases: tuple[str, ...] = ()

    def is_about(self, path: str, release: str) -> bool:
        """Whether the entry speaks of this check against this release."""
        return matches(path, self.check) and (not self.releases or release in self.releases)

    def covers(self, difference: Difference) -> bool:
        """Whether the entry explains a difference of a check it is about."""
        return matches(difference.where, self.where) and (difference.actual == ABSENT or not self.only_absent)


@attrs.define
class KnownList:
    """The entries, and which of them a run has needed so far."""

    entries: tuple[Known, ...] = ()
    _needed: set[Known] = attrs.field(factory=set, init=False)

    def judge(self, result: Result, release: str) -> Result:
        """``result``, or the same as KNOWN where entries explain every difference of one that is not as expected."""
        if result.outcome not in (Outcome.FAILED, Outcome.NOT_OFFERED) or not result.differences:
            return result
        about = [entry for entry in self.entries if entry.is_about(result.path, release)]
        covering = [next((e for e in about if e.covers(each)), None) for each in result.differences]
        self._needed.update(entry for entry in covering if entry)
        if not all(covering):
            return result
        reasons = dict.fromkeys(entry.reason for entry in covering if entry)
        return attrs.evolve(result, outcome=Outcome.KNOWN, reason="; ".join(reasons))

    def unneeded(self, release: str, every_path: Iterable[str], ran: Collection[str]) -> list[Known]:
        """Entries for ``release`` that nothing needed. One of which not every check has run is not judged."""
        paths = list(every_path)
        return [
            entry
            for entry in self.entries
            if entry not in self._needed
            and (not entry.releases or release in entry.releases)
            and all(path in ran for path in paths if entry.is_about(path, release))
        ]


def read_known(file: Path) -> KnownList:
    """The list in a TOML file. Raises `BadKnownList` for one that cannot be read or says something else."""
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadKnownList(f"Cannot read the list of known differences {file}: {error.strerror}") from None
    except ValueError as error:
        raise BadKnownList(f"{file} is not TOML: {error}") from None
    entries = tree.pop("known", [])
    if tree or not isinstance(entries, list):
        what = f"has {', '.join(tree)}" if tree else "has a known that is no list"
        raise BadKnownList(f"{file} holds other things than [[known]] entries: it {what}")
    return KnownList(tuple(_entry(file, number, entry) for number, entry in enumerate(entries, 1)))


def matches(text: str, glob: str) -> bool:
    """Whether ``text`` is what ``glob`` stands for. Unlike in file names, brackets mean themselves: places have them."""
    return re.fullmatch(".*".join(map(re.escape, glob.split("*"))), text, re.DOTALL) is not None


_KINDS: dict[str, type] = {"check": str, "reason": str, "where": str, "only_absent": bool, "releases": list}
_KIND_NAMES = {str: "a text", bool: "true or false", list: "a list of texts"}


def _entry(file: Path, number: int, tree: Any) -> Known:
    place = f"{file}, entry {number}"
    if not isinstance(tree, dict):
        raise BadKnownList(f"{place} is not a table")
    for key, value in tree.items():
        if key not in _KINDS:
            raise BadKnownList(f"{place}: {key} is not one of {', '.join(_KINDS)}")
        if not isinstance(value, _KINDS[key]) or (
            isinstance(value, list) and not all(isinstance(each, str) for each in value)
        ):
            raise BadKnownList(f"{place}: {key} is {value!r}, which is not {_KIND_NAMES[_KINDS[key]]}")
    if missing := [key for key in ("check", "reason") if not tree.get(key, "").strip()]:
        raise BadKnownList(f"{place} needs a {' and a '.join(missing)}")
    return Known(**{**tree, "releases": tuple(tree.get("releases", ()))})
