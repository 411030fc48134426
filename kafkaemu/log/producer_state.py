"""What a log knows of the producers that write to it: sequences, epochs, open transactions (KIP-98).

A pure state machine. `ProducerState.check` decides about a batch and changes nothing; `ProducerState.apply` takes in a
batch that has been appended, and replaying all batches of a log with it gives the same state again. Behaves as
ProducerAppendInfo, ProducerStateEntry and ProducerStateManager of the reference 4.3.

Invariants: sequences of a producer advance by one per record and wrap to 0 after 2147483647, and the last five batches are
recognized when they come again (30); a batch of an older producer epoch is never appended (27); the last stable offset is the first
offset of the first open transaction (29).
"""

from __future__ import annotations

from typing import NamedTuple

import attrs

from kafkaemu.log.errors import LogError
from kafkawire.errors import ErrorCode
from kafkawire.records.batch import NO_SEQUENCE, BatchHeader

REMEMBERED_BATCHES = 5
"""As many as an idempotent producer may have in flight."""
NO_PRODUCER_EPOCH = -1
SEQUENCE_MAX = 2**31 - 1


class BatchMetadata(NamedTuple):
    """A batch as it is remembered to recognize it when it comes again."""

    first_sequence: int
    last_sequence: int
    first_offset: int
    last_offset: int
    timestamp_ms: int


class AbortedTransaction(NamedTuple):
    """An entry of the aborted index, from which read_committed consumers learn what to skip."""

    producer_id: int
    first_offset: int
    last_offset: int
    #: The last stable offset when the transaction was completed: no later one can begin before it.
    last_stable_offset: int


class CompletedTransaction(NamedTuple):
    """A transaction whose marker has been appended but is not yet below the high watermark."""

    first_offset: int
    last_offset: int


@attrs.define(eq=False)
class ProducerEntry:
    """One producer id on one partition."""

    epoch: int = NO_PRODUCER_EPOCH
    #: Epoch of the transaction coordinator that wrote the last marker.
    coordinator_epoch: int = -1
    #: Timestamp of the last batch, from which expiry counts.
    last_timestamp_ms: int = -1
    #: First offset of the open transaction; None outside of one.
    transaction_first_offset: int | None = None
    #: Offset of the last marker, where the producer has written no data since.
    last_marker_offset: int = -1
    batches: list[BatchMetadata] = attrs.Factory(list)

    @property
    def last_sequence(self) -> int:
        """Sequence number of the last record; -1 if nothing of this epoch is known."""
        return self.batches[-1].last_sequence if self.batches else NO_SEQUENCE

    @property
    def last_data_offset(self) -> int:
        """Offset of the last record; -1 if none is known."""
        return self.batches[-1].last_offset if self.batches else -1


def follows(last_sequence: int, first_sequence: int) -> bool:
    """Whether a batch that begins with ``first_sequence`` comes next after ``last_sequence``."""
    return first_sequence == last_sequence + 1 or (first_sequence == 0 and last_sequence == SEQUENCE_MAX)


