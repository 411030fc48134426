"""Random uuids as Kafka makes them."""

from __future__ import annotations

from collections.abc import Callable

# First bytes whose text form begins with "-", which command line tools would take for an option.
_LEADING_DASH = range(0xF8, 0xFC)


def kafka_uuid(token: Callable[[int], bytes]) -> bytes:
    """A version-4 uuid whose text form (URL-safe base64) does not begin with "-" (reference: Uuid.randomUuid)."""
    while True:
        uuid = bytearray(token(16))
        if uuid[0] in _LEADING_DASH:
            continue
        # The version bits keep it apart from the reserved uuids, which have none.
        uuid[6] = uuid[6] & 0x0F | 0x40
        uuid[8] = uuid[8] & 0x3F | 0x80
        return bytes(uuid)
