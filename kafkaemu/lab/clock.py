"""A clock that goes as the machine's does, and that a test may stop and move.

Theory (DESIGN 5). Moved time is real time plus an offset; frozen, it is a number from which it goes on afterwards. `pass_time` takes a
broker through a stretch of moved time in one turn of its loop: from deadline to deadline, each of which runs at its own time, so
that what a deadline sets is due within the stretch as if the time had passed. Long work that the broker spreads over real time
(compaction, retention of many partitions) is done to its end between two deadlines.

What is done again and again for good (retention, compaction, expiry of offsets) would be done very often in a long stretch. It is
done `ROUNDS_MAX` times if not as often as that, and once more at the end: 7 days of retention are gone through exactly, and a year
does not take longer.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING

from kafkaemu.server.driver import run_due
from kafkaemu.world.interface import Clock

if TYPE_CHECKING:
    from kafkaemu.broker import Broker

#: How often periodic work is done at the most in one stretch of time.
ROUNDS_MAX = 2016


class MovableClock(Clock):
    """``base``'s time, until it is moved or stopped. For the thread of the broker's loop alone."""

    __slots__ = ("_base", "_callbacks", "_frozen_ms", "_offset_ms")

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._offset_ms = 0
        self._frozen_ms: int | None = None
        self._callbacks: list[Callable[[], None]] = []

    def now_ms(self) -> int:
        return self._base.now_ms() + self._offset_ms if self._frozen_ms is None else self._frozen_ms

    def real_ms(self) -> float:
        return self._base.real_ms()

    @property
    def stands_still(self) -> bool:
        return self._frozen_ms is not None

    def on_move(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def freeze(self) -> None:
        """From now on it is always now. No error if it stands still already."""
        self._frozen_ms = self.now_ms()
        self.moved()

    def resume(self) -> None:
        """Time passes again, from what it is. No error if it does already."""
        if self._frozen_ms is not None:
            self._offset_ms = self._frozen_ms - self._base.now_ms()
            self._frozen_ms = None
            self.moved()

    def move_to(self, now_ms: int) -> None:
        """It is ``now_ms``, unless it is later already: time never goes back."""
        ahead_ms = now_ms - self.now_ms()
        if ahead_ms > 0:
            self._offset_ms += ahead_ms
            if self._frozen_ms is not None:
                self._frozen_ms = now_ms

    def moved(self) -> None:
        """Tell whoever waits for a time."""
        for callback in self._callbacks:
            callback()


def pass_time(broker: Broker, clock: MovableClock, milliseconds: int) -> None:
    """Let ``milliseconds`` of moved time pass for a broker with this clock: when this returns, all that fell due has happened, and
    the answers that it led to have been sent. Raises ValueError for a negative distance.
    """
    if milliseconds < 0:
        raise ValueError(f"time never goes back: {milliseconds} ms")
    moved = broker.moved
    was_frozen = clock.stands_still
    clock.freeze()
    end_ms = clock.now_ms() + milliseconds
    moved.period_ms_min = milliseconds // ROUNDS_MAX
    try:
        while (next_ms := moved.next_ms()) is not None and next_ms <= end_ms:
            clock.move_to(ceil(next_ms))
            run_due(moved, clock.now_ms())
            broker.settle()
        clock.move_to(end_ms)
        if moved.period_ms_min:
            moved.period_ms_min = 0
            moved.hasten_periodic(end_ms)
            run_due(moved, end_ms)
            broker.settle()
    finally:
        moved.period_ms_min = 0
        if was_frozen:
            clock.moved()
        else:
            clock.resume()
