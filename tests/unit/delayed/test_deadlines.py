"""A heap of deadlines on one time line."""

from __future__ import annotations

from kafkaemu.delayed import Deadlines


def test_deadlines_run_in_order_and_equal_ones_as_they_were_set() -> None:
    ran: list[str] = []
    deadlines = Deadlines()
    for when, name in [(30, "c"), (10, "a"), (20, "b1"), (20, "b2")]:
        deadlines.at(when, lambda name=name: ran.append(name))  # type: ignore[misc]
    deadlines.run_due(9)
    assert ran == []
    deadlines.run_due(20)
    assert ran == ["a", "b1", "b2"]
    assert deadlines.next_ms() == 30
    deadlines.run_due(1000)
    assert ran == ["a", "b1", "b2", "c"]
    assert deadlines.next_ms() is None


def test_a_callback_may_set_deadlines_that_are_due_at_once() -> None:
    ran: list[int] = []
    deadlines = Deadlines()
    deadlines.at(5, lambda: deadlines.at(5, lambda: ran.append(1)))
    deadlines.run_due(5)
    assert ran == [1]


def test_a_cancelled_deadline_does_not_run_and_cancelling_twice_or_late_is_harmless() -> None:
    ran: list[int] = []
    deadlines = Deadlines()
    first = deadlines.at(1, lambda: ran.append(1))
    second = deadlines.at(2, lambda: ran.append(2))
    first.cancel()
    first.cancel()
    assert not first.pending
    assert len(deadlines) == 1
    deadlines.run_due(10)
    assert ran == [2]
    second.cancel()
    assert len(deadlines) == 0


def test_only_an_earlier_deadline_wakes_the_driver() -> None:
    woken: list[int] = []
    deadlines = Deadlines(lambda: woken.append(1))
    deadlines.at(100, lambda: None)
    deadlines.at(200, lambda: None)
    assert len(woken) == 1
    deadlines.at(50, lambda: None)
    assert len(woken) == 2


def test_a_million_cancelled_deadlines_leave_no_heap_behind() -> None:
    deadlines = Deadlines()
    deadlines.at(0, lambda: None)
    for when in range(20_000):
        deadlines.at(1_000 + when, lambda: None).cancel()
    assert len(deadlines) == 1
    assert len(deadlines._heap) < 200
