"""The memory that segments are made of: chunks, their recycling, and the bound on all of it (DESIGN 7 and 8).

A chunk is written front to back and never moves; bytes below its `Chunk.used` never change, so whoever holds a slice of `Chunk.view`
reads the same bytes for ever. A chunk that its log gives back is used again only when the interpreter confirms that no slice
of it exists; until then it waits among the retired ones, and still counts.

With a limit, memory that would go past it is first taken from the oldest closed segments of the largest topics, each with a
warning line; where nothing can be dropped the append fails with KAFKA_STORAGE_ERROR.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from kafkaemu.log.errors import LogError
from kafkaemu.world.pages import Pages, allocate_pages, is_unshared
from kafkawire.errors import ErrorCode

CHUNK_BYTES_MIN = 64 * 1024
CHUNK_BYTES_MAX = 16 * 1024 * 1024
POOL_BYTES_MAX = 64 * 1024 * 1024
"""How much freed memory is kept for reuse: the first touch of fresh pages costs more than writing them."""

INT64_MAX = 2**63 - 1

logger = logging.getLogger(__name__)


class Chunk:
    """A block of memory of one partition. ``used`` is the published end: only bytes from there on are ever written."""

    __slots__ = ("capacity", "pages", "used", "view")

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.capacity = len(pages)
        self.used = 0
        #: Read-only, as are its slices, which is what leaves the log.
        self.view = memoryview(pages).toreadonly()


class Reclaimable(Protocol):
    """A log, as far as the bound on memory is concerned."""

    @property
    def topic(self) -> str:
        """Name of its topic."""

    @property
    def allocated_bytes(self) -> int:
        """Memory of all its chunks."""

    @property
    def reclaim_rank(self) -> int | None:
        """Logs of the lowest rank lose segments first; None for one that must not lose any."""

    def drop_oldest_segment(self) -> int:
        """Drop the oldest closed segment and give its chunks back; returns its size in bytes, 0 if there is none to drop."""


class SegmentMemory:
    """Hands out chunks to the logs of one broker, takes them back, and counts.

    ``limit_bytes`` None is no limit. ``allocate`` makes a block of memory, ``is_unshared`` says that no slice of one exists.
    """

    def __init__(
        self,
        limit_bytes: int | None = None,
        *,
        allocate: Callable[[int], Pages] = allocate_pages,
        is_unshared: Callable[[Pages], bool] = is_unshared,
    ) -> None:
        self.limit_bytes = limit_bytes
        self._allocate = allocate
        self._is_unshared = is_unshared
        self._used_bytes = 0
        self._pool: dict[int, list[Pages]] = {}
        self._pool_bytes = 0
        self._retired: list[Pages] = []
        self._retired_bytes = 0
        self._logs: dict[Reclaimable, None] = {}

    @property
    def segment_bytes_max(self) -> int:
        """Larger segments are rolled early, whatever ``segment.bytes`` says: only closed ones can be dropped at the limit."""
        return INT64_MAX if self.limit_bytes is None else self.limit_bytes // 8

    @property
    def used_bytes(self) -> int:
        """Memory of the chunks of all logs."""
        return self._used_bytes

    @property
    def retired_bytes(self) -> int:
        """Memory that logs have given back and somebody still looks into."""
        return self._retired_bytes

    @property
    def total_bytes(self) -> int:
        """All memory that is held: of logs, given back but looked into, and kept for reuse."""
        return self._used_bytes + self._retired_bytes + self._pool_bytes

    @property
    def logs(self) -> Sequence[Reclaimable]:
        """The logs that have, or have had, memory from here."""
        return list(self._logs)

    def register(self, log: Reclaimable) -> None:
        """``log`` has memory that may be reclaimed."""
        self._logs[log] = None

    def unregister(self, log: Reclaimable) -> None:
        """``log`` is closed, and has given its chunks back."""
        self._logs.pop(log, None)

    def take(self, size_bytes: int, capacity_hint: int) -> Chunk:
        """A chunk for a batch of ``size_bytes``.

        Its capacity is ``capacity_hint``, or the next power of two that holds the batch; a batch over 16 MiB gets exactly its size.
        Raises LogError(KAFKA_STORAGE_ERROR) where the limit does not allow it, or the system has no memory.
        """
        capacity = min(max(capacity_hint, CHUNK_BYTES_MIN), CHUNK_BYTES_MAX)
        if size_bytes > CHUNK_BYTES_MAX:
            capacity = size_bytes
        elif size_bytes > capacity:
            capacity = 1 << (size_bytes - 1).bit_length()
        if self._retired:
            self._settle_retired()
        if self.limit_bytes is not None and self._used_bytes + self._retired_bytes + capacity > self.limit_bytes:
            self._reclaim(capacity, self.limit_bytes)
        pages = self._from_pool(capacity)
        if pages is None:
            if self.limit_bytes is not None and self.total_bytes + capacity > self.limit_bytes:
                # What is kept for reuse must not add to what is going to be allocated.
                self._pool.clear()
                self._pool_bytes = 0
            try:
                pages = self._allocate(capacity)
            except MemoryError as error:
                raise LogError(
                    ErrorCode.KAFKA_STORAGE_ERROR, f"no memory for {capacity} bytes of log segments"
                ) from error
        self._used_bytes += capacity
        return Chunk(pages)

    def give_back(self, chunk: Chunk) -> None:
        """The log is done with ``chunk``; others may still hold slices of it, and keep seeing the same bytes."""
        chunk.view.release()
        self._used_bytes -= chunk.capacity
        assert self._used_bytes >= 0
        self._retired.append(chunk.pages)
        self._retired_bytes += chunk.capacity
        self._settle_retired()

    def _settle_retired(self) -> None:
        """Pass on to the pool, or to the system, what nobody looks into any more."""
        waiting = []
        for pages in self._retired:
            if not self._is_unshared(pages):
                waiting.append(pages)
                continue
            size = len(pages)
            self._retired_bytes -= size
            if size <= CHUNK_BYTES_MAX and self._pool_bytes + size <= POOL_BYTES_MAX:
                self._pool.setdefault(size, []).append(pages)
                self._pool_bytes += size
        self._retired = waiting

    def _from_pool(self, capacity: int) -> Pages | None:
        found = self._pool.get(capacity)
        if not found:
            return None
        pages = found.pop()
        self._pool_bytes -= capacity
        return pages

    def _reclaim(self, capacity: int, limit_bytes: int) -> None:
        """Make room for ``capacity`` more bytes, or raise LogError."""
        while self._used_bytes + self._retired_bytes + capacity > limit_bytes:
            if not self._drop_one_segment(limit_bytes):
                raise LogError(
                    ErrorCode.KAFKA_STORAGE_ERROR,
                    f"the memory limit of {limit_bytes} bytes is reached and no closed segment is left to drop; "
                    "raise --memory-limit, or lower segment.bytes or retention of the largest topics",
                )

    def _drop_one_segment(self, limit_bytes: int) -> bool:
        """Drop the oldest closed segment of the largest topic that has one."""
        by_topic: dict[tuple[int, str], int] = {}
        for log in self._logs:
            if (rank := log.reclaim_rank) is not None:
                key = (rank, log.topic)
                by_topic[key] = by_topic.get(key, 0) + log.allocated_bytes
        for rank, topic in sorted(by_topic, key=lambda key: (key[0], -by_topic[key])):
            logs = [log for log in self._logs if log.topic == topic and log.reclaim_rank == rank]
            for log in sorted(logs, key=lambda log: -log.allocated_bytes):
                if dropped := log.drop_oldest_segment():
                    logger.warning(
                        "Memory limit of %d bytes reached: dropped the oldest segment (%d bytes) of topic %s",
                        limit_bytes,
                        dropped,
                        topic,
                    )
                    return True
        return False
