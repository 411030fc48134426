"""What an event handler of a coordinator returns: it changes nothing itself (DESIGN 3 and 6)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import attrs

from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode

A = TypeVar("A")


class CoordinatorError(Exception):
    """A request that is refused: the handler turns it into its API's error answer."""

    def __init__(self, code: ErrorCode, message: str | None = None) -> None:
        super().__init__(code.name if message is None else message)
        self.code = code
        self.message = message


@attrs.frozen
class CoordinatorRecord:
    """One record of an internal topic: key and value messages with the versions they are written in; no value is a tombstone."""

    key: TopLevel
    key_version: int
    value: TopLevel | None
    value_version: int = 0


class Deferred(Generic[A]):
    """An answer that another event will give (a JoinGroup that waits for the other members).

    It is its own key in the waiting room; `kafkaemu.delayed.Parked` waits on it.
    """

    __slots__ = ("answer",)

    def __init__(self) -> None:
        self.answer: A | None = None


@attrs.frozen
class SetTimer(Generic[A]):
    """Run ``operation`` on the shard's state ``after_ms`` milliseconds of moved time from now, replacing the timer of that key."""

    key: Hashable
    after_ms: int
    operation: Callable[[Any, int], Result[Any]]


@attrs.frozen
class CancelTimer:
    """Forget the timer of that key, if there is one."""

    key: Hashable


@attrs.frozen
class Result(Generic[A]):
    """What is to happen: ``records`` are appended in one batch and replayed into the state; when the high watermark has passed
    them, ``answer`` goes to the caller and ``completions`` to those who waited. When the append fails nothing has changed, the
    caller gets the error, and ``on_failure`` says what the waiting ones get. ``timers`` are soft state and set at once.
    """

    records: tuple[CoordinatorRecord, ...] = ()
    answer: A | Deferred[A] | None = None
    completions: tuple[tuple[Deferred[Any], Any], ...] = ()
    timers: tuple[SetTimer[Any] | CancelTimer, ...] = ()
    on_failure: Callable[[ErrorCode], Result[Any]] | None = None
