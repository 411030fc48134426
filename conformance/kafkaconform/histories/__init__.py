"""Histories: what concurrent clients did and saw, and whether a correct broker can have been behind it.

`history` is the model, `records`, `transactions` and `groups` are the checkers (pure functions of a history), `checkers` lists
them; `workloads` runs clients against a broker and is where ``kafkaconform run`` comes in. The numbers of the invariants are those of
the checkers' docstrings.
"""

from kafkaconform.histories.workloads import checks

__all__ = ["checks"]
