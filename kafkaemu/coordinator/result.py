"""What an event handler of a coordinator returns: what is to happen (DESIGN 3 and 6)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar, cast

import attrs

from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode

A = TypeVar("A")


class CoordinatorError(Exception):
    """A request that is refused: the handler turns it into its API's error answer."""

    def __init__(self, code: ErrorCode, message: str | None = None) -> None:
        super().__init__(code.name if message is None else message)
        self.code = code
        #: Text for the client; None where the code's own text is to be sent.
        self.message = message


@attrs.frozen
class CoordinatorRecord:
    """One record of an internal topic: key and value messages with the versions they are written in; no value is a tombstone.

    The first two bytes of a written key are the record type (``key.KEY``), those of a value its version.
    """

    key: TopLevel
    value: TopLevel | None
    value_version: int = 0
    key_version: int = 0


class Deferred(Generic[A]):
    """An answer that may come later: when the high watermark has passed what it depends on, or with another event (a JoinGroup
    that waits for the other members). It is given exactly once.

    It is its own key in the waiting room; `kafkaemu.coordinator.parking` parks a request on it.
    """

    __slots__ = ("_answer", "_error", "done")

    def __init__(self) -> None:
        self._answer: A | None = None
        self._error: CoordinatorError | None = None
        #: Whether the answer is there.
        self.done = False

    def give(self, answer: A) -> None:
        """Only the runtime gives answers (`Result.complete` asks it to)."""
        assert not self.done, "an answer is given once"
        self._answer = answer
        self.done = True

    def fail(self, error: CoordinatorError) -> None:
        """The answer is a refusal."""
        assert not self.done, "an answer is given once"
        self._error = error
        self.done = True

    def take(self) -> A:
        """The answer. Raises the `CoordinatorError` with which it was refused."""
        assert self.done, "not answered yet"
        if self._error is not None:
            raise self._error
        return cast("A", self._answer)


@attrs.frozen
class SetTimer:
    """Run ``operation`` (it is given the time, and returns what is to happen) ``after_ms`` milliseconds of moved time from now,
    in place of the timer of that key, or only if there is none (``if_absent``). ``is_periodic`` work is done again and again."""

    key: Hashable
    after_ms: int
    operation: Callable[[int], Result[Any]]
    if_absent: bool = False
    is_periodic: bool = False


@attrs.frozen
class CancelTimer:
    """Forget the timer of that key, if there is one."""

    key: Hashable


@attrs.define(eq=False)
class Result(Generic[A]):
    """What is to happen after an event.

    ``records`` are appended in one batch (in as many as they need if not ``is_atomic``: then a failed append may leave the first of
    them written) and replayed into the state; when the high watermark has passed them, ``answer`` goes
    to the caller and ``completions`` to those who waited. A state machine may change its soft state (what is in no record: who
    waits, which timers run) before it returns, so timers and completions stand even if the append fails; what must only happen
    when the records are in the log happens in ``on_applied``, whose own result is carried out in the same turn and whose answer
    counts where this one has none.

    When the append fails the records have changed nothing and ``on_failure`` says what follows; without it the caller is
    refused with that append's error, as the reference maps it.
    """

    records: list[CoordinatorRecord] = attrs.field(factory=list)
    answer: A | Deferred[A] | None = None
    completions: list[tuple[Deferred[Any], Any]] = attrs.field(factory=list)
    timers: list[SetTimer | CancelTimer] = attrs.field(factory=list)
    on_applied: Callable[[int], Result[A]] | None = None
    on_failure: Callable[[ErrorCode, int], Result[A]] | None = None
    is_atomic: bool = True

    def complete(self, deferred: Deferred[Any], answer: Any) -> None:
        """Answer somebody who waits."""
        self.completions.append((deferred, answer))

    def set_timer(
        self,
        key: Hashable,
        after_ms: int,
        operation: Callable[[int], Result[Any]],
        *,
        if_absent: bool = False,
        is_periodic: bool = False,
    ) -> None:
        """See `SetTimer`."""
        self.timers.append(SetTimer(key, after_ms, operation, if_absent, is_periodic))

    def cancel_timer(self, key: Hashable) -> None:
        """See `CancelTimer`."""
        self.timers.append(CancelTimer(key))
