"""What a run found: the one model that the runner fills, `known` lists excuse parts of, and every report shows.

Everything here is plain data that goes to JSON and back, so that a run can be kept, compared with another, and shown again.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple, cast

import attrs

from kafkaconform.outcome import Tree

#: Raised whenever a field changes its meaning.
FORMAT = 1


class Kind(StrEnum):
    """What was checked: answers on raw connections, a stock client at work, or a history of concurrent clients."""

    PROBE = "probe"
    SCENARIO = "scenario"
    HISTORY = "history"


class Outcome(StrEnum):
    """How a check ended.

    KNOWN: it differs, and a list given by the user accepts all its differences. NOT_OFFERED: all that could be asked was answered as
    expected, but the broker does not offer some of what the check asks for.
    """

    PASSED = "passed"
    FAILED = "failed"
    KNOWN = "known"
    NOT_OFFERED = "not offered"
    NOT_RUN = "not run"


class Difference(NamedTuple):
    """One place where the broker is not as expected: where in the outcome, what was expected, what it was."""

    where: str
    expected: Tree
    actual: Tree


#: A difference there says that something is not offered: ``offered.Fetch v18``.
OFFERED = "offered."


class Asked(NamedTuple):
    """How often one check asked a version of an API, and how many of the answers were the expected ones; ``not_offered`` counts what
    it would have asked besides, had the broker offered that version.
    """

    api: str
    version: int
    times: int
    alike: int
    not_offered: int = 0


@attrs.frozen
class Result:
    """How one check ended.

    ``path`` names it: ``fetch/unknown_topic``, ``kafkajs/rebalance``. ``holds`` is the rule it shows. ``reason`` says why it failed
    without a difference, why its differences are accepted, or why it was not run (with the command that installs what is missing).
    ``expected`` and ``actual`` are the steps of a probe that did not pass: what the reference and what this broker did. ``asked``
    is what a probe asks for; an answer that it did not come to counts as another than expected.
    """

    kind: Kind
    path: str
    holds: str
    outcome: Outcome
    duration_s: float
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    expected: Tree = None
    actual: Tree = None
    asked: tuple[Asked, ...] = ()

    @property
    def api(self) -> str:
        """The group it stands in: the part of the path before the last slash."""
        return self.path.rpartition("/")[0]


def lacking(result: Result) -> list[str]:
    """What a check asks for that the broker does not offer, and no list accepts: ``Fetch v18``, or ``Fetch``."""
    if result.outcome is Outcome.KNOWN:
        return []
    return [each.where.removeprefix(OFFERED) for each in result.differences if each.where.startswith(OFFERED)]


@attrs.frozen
class Run:
    """One run against one broker: against what, when (ISO 8601, UTC), with what, and how each check ended.

    ``release`` is the release of Apache Kafka whose answers were expected, unless those of the broker at ``beside`` were;
    ``versions`` names the programs that took part (kafkaconform, Python, clients) with their versions; ``deaths`` the checks, by path,
    after which the broker was gone.
    """

    bootstrap: str
    release: str
    started: str
    duration_s: float
    versions: dict[str, str]
    results: tuple[Result, ...]
    beside: str = ""
    deaths: tuple[str, ...] = ()

    @property
    def expectation(self) -> str:
        """By what the broker is judged, in words."""
        return f"the broker at {self.beside}" if self.beside else f"Apache Kafka {self.release}"

    def counts(self) -> Counter[Outcome]:
        """How many checks ended in each way."""
        return Counter(result.outcome for result in self.results)

    @property
    def has_failed(self) -> bool:
        """Whether the broker is not as expected, or lacks something."""
        counts = self.counts()
        return counts[Outcome.FAILED] + counts[Outcome.NOT_OFFERED] > 0

    @property
    def is_good(self) -> bool:
        """Whether something was run, and nothing of it failed or is not offered."""
        counts = self.counts()
        return not self.has_failed and counts[Outcome.PASSED] + counts[Outcome.KNOWN] > 0

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        own = attrs.asdict(self, recurse=False)
        return {"format": FORMAT, **own, "results": [attrs.asdict(result, recurse=False) for result in self.results]}

    @classmethod
    def from_json(cls, tree: Any) -> "Run":
        """What `to_json` gave. Raises ValueError for anything else."""
        if not isinstance(tree, dict) or tree.get("format") != FORMAT:
            raise ValueError(f"not a report of format {FORMAT}")
        fields = {name: value for name, value in tree.items() if name != "format"}
        try:
            fields["results"] = tuple(_result(each) for each in cast(Sequence[dict[str, Any]], fields["results"]))
            fields["deaths"] = tuple(fields.get("deaths", ()))
            return cls(**fields)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a whole report: {error}") from None


def _result(tree: dict[str, Any]) -> Result:
    fields = dict(tree)
    fields["kind"], fields["outcome"] = Kind(fields["kind"]), Outcome(fields["outcome"])
    fields["differences"] = tuple(Difference(*each) for each in fields["differences"])
    fields["asked"] = tuple(Asked(*each) for each in fields["asked"])
    return Result(**fields)
