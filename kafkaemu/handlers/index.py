"""Which APIs are built: api key -> module of this package. An API that is not here is not advertised and not served."""

from __future__ import annotations

HANDLERS: dict[int, str] = {}
