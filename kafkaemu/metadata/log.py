"""The metadata log: records appended in batches, a snapshot from time to time, and the log before it deleted.

A snapshot is made when the log since the last one has grown by more than ``snapshot_bound_bytes`` and by more than the last
snapshot's own size: so the log stays short, and the work of a large image is spread over as many changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from kafkaemu.metadata.image import MetadataImage
from kafkaemu.metadata.records import decode_record, encode_record
from kafkaemu.metadata.snapshot import Snapshot, records_of_image
from kafkawire.declare import TopLevel
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_in
from kafkawire.records.record import Record

#: Records in one batch of a snapshot.
SNAPSHOT_BATCH_RECORDS = 1024


class Store(Protocol):
    """What the log's batches are kept in."""

    def append(self, batch: bytes, base_offset: int) -> None:
        """Keep one batch, which carries its offsets already."""

    def batches(self) -> Iterable[bytes]:
        """What is kept, oldest first."""

    def delete_before(self, offset: int) -> None:
        """Forget the batches that end before ``offset``."""


class MemoryStore:
    """Batches in a list."""

    def __init__(self) -> None:
        self._batches: list[tuple[int, bytes]] = []

    def append(self, batch: bytes, base_offset: int) -> None:
        self._batches.append((base_offset, batch))

    def batches(self) -> Iterable[bytes]:
        return [batch for _, batch in self._batches]

    def delete_before(self, offset: int) -> None:
        self._batches = [entry for entry in self._batches if entry[0] >= offset]


class MetadataLog:
    """``__cluster_metadata`` partition 0 of a single controller, whose every append is committed at once.

    ``leader_epoch`` is the controller epoch, which every batch carries.
    """

    def __init__(self, snapshot_bound_bytes: int, store: Store | None = None, leader_epoch: int = 1) -> None:
        self._store: Store = store or MemoryStore()
        self._bound_bytes = snapshot_bound_bytes
        self._since_snapshot_bytes = 0
        self.leader_epoch = leader_epoch
        self.snapshot = Snapshot(0, ())
        #: Offset that the next record gets.
        self.end_offset = 0

    def append(self, records: Sequence[TopLevel], now_ms: int) -> int:
        """Append ``records`` as one batch, all or nothing; returns the offset of the last one."""
        base_offset = self.end_offset
        batch = build_batch(
            [Record(None, encode_record(record), (), now_ms) for record in records],
            base_offset=base_offset,
            leader_epoch=self.leader_epoch,
        )
        self._store.append(batch, base_offset)
        self.end_offset = base_offset + len(records)
        self._since_snapshot_bytes += len(batch)
        return self.end_offset - 1

    def snapshot_is_due(self) -> bool:
        """Whether the log has grown enough since the last snapshot."""
        return self._since_snapshot_bytes > max(self._bound_bytes, self.snapshot.size_bytes)

    def take_snapshot(self, image: MetadataImage, now_ms: int) -> None:
        """Replace the log so far by a snapshot of ``image``, which must have every record applied."""
        assert image.offset == self.end_offset - 1, "a snapshot holds all of the log before it"
        self.snapshot = Snapshot(self.end_offset, tuple(_snapshot_batches(image, now_ms, self.leader_epoch)))
        self._store.delete_before(self.end_offset)
        self._since_snapshot_bytes = 0

    def size_bytes(self) -> int:
        """Bytes of the log behind the snapshot."""
        return self._since_snapshot_bytes

    def replay(self, image: MetadataImage) -> None:
        """Apply the snapshot and the log to an empty image."""
        for batch in self.snapshot.batches:
            for record in records_in(batch):
                assert record.value is not None
                image.apply(decode_record(record.value))
        image.offset = self.snapshot.end_offset - 1
        for batch in self._store.batches():
            for record in records_in(batch):
                assert record.value is not None
                image.apply(decode_record(record.value))
                image.offset = record.offset


def _snapshot_batches(image: MetadataImage, now_ms: int, leader_epoch: int) -> Iterator[bytes]:
    pending: list[Record] = []
    offset = 0
    for record in records_of_image(image):
        pending.append(Record(None, encode_record(record), (), now_ms))
        if len(pending) == SNAPSHOT_BATCH_RECORDS:
            yield build_batch(pending, base_offset=offset, leader_epoch=leader_epoch)
            offset += len(pending)
            pending = []
    if pending:
        yield build_batch(pending, base_offset=offset, leader_epoch=leader_epoch)
