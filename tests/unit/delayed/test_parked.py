"""Parked answers: completed by keys, by either time line, or gone with their client."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kafkaemu.delayed import Deadlines, Parked, Ticket, WaitingRoom
from kafkaemu.world.memory import MovedClock


class Room:
    """A waiting room with its clock."""

    def __init__(self) -> None:
        self.clock = MovedClock()
        self.moved, self.real = Deadlines(), Deadlines()
        self.room = WaitingRoom(self.moved, self.real, self.clock.now_ms, self.clock.real_ms)
        self.delivered: list[str] = []
        self.value: str | None = None

    def park(self, *keys: str, wait_ms: int | None = None, name: str = "") -> Ticket[str]:
        """Wait for `value`."""
        parked = Parked(keys, lambda: name + self.value if self.value else None, wait_ms, lambda: name + "expired")
        return self.room.park(parked, self.delivered.append)

    def run_due(self) -> None:
        self.moved.run_due(self.clock.now_ms())
        self.real.run_due(self.clock.real_ms())


def test_any_of_its_keys_completes_it_once() -> None:
    room = Room()
    ticket = room.park("a", "b")
    room.room.touch("b")
    assert room.delivered == []
    room.value = "done"
    room.room.touch("c")
    assert ticket.waiting
    room.room.touch("b")
    room.room.touch("a")
    assert room.delivered == ["done"]
    assert not ticket.waiting
    assert len(room.room) == 0
    assert room.room.waiting_on("a") == 0


def test_the_oldest_is_completed_first() -> None:
    room = Room()
    for name in "123":
        room.park("a", name=name)
    room.value = "x"
    room.room.touch("a")
    assert room.delivered == ["1x", "2x", "3x"]


@pytest.mark.parametrize("line", ["moved", "real"])
def test_it_expires_on_whichever_time_line_ends_first(line: str) -> None:
    room = Room()
    room.park("a", wait_ms=500)
    advance: Callable[[int], None] = room.clock.advance if line == "moved" else room.clock.advance_real
    advance(499)
    room.run_due()
    assert room.delivered == []
    advance(1)
    room.run_due()
    assert room.delivered == ["expired"]
    assert len(room.moved) == len(room.real) == 0


def test_without_a_limit_it_waits_for_ever() -> None:
    room = Room()
    room.park("a")
    room.clock.advance(10**12)
    room.run_due()
    assert room.delivered == []
    assert len(room.room) == 1


def test_a_cancelled_one_is_never_tried_again() -> None:
    room = Room()
    ticket = room.park("a", wait_ms=5)
    ticket.cancel()
    ticket.cancel()
    room.value = "x"
    room.room.touch("a")
    room.clock.advance(10)
    room.run_due()
    ticket.expire()
    assert room.delivered == []
    assert len(room.room) == len(room.moved) == len(room.real) == 0


def test_a_delivery_may_touch_and_park_again() -> None:
    room = Room()
    room.value = "x"
    answers: list[str] = []

    def deliver(answer: str) -> None:
        answers.append(answer)
        if len(answers) < 3:
            room.room.park(parked, deliver)
            room.room.touch("a")

    parked: Parked[str] = Parked(("a",), lambda: room.value)
    room.room.park(parked, deliver)
    room.room.touch("a")
    assert answers == ["x", "x", "x"]
    assert len(room.room) == 0


def test_an_attempt_that_completes_itself_answers_once() -> None:
    room = Room()
    tickets: list[Ticket[str]] = []

    def try_complete() -> str:
        tickets[0].cancel()
        return "late"

    tickets.append(room.room.park(Parked(("a",), try_complete), room.delivered.append))
    room.room.touch("a")
    assert room.delivered == []


def test_an_error_goes_to_the_one_who_parked_it_if_he_wants_it() -> None:
    room = Room()
    errors: list[Exception] = []

    def fails() -> str:
        raise RuntimeError("a defect")

    room.room.park(Parked(("a",), fails), room.delivered.append, errors.append)
    room.room.touch("a")
    assert [str(error) for error in errors] == ["a defect"]
    assert len(room.room) == 0
    room.room.park(Parked(("a",), fails), room.delivered.append)
    with pytest.raises(RuntimeError, match="a defect"):
        room.room.touch("a")


def test_thousands_waiting_on_other_keys_cost_nothing_and_leave_nothing() -> None:
    room = Room()
    tickets = [room.park(f"k{number}", wait_ms=100) for number in range(5000)]
    room.value = "x"
    room.room.touch("k7")
    assert room.delivered == ["x"]
    for ticket in tickets:
        ticket.cancel()
    assert len(room.room) == len(room.moved) == len(room.real) == 0
    assert not room.room._by_key


def test_one_that_says_what_is_enough_is_tried_only_then_and_told_the_key() -> None:
    room = Room()
    asked: list[object] = []
    enough: set[object] = set()

    def is_enough(key: object) -> bool:
        asked.append(key)
        return key in enough

    parked: Parked[str] = Parked(("a", "b"), lambda: "done", is_enough=is_enough)
    room.room.park(parked, room.delivered.append)
    room.room.touch("a")
    room.room.touch("b")
    assert asked == ["a", "b"]
    assert room.delivered == []
    enough.add("b")
    room.room.touch("a")
    room.room.touch("b")
    assert room.delivered == ["done"]
    assert room.room.waiting_on("a") == 0


def test_those_who_share_a_key_come_and_go_by_themselves() -> None:
    room = Room()
    first, second = room.park("a", "a", name="1"), room.park("a", "b", name="2")
    assert (len(room.room), room.room.waiting_on("a"), room.room.waiting_on("b")) == (2, 2, 1)
    first.cancel()
    assert (len(room.room), room.room.waiting_on("a")) == (1, 1)
    room.park("a", name="3")
    second.cancel()
    assert (len(room.room), room.room.waiting_on("a"), room.room.waiting_on("b")) == (1, 1, 0)
    room.value = "x"
    room.room.touch("b")
    room.room.touch("a")
    assert room.delivered == ["3x"]
    assert len(room.room) == 0
