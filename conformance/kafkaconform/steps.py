"""The steps of a probe, as two brokers, or a broker and a golden, are held against each other by them."""

from collections.abc import Sequence

from kafkaconform.outcome import NOT_OFFERED, Tree, differences, renumbered
from kafkaconform.results import Difference


def seen(steps: Sequence[Tree]) -> list[Tree]:
    """The steps without the fields of their requests, which may hold what was answered before: there it is told."""
    return [{key: value for key, value in step.items() if key != "fields"} for step in steps]


def comparable(expected: Sequence[Tree], actual: Sequence[Tree]) -> tuple[list[Tree], list[Tree]]:
    """The steps without what is to be answered where one of the brokers does not offer what is asked. As the first mention of an id
    may stand there, ids are numbered anew.
    """
    skipped = {
        index for steps in (expected, actual) for index, step in enumerate(steps) if step["outcome"] == NOT_OFFERED
    }
    if not skipped:
        return list(expected), list(actual)
    left, right = (
        renumbered([{**step, "outcome": NOT_OFFERED} if index in skipped else step for index, step in enumerate(steps)])
        for steps in (expected, actual)
    )
    return left, right


def differing(expected: Sequence[Tree], actual: Sequence[Tree]) -> list[Difference]:
    """Where steps that are comparable differ."""
    return [Difference(*each) for each in differences(seen(expected), seen(actual), "steps")]
