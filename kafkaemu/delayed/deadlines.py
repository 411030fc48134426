"""A heap of deadlines on one time line.

It owns no time: whoever drives it asks `Deadlines.next_ms`, sleeps, and calls `Deadlines.run_due` with the time it is.
``on_earlier`` tells the driver that a nearer deadline than the one it sleeps for was added.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count


class Timer:
    """One deadline. `cancel` is idempotent and safe after it ran."""

    __slots__ = ("_callback", "_deadlines", "is_put_off", "when_ms")

    def __init__(self, deadlines: Deadlines, when_ms: float, callback: Callable[[], None]) -> None:
        self._deadlines = deadlines
        self._callback: Callable[[], None] | None = callback
        #: Time at which it is due, in milliseconds of its time line.
        self.when_ms = when_ms
        #: Whether it comes later than its work asked for, because of `Deadlines.period_ms_min`.
        self.is_put_off = False

    @property
    def pending(self) -> bool:
        """Whether it has neither run nor been cancelled."""
        return self._callback is not None

    def cancel(self) -> None:
        """Do not run it."""
        if self._callback is not None:
            self._callback = None
            self._deadlines._forget_one()

    def _take(self) -> Callable[[], None] | None:
        callback, self._callback = self._callback, None
        return callback


class Deadlines:
    """Deadlines of one time line, in milliseconds; equal ones run in the order they were set."""

    def __init__(self, on_earlier: Callable[[], None] = lambda: None) -> None:
        self.on_earlier = on_earlier
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = count()
        self._cancelled = 0
        #: Periodic work comes at most this often: raised while a test lets much time pass at once.
        self.period_ms_min = 0

    def __len__(self) -> int:
        """How many are pending."""
        return len(self._heap) - self._cancelled

    def at(self, when_ms: float, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` once time has reached ``when_ms``."""
        timer = Timer(self, when_ms, callback)
        earlier = not self._heap or when_ms < self._heap[0][0]
        heappush(self._heap, (when_ms, next(self._order), timer))
        if earlier:
            self.on_earlier()
        return timer

    def again(self, now_ms: float, period_ms: float, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` once a period has passed: work that is done for good, and asks for its next time itself."""
        timer = self.at(now_ms + max(period_ms, self.period_ms_min), callback)
        timer.is_put_off = period_ms < self.period_ms_min
        return timer

    def hasten_periodic(self, now_ms: float) -> None:
        """What `again` has put off is due now."""
        self._heap = [
            (now_ms if timer.is_put_off else when_ms, order, timer)
            for when_ms, order, timer in self._heap
            if timer.pending
        ]
        heapify(self._heap)
        self._cancelled = 0

    def next_ms(self) -> float | None:
        """When the next one is due, or None."""
        heap = self._heap
        while heap and not heap[0][2].pending:
            heappop(heap)
            self._cancelled -= 1
        return heap[0][0] if heap else None

    def run_due(self, now_ms: float) -> None:
        """Run what is due at ``now_ms``, including what those callbacks make due."""
        while (next_ms := self.next_ms()) is not None and next_ms <= now_ms:
            callback = heappop(self._heap)[2]._take()
            assert callback is not None
            callback()

    def _forget_one(self) -> None:
        # Cancelled timers stay in the heap until they surface; when most of it is dead wood it is rebuilt.
        self._cancelled += 1
        if self._cancelled > 64 and self._cancelled * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].pending]
            heapify(self._heap)
            self._cancelled = 0
