"""The metadata log: records appended in batches, a snapshot from time to time, and the log before it deleted.

A snapshot is made when the log since the last one has grown by more than ``snapshot_bound_bytes`` and by more than the last
snapshot's own size: so the log stays short, and the work of a large image is spread over as many changes. One is also made with
the first change after ``snapshot_interval_ms`` (0: never for that reason), as SnapshotGenerator of the reference does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kafkaemu.log import internal_topics
from kafkaemu.log.config import LogConfig
from kafkaemu.log.memory import SegmentMemory
from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.log.results import Origin
from kafkaemu.metadata.image import MetadataImage
from kafkaemu.metadata.records import decode_record, encode_record
from kafkaemu.metadata.snapshot import Snapshot, records_of_image
from kafkawire.declare import TopLevel
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record

BATCH_BYTES_MAX = (1 << 31) - 1
#: Records in one batch of a snapshot.
SNAPSHOT_BATCH_RECORDS = 1024


class MetadataLog:
    """``__cluster_metadata`` partition 0 of a single controller, whose every append is committed at once.

    ``memory`` is where its segments come from (None: a pool of its own). ``leader_epoch`` is the controller epoch, which every
    batch carries.
    """

    def __init__(
        self,
        snapshot_bound_bytes: int,
        memory: SegmentMemory | None = None,
        leader_epoch: int = 1,
        *,
        snapshot_interval_ms: int = 0,
    ) -> None:
        # Nothing but a snapshot takes records away, and one request is one batch however large.
        config = LogConfig(retention_ms=-1, max_message_bytes=BATCH_BYTES_MAX)
        self._log = PartitionLog(internal_topics.CLUSTER_METADATA, 0, config, memory or SegmentMemory())
        self._bound_bytes = snapshot_bound_bytes
        self._interval_ms = snapshot_interval_ms
        #: When the last snapshot was made, or the log begun; None before that.
        self._snapshot_ms: int | None = None
        self.leader_epoch = leader_epoch
        self.snapshot = Snapshot(0, ())

    @property
    def end_offset(self) -> int:
        """Offset that the next record gets."""
        return self._log.end_offset

    @property
    def size_bytes(self) -> int:
        """Bytes of the log behind the snapshot."""
        return self._log.size_bytes

    def append(self, records: Sequence[TopLevel], now_ms: int) -> int:
        """Append ``records`` as one batch, all or nothing; returns the offset of the last one.

        Raises LogError (KAFKA_STORAGE_ERROR) where the bound on memory leaves no room.
        """
        listed = [Record(None, encode_record(record), (), now_ms) for record in records]
        batch = build_batch(listed, base_offset=self._log.end_offset, leader_epoch=self.leader_epoch)
        info = self._log.append_as_leader(batch, self.leader_epoch, now_ms, origin=Origin.RAFT_LEADER)
        self._log.update_high_watermark(self._log.end_offset)
        return info.last_offset

    def snapshot_is_due(self, now_ms: int) -> bool:
        """Whether the log has grown enough since the last snapshot, or that is long ago."""
        if self._snapshot_ms is None:
            self._snapshot_ms = now_ms
        is_old = 0 < self._interval_ms <= now_ms - self._snapshot_ms
        return is_old or self._log.size_bytes > max(self._bound_bytes, self.snapshot.size_bytes)

    def take_snapshot(self, image: MetadataImage, now_ms: int) -> None:
        """Replace the log so far by a snapshot of ``image``, which must have every record applied."""
        assert image.offset == self.end_offset - 1, "a snapshot holds all of the log before it"
        self._snapshot_ms = now_ms
        self.snapshot = Snapshot(self.end_offset, tuple(_snapshot_batches(image, now_ms, self.leader_epoch)))
        self._log.roll(now_ms)
        self._log.delete_records(self.end_offset)

    def replay(self, image: MetadataImage) -> None:
        """Apply the snapshot and the log to an empty image."""
        for batch in self.snapshot.batches:
            _apply_batch(image, batch)
        image.offset = self.snapshot.end_offset - 1
        for header, view in self._log.batches(self._log.start_offset):
            _apply_batch(image, view)
            image.offset = header.last_offset


def _apply_batch(image: MetadataImage, batch: bytes | memoryview) -> None:
    for record in records_of(batch):
        assert record.value is not None, "metadata records have values"
        image.apply(decode_record(record.value))


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
