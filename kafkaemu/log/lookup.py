"""Finding records by their timestamps (ListOffsets), over the segments of one log."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from kafkaemu.log.results import OffsetTimestamp
from kafkaemu.log.segment import Segment
from kafkawire.records.batch import CODEC_MASK, TIMESTAMP_TYPE_BIT, BatchHeader
from kafkawire.records.iterate import records_of


def first_with_timestamp(segments: Sequence[Segment], timestamp_ms: int, start_offset: int) -> OffsetTimestamp | None:
    """The first record at or after ``start_offset`` with at least this timestamp; None if there is none.

    As the reference, looks only into the first segment whose largest timestamp reaches that far.
    """
    for segment in segments:
        if segment.largest_timestamp_ms >= timestamp_ms:
            return _find(segment, timestamp_ms, start_offset)
    return None


def _find(segment: Segment, timestamp_ms: int, start_offset: int) -> OffsetTimestamp | None:
    for number in range(segment.first_batch_with_timestamp(timestamp_ms, start_offset), len(segment)):
        batch = segment.batch(number)
        header = BatchHeader.parse(batch)
        if header.max_timestamp < timestamp_ms:
            continue
        for record in records_of(batch):
            if record.timestamp_ms >= timestamp_ms and record.offset >= start_offset:
                return OffsetTimestamp(record.offset, record.timestamp_ms, header.partition_leader_epoch)
    return None


def with_largest_timestamp(segments: Sequence[Segment], *, is_shallow: bool = False) -> OffsetTimestamp | None:
    """The first record that has the largest timestamp of all, even if that is -1, which means none; None if there are no records.

    With ``is_shallow`` the last one of its batch, if that is compressed or was stamped by the broker: up to 3.6 nobody looked closer.
    """
    newest = max(segments, key=attrgetter("max_timestamp_ms"), default=None)
    if newest is None or not len(newest):
        return None
    batch = newest.batch(newest.find(newest.max_timestamp_offset) if newest.max_timestamp_ms >= 0 else 0)
    header = BatchHeader.parse(batch)
    epoch = header.partition_leader_epoch
    if is_shallow and header.attributes & (CODEC_MASK | TIMESTAMP_TYPE_BIT):
        return OffsetTimestamp(header.last_offset, newest.max_timestamp_ms, epoch)
    for record in records_of(batch):
        if record.timestamp_ms == newest.max_timestamp_ms:
            return OffsetTimestamp(record.offset, record.timestamp_ms, epoch)
    return None
