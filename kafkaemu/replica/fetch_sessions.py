"""Fetch sessions: what a consumer or follower reads is remembered, so that it names, and is told, only what changed.

Theory: KIP-227. A fetch with epoch 0 names all its partitions and opens a session; the fetches that follow carry the session's id and
the next epoch, and name only partitions that are new, changed or forgotten. The answers leave out partitions of which there is
nothing new. A session belongs to the broker: it may go on on any connection. Partitions that got records move to the end of
their session, so that the limit on an answer's size starves none.

The cache holds a fixed number of sessions. A full one makes room by what was not used for two minutes, else by a session that is worth
less than the new one: followers before consumers, then more partitions before fewer; consumers push out only sessions
older than those two minutes. Where nothing gives way the fetch is answered without a session. Behaves as FetchSession and
FetchSessionCacheShard of the reference; its eight shards, a matter of locks, are one here.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import TypeAlias

from kafkaemu.replica.partition import Partition
from kafkawire.errors import ErrorCode
from kafkawire.messages.fetch import FetchPartition

#: Epochs with a meaning of their own: open a session; answer in full without one, and close the one named.
INITIAL_EPOCH = 0
FINAL_EPOCH = -1
#: The session id that says "none".
NO_SESSION = 0
SESSION_ID_END = 2**31 - 1
#: How long an unused session is safe; fixed in the reference (its config of old, min.incremental.fetch.session.eviction.ms, is gone).
EVICTION_MS = 120_000

#: (topic name or topic id, partition index); which of the two a session uses is decided when it is opened.
FetchKey: TypeAlias = "tuple[str | bytes, int]"


def next_epoch(epoch: int) -> int:
    """The epoch of a session's next fetch; after 2147483647 comes 1."""
    return 1 if epoch >= 2**31 - 1 else epoch + 1


class FetchEntry:
    """One partition of a fetch, in or out of a session.

    ``topic`` is None while no topic has the id. ``sent_high_watermark`` and ``sent_start_offset`` are what the client was told
    last, -1 for nothing.
    """

    __slots__ = ("asked", "key", "partition", "sent_high_watermark", "sent_start_offset", "topic", "topic_id")

    def __init__(self, key: FetchKey, topic: str | None, topic_id: bytes, asked: FetchPartition) -> None:
        self.key = key
        self.topic = topic
        self.topic_id = topic_id
        #: Offset, limit and epochs, as the client named them last.
        self.asked = asked
        #: The partition as it was found last; it may have been deleted since.
        self.partition: Partition | None = None
        self.sent_high_watermark = -1
        self.sent_start_offset = -1


class FetchSession:
    """One session. ``entries`` are in the order in which they are read."""

    __slots__ = (
        "cached_size",
        "created_ms",
        "entries",
        "epoch",
        "id",
        "is_privileged",
        "last_used_ms",
        "uses_topic_ids",
    )

    def __init__(
        self,
        session_id: int,
        entries: dict[FetchKey, FetchEntry],
        *,
        is_privileged: bool,
        uses_topic_ids: bool,
        now_ms: int,
    ) -> None:
        self.id = session_id
        self.entries = entries
        self.is_privileged = is_privileged
        self.uses_topic_ids = uses_topic_ids
        self.created_ms = now_ms
        self.last_used_ms = now_ms
        #: What the next fetch has to carry.
        self.epoch = next_epoch(INITIAL_EPOCH)
        #: Size under which the cache has filed it.
        self.cached_size = len(entries)

    def update(self, wanted: dict[FetchKey, FetchEntry], forgotten: Collection[FetchKey]) -> None:
        """Take over what a fetch names: new partitions come last, known ones keep their place."""
        entries = self.entries
        for key, entry in wanted.items():
            known = entries.get(key)
            if known is None:
                entries[key] = entry
            else:
                known.asked = entry.asked
        for key in forgotten:
            entries.pop(key, None)

    def must_answer(
        self, entry: FetchEntry, high_watermark: int, start_offset: int, *, size: int, is_exceptional: bool
    ) -> bool:
        """Whether an incremental answer has to contain this partition; remembers what the client is told by it.

        ``size`` is that of the records in bytes. ``is_exceptional`` says that there is an error or a diverging epoch: these
        are told in every answer, and the partition once more when they are over.
        """
        must = size > 0 or is_exceptional
        if entry.sent_high_watermark != high_watermark:
            must = True
            entry.sent_high_watermark = high_watermark
        if entry.sent_start_offset != start_offset:
            must = True
            entry.sent_start_offset = start_offset
        if is_exceptional:
            entry.sent_high_watermark = -1
        if size > 0 and self.entries.get(entry.key) is entry:
            del self.entries[entry.key]
            self.entries[entry.key] = entry
        return must


