"""What a test gets from a broker: records and where they are, and requests that were made."""

from __future__ import annotations

from typing import NamedTuple

import attrs


class TopicPartition(NamedTuple):
    """One partition; equal to the plain tuple ``(topic, partition)``."""

    topic: str
    partition: int


@attrs.frozen
class Record:
    """A record as a consumer gets it, whatever it was compressed with."""

    topic: str
    partition: int
    offset: int
    #: Milliseconds since 1970.
    timestamp_ms: int
    key: bytes | None
    #: None for a tombstone.
    value: bytes | None
    #: In the order in which the producer wrote them; a name may come more than once.
    headers: tuple[tuple[str, bytes | None], ...] = ()

    def __str__(self) -> str:
        parts = [f"{self.topic}-{self.partition}@{self.offset}"]
        if self.key is not None:
            parts.append(f"key={self.key!r}")
        parts.append(f"value={self.value!r}")
        if self.headers:
            parts.append(f"headers={dict(self.headers)!r}")
        return " ".join(parts)


@attrs.frozen
class SeenRequest:
    """A request that a client has made."""

    #: ``Produce``, ``JoinGroup``.
    api: str
    version: int
    client_id: str | None
    #: Every error in its answer, with what it is about: ``orders-0: NOT_LEADER_OR_FOLLOWER``.
    errors: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f"{self.api} v{self.version} of client {self.client_id!r}"
        return f"{what}: {'; '.join(self.errors)}" if self.errors else what
