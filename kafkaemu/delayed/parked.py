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

    It is tried again whenever one of ``keys`` is touched: ``try_complete`` returns the answer, or None to go on waiting. Where there
    are many keys, ``is_enough`` is asked first, with the key that was touched; False is to go on waiting. After
    ``wait_ms`` milliseconds of real or of moved time, whichever ends first, ``on_expire`` makes the answer; with None it waits
    until it is completed. Neither is called again after one gave an answer, or after the client has gone.
    """

    keys: tuple[Hashable, ...]
    try_complete: Callable[[], A_co | None]
    wait_ms: int | None = None
    on_expire: Callable[[], A_co] | None = None
    is_enough: Callable[[Any], bool] | None = None


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

    def _try(self, key: Hashable) -> None:
        if self._deliver is None:
            return
        parked = self.parked
        if parked.is_enough is None:
            self._attempt(parked.try_complete)
        else:
            is_enough = parked.is_enough
            self._attempt(lambda: parked.try_complete() if is_enough(key) else None)

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
        #: The one ticket that waits on a key, or all of them, oldest first: a consumer may wait on thousands of keys alone.
        self._by_key: dict[Hashable, Ticket[Any] | dict[Ticket[Any], None]] = {}

    def park(
        self, parked: Parked[A], deliver: Callable[[A], None], fail: Callable[[Exception], None] | None = None
    ) -> Ticket[A]:
        """Wait. The caller has just tried in vain, so the first attempt is made when a key is touched.

        ``deliver`` gets the answer. ``fail`` gets what an attempt raised, after which the ticket is gone; without it the
        error goes to whoever touched the key.
        """
        ticket = Ticket(self, parked, deliver, fail)
        by_key = self._by_key
        for key in parked.keys:
            waiting = by_key.setdefault(key, ticket)
            if waiting is not ticket:
                if isinstance(waiting, Ticket):
                    by_key[key] = {waiting: None, ticket: None}
                else:
                    waiting[ticket] = None
        if parked.wait_ms is not None:
            ticket._timers = (
                self._moved.at(self._now_ms() + parked.wait_ms, ticket.expire),
                self._real.at(self._real_ms() + parked.wait_ms, ticket.expire),
            )
        return ticket

    def touch(self, key: Hashable) -> None:
        """Something about ``key`` has changed: complete what can be completed, oldest first."""
        waiting = self._by_key.get(key)
        if waiting is None:
            return
        if isinstance(waiting, Ticket):
            waiting._try(key)
        else:
            for ticket in list(waiting):
                ticket._try(key)

    def waiting_on(self, key: Hashable) -> int:
        """How many answers are parked on ``key``."""
        waiting = self._by_key.get(key, {})
        return 1 if isinstance(waiting, Ticket) else len(waiting)

    def __len__(self) -> int:
        tickets: set[Ticket[Any]] = set()
        for waiting in self._by_key.values():
            tickets.update((waiting,) if isinstance(waiting, Ticket) else waiting)
        return len(tickets)

    def _remove(self, ticket: Ticket[Any]) -> None:
        by_key = self._by_key
        for key in ticket.parked.keys:
            waiting = by_key.get(key)
            if waiting is ticket:
                del by_key[key]
            elif isinstance(waiting, dict):
                waiting.pop(ticket, None)
                if not waiting:
                    del by_key[key]
