"""Of every API and version: how many answers were asked for, and how many were the expected ones."""

from collections import defaultdict
from collections.abc import Iterable

import attrs

from kafkaconform.results import Outcome, Result
from kafkawire.index import APIS


@attrs.frozen
class Cell:
    """One version of one API. ``known`` of the answers were other ones, all accepted by a list; ``not_offered`` were not asked for, as
    the broker does not offer the version.
    """

    asked: int
    alike: int
    known: int = 0
    not_offered: int = 0

    @property
    def outcome(self) -> Outcome:
        """PASSED if all answers were the expected ones, KNOWN if all others are accepted, NOT_OFFERED if none was asked for."""
        if not self.asked:
            return Outcome.NOT_OFFERED
        if self.alike == self.asked:
            return Outcome.PASSED
        return Outcome.KNOWN if self.alike + self.known == self.asked else Outcome.FAILED

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(*(sum(counts) for counts in zip(attrs.astuple(self), attrs.astuple(other), strict=True)))


Matrix = dict[str, dict[int, Cell]]


def matrix(results: Iterable[Result]) -> Matrix:
    """API -> version -> what came of it, APIs in the order of their keys, versions in theirs."""
    cells: dict[str, dict[int, Cell]] = defaultdict(dict)
    for result in results:
        for api, version, times, alike, not_offered in result.asked:
            known = times - alike if result.outcome is Outcome.KNOWN else 0
            cells[api][version] = cells[api].get(version, Cell(0, 0)) + Cell(times, alike, known, not_offered)
    names = [api.name for api in APIS.values() if api.name in cells]
    return {name: dict(sorted(cells[name].items())) for name in names}
