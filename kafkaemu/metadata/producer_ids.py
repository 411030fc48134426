"""The producer ids that a broker hands out, from blocks that the controller gave it (ProducerIdManager of the reference)."""

from __future__ import annotations

from collections.abc import Callable


class NoProducerIds(Exception):
    """The controller gives no ids to a broker that it does not know."""


class ProducerIds:
    """``allocate`` gets the time in milliseconds and gives a block of ids that nobody else gets, or raises `NoProducerIds`."""

    def __init__(self, allocate: Callable[[int], range]) -> None:
        self._allocate = allocate
        self._block = range(0)

    def next_id(self, now_ms: int) -> int:
        """An id never given before. A block that is used up is followed by another; raises `NoProducerIds` where there is none."""
        if not self._block:
            self._block = self._allocate(now_ms)
        producer_id = self._block[0]
        self._block = self._block[1:]
        return producer_id
