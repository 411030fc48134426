"""The log of one partition: what is appended to it, and what is read from it. Behaves as UnifiedLog of the reference 4.3.

Everything is synchronous, in memory, and told the time. An append that fails changes nothing. An idle log owns nothing but this
object: segments, producers and epochs come with the first append.

Invariants asserted here (RELIABILITY): start offset ≤ last stable offset ≤ high watermark ≤ end offset (1); the high
watermark never falls, and nothing below it is truncated, unless the caller says that the election was unclean (2); batch
epochs never decrease (4).
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from kafkaemu.log import lookup, retention
from kafkaemu.log.cleaner import Cleaning
from kafkaemu.log.config import LogConfig
from kafkaemu.log.errors import LogError, larger_than_segment, too_large
from kafkaemu.log.internal_topics import INTERNAL_TOPICS
from kafkaemu.log.leader_epochs import LeaderEpochs
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.producer_state import AbortedTransaction, ProducerState
from kafkaemu.log.replay import apply_batch, check_batch, replayed
from kafkaemu.log.results import NOTHING_READ, AppendInfo, OffsetTimestamp, Origin, ReadResult
from kafkaemu.log.segment import NEVER_ROLLED, RollLimits, Segment
from kafkawire.errors import ErrorCode
from kafkawire.records.batch import (
    BatchHeader,
    Buffer,
    TimestampType,
    has_valid_crc,
    iterate_batches,
    set_timestamps,
)
from kafkawire.records.validate import InvalidBatch, ProduceRules, validate_produce

#: Segments of compacted internal topics are rolled at this size at the latest, so that compaction soon gets at them.
INTERNAL_SEGMENT_BYTES_MAX = 4 * 1024 * 1024

_BASE_OFFSET = attrgetter("base_offset")
_CLIENT = Origin.CLIENT

logger = logging.getLogger(__name__)


class PartitionLog:
    """The log of partition ``index`` of ``topic``; ``start_offset`` is where an empty one begins.

    ``random_below`` gives a random number below its argument; it spreads the rolling of segments where ``segment.jitter.ms`` is set.
    """

    __slots__ = (
        "__weakref__",
        "_cleaning",
        "_epochs",
        "_memory",
        "_producers",
        "_random_below",
        "_read_hint",
        "_roll_limits",
        "_rules",
        "_segments",
        "compacted_bytes",
        "config",
        "end_offset",
        "first_dirty_offset",
        "high_watermark",
        "index",
        "start_offset",
        "topic",
    )

    def __init__(
        self,
        topic: str,
        index: int,
        config: LogConfig,
        memory: SegmentMemory,
        *,
        start_offset: int = 0,
        random_below: Callable[[int], int] = lambda bound: 0,
    ) -> None:
        self.topic = topic
        self.index = index
        self.config = config
        #: First offset that may be read.
        self.start_offset = start_offset
        #: One past the last offset (LEO).
        self.end_offset = start_offset
        #: First offset that is not committed yet; moved by `update_high_watermark`.
        self.high_watermark = start_offset
        #: Up to where compaction has come.
        self.first_dirty_offset = start_offset
        #: What compaction has read and written so far.
        self.compacted_bytes = 0
        self._memory = memory
        self._random_below = random_below
        self._segments: list[Segment] = []
        self._producers: ProducerState | None = None
        self._epochs: LeaderEpochs | None = None
        self._cleaning: Cleaning | None = None
        self._rules: ProduceRules | None = None
        self._roll_limits = NEVER_ROLLED
        #: Number of the segment that was read last: who reads on finds it without searching.
        self._read_hint = 0

    @property
    def name(self) -> str:
        """Topic and partition as messages name them: ``orders-0``."""
        return f"{self.topic}-{self.index}"

    @property
    def size_bytes(self) -> int:
        """Bytes of all batches."""
        return sum(segment.size_bytes for segment in self._segments)

    @property
    def allocated_bytes(self) -> int:
        """Memory of all chunks."""
        return sum(segment.allocated_bytes for segment in self._segments)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Oldest first; the last one is being written. Not to be changed."""
        return tuple(self._segments)

    @property
    def producers(self) -> ProducerState:
        """State of the producers that have written here."""
        if self._producers is None:
            self._producers = ProducerState(self.name)
        return self._producers

    @property
    def last_stable_offset(self) -> int:
        """First offset that read_committed may not read: of the first open transaction, from start offset to high watermark."""
        unstable = None if self._producers is None else self._producers.first_unstable_offset
        return self.high_watermark if unstable is None else min(max(unstable, self.start_offset), self.high_watermark)

    def reconfigure(self, config: LogConfig) -> None:
        """From now on obey ``config``."""
        self.config = config
        self._rules = None
        self._set_roll_limits()

    def update_high_watermark(self, offset: int) -> None:
        """Everything below ``offset`` is committed."""
        assert self.high_watermark <= offset <= self.end_offset, (
            self.name,
            self.high_watermark,
            offset,
            self.end_offset,
        )
        self.high_watermark = offset
        if self._producers is not None:
            self._producers.on_high_watermark(offset)

    # Appending

    def append_as_leader(
        self,
        payload: Buffer,
        leader_epoch: int,
        now_ms: int,
        *,
        origin: Origin = Origin.CLIENT,
        is_checked: bool = False,
        header: BatchHeader | None = None,
    ) -> AppendInfo:
        """Append the one batch of a Produce request, or batches of the broker's own, at the end.

        ``now_ms`` is the broker's time. With ``is_checked`` the caller has called `check_produce_payload` on a client's payload, and
        passes the ``header`` it returned. Raises LogError: what `validate_produce` refuses, RECORD_LIST_TOO_LARGE for a batch above
        ``segment.bytes``, the errors of `ProducerState.check`, KAFKA_STORAGE_ERROR without memory.
        """
        if origin is not _CLIENT:
            return self._append_trusted(payload, leader_epoch, now_ms)
        rules = self._rules
        if rules is None:
            rules = self._rules = self.config.produce_rules(self.name)
        try:
            validated = validate_produce(payload, rules, now_ms, is_checked=is_checked, header=header)
        except InvalidBatch as error:
            raise LogError(error.error_code, error.reason, error.error_message, error.record_errors) from error
        batch, header = validated.batch, validated.header
        size = len(batch)
        if size > self.config.segment_bytes:
            raise larger_than_segment(size, self.name, self.config.segment_bytes)
        base_offset = self.end_offset
        if header.producer_id >= 0:
            known = self.producers.check(header, base_offset, is_client=True)
            if known is not None:
                return AppendInfo(
                    known.first_offset, known.last_offset, known.timestamp_ms, self.start_offset, size, True
                )
        header.base_offset = base_offset
        header.partition_leader_epoch = leader_epoch
        self._append(batch, size, header, now_ms)
        if header.producer_id >= 0:
            self.producers.apply(header)
        return AppendInfo(base_offset, self.end_offset - 1, validated.log_append_time_ms, self.start_offset, size)

    def _append_trusted(self, payload: Buffer, leader_epoch: int, now_ms: int) -> AppendInfo:
        """Batches that a part of this broker has built: their bytes are believed, limits and producers are checked."""
        is_append_time = self.config.timestamp_type is TimestampType.LOG_APPEND_TIME
        if is_append_time:
            payload = bytearray(payload)
        batches = []
        offset = self.end_offset
        for position, header in iterate_batches(payload):
            size = header.size_bytes
            if size > self.config.max_message_bytes:
                raise too_large(size, self.name, self.config.max_message_bytes)
            if size > self.config.segment_bytes:
                raise larger_than_segment(size, self.name, self.config.segment_bytes)
            if is_append_time:
                assert isinstance(payload, bytearray)
                set_timestamps(payload, position, TimestampType.LOG_APPEND_TIME, now_ms)
                header.max_timestamp = now_ms
            batch = memoryview(payload)[position : position + size]
            header.base_offset = offset
            header.partition_leader_epoch = leader_epoch
            if header.producer_id >= 0:
                check_batch(self.producers, header, batch)
            offset = header.next_offset
            batches.append((batch, header))
        assert batches, "nothing to append"
        first_offset = self.end_offset
        for batch, header in batches:
            self._append(batch, len(batch), header, now_ms)
            if header.producer_id >= 0:
                apply_batch(self.producers, header, batch)
        return AppendInfo(
            first_offset, self.end_offset - 1, now_ms if is_append_time else -1, self.start_offset, len(payload)
        )

    def append_as_follower(self, payload: Buffer, now_ms: int) -> None:
        """Append batches as the leader has them, offsets and epochs included; one cut off at the end is left out.

        Raises LogError: CORRUPT_MESSAGE for a wrong checksum, before anything of that batch is appended; KAFKA_STORAGE_ERROR.
        """
        for position, header in iterate_batches(payload):
            if not has_valid_crc(payload, position):
                raise LogError(ErrorCode.CORRUPT_MESSAGE, f"a batch of the leader of {self.name} has a wrong checksum")
            assert header.base_offset >= self.end_offset, (self.name, header.base_offset, self.end_offset)
            batch = memoryview(payload)[position : position + header.size_bytes]
            self._append(batch, len(batch), header, now_ms)
            if header.producer_id >= 0:
                apply_batch(self.producers, header, batch)

    def _append(self, batch: Buffer, size: int, header: BatchHeader, now_ms: int) -> None:
        """Copy a batch in whose header says offset and epoch, and count it."""
        epochs = self._epochs
        epoch = header.partition_leader_epoch
        is_new_epoch = epoch >= 0 and (epochs is None or epochs.latest != epoch)
        assert not is_new_epoch or epochs is None or epoch > epochs.latest, (self.name, epoch)
        base_offset = header.base_offset
        last_offset = base_offset + header.last_offset_delta
        assert self.end_offset <= base_offset <= last_offset, (self.name, self.end_offset, base_offset, last_offset)
        max_timestamp = header.max_timestamp
        segments = self._segments
        if not segments:
            segment = self._first_segment(base_offset, now_ms)
        else:
            segment = segments[-1]
            if segment.must_roll(self._roll_limits, size, last_offset, max_timestamp, now_ms):
                segment = self._roll(now_ms)
        segment.append(
            self._memory,
            batch,
            base_offset,
            epoch,
            last_offset,
            max_timestamp,
            self.config.index_interval_bytes,
        )
        segment.last_modified_ms = now_ms
        self.end_offset = last_offset + 1
        if is_new_epoch:
            self.assign_epoch(epoch, base_offset)

    def _first_segment(self, base_offset: int, now_ms: int) -> Segment:
        self._memory.register(self)
        self._set_roll_limits()
        segment = Segment(base_offset, now_ms)
        self._segments.append(segment)
        return segment

    def _set_roll_limits(self) -> None:
        config = self.config
        size_bytes = min(config.segment_bytes, self._memory.segment_bytes_max)
        if config.is_compacted and self.topic in INTERNAL_TOPICS:
            size_bytes = min(size_bytes, INTERNAL_SEGMENT_BYTES_MAX)
        bound = min(config.segment_jitter_ms, config.segment_ms)
        jitter_ms = self._random_below(bound) if bound > 0 else 0
        self._roll_limits = RollLimits.of(size_bytes, config.segment_age_max_ms - jitter_ms, config.segment_index_bytes)

    def _roll(self, now_ms: int) -> Segment:
        """Begin a new segment at the end of the log."""
        segments = self._segments
        old = segments[-1]
        if not old.size_bytes:
            segments.pop().release(self._memory)
        self._set_roll_limits()
        new = Segment(self.end_offset, now_ms, 1 << max(old.size_bytes.bit_length() - 1, 0))
        segments.append(new)
        return new

    def roll(self, now_ms: int) -> bool:
        """Close the active segment, so that retention and compaction get at it; False if there is nothing in it."""
        if not self._segments or not self._segments[-1].size_bytes:
            return False
        self._roll(now_ms)
        return True

    # Reading

    def read(self, offset: int, max_bytes: int, limit_offset: int, minimum_one: bool = False) -> ReadResult:
        """Batches from the one that holds ``offset`` on, up to ``limit_offset`` (exclusive) and the end of its segment.

        At most ``max_bytes``, at which the last batch is cut off; a first batch that does not fit gives nothing, or with
        ``minimum_one`` that batch whole. Raises LogError(OFFSET_OUT_OF_RANGE) before the start or behind the end of the log.
        """
        if offset < self.start_offset or offset > self.end_offset:
            raise LogError(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                f"Received request for offset {offset} for partition {self.name}, but we only have log segments upto "
                f"{self.end_offset} starting from offset: {self.start_offset}.",
            )
        if offset >= limit_offset or offset == self.end_offset:
            return NOTHING_READ
        segment = self._segments[-1]
        if offset < segment.base_offset:
            segment = self._segment_with(offset)
        first = segment.find(offset)
        start = segment.position_of(first)
        limit = segment.limit_position(limit_offset)
        if limit - start > max_bytes:
            first_size = segment.position_of(first + 1) - start
            if max_bytes < first_size and not minimum_one:
                return NOTHING_READ
            limit = start + max(max_bytes, first_size)
        if limit <= start:
            return NOTHING_READ
        return ReadResult(segment.slices(start, limit), limit - start)

    def _segment_with(self, offset: int) -> Segment:
        """The segment that holds ``offset`` or, where compaction has left nothing there, the first one with something behind it."""
        segments = self._segments
        number = self._read_hint
        if number < len(segments) and segments[number].base_offset <= offset < segments[number].next_offset:
            return segments[number]
        number = max(bisect_right(segments, offset, key=_BASE_OFFSET) - 1, 0)
        while number + 1 < len(segments) and (
            offset >= segments[number].next_offset or not segments[number].size_bytes
        ):
            number += 1
        self._read_hint = number
        return segments[number]

    def batches(self, offset: int, limit_offset: int | None = None) -> Iterator[tuple[BatchHeader, memoryview]]:
        """Header and bytes of every batch from the one that holds ``offset`` on, up to ``limit_offset`` or the end."""
        limit_offset = self.end_offset if limit_offset is None else limit_offset
        for segment in tuple(self._segments):
            for number in range(segment.find(offset), len(segment)):
                batch = segment.batch(number)
                header = BatchHeader.parse(batch)
                if header.last_offset >= limit_offset:
                    return
                yield header, batch

    def offset_for_timestamp(self, timestamp_ms: int, limit_offset: int | None = None) -> OffsetTimestamp | None:
        """The first record with at least this timestamp; None if there is none, or it is not below ``limit_offset``."""
        found = lookup.first_with_timestamp(self._segments, timestamp_ms, self.start_offset)
        if found is None or (limit_offset is not None and found.offset >= limit_offset):
            return None
        return found

    def max_timestamp_offset(self, *, is_shallow: bool = False) -> OffsetTimestamp | None:
        """The first record that has the largest timestamp of all (ListOffsets -3), or, ``is_shallow``, as `lookup` says."""
        return lookup.with_largest_timestamp(self._segments, is_shallow=is_shallow)

    def aborted_transactions(self, start_offset: int, end_offset: int) -> list[AbortedTransaction]:
        """Aborted transactions with records in ``[start_offset, end_offset)``."""
        return [] if self._producers is None else self._producers.aborted_in(start_offset, end_offset)

    # Leader epochs

    @property
    def latest_epoch(self) -> int:
        """Epoch of the newest batch, or of the leader that has not written yet; -1 if none is known."""
        return -1 if self._epochs is None else self._epochs.latest

    def epochs(self) -> list[tuple[int, int]]:
        """(epoch, start offset), oldest first."""
        return [] if self._epochs is None else self._epochs.entries()

    def assign_epoch(self, epoch: int, start_offset: int) -> None:
        """Batches from ``start_offset`` on are of ``epoch``: a new leader says so before its first append."""
        if self._epochs is None:
            self._epochs = LeaderEpochs()
        self._epochs.assign(epoch, start_offset)

    def epoch_at(self, offset: int) -> int:
        """Leader epoch of the batch at ``offset``; -1 if it is not known."""
        return -1 if self._epochs is None else self._epochs.epoch_at(offset)

    def end_offset_for_epoch(self, epoch: int) -> tuple[int, int]:
        """(largest epoch not above ``epoch``, its end offset), (-1, -1) if unknown: what OffsetForLeaderEpoch answers."""
        return (-1, -1) if self._epochs is None else self._epochs.end_offset_for(epoch, self.end_offset)

    # Losing records

    def delete_records(self, before: int) -> int:
        """Move the start of the log to ``before``, -1 for the high watermark; returns the start offset then.

        Never moves it back. Raises LogError: POLICY_VIOLATION where ``cleanup.policy`` has no ``delete``, OFFSET_OUT_OF_RANGE for a
        negative offset or one behind the high watermark.
        """
        if not self.config.is_deleted:
            raise LogError(
                ErrorCode.POLICY_VIOLATION,
                f"Records of partition {self.name} can not be deleted due to the configured policy",
            )
        offset = self.high_watermark if before == -1 else before
        if offset < 0:
            raise LogError(ErrorCode.OFFSET_OUT_OF_RANGE, f"The offset {offset} for partition {self.name} is not valid")
        if offset > self.high_watermark:
            raise LogError(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                f"Cannot increment the log start offset to {offset} of partition {self.name} since it is larger than "
                f"the high watermark {self.high_watermark}",
            )
        self._advance_start(offset)
        self._delete_segments(retention.below_start(self._segments, self.start_offset, self.high_watermark))
        return self.start_offset

    def _advance_start(self, offset: int) -> None:
        if offset <= self.start_offset:
            return
        assert offset <= self.high_watermark, (self.name, offset, self.high_watermark)
        self.start_offset = offset
        self.first_dirty_offset = max(self.first_dirty_offset, offset)
        if self._epochs is not None:
            self._epochs.truncate_from_start(offset)
        if self._producers is not None:
            self._producers.on_log_start(offset)

    def _delete_segments(self, count: int) -> int:
        """Delete the oldest ``count`` segments; returns their bytes."""
        if not count:
            return 0
        segments = self._segments
        self._abandon_cleaning()
        deleted = segments[:count]
        del segments[:count]
        self._advance_start(segments[0].base_offset if segments else self.end_offset)
        for segment in deleted:
            segment.release(self._memory)
        return sum(segment.size_bytes for segment in deleted)

    def truncate_to(self, offset: int, *, is_unclean: bool = False) -> None:
        """Drop everything from ``offset`` on; a batch that holds it goes whole. Only an unclean election may cut committed records."""
        if offset >= self.end_offset:
            return
        assert is_unclean or offset >= self.high_watermark, (self.name, offset, self.high_watermark)
        segments = self._segments
        if not segments or offset < segments[0].base_offset:
            self.truncate_fully(offset, is_unclean=is_unclean)
            return
        self._abandon_cleaning()
        while segments[-1].base_offset > offset:
            segments.pop().release(self._memory)
        segments[-1].truncate(offset)
        segments[-1].release_after_truncation(self._memory)
        self.end_offset = offset
        self.high_watermark = min(self.high_watermark, offset)
        self.start_offset = min(self.start_offset, offset)
        self.first_dirty_offset = min(self.first_dirty_offset, offset)
        if self._epochs is not None:
            self._epochs.truncate_from_end(offset)
        if self._producers is not None:
            self._producers = replayed(self.name, self.batches(self.start_offset), self.high_watermark)

    def truncate_fully(self, start_offset: int, *, is_unclean: bool = False) -> None:
        """Drop everything; the log goes on at ``start_offset`` (a follower whose leader has deleted all it knew)."""
        assert is_unclean or start_offset >= self.high_watermark, (self.name, start_offset, self.high_watermark)
        self._abandon_cleaning()
        for segment in self._segments:
            segment.release(self._memory)
        self._segments.clear()
        self._memory.unregister(self)
        self.start_offset = self.end_offset = self.high_watermark = self.first_dirty_offset = start_offset
        self._epochs = None
        self._producers = None

    # Maintenance

    def retention(self, now_ms: int) -> int:
        """Delete old segments as ``retention.ms``, ``retention.bytes`` and the start of the log say; returns their bytes.

        Where even the newest segment is out of time it is closed first, so that an idle log empties.
        """
        if not self._segments:
            return 0
        deleted = 0
        if self.config.is_deleted:
            out_of_time = retention.out_of_time(self._segments, self.config, self.high_watermark, now_ms)
            deleted += self._retain(out_of_time, now_ms)
            deleted += self._retain(retention.above_size(self._segments, self.config, self.high_watermark), now_ms)
        below = retention.below_start(self._segments, self.start_offset, self.high_watermark)
        return deleted + self._retain(below, now_ms)

    def expire_producers(self, now_ms: int) -> None:
        """Forget idempotent producers that have written nothing for ``producer.id.expiration.ms``."""
        if self._producers is not None:
            self._producers.expire(now_ms, self.config.producer_id_expiration_ms)

    def _retain(self, count: int, now_ms: int) -> int:
        if count and count == len(self._segments):
            self._roll(now_ms)
        return self._delete_segments(count)

    def compact(self, now_ms: int, records: int = 1 << 62) -> bool:
        """Go on with compaction for about ``records`` records; whether there is more to do.

        Begins a pass where ``cleanup.policy`` has ``compact`` and the log is dirty enough. Without memory the pass is given up, and
        the next call begins anew. The reference is LogCleaner; here the caller decides when.
        """
        if self._cleaning is None:
            if not self.config.is_compacted or len(self._segments) < 2:
                return False
            self._cleaning = Cleaning.begin(
                self._segments,
                self.config,
                self._memory,
                now_ms,
                first_dirty_offset=self.first_dirty_offset,
                last_stable_offset=self.last_stable_offset,
                producers=self._producers,
                replace=self._replace_segments,
            )
            if self._cleaning is None:
                return False
        cleaning = self._cleaning
        if cleaning.is_broken:
            return False
        before = cleaning.bytes_done
        try:
            if cleaning.step(records):
                return True
            if self._cleaning is cleaning:
                self.first_dirty_offset = max(self.first_dirty_offset, cleaning.plan.end_offset)
        except LogError as error:
            logger.warning("Compaction of %s is put off: %s", self.name, error)
        except ValueError as error:
            # Lengths of compressed records are not compared when they are produced. The broken pass stays, lest it begins anew.
            assert cleaning.is_broken, error
            logger.warning("%s cannot be compacted: %s", self.name, error)
            return False
        finally:
            self.compacted_bytes += cleaning.bytes_done - before
        self._cleaning = None
        return False

    def _replace_segments(self, old: Sequence[Segment], new: Segment, idle_aborts: set[int]) -> None:
        segments = self._segments
        at = segments.index(old[0])
        assert segments[at : at + len(old)] == list(old), self.name
        segments[at : at + len(old)] = [new]
        for segment in old:
            segment.release(self._memory)
        if idle_aborts and self._producers is not None:
            self._producers.forget_aborted(idle_aborts)

    def _abandon_cleaning(self) -> None:
        if self._cleaning is not None:
            self._cleaning.abandon()
            self._cleaning = None

    @property
    def reclaim_rank(self) -> int | None:
        """Who loses segments first at the memory limit: topics that delete anyway, then compacted ones, internal ones never."""
        if self.topic in INTERNAL_TOPICS:
            return None
        return 0 if self.config.is_deleted else 1

    def drop_oldest_segment(self) -> int:
        """Drop the oldest segment if it is closed and committed; returns its bytes, 0 if it has to stay."""
        segments = self._segments
        if len(segments) < 2 or segments[1].base_offset > self.high_watermark:
            return 0
        return self._delete_segments(1)

    def close(self) -> None:
        """Give all memory back: the partition is deleted. Slices that were read stay as they are."""
        self.truncate_fully(self.end_offset)
