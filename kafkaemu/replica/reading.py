"""Reading for a fetch: every partition within the limits, and how to tell when waiting has been long enough.

Behaves as ReplicaManager.readFromLog and DelayedFetch of the reference. Nothing here knows the wire's messages for answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

import attrs

from kafkaemu.log.errors import LogError
from kafkaemu.log.results import NOTHING_READ
from kafkaemu.replica.fetch_sessions import FetchEntry
from kafkaemu.replica.partition import Partition
from kafkawire.errors import ErrorCode
from kafkawire.primitives import RecordsValue

_UNLIMITED = 2**31 - 1
#: The id that a client has in place of a replica's.
NO_REPLICA = -1


class Isolation(IntEnum):
    """Up to where a log may be read (FetchIsolation)."""

    HIGH_WATERMARK = 0
    LAST_STABLE_OFFSET = 1
    LOG_END = 2


@attrs.define(kw_only=True, eq=False)
class ReadRules:
    """What holds for all partitions of a fetch. ``replica_id`` is negative for a client. Sizes are bytes. Never changed."""

    isolation: Isolation
    replica_id: int
    only_leader: bool
    min_bytes: int
    max_bytes: int
    #: Whether the first batch of all comes whole even if it is larger than the limits.
    minimum_one: bool = True
    #: Whether the id of a replica that there is not is an error, or just finds nothing.
    refuses_strangers: bool = True


class Reading:
    """What one partition gave: records, or an error with every offset unknown (-1)."""

    __slots__ = (
        "aborted",
        "code",
        "diverging",
        "entry",
        "high_watermark",
        "records",
        "size",
        "stable_offset",
        "start_offset",
    )

    def __init__(self, entry: FetchEntry, code: ErrorCode = ErrorCode.NONE) -> None:
        self.entry = entry
        self.code = code
        self.high_watermark = -1
        self.stable_offset = -1
        self.start_offset = -1
        self.records: RecordsValue = b""
        #: Length of ``records`` in bytes.
        self.size = 0
        #: (producer id, first offset) of transactions that were aborted; None where the asker does not want to know.
        self.aborted: list[tuple[int, int]] | None = None
        #: (epoch, end offset) where the log has diverged from what was fetched last.
        self.diverging: tuple[int, int] | None = None


def limit_of(partition: Partition, isolation: Isolation) -> int:
    """The offset behind the last one that may be read."""
    if isolation is Isolation.HIGH_WATERMARK:
        return partition.log.high_watermark
    if isolation is Isolation.LAST_STABLE_OFFSET:
        return partition.log.last_stable_offset
    return partition.log.end_offset


def read_all(
    entries: Sequence[FetchEntry],
    rules: ReadRules,
    locate: Callable[[FetchEntry], Partition | ErrorCode],
    *,
    leaves_out_idle: bool,
) -> list[Reading]:
    """Read every partition, in order, within the limits; the first batch of all comes whole whatever they are, if
    the rules say so.

    ``locate`` finds the partition of an entry, or says why it cannot be read. With ``leaves_out_idle`` there is no reading of
    a partition about which the asker's session knows everything: a session has many, and most are idle.
    """
    readings = []
    remaining = rules.max_bytes
    minimum_one = rules.minimum_one
    for entry in entries:
        partition = entry.partition
        if partition is None or partition.is_deleted:
            found = locate(entry)
            if isinstance(found, ErrorCode):
                readings.append(Reading(entry, found))
                continue
            partition = found
        elif leaves_out_idle and _is_idle(entry, partition):
            continue
        asked_bytes = entry.asked.partition_max_bytes
        reading = _read(entry, partition, rules, asked_bytes if asked_bytes < remaining else remaining, minimum_one)
        if reading.size:
            minimum_one = False
            remaining = max(0, remaining - reading.size)
        readings.append(reading)
    return readings


def _is_idle(entry: FetchEntry, partition: Partition) -> bool:
    """Whether the asker stands at the end of the log, which has not changed since the session's last answer."""
    log = partition.log
    asked = entry.asked
    return (
        asked.fetch_offset == log.end_offset == log.high_watermark == entry.sent_high_watermark
        and log.start_offset == entry.sent_start_offset
        and partition.is_leader
        and asked.last_fetched_epoch < 0
        and (asked.current_leader_epoch < 0 or asked.current_leader_epoch == partition.leader_epoch)
    )


