"""What goes wrong when a test asks its broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kafkawire.errors import ErrorCode


class BrokerError(Exception):
    """The broker cannot do what the test asks; the text is for the person who wrote the test."""


class BrokerStopped(BrokerError):
    """The broker has not been started, or has been stopped."""


class BrokerNotShared(BrokerError):
    """This process was forked from the one that the broker runs in: it has to start one of its own."""


class BrokerTimeout(BrokerError):
    """The broker has not answered in time; the text says what it was doing."""


class RequestRefused(BrokerError):
    """Kafka's own refusal, with its error code."""

    def __init__(self, what: str, code: ErrorCode, message: str | None = None) -> None:
        super().__init__(f"{what}: {code.name}: {message or code.message}")
        self.code = code


class WaitedInVain(AssertionError):
    """What a test waited for has not come; the text says what came instead."""


def is_told(raised: Any) -> bool:
    """Whether what pytest caught (its ExceptionInfo) tells by its text all that there is to know.

    The ``__tracebackhide__`` of our modules: of such a failure pytest shows the line of the test, and not how we came to it.
    """
    return isinstance(raised.value, (BrokerError, WaitedInVain, TypeError, ValueError))
