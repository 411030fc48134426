"""Keys, values and headers of records as a test writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from kafkaemu.testing.errors import is_told

__tracebackhide__ = is_told


class _Anything:
    def __repr__(self) -> str:
        return "anything"


#: What matches whatever came.
ANYTHING: Final[Any] = _Anything()
Headers = Mapping[str, "bytes | str | None"] | Iterable[tuple[str, "bytes | str | None"]]
Expected = bytes | str | None | Callable[[Any], bool]


def to_bytes(value: bytes | str | None) -> bytes | None:
    """Text as UTF-8, all else as it is. Raises TypeError for what is neither bytes nor text nor None."""
    if isinstance(value, str):
        return value.encode()
    if value is None or isinstance(value, (bytes, bytearray)):
        return value
    raise TypeError(f"keys, values and headers of records are bytes, text or None, not {value!r}: serialize it first")
