"""Compaction: of all records with the same key only the last one stays (LogCleaner, LogCleanerManager and Cleaner of the reference).

What is cleaned are closed segments below the last stable offset. First the dirty ones, those that compaction has not
seen, are read into a map of key to last offset; then all of them are written anew without what the map has superseded. Offsets stay:

- a tombstone (null value) stays until the delete horizon of its batch, which is `delete.retention.ms` after the pass that first met
  it (KIP-534); so does a transaction marker from when nothing of its transaction is left;
- records of aborted transactions go;
- a batch that has lost all its records stays as a bare header if it is the last one of a producer, whose sequence it keeps;
- small neighbours become one segment.

The work is done in steps, since it may be long, and each rewritten group replaces its segments as it is finished. Whoever takes
segments away from the log in between calls `Cleaning.abandon`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

import attrs

from kafkaemu.log.config import LogConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.producer_state import AbortedTransaction, ProducerEntry, ProducerState
from kafkaemu.log.segment import RELATIVE_OFFSET_MAX, Segment
from kafkawire.records.batch import BatchHeader
from kafkawire.records.builder import ControlType, control_type_of, empty_batch, rewrite_batch
from kafkawire.records.compression import DecompressionFailed
from kafkawire.records.iterate import MalformedRecord, records_of
from kafkawire.records.record import Record


@attrs.frozen
class CleanPlan:
    """What a pass would do: clean ``segments``, which are dirty from ``first_dirty_offset`` on, up to ``end_offset``."""

    segments: tuple[Segment, ...]
    first_dirty_offset: int
    end_offset: int


def plan_cleaning(
    segments: Sequence[Segment], config: LogConfig, first_dirty_offset: int, last_stable_offset: int, now_ms: int
) -> CleanPlan | None:
    """Whether a log is dirty enough, or has waited ``max.compaction.lag.ms``; None if not.

    ``segments`` are all of the log, the active one, which is never cleaned, last.
    """
    cleanable: list[Segment] = []
    closed = segments[:-1]
    for number, segment in enumerate(closed):
        is_dirty = segment.next_offset > first_dirty_offset
        is_young = (
            config.min_compaction_lag_ms > 0 and segment.largest_timestamp_ms > now_ms - config.min_compaction_lag_ms
        )
        if segments[number + 1].base_offset > last_stable_offset or (is_dirty and is_young):
            break
        cleanable.append(segment)
    dirty = [segment for segment in cleanable if segment.next_offset > first_dirty_offset]
    dirty_bytes = sum(segment.size_bytes for segment in dirty)
    if not dirty_bytes:
        return None
    total_bytes = sum(segment.size_bytes for segment in cleanable)
    first_timestamps = [s.rolling_timestamp_ms for s in dirty if s.rolling_timestamp_ms is not None]
    earliest_ms = min((timestamp for timestamp in first_timestamps if timestamp > 0), default=None)
    is_overdue = earliest_ms is not None and earliest_ms < now_ms - config.max_compaction_lag_ms
    if not is_overdue and dirty_bytes / total_bytes <= config.min_cleanable_dirty_ratio:
        return None
    return CleanPlan(tuple(cleanable), first_dirty_offset, segments[len(cleanable)].base_offset)


class _Transactions:
    """Follows transactions through the batches of one pass, to know which records were aborted and which markers are idle."""

    def __init__(self, aborted: Sequence[AbortedTransaction]) -> None:
        #: By producer id, the next one last.
        self._aborted: dict[int, list[AbortedTransaction]] = {}
        for transaction in sorted(aborted, key=lambda transaction: transaction.first_offset, reverse=True):
            self._aborted.setdefault(transaction.producer_id, []).append(transaction)
        #: Producers with batches of a transaction whose marker has not come yet.
        self._open: set[int] = set()

    def is_aborted(self, header: BatchHeader) -> bool:
        """Whether the records of a data batch were aborted."""
        if not header.is_transactional:
            return False
        self._open.add(header.producer_id)
        aborted = self._aborted.get(header.producer_id, [])
        while aborted and aborted[-1].last_offset < header.base_offset:
            aborted.pop()
        return bool(aborted) and aborted[-1].first_offset <= header.base_offset

    def is_idle_marker(self, header: BatchHeader, control_type: ControlType | None) -> bool:
        """Whether a control batch marks the end of a transaction of which nothing is left."""
        if control_type not in (ControlType.ABORT, ControlType.COMMIT):
            return False
        is_idle = header.producer_id not in self._open
        self._open.discard(header.producer_id)
        return is_idle


class Cleaning:
    """One pass over a log. ``replace`` is called with old segments, the one that takes their place, and the offsets of markers
    in it of aborted transactions of which nothing is left."""

    def __init__(
        self,
        plan: CleanPlan,
        config: LogConfig,
        memory: SegmentMemory,
        now_ms: int,
        *,
        producers: dict[int, ProducerEntry],
        aborted: Sequence[AbortedTransaction],
        replace: Callable[[Sequence[Segment], Segment, set[int]], None],
    ) -> None:
        self.plan = plan
        self._config = config
        self._memory = memory
        self._now_ms = now_ms
        self._producers = producers
        self._aborted = aborted
        self._replace = replace
        self._offset_of_key: dict[bytes, int] = {}
        #: Bytes read and written so far.
        self.bytes_done = 0
        self._target: Segment | None = None
        self._idle_aborts: set[int] = set()
        #: Whether the log holds something that cannot be read: a pass would never come to its end.
        self.is_broken = False
        self._is_abandoned = False
        self._is_running = False
        self._work: Generator[int, None, None] = self._run()

    @classmethod
    def begin(
        cls,
        segments: Sequence[Segment],
        config: LogConfig,
        memory: SegmentMemory,
        now_ms: int,
        *,
        first_dirty_offset: int,
        last_stable_offset: int,
        producers: ProducerState | None,
        replace: Callable[[Sequence[Segment], Segment, set[int]], None],
    ) -> Cleaning | None:
        """A pass over the log of these segments, if `plan_cleaning` finds it worth one."""
        plan = plan_cleaning(segments, config, first_dirty_offset, last_stable_offset, now_ms)
        if plan is None:
            return None
        known = {} if producers is None else producers.entries()
        aborted = [] if producers is None else producers.aborted
        return cls(plan, config, memory, now_ms, producers=known, aborted=aborted, replace=replace)

    def step(self, records: int) -> bool:
        """Go on for about this many records; False when the pass is over or abandoned.

        Raises LogError without memory, MalformedRecord or DecompressionFailed where the log is broken.
        """
        self._is_running = True
        try:
            for done in self._work:
                records -= done
                if self._is_abandoned:
                    return False
                if records <= 0:
                    return True
            return False
        except (MalformedRecord, DecompressionFailed):
            self._is_abandoned = self.is_broken = True
            raise
        except BaseException:
            self._is_abandoned = True
            raise
        finally:
            self._is_running = False
            if self._is_abandoned:
                self._release()

    def abandon(self) -> None:
        """The log's segments have changed: drop what is half done. Groups that were replaced stay so."""
        self._is_abandoned = True
        if not self._is_running:
            self._release()

    def _release(self) -> None:
        # The generator holds a slice of what it was reading.
        self._work.close()
        target, self._target = self._target, None
        if target is not None:
            target.release(self._memory)

    def _run(self) -> Generator[int, None, None]:
        yield from self._read_keys()
        transactions = _Transactions(self._aborted)
        for group in self._groups():
            self._target = Segment(group[0].base_offset, group[0].created_ms)
            for segment in group:
                for number in range(len(segment)):
                    yield self._clean_batch(segment.batch(number), transactions)
            target, self._target = self._target, None
            target.last_modified_ms = group[-1].last_modified_ms
            idle_aborts, self._idle_aborts = self._idle_aborts, set()
            self._replace(group, target, idle_aborts)

    def _read_keys(self) -> Iterator[int]:
        """Fill the map from the dirty segments, or as many of them as have keys enough."""
        transactions = _Transactions(self._aborted)
        offsets = self._offset_of_key
        segments = self.plan.segments
        for place, segment in enumerate(segments):
            if len(offsets) > self._config.compaction_keys_max:
                # The next pass goes on from here.
                self.plan = attrs.evolve(self.plan, segments=segments[:place], end_offset=segment.base_offset)
                return
            for number in range(segment.find(self.plan.first_dirty_offset), len(segment)):
                batch = segment.batch(number)
                self.bytes_done += len(batch)
                header = BatchHeader.parse(batch)
                if not header.is_control and not transactions.is_aborted(header):
                    for record in records_of(batch):
                        if record.key is not None:
                            offsets[record.key] = record.offset
                yield header.record_count + 1

    def _groups(self) -> list[list[Segment]]:
        """Neighbours that fit into one segment."""
        groups: list[list[Segment]] = []
        size = 0
        for segment in self.plan.segments:
            is_near = bool(groups) and segment.next_offset - groups[-1][0].base_offset <= RELATIVE_OFFSET_MAX
            if is_near and size + segment.size_bytes <= self._config.segment_bytes:
                groups[-1].append(segment)
                size += segment.size_bytes
            else:
                groups.append([segment])
                size = segment.size_bytes
        return groups

    def _clean_batch(self, batch: memoryview, transactions: _Transactions) -> int:
        """Write what stays of a batch into the target; returns how many records were looked at."""
        self.bytes_done += len(batch)
        header = BatchHeader.parse(batch)
        horizon_ms = header.delete_horizon_ms
        is_idle_marker = False
        if header.is_control:
            control_type = _control_type(batch)
            is_idle_marker = transactions.is_idle_marker(header, control_type)
            if is_idle_marker and control_type is ControlType.ABORT:
                self._idle_aborts.add(header.last_offset)
            is_discarded = is_idle_marker and horizon_ms is not None and horizon_ms <= self._now_ms
        else:
            is_discarded = transactions.is_aborted(header)
        kept: list[Record] = []
        if not is_discarded:
            keeps_tombstones = horizon_ms is None or self._now_ms < horizon_ms
            kept = [record for record in records_of(batch) if self._is_kept(header, record, keeps_tombstones)]
        if kept:
            has_tombstone = any(record.value is None for record in kept)
            needs_horizon = (has_tombstone or is_idle_marker) and horizon_ms is None
            if needs_horizon:
                self._write(
                    rewrite_batch(header, kept, delete_horizon_ms=self._now_ms + self._config.delete_retention_ms)
                )
            elif len(kept) == header.record_count:
                self._write(batch)
            else:
                self._write(rewrite_batch(header, kept))
        elif header.has_producer_id and self._is_last_of_producer(header):
            self._write(batch if not header.record_count else empty_batch(header))
        return header.record_count + 1

    def _is_kept(self, header: BatchHeader, record: Record, keeps_tombstones: bool) -> bool:
        if header.is_control or record.offset >= self.plan.end_offset:
            return True
        if record.key is None:
            return False
        is_latest = record.offset >= self._offset_of_key.get(record.key, -1)
        return is_latest and (record.value is not None or keeps_tombstones)

    def _is_last_of_producer(self, header: BatchHeader) -> bool:
        entry = self._producers.get(header.producer_id)
        if entry is None:
            return False
        if entry.last_data_offset >= 0:
            return header.last_offset == entry.last_data_offset
        return header.is_control and header.producer_epoch == entry.epoch

    def _write(self, batch: bytes | memoryview) -> None:
        target = self._target
        assert target is not None
        self.bytes_done += len(batch)
        header = BatchHeader.parse(batch)
        target.append(
            self._memory,
            batch,
            header.base_offset,
            header.partition_leader_epoch,
            header.last_offset,
            header.max_timestamp,
            self._config.index_interval_bytes,
        )


def _control_type(batch: memoryview) -> ControlType | None:
    for record in records_of(batch):
        return control_type_of(record.key)
    return None