def _read(entry: FetchEntry, partition: Partition, rules: ReadRules, max_bytes: int, minimum_one: bool) -> Reading:
    asked = entry.asked
    epoch = asked.current_leader_epoch
    if epoch >= 0 or not partition.is_leader:
        code = partition.access_error(epoch if epoch >= 0 else -1, only_leader=rules.only_leader)
        if code:
            return Reading(entry, code)
    if rules.replica_id >= 0 and (
        rules.replica_id not in partition.replicas or rules.replica_id == partition.broker_id
    ):
        if not rules.refuses_strangers:
            reading = _read(entry, partition, attrs.evolve(rules, replica_id=NO_REPLICA), max_bytes, minimum_one)
            reading.records, reading.size = b"", 0
            return reading
        return Reading(entry, ErrorCode.UNKNOWN_LEADER_EPOCH if epoch >= 0 else ErrorCode.NOT_LEADER_OR_FOLLOWER)
    log = partition.log
    isolation = rules.isolation
    limit = log.high_watermark if isolation is Isolation.HIGH_WATERMARK else limit_of(partition, isolation)
    offset = asked.fetch_offset
    reading = Reading(entry)
    if asked.last_fetched_epoch >= 0:
        diverging = _diverging_epoch(entry, partition)
        if isinstance(diverging, ErrorCode):
            return Reading(entry, diverging)
        reading.diverging = diverging
    result = NOTHING_READ
    if reading.diverging is None:
        if max_bytes < 0 and log.start_offset <= offset < limit:
            return Reading(entry, ErrorCode.UNKNOWN_SERVER_ERROR)
        try:
            result = log.read(offset, max_bytes, limit, minimum_one)
        except LogError as error:
            return Reading(entry, error.code)
    reading.high_watermark = log.high_watermark
    reading.stable_offset = log.last_stable_offset
    reading.start_offset = log.start_offset
    if result.size:
        reading.size = result.size
        records = result.records
        reading.records = records[0] if len(records) == 1 else records
    if isolation is Isolation.LAST_STABLE_OFFSET:
        aborted = log.aborted_transactions(offset, limit) if result.size else []
        reading.aborted = [(each.producer_id, each.first_offset) for each in aborted]
    return reading


def _diverging_epoch(entry: FetchEntry, partition: Partition) -> tuple[int, int] | ErrorCode | None:
    """Where the log ends the epoch that was fetched last, if that is before the asker's offset (KIP-595)."""
    asked = entry.asked
    epoch, end_offset = partition.log.end_offset_for_epoch(asked.last_fetched_epoch)
    if epoch < 0 or end_offset < 0 or asked.fetch_offset < partition.log.start_offset:
        return ErrorCode.OFFSET_OUT_OF_RANGE
    if epoch < asked.last_fetched_epoch or end_offset < asked.fetch_offset:
        return epoch, end_offset
    return None


class _Watched:
    """One partition of a waiting fetch; ``bytes`` may be read up to ``limit``, as measured last."""

    __slots__ = ("bytes", "entry", "leader_epoch", "limit", "partition")

    def __init__(self, entry: FetchEntry, partition: Partition) -> None:
        self.entry = entry
        self.partition = partition
        self.leader_epoch = partition.leader_epoch
        # Where there was nothing to read when the waiting began there is nothing to measure.
        self.limit = entry.asked.fetch_offset
        self.bytes = 0


class WaitingRead:
    """Decides when a fetch that waits has waited enough: only what has changed since is measured again."""

    __slots__ = ("_available", "_rules", "_watched")

    def __init__(self, entries: Sequence[FetchEntry], rules: ReadRules) -> None:
        self._rules = rules
        self._watched = {
            entry.partition: _Watched(entry, entry.partition) for entry in entries if entry.partition is not None
        }
        #: What may be read of all of them, as measured last.
        self._available = 0

    @property
    def keys(self) -> tuple[Partition, ...]:
        """The partitions whose changes may end the waiting."""
        return tuple(self._watched)

    def is_over(self) -> bool:
        """Whether there is enough to begin with, or waiting for it has no point."""
        return any(map(self.is_over_by, self._watched)) or self._available >= self._rules.min_bytes

    def is_over_by(self, partition: Partition) -> bool:
        """Whether a change of this partition has brought enough bytes, or left no point in waiting for them."""
        watched = self._watched[partition]
        if partition.is_deleted:
            return True
        if partition.leader_epoch != watched.leader_epoch and self._is_fenced(watched):
            return True
        limit = limit_of(partition, self._rules.isolation)
        if limit != watched.limit:
            before = watched.bytes
            if self._must_return(watched, limit):
                return True
            self._available += watched.bytes - before
        return self._available >= self._rules.min_bytes

    def _is_fenced(self, watched: _Watched) -> bool:
        """Whether the asker may not read here any more, now that there is a new leader epoch."""
        watched.leader_epoch = watched.partition.leader_epoch
        epoch = watched.entry.asked.current_leader_epoch
        return bool(watched.partition.access_error(max(epoch, -1), only_leader=self._rules.only_leader))

    def _must_return(self, watched: _Watched, limit: int) -> bool:
        """Measure a partition that has changed; whether the fetch has to be answered whatever its size."""
        partition, asked = watched.partition, watched.entry.asked
        watched.limit = limit
        offset = asked.fetch_offset
        if limit < offset:
            # Truncated under the asker.
            return True
        if limit == offset:
            watched.bytes = 0
            return False
        if asked.last_fetched_epoch >= 0 and _diverging_epoch(watched.entry, partition) is not None:
            return True
        log = partition.log
        if offset < log.segments[-1].base_offset < limit:
            # One read never crosses the end of a segment: no more bytes will come to where the asker stands.
            return True
        if self._rules.min_bytes <= 1 and asked.partition_max_bytes > 0:
            return True
        try:
            watched.bytes = min(log.read(offset, _UNLIMITED, limit).size, asked.partition_max_bytes)
        except LogError:
            return True
        return False
