"""Histories: what concurrent clients did and saw, and whether a correct broker can have been behind it.

`history` is the model, `records`, `transactions` and `groups` are the checkers (pure functions of a history), `checkers` lists
them; `workloads` and `keeping` are what is done to a broker. The numbers of the invariants are those of
the checkers' docstrings.
"""

from kafkaconform.checks import Check
from kafkaconform.histories.keeping import KEEPING
from kafkaconform.histories.workloads import WORKLOADS, check_of

__all__ = ["checks"]


def checks() -> list[Check]:
    """Every history that is judged, the concurrent ones in their short form."""
    return [*map(check_of, WORKLOADS), *KEEPING]