class FetchSessionCache:
    """The sessions of one broker: at most ``slots``. ``random_below`` gives a random number below its argument."""

    def __init__(self, slots: int, random_below: Callable[[int], int], *, eviction_ms: int = EVICTION_MS) -> None:
        self.slots = slots
        self._random_below = random_below
        self._eviction_ms = eviction_ms
        #: By id, the longest unused first.
        self._sessions: OrderedDict[int, FetchSession] = OrderedDict()
        #: What a consumer's session may push out, and what a follower's may; least valuable first.
        self._evictable_by_all: list[tuple[bool, int, int]] = []
        self._evictable_by_privileged: list[tuple[bool, int, int]] = []

    def __len__(self) -> int:
        return len(self._sessions)

    def get(self, session_id: int) -> FetchSession | None:
        """The session, if there is (still) one with this id."""
        return self._sessions.get(session_id)

    def close(self, session_id: int) -> None:
        """Forget a session; an unknown one is no error."""
        session = self._sessions.pop(session_id, None)
        if session is not None:
            self._unfile(session)

    def open(
        self, entries: dict[FetchKey, FetchEntry], now_ms: int, *, is_privileged: bool, uses_topic_ids: bool
    ) -> int:
        """Open a session with these entries; its id, or 0 where there is no room for it. ``is_privileged``: a follower's."""
        if len(self._sessions) >= self.slots and not self._evict((is_privileged, len(entries), 0), now_ms):
            return NO_SESSION
        session_id = 1 + self._random_below(SESSION_ID_END - 1)
        while session_id in self._sessions:
            session_id = 1 + self._random_below(SESSION_ID_END - 1)
        session = FetchSession(
            session_id, entries, is_privileged=is_privileged, uses_topic_ids=uses_topic_ids, now_ms=now_ms
        )
        self._sessions[session_id] = session
        self._file(session, now_ms)
        return session_id

    def resume(
        self,
        session_id: int,
        epoch: int,
        wanted: dict[FetchKey, FetchEntry],
        forgotten: Collection[FetchKey],
        now_ms: int,
        *,
        uses_topic_ids: bool,
    ) -> FetchSession | ErrorCode:
        """Go on with a session: take over what the fetch names, and expect the next epoch.

        A session that has lost its last partition by it is closed; it is returned empty. Errors: FETCH_SESSION_ID_NOT_FOUND,
        INVALID_FETCH_SESSION_EPOCH, FETCH_SESSION_TOPIC_ID_ERROR for a session that was opened by names and goes on by ids or
        the other way round; they leave the session as it is.
        """
        session = self._sessions.get(session_id)
        if session is None:
            return ErrorCode.FETCH_SESSION_ID_NOT_FOUND
        if session.epoch != epoch:
            return ErrorCode.INVALID_FETCH_SESSION_EPOCH
        if session.uses_topic_ids != uses_topic_ids:
            return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR
        if wanted or forgotten:
            session.update(wanted, forgotten)
        if not session.entries:
            self.close(session_id)
            return session
        self._touch(session, now_ms)
        session.epoch = next_epoch(epoch)
        return session

    def _touch(self, session: FetchSession, now_ms: int) -> None:
        self._sessions.move_to_end(session.id)
        session.last_used_ms = now_ms
        # Filing costs as much as the rest of a fetch: it is done anew only where something about it changes.
        if session.cached_size != len(session.entries) or not self._is_filed(session, now_ms):
            self._unfile(session)
            self._file(session, now_ms)

    def _evict(self, worth: tuple[bool, int, int], now_ms: int) -> bool:
        """Make room for a session of this worth; whether there is room now."""
        oldest = next(iter(self._sessions.values()), None)
        if oldest is None:
            return False
        if now_ms - oldest.last_used_ms > self._eviction_ms:
            self.close(oldest.id)
            return True
        evictable = self._evictable_by_privileged if worth[0] else self._evictable_by_all
        if not evictable or worth < evictable[0]:
            return False
        self.close(evictable[0][2])
        return True

    def _file(self, session: FetchSession, now_ms: int) -> None:
        session.cached_size = len(session.entries)
        worth = (session.is_privileged, session.cached_size, session.id)
        is_old = now_ms - session.created_ms > self._eviction_ms
        if is_old:
            insort(self._evictable_by_all, worth)
        if is_old or not session.is_privileged:
            insort(self._evictable_by_privileged, worth)

    def _unfile(self, session: FetchSession) -> None:
        worth = (session.is_privileged, session.cached_size, session.id)
        for evictable in (self._evictable_by_all, self._evictable_by_privileged):
            position = bisect_left(evictable, worth)
            if position < len(evictable) and evictable[position] == worth:
                del evictable[position]

    def _is_filed(self, session: FetchSession, now_ms: int) -> bool:
        """Whether the session stands where it belongs: it need not move once it is old, nor as long as it is young."""
        if now_ms - session.created_ms <= self._eviction_ms:
            return True
        worth = (session.is_privileged, session.cached_size, session.id)
        position = bisect_left(self._evictable_by_all, worth)
        return position < len(self._evictable_by_all) and self._evictable_by_all[position] == worth
