"""What the first request of a kind imports and compiles, done before it comes.

A start does not wait for what many never use; so there is something left to do for the first who does use it. It is done when
nobody waits, or when what a client asks tells what it will ask next.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kafkaemu.delayed import Deadlines
    from kafkaemu.server.connection import Connections

#: How long after the start, and after the latest request, the next module is imported.
IDLE_AFTER_MS = 250.0
IDLE_PAUSE_MS = 50.0
#: Between two steps for a client that is expected: others, and its own next request, get their turn.
EXPECTED_PAUSE_MS = 1.0
#: What a group's member asks from its join to its first record, in this order: API key and the version in which librdkafka asks it.
#: Java's client asks in the newest.
MEMBER_REQUESTS = (
    (3, 13),  # Metadata
    (11, 5),  # JoinGroup
    (14, 3),  # SyncGroup
    (12, 3),  # Heartbeat
    (9, 9),  # OffsetFetch
    (2, 7),  # ListOffsets
    (1, 16),  # Fetch
)


class Warming:
    """Does ahead, in small steps on real time, what first requests would have to wait for."""

    def __init__(self, connections: Connections, real: Deadlines) -> None:
        self._connections = connections
        self._real = real

    def import_when_idle(self, modules: Iterable[str]) -> None:
        """Import ``modules`` one at a time, the first of them somewhat later, whenever no connection has done anything for a while."""
        self._import_next(iter(modules), IDLE_AFTER_MS)

    def _import_next(self, modules: Iterator[str], after_ms: float) -> None:
        def look() -> None:
            quiet = self._connections.quiet_ms() > IDLE_PAUSE_MS
            if quiet and (module := next(modules, None)) is not None:
                import_module(module)
            elif quiet:
                return
            self._import_next(modules, IDLE_PAUSE_MS)

        self._after(after_ms, look)

    def expect_member(self) -> None:
        """Somebody asks for a group's coordinator, and is likely to join: make ready for all that a member asks, one API at a time."""
        requests = iter(MEMBER_REQUESTS)

        def step() -> None:
            if (request := next(requests, None)) is not None:
                self._connections.dispatcher.warm(*request)
                self._after(EXPECTED_PAUSE_MS, step)

        self._after(EXPECTED_PAUSE_MS, step)

    def _after(self, pause_ms: float, callback: Callable[[], None]) -> None:
        self._real.at(self._connections.clock.real_ms() + pause_ms, callback)
