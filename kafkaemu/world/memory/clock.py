"""A clock that a test moves."""

from __future__ import annotations

from collections.abc import Callable

from kafkaemu.world.interface import Clock

#: 2026-01-01 00:00:00 UTC.
START_MS = 1_767_225_600_000


class MovedClock(Clock):
    """Stands still until it is moved.

    ``real_ms`` is the other time line (timers of the transport): it stands still too and is moved with `advance_real`, unless
    a function is given that tells it.
    """

    def __init__(self, now_ms: int = START_MS, real_ms: Callable[[], float] | None = None) -> None:
        self._now_ms = now_ms
        self._real_ms = 0.0
        self._tell_real_ms = real_ms
        self._callbacks: list[Callable[[], None]] = []

    def now_ms(self) -> int:
        return self._now_ms

    def real_ms(self) -> float:
        return self._real_ms if self._tell_real_ms is None else self._tell_real_ms()

    @property
    def stands_still(self) -> bool:
        return True

    def on_move(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def advance(self, milliseconds: int) -> None:
        """Move ``now_ms`` forward. Raises ValueError for a negative distance: time never goes back."""
        if milliseconds < 0:
            raise ValueError(f"time never goes back: {milliseconds} ms")
        self._now_ms += milliseconds
        for callback in self._callbacks:
            callback()

    def advance_real(self, milliseconds: float) -> None:
        """Move the transport's time forward."""
        if milliseconds < 0:
            raise ValueError(f"time never goes back: {milliseconds} ms")
        self._real_ms += milliseconds
        for callback in self._callbacks:
            callback()
