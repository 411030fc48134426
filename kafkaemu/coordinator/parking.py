"""From the coordinators' deferred answers to a handler's answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kafkaemu.coordinator.result import Deferred
from kafkaemu.delayed import Parked
from kafkawire.declare import TopLevel


def answer_when_done(deferred: Sequence[Deferred[Any]], make: Callable[[], TopLevel]) -> TopLevel | Parked[TopLevel]:
    """What ``make`` returns, at once if all are there, else parked until they are.

    ``make`` takes the answers (`Deferred.take`) and turns refusals into error answers.
    """
    missing = tuple(one for one in deferred if not one.done)
    if not missing:
        return make()
    return Parked(keys=missing, try_complete=lambda: make() if all(one.done for one in missing) else None)
