"""The coordinator runtime: state machines whose state is an internal topic (DESIGN 6, KIP-848 "coordinator runtime").

One shard per partition of the topic: the fold of that partition's records. A shard is made when this broker becomes the
partition's leader, which replays the log, and dropped when it is no longer. In between every event goes one way::

    operation(state, now_ms) -> Result
        records  -> encoded, one batch, appended          an error: nothing has changed, `on_failure` or a refusal
                 -> replayed into the state                the state is never ahead of the log
        answers  -> wait until the high watermark has passed the last record applied to the shard

The last rule holds for reads and for events that write nothing, too: what they tell was made of records that may still be
lost with this leader (invariant 34: a committed offset never goes back by itself). With one replica the high watermark passes
within the append, so nothing waits.

Errors: COORDINATOR_LOAD_IN_PROGRESS while a shard replays, NOT_COORDINATOR where there is none or where it was dropped
before it could answer.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from enum import Enum
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import attrs

from kafkaemu.coordinator.errors import refusal_for
from kafkaemu.coordinator.record_format import RecordFormat, UnknownRecordType
from kafkaemu.coordinator.result import CancelTimer, CoordinatorError, CoordinatorRecord, Deferred, Result, SetTimer
from kafkaemu.delayed import Deadlines, Parked, Ticket, Timer, WaitingRoom
from kafkawire.errors import ErrorCode
from kafkawire.records.batch import BatchHeader, Compression, iterate_batches
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record

LOAD_BYTES_MAX = 4 * 1024 * 1024
"""How much of a log is read at a time while it is replayed."""
BATCH_BYTES = 16 * 1024
"""Keys and values after which a batch ends that need not hold all records of a result."""

log = logging.getLogger(__name__)


class ShardState(Protocol):
    """What the runtime asks of the state it keeps, beside the operations it is given."""

    def replay(self, record: CoordinatorRecord, now_ms: int) -> None:
        """Apply one record of the log."""

    def on_loaded(self, now_ms: int) -> Result[Any]:
        """The log has been replayed: set the timers that go with the state."""


S = TypeVar("S", bound=ShardState)
A = TypeVar("A")


class LogView(Protocol):
    """The part of a partition's log that is read here."""

    @property
    def start_offset(self) -> int:
        """Offset of the first record there still is."""

    @property
    def end_offset(self) -> int:
        """Offset behind the last record."""

    def read(self, offset: int, max_bytes: int, limit_offset: int, minimum_one: bool = False) -> Any:
        """Batches from the one that holds ``offset`` on, as buffers in ``records`` of what is returned."""


class PartitionView(Protocol):
    """The part of a partition that is read here. It is the waiting room's key for its high watermark."""

    def __hash__(self) -> int: ...

    @property
    def high_watermark(self) -> int:
        """Records below it are safe."""

    @property
    def log(self) -> LogView:
        """The partition's records."""


class Replicas(Protocol):
    """The replica manager, as far as coordinators use it."""

    def partition(self, topic: str, index: int) -> Any:
        """The partition on this broker, or None."""

    def append_internal(self, topic: str, index: int, batch: bytes) -> tuple[ErrorCode, int]:
        """Append one batch as the leader: (NONE, offset of the last record) or (error, -1)."""


class Phase(Enum):
    """Where a shard is in its life; one that has gone is not in the table."""

    LOADING = "loading"
    ACTIVE = "active"


@attrs.define(eq=False)
class Shard(Generic[S]):
    """One partition of the topic and the state that is its fold."""

    index: int
    leader_epoch: int
    partition: PartitionView
    state: S
    phase: Phase = Phase.LOADING
    #: Offset of the last record applied to the state; -1 for none.
    last_applied: int = -1
    timers: dict[Hashable, Timer] = attrs.field(factory=dict)
    #: Answers ready to go once the high watermark has passed their offset, in order: (offset, deferred, answer or refusal).
    queue: deque[tuple[int, Deferred[Any], Any]] = attrs.field(factory=deque)
    #: Everybody who waits for an answer of this shard.
    waiting: dict[Deferred[Any], None] = attrs.field(factory=dict)
    ticket: Ticket[bool] | None = None


