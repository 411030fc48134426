"""Time as the thread of a test has it."""

from __future__ import annotations

import time


class Deadline:
    """So many seconds of real time from now."""

    __slots__ = ("_end_s", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end_s = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        """What is left of them; never negative."""
        return max(self._end_s - time.monotonic(), 0.0)


def pause(seconds: float) -> None:
    """Wait before somebody else's broker is asked again, who tells of changes to those who ask only."""
    time.sleep(seconds)
