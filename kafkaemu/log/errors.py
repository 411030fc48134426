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


def too_large(size_bytes: int, partition: str, bytes_max: int) -> LogError:
    """A batch above ``max.message.bytes``."""
    return LogError(
        ErrorCode.MESSAGE_TOO_LARGE,
        f"The record batch size in the append to {partition} is {size_bytes} bytes which exceeds the maximum configured "
        f"value of {bytes_max}).",
    )


def larger_than_segment(size_bytes: int, partition: str, bytes_max: int) -> LogError:
    """A batch above ``segment.bytes``."""
    return LogError(
        ErrorCode.RECORD_LIST_TOO_LARGE,
        f"Message batch size is {size_bytes} bytes in append to partition {partition}, which exceeds the maximum configured "
        f"segment size of {bytes_max}.",
    )