class CoordinatorRuntime(Generic[S]):
    """The shards of one internal topic on one broker.

    ``make_state`` makes the empty state of a shard; ``schedule_load`` is given the replay of a newly led partition and runs it
    now or soon (until then the shard is loading); ``compression`` is that of the records.
    """

    def __init__(
        self,
        topic: str,
        record_format: RecordFormat,
        make_state: Callable[[int], S],
        replicas: Replicas,
        waiting: WaitingRoom,
        deadlines: Deadlines,
        now_ms: Callable[[], int],
        *,
        schedule_load: Callable[[Callable[[], None]], None] = lambda load: load(),
        compression: Compression = Compression.NONE,
    ) -> None:
        self.topic = topic
        self._compression = compression
        self._format = record_format
        self._make_state = make_state
        self._replicas = replicas
        self._waiting = waiting
        self._deadlines = deadlines
        self._now_ms = now_ms
        self._schedule_load = schedule_load
        self._shards: dict[int, Shard[S]] = {}

    # Leadership

    def on_elected(self, index: int, leader_epoch: int) -> None:
        """This broker leads partition ``index`` from ``leader_epoch`` on: replay its log. An epoch already known is ignored."""
        known = self._shards.get(index)
        if known is not None:
            if known.leader_epoch >= leader_epoch:
                return
            self.on_resigned(index)
        partition = self._replicas.partition(self.topic, index)
        if partition is None:
            raise ValueError(f"elected for {self.topic}-{index}, which is not on this broker")
        shard = Shard(index, leader_epoch, partition, self._make_state(index))
        self._shards[index] = shard
        self._schedule_load(lambda: self._load(shard))

    def on_resigned(self, index: int) -> None:
        """This broker no longer leads partition ``index``: forget its state, refuse whoever waits for it."""
        shard = self._shards.pop(index, None)
        if shard is None:
            return
        for timer in shard.timers.values():
            timer.cancel()
        if shard.ticket is not None:
            shard.ticket.cancel()
        shard.queue.clear()
        for deferred in list(shard.waiting):
            self._refuse(shard, deferred, CoordinatorError(ErrorCode.NOT_COORDINATOR))

    def _load(self, shard: Shard[S]) -> None:
        if self._shards.get(shard.index) is not shard:
            return  # resigned in the meantime
        try:
            self._replay_log(shard)
        except Exception:
            # As the reference: a shard that cannot be loaded is nobody's, rather than one that is loading for ever.
            log.exception("%s-%d cannot be loaded", self.topic, shard.index)
            self.on_resigned(shard.index)
            return
        shard.phase = Phase.ACTIVE
        self._carry_out(shard, shard.state.on_loaded(self._now_ms()))

    def _replay_log(self, shard: Shard[S]) -> None:
        now_ms = self._now_ms()
        for header, records in _batches_of(shard.partition.log):
            if not header.is_control:
                for record in records:
                    self._replay_stored(shard, record.key, record.value, now_ms)
            shard.last_applied = header.last_offset

    def _replay_stored(self, shard: Shard[S], key: bytes | None, value: bytes | None, now_ms: int) -> None:
        if key is None:
            return  # no coordinator writes such a record, and it could not be compacted
        try:
            record = self._format.decode(key, value)
        except UnknownRecordType as unknown:
            log.warning("%s-%d: %s is not known to this release, passed over", self.topic, shard.index, unknown)
            return
        shard.state.replay(record, now_ms)

    # Events

    @property
    def indexes(self) -> list[int]:
        """The partitions that this broker leads, loading ones included."""
        return list(self._shards)

    def ask(self, index: int, operation: Callable[[S, int], Result[A]]) -> Deferred[A]:
        """Give an event to the shard of partition ``index``: a write, or a read that returns only an answer.

        The operation raises `CoordinatorError` to refuse; anything else it raises is an internal error and comes through.
        """
        deferred: Deferred[A] = Deferred()
        try:
            shard = self._active(index)
            result = operation(shard.state, self._now_ms())
        except CoordinatorError as refused:
            deferred.fail(refused)
            return deferred
        if isinstance(result.answer, Deferred):
            deferred = result.answer
        shard.waiting[deferred] = None
        try:
            answer = self._carry_out(shard, result)
        except CoordinatorError as refused:
            if not deferred.done:
                self._refuse(shard, deferred, refused)
            return deferred
        except BaseException:
            shard.waiting.pop(deferred, None)  # whoever asked gets the error itself
            raise
        if isinstance(answer, Deferred):
            if answer is not deferred:
                del shard.waiting[deferred]
                deferred = answer
                if not deferred.done:
                    shard.waiting[deferred] = None
        else:
            self._enqueue(shard, deferred, answer)
            self._flush(shard)
        return deferred

    def _active(self, index: int) -> Shard[S]:
        shard = self._shards.get(index)
        if shard is None:
            raise CoordinatorError(ErrorCode.NOT_COORDINATOR)
        if shard.phase is Phase.LOADING:
            raise CoordinatorError(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
        return shard

    def _carry_out(self, shard: Shard[S], result: Result[A]) -> A | Deferred[A] | None:
        """Do what a result says; the caller's answer. Raises CoordinatorError if the append failed and nobody handles it."""
        now_ms = self._now_ms()
        self._set_timers(shard, result)
        records = result.records
        written = 0
        while written < len(records):
            encoded = self._encoded(records, written, now_ms, result.is_atomic)
            batch = build_batch(encoded, base_sequence=0, compression=self._compression)
            code, last_offset = self._replicas.append_internal(self.topic, shard.index, batch)
            if code != ErrorCode.NONE:
                return self._carry_out_failure(shard, result, refusal_for(code))
            assert last_offset > shard.last_applied, "an internal log has one writer"
            for record in records[written : written + len(encoded)]:
                shard.state.replay(record, now_ms)
            shard.last_applied = last_offset
            written += len(encoded)
        self._enqueue_all(shard, result)
        answer_now = result.answer
        if result.on_applied is not None:
            then = self._carry_out(shard, result.on_applied(now_ms))
            answer_now = then if answer_now is None else answer_now
        self._flush(shard)
        return answer_now

    def _encoded(self, records: list[CoordinatorRecord], start: int, now_ms: int, is_atomic: bool) -> list[Record]:
        """What goes into the next batch, from record ``start`` on: all, or as many as make a batch of sensible size."""
        encoded: list[Record] = []
        size = 0
        for index in range(start, len(records)):
            encoded.append(self._format.encode(records[index], now_ms))
            size += len(encoded[-1].key or b"") + len(encoded[-1].value or b"")
            if size >= BATCH_BYTES and not is_atomic:
                break
        return encoded

    def _carry_out_failure(self, shard: Shard[S], result: Result[A], code: ErrorCode) -> A | Deferred[A] | None:
        self._enqueue_all(shard, result)
        if result.on_failure is None:
            self._flush(shard)
            raise CoordinatorError(code)
        answer = self._carry_out(shard, result.on_failure(code, self._now_ms()))
        return result.answer if answer is None and isinstance(result.answer, Deferred) else answer

    # Answers

    def _enqueue_all(self, shard: Shard[S], result: Result[Any]) -> None:
        for deferred, answer in result.completions:
            self._enqueue(shard, deferred, answer)

    def _enqueue(self, shard: Shard[S], deferred: Deferred[A], answer: A | None) -> None:
        shard.queue.append((shard.last_applied, deferred, answer))

    def _flush(self, shard: Shard[S]) -> bool:
        """Give the answers whose records are safe; True if none is left."""
        high_watermark = shard.partition.high_watermark
        queue = shard.queue
        while queue and queue[0][0] < high_watermark:
            _, deferred, answer = queue.popleft()
            shard.waiting.pop(deferred, None)
            deferred.give(answer)
            self._waiting.touch(deferred)
        if not queue:
            return True
        if shard.ticket is None or not shard.ticket.waiting:
            keys: tuple[Hashable, ...] = (shard.partition,)
            parked: Parked[bool] = Parked(keys, lambda: self._flush(shard) or None)
            shard.ticket = self._waiting.park(parked, lambda _: None)
        return False

    def _refuse(self, shard: Shard[S], deferred: Deferred[Any], error: CoordinatorError) -> None:
        shard.waiting.pop(deferred, None)
        deferred.fail(error)
        self._waiting.touch(deferred)

    # Timers

    def _set_timers(self, shard: Shard[S], result: Result[Any]) -> None:
        for change in result.timers:
            timer = shard.timers.get(change.key)
            if isinstance(change, CancelTimer):
                if timer is not None:
                    timer.cancel()
                    del shard.timers[change.key]
                continue
            if timer is not None:
                if change.if_absent:
                    continue
                timer.cancel()
            run, now_ms = partial(self._run_timer, shard, change), self._now_ms()
            if change.is_periodic:
                shard.timers[change.key] = self._deadlines.again(now_ms, change.after_ms, run)
            else:
                shard.timers[change.key] = self._deadlines.at(now_ms + change.after_ms, run)

    def _run_timer(self, shard: Shard[S], due: SetTimer) -> None:
        del shard.timers[due.key]
        try:
            self._carry_out(shard, due.operation(self._now_ms()))
        except CoordinatorError as failed:
            log.warning("%s-%d: timer %s: %s", self.topic, shard.index, due.key, failed)
        except Exception:  # one broken group must not stop the clock of all others
            log.exception("%s-%d: timer %s failed", self.topic, shard.index, due.key)


def _batches_of(partition_log: LogView) -> Iterator[tuple[BatchHeader, Any]]:
    """Header and records of every batch of a log, from its start to its end."""
    offset = partition_log.start_offset
    end = partition_log.end_offset
    while offset < end:
        read = partition_log.read(offset, LOAD_BYTES_MAX, end, True)
        before = offset
        for buffer in read.records:
            for position, header in iterate_batches(buffer):
                if header.last_offset >= offset:
                    yield header, records_of(buffer, position)
                    offset = header.last_offset + 1
        if offset == before:
            return  # what follows has been compacted away
