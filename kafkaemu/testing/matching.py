"""Which records a test means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kafkaemu.testing.errors import is_told
from kafkaemu.testing.texts import ANYTHING, Expected, Headers, to_bytes

if TYPE_CHECKING:
    from kafkaemu.testing.values import Record

__tracebackhide__ = is_told


class Wanted:
    """What `Surface.assert_produced` is told of a record."""

    def __init__(self, value: Expected, key: Expected, headers: Headers | None, partition: int | None) -> None:
        self._value, self._key, self._partition = value, key, partition
        pairs: Iterable[Any] = headers.items() if isinstance(headers, Mapping) else headers or ()
        self._headers = [(name, to_bytes(text)) for name, text in pairs]

    def among(self, records: list[Record]) -> list[Record]:
        """Those that match."""
        return [record for record in records if self._matches(record)]

    def _matches(self, record: Record) -> bool:
        return (
            (self._partition is None or record.partition == self._partition)
            and _is(self._key, record.key)
            and _is(self._value, record.value)
            and all(pair in record.headers for pair in self._headers)
        )

    def __str__(self) -> str:
        parts = []
        if self._partition is not None:
            parts.append(f"partition={self._partition}")
        parts += [
            f"{name}={_text(one)}" for name, one in (("key", self._key), ("value", self._value)) if one is not ANYTHING
        ]
        if self._headers:
            parts.append(f"headers={dict(self._headers)!r}")
        return " ".join(parts) or "anything"


def _is(expected: Expected, found: bytes | None) -> bool:
    if expected is ANYTHING:
        return True
    if callable(expected):
        return bool(expected(found))
    return to_bytes(expected) == found


def _text(expected: Expected) -> str:
    return getattr(expected, "__name__", repr(expected)) if callable(expected) else repr(to_bytes(expected))
