"""One record, as it is read from a batch and as it is handed to the builder."""

from __future__ import annotations

import attrs

Header = tuple[str, bytes | None]
"""Name and value of a record header. The value may be null; the name may not."""


@attrs.define(slots=True)
class Record:
    """A record with its absolute offset and timestamp.

    `key`, `value` and header values tell null (None) from empty (b""). Header names that are not UTF-8 are read with
    U+FFFD in place of what is wrong, as the reference reads them, and therefore also rewrites them.
    """

    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[Header, ...] = ()
    timestamp_ms: int = -1
    """Milliseconds since 1970; -1 for none."""
    offset: int = -1
    """Absolute offset; -1 lets the builder number the records one after the other."""
