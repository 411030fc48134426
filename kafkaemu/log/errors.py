"""Why a log refuses something."""

from __future__ import annotations

from kafkawire.errors import ErrorCode
from kafkawire.records.validate import RecordError


class LogError(Exception):
    """A request on a log that fails with ``code`` and leaves the log as it was.

    ``reason`` is for the broker's log. ``message`` and ``record_errors`` are what ProduceResponse carries from version 8 on: null
    and empty for all but the errors of single records.
    """

    def __init__(
        self,
        code: ErrorCode,
        reason: str,
        message: str | None = None,
        record_errors: tuple[RecordError, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.message = message
        self.record_errors = record_errors