class ProducerState:
    """All producers of one partition's log. ``partition`` is its name in messages (``orders-0``)."""

    __slots__ = ("_ongoing", "_partition", "_producers", "_unreplicated", "aborted")

    def __init__(self, partition: str) -> None:
        self._partition = partition
        self._producers: dict[int, ProducerEntry] = {}
        #: First offset -> producer id of open transactions; offsets only grow, so the first entry is the oldest.
        self._ongoing: dict[int, int] = {}
        self._unreplicated: dict[int, CompletedTransaction] = {}
        self.aborted: list[AbortedTransaction] = []

    def __len__(self) -> int:
        return len(self._producers)

    def entry(self, producer_id: int) -> ProducerEntry | None:
        """What is known of a producer; None if nothing. Not to be changed."""
        return self._producers.get(producer_id)

    def entries(self) -> dict[int, ProducerEntry]:
        """All producers by id. Not to be changed."""
        return self._producers

    def check(self, header: BatchHeader, offset: int, *, is_client: bool) -> BatchMetadata | None:
        """Decide about a data batch with a producer id that would be appended at ``offset``.

        Returns None if it may be appended; the batch remembered if a client has sent it before: answer with that one's
        offsets, append nothing. Raises LogError: INVALID_PRODUCER_EPOCH for an older epoch; for clients
        OUT_OF_ORDER_SEQUENCE_NUMBER for a sequence that is not the next, or not 0 in a new epoch (a producer that is not
        known may start anywhere); INVALID_TXN_STATE for a plain batch within a transaction.
        """
        entry = self._producers.get(header.producer_id)
        if entry is None:
            return None
        epoch = header.producer_epoch
        batches = entry.batches
        first = header.base_sequence
        if is_client and epoch == entry.epoch and batches:
            last_known = batches[-1].last_sequence
            # The ordinary case first: nothing remembered can end where the next batch begins, and the sequence is in order.
            if first != last_known + 1:
                last = header.last_sequence
                for known in batches:
                    if known.first_sequence == first and known.last_sequence == last:
                        return known
        if epoch < entry.epoch:
            self._refuse_epoch(header, offset, entry)
        if is_client:
            self._check_sequence(header, offset, entry)
        if entry.transaction_first_offset is not None and not header.is_transactional:
            raise LogError(
                ErrorCode.INVALID_TXN_STATE,
                f"Expected transactional write from producer {header.producer_id} at offset {offset} in partition {self._partition}",
            )
        return None

    def _check_sequence(self, header: BatchHeader, offset: int, entry: ProducerEntry) -> None:
        first = header.base_sequence
        if entry.epoch == NO_PRODUCER_EPOCH:
            return
        if header.producer_epoch != entry.epoch:
            if first != 0:
                raise LogError(
                    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    f"Invalid sequence number for new epoch of producer {header.producer_id} at offset {offset} in partition "
                    f"{self._partition}: {header.producer_epoch} (request epoch), {first} (seq. number), "
                    f"{entry.epoch} (current producer epoch)",
                )
        elif not follows(entry.last_sequence, first):
            raise LogError(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                f"Out of order sequence number for producer {header.producer_id} at offset {offset} in partition "
                f"{self._partition}: {first} (incoming seq. number), {entry.last_sequence} (current end sequence number)",
            )

    def _refuse_epoch(self, header: BatchHeader, offset: int, entry: ProducerEntry) -> None:
        raise LogError(
            ErrorCode.INVALID_PRODUCER_EPOCH,
            f"Epoch of producer {header.producer_id} at offset {offset} in {self._partition} is "
            f"{header.producer_epoch}, which is smaller than the last seen epoch {entry.epoch}",
        )

    def check_marker(self, header: BatchHeader, offset: int, coordinator_epoch: int) -> None:
        """Decide about a marker. Raises LogError: INVALID_PRODUCER_EPOCH, or TRANSACTION_COORDINATOR_FENCED for one
        of a coordinator that has been replaced."""
        entry = self._producers.get(header.producer_id)
        if entry is None:
            return
        if header.producer_epoch < entry.epoch:
            self._refuse_epoch(header, offset, entry)
        if coordinator_epoch < entry.coordinator_epoch:
            raise LogError(
                ErrorCode.TRANSACTION_COORDINATOR_FENCED,
                f"Invalid coordinator epoch for producerId {header.producer_id} at offset {offset} in partition {self._partition}: "
                f"{coordinator_epoch} (zombie), {entry.coordinator_epoch} (current)",
            )

    def apply(self, header: BatchHeader) -> None:
        """Take in a data batch with a producer id that is in the log now, with its offsets."""
        entry = self._producers.get(header.producer_id)
        if entry is None:
            entry = self._producers[header.producer_id] = ProducerEntry()
        assert header.producer_epoch >= entry.epoch, (self._partition, header.producer_id, header.producer_epoch)
        delta = header.last_offset_delta
        first_sequence = last_sequence = header.base_sequence
        if first_sequence != NO_SEQUENCE:
            last_sequence += delta
            if last_sequence > SEQUENCE_MAX:
                last_sequence -= SEQUENCE_MAX + 1
        first_offset, timestamp_ms = header.base_offset, header.max_timestamp
        batches = entry.batches
        if entry.epoch != header.producer_epoch:
            entry.epoch = header.producer_epoch
            batches.clear()
        elif len(batches) == REMEMBERED_BATCHES:
            del batches[0]
        batches.append(BatchMetadata(first_sequence, last_sequence, first_offset, first_offset + delta, timestamp_ms))
        entry.last_timestamp_ms = timestamp_ms
        if entry.transaction_first_offset is None and header.is_transactional:
            entry.transaction_first_offset = first_offset
            self._ongoing[first_offset] = header.producer_id

    def apply_marker(self, header: BatchHeader, *, is_commit: bool, coordinator_epoch: int) -> None:
        """Take in a marker that is in the log now."""
        entry = self._producers.get(header.producer_id)
        if entry is None:
            entry = self._producers[header.producer_id] = ProducerEntry()
        if entry.epoch != header.producer_epoch:
            entry.epoch = header.producer_epoch
            entry.batches.clear()
        entry.coordinator_epoch = coordinator_epoch
        entry.last_timestamp_ms = header.max_timestamp
        entry.last_marker_offset = header.base_offset
        first_offset, entry.transaction_first_offset = entry.transaction_first_offset, None
        if first_offset is None:
            return
        del self._ongoing[first_offset]
        self._unreplicated[first_offset] = CompletedTransaction(first_offset, header.base_offset)
        if not is_commit:
            stable = next(iter(self._ongoing), header.base_offset + 1)
            self.aborted.append(AbortedTransaction(header.producer_id, first_offset, header.base_offset, stable))

    @property
    def first_unstable_offset(self) -> int | None:
        """First offset of a transaction that is open, or whose marker is not below the high watermark yet; None if all are done."""
        if not self._ongoing and not self._unreplicated:
            return None
        return min(*self._ongoing, *self._unreplicated, 2**63 - 1)

    def on_high_watermark(self, high_watermark: int) -> None:
        """The high watermark has moved to this offset: markers below it are final."""
        for first_offset, completed in list(self._unreplicated.items()):
            if completed.last_offset < high_watermark:
                del self._unreplicated[first_offset]

    def on_log_start(self, log_start_offset: int) -> None:
        """The log begins at this offset now."""
        self.aborted = [aborted for aborted in self.aborted if aborted.last_offset >= log_start_offset]
        for first_offset, completed in list(self._unreplicated.items()):
            if completed.last_offset < log_start_offset:
                del self._unreplicated[first_offset]

    def forget_aborted(self, marker_offsets: set[int]) -> None:
        """Nothing is left of the aborted transactions with these markers: readers have nothing to skip."""
        self.aborted = [aborted for aborted in self.aborted if aborted.last_offset not in marker_offsets]

    def aborted_in(self, start_offset: int, end_offset: int) -> list[AbortedTransaction]:
        """Aborted transactions with records in ``[start_offset, end_offset)``."""
        return [
            aborted
            for aborted in self.aborted
            if aborted.last_offset >= start_offset and aborted.first_offset < end_offset
        ]

    def expire(self, now_ms: int, expiration_ms: int) -> int:
        """Forget producers without open transaction whose last batch is at least ``expiration_ms`` old; returns how many."""
        expired = [
            producer_id
            for producer_id, entry in self._producers.items()
            if entry.transaction_first_offset is None and now_ms - entry.last_timestamp_ms >= expiration_ms
        ]
        for producer_id in expired:
            del self._producers[producer_id]
        return len(expired)
