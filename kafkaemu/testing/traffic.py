"""The requests that clients make, for those who ask afterwards."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from kafkaemu.delayed import Parked
from kafkaemu.testing.values import SeenRequest
from kafkawire.declare import Message
from kafkawire.errors import ErrorCode

if TYPE_CHECKING:
    from kafkaemu.handlers.context import Answer, Context, Request
    from kafkaemu.server.dispatch import Route

#: How many requests are remembered, and how many of those that got an error.
SEEN_MAX = 200
REFUSED_MAX = 20
#: What an error is about, by the names that Kafka's messages have for it.
_ABOUT = ("name", "topic", "group_id", "key", "partition_index", "partition", "index", "member_id")


class Traffic:
    """An interceptor that lets all pass and remembers the latest."""

    def __init__(self) -> None:
        self.seen: deque[SeenRequest] = deque(maxlen=SEEN_MAX)
        self.refused: deque[SeenRequest] = deque(maxlen=REFUSED_MAX)

    def handle(self, route: Route, context: Context, request: Request, body: Any) -> Answer:
        """Answer as the broker does, and note what it was."""
        answer = route.handle(context, request, body)
        if not isinstance(answer, Parked):
            self._note(route, request, answer)
            return answer

        def noted(make: Callable[[], Any]) -> Callable[[], Any]:
            def make_and_note() -> Any:
                made = make()
                if made is not None:
                    self._note(route, request, made)
                return made

            return make_and_note

        on_expire = None if answer.on_expire is None else noted(answer.on_expire)
        return attrs.evolve(answer, try_complete=noted(answer.try_complete), on_expire=on_expire)

    def _note(self, route: Route, request: Request, answer: Any) -> None:
        errors = tuple(_errors(answer, "")) if isinstance(answer, Message) else ()
        seen = SeenRequest(route.api.name, route.version, request.client_id, errors)
        self.seen.append(seen)
        # Every new member of a group is sent away once, to come back with its id (KIP-394): nobody's failure.
        if errors and getattr(answer, "error_code", 0) != ErrorCode.MEMBER_ID_REQUIRED:
            self.refused.append(seen)


def _errors(message: Message, about: str) -> Iterator[str]:
    """The errors in an answer, each with what it is about."""
    parts = []
    for field in message.FIELDS:
        value = getattr(message, field.name)
        if value.__class__ is list and value and isinstance(value[0], Message):
            parts += value
        elif isinstance(value, Message):
            parts.append(value)
    code = getattr(message, "error_code", 0)
    if not code and not parts:
        return
    named = [
        str(value) for name in _ABOUT if isinstance(value := getattr(message, name, None), (str, int)) and value != ""
    ]
    here = "-".join(filter(None, (about, *named)))
    if code:
        words = getattr(message, "error_message", None)
        yield ": ".join(filter(None, (here, ErrorCode(code).name, words)))
    for part in parts:
        yield from _errors(part, here)
