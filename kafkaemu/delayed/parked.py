"""Requests that must wait: parked on the keys that can complete them and on a deadline (DESIGN "A request's way").

Follows the idea of the reference's DelayedOperationPurgatory: whoever changes something calls `WaitingRoom.touch` with its
key, and completes in its own turn what can be completed; nothing polls.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import attrs

from kafkaemu.delayed.deadlines import Deadlines, Timer

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)


@attrs.define(eq=False, repr=False)
class Parked(Generic[A_co]):
    """An answer that is not there yet.

    It is tried again whenever one of ``keys`` is touched: ``try_complete`` returns the answer, or None to go on waiting. After
    ``wait_ms`` milliseconds of real or of moved time, whichever ends first, ``on_expire`` makes the answer; with None it waits
    until it is completed. Neither is called again after one gave an answer, or after the client has gone.
    """

    keys: tuple[Hashable, ...]
    try_complete: Callable[[], A_co | None]
    wait_ms: int | None = None
    on_expire: Callable[[], A_co] | None = None


class Ticket(Generic[A]):
    """A parked answer's place in the waiting room."""

    __slots__ = ("_deliver", "_fail", "_room", "_timers", "parked")

    def __init__(
        self,
        room: WaitingRoom,
        parked: Parked[A],
        deliver: Callable[[A], None],
        fail: Callable[[Exception], None] | None,
    ) -> None:
        self.parked = parked
        self._room = room
        self._deliver: Callable[[A], None] | None = deliver
        self._fail = fail
        self._timers: tuple[Timer, ...] = ()

    @property
    def waiting(self) -> bool:
        """Whether the answer has not come yet."""
        return self._deliver is not None

    def cancel(self) -> None:
        """Leave without an answer: the client has gone."""
        if self._deliver is not None:
            self._leave()

    def _leave(self) -> Callable[[A], None]:
        deliver, self._deliver = self._deliver, None
        assert deliver is not None
        for timer in self._timers:
            timer.cancel()
        self._room._remove(self)
        return deliver

    def expire(self) -> None:
        """End as if the time were up. The parked answer must have ``on_expire``."""
        if self._deliver is not None:
            assert self.parked.on_expire is not None
            self._attempt(self.parked.on_expire)

    def _try(self) -> None:
        if self._deliver is not None:
            self._attempt(self.parked.try_complete)

    def _attempt(self, make_answer: Callable[[], A | None]) -> None:
        try:
            answer = make_answer()
        except Exception as error:
            # A defect here must not stop whoever touched the key, nor the tickets behind this one.
            if self._fail is None:
                raise
            if self._deliver is not None:
                self._leave()
                self._fail(error)
            return
        # The attempt itself may have led to this ticket's completion.
        if answer is not None and self._deliver is not None:
            self._leave()(answer)


class WaitingRoom:
    """All parked answers of a broker, by key.

    ``moved`` and ``real`` are the deadlines of the two time lines; the callables tell the time on each, in milliseconds.
    """

    def __init__(
        self,
        moved: Deadlines,
        real: Deadlines,
        now_ms: Callable[[], int],
        real_ms: Callable[[], float],
    ) -> None:
        self._moved = moved
        self._real = real
        self._now_ms = now_ms
        self._real_ms = real_ms
        self._by_key: dict[Hashable, dict[Ticket[Any], None]] = {}

    def park(
        self, parked: Parked[A], deliver: Callable[[A], None], fail: Callable[[Exception], None] | None = None
    ) -> Ticket[A]:
        """Wait. The caller has just tried in vain, so the first attempt is made when a key is touched.

        ``deliver`` gets the answer. ``fail`` gets what an attempt raised, after which the ticket is gone; without it the
        error goes to whoever touched the key.
        """
        ticket = Ticket(self, parked, deliver, fail)
        for key in parked.keys:
            self._by_key.setdefault(key, {})[ticket] = None
        if parked.wait_ms is not None:
            ticket._timers = (
                self._moved.at(self._now_ms() + parked.wait_ms, ticket.expire),
                self._real.at(self._real_ms() + parked.wait_ms, ticket.expire),
            )
        return ticket

    def touch(self, key: Hashable) -> None:
        """Something about ``key`` has changed: complete what can be completed, oldest first."""
        waiting = self._by_key.get(key)
        if waiting:
            for ticket in list(waiting):
                ticket._try()

    def waiting_on(self, key: Hashable) -> int:
        """How many answers are parked on ``key``."""
        return len(self._by_key.get(key, ()))

    def __len__(self) -> int:
        return len({ticket for waiting in self._by_key.values() for ticket in waiting})

    def _remove(self, ticket: Ticket[Any]) -> None:
        for key in ticket.parked.keys:
            waiting = self._by_key.get(key)
            if waiting is not None:
                waiting.pop(ticket, None)
                if not waiting:
                    del self._by_key[key]
