"""The clock of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable

from kafkaemu.world.interface import Clock


class RealClock(Clock):
    """Wall time that never goes back, and monotonic time. Nobody moves it."""

    __slots__ = ("_latest_ms",)

    def __init__(self) -> None:
        self._latest_ms = 0

    def now_ms(self) -> int:
        now_ms = time.time_ns() // 1_000_000
        if now_ms < self._latest_ms:
            return self._latest_ms
        self._latest_ms = now_ms
        return now_ms

    def real_ms(self) -> float:
        return time.monotonic() * 1000.0

    @property
    def stands_still(self) -> bool:
        return False

    def on_move(self, callback: Callable[[], None]) -> None:
        """Nothing to remember: this clock is never moved."""
