"""The broker's clock in the hands of a test."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kafkaemu.lab.clock import MovableClock, pass_time
from kafkaemu.testing.errors import is_told

if TYPE_CHECKING:
    from datetime import timedelta

    from kafkaemu.broker import Broker

__tracebackhide__ = is_told
_UNITS_MS = {
    "ms": 1,
    "s": 1000,
    "min": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 7 * 86_400_000,
}
_NAMES = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*")


class BrokerClock:
    """The time that sessions, rebalances, retention and everything else of Kafka run on. Only the broker's: clients have clocks of
    their own.
    """

    def __init__(
        self, call: Callable[[Callable[[], Any]], Any], clock: MovableClock, broker: Callable[[], Broker]
    ) -> None:
        self._call = call
        self._clock = clock
        self._broker = broker

    @property
    def now_ms(self) -> int:
        """The broker's time, in milliseconds since 1970."""
        return int(self._call(self._clock.now_ms))

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._clock.stands_still

    def advance(
        self,
        duration: str | timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
    ) -> None:
        """Let time pass at once: ``"7 days"``, ``"1 h 30 min"``, a timedelta, or ``seconds=45``.

        When this returns all that fell due has happened, each thing at its own time, and the answers that it led to have been sent.
        A clock that stands still stands still afterwards. Raises ValueError for a negative time, and for text that is none.
        """
        total_ms = 0.0 if duration is None else duration_ms(duration)
        parts = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"), (milliseconds, "ms"))
        total_ms += sum(amount * _UNITS_MS[unit] for amount, unit in parts)
        if total_ms < 0:
            raise ValueError(f"time never goes back: {total_ms:g} ms")
        self._call(lambda: pass_time(self._broker(), self._clock, round(total_ms)))

    def freeze(self) -> None:
        """Stop it: from now on time passes by `advance` only. Long polls of clients still end, on real time."""
        self._call(self._clock.freeze)

    def resume(self) -> None:
        """Let it go on from where it is."""
        self._call(self._clock.resume)


def duration_ms(duration: str | timedelta) -> float:
    """Milliseconds of a timedelta, or of text such as ``7 days`` or ``1 h 30 min``. Raises ValueError."""
    if not isinstance(duration, str):
        return duration.total_seconds() * 1000
    text = duration.strip().lower()
    total_ms, position = 0.0, 0
    while (part := _PART.match(text, position)) is not None and part[2] in _NAMES:
        total_ms += float(part[1]) * _UNITS_MS[_NAMES[part[2]]]
        position = part.end()
    if not text or position != len(text):
        raise ValueError(f"{duration!r} is no duration: write it like '7 days', '45 s' or '1 h 30 min'")
    return total_ms
