"""From the bytes of batches to producer state: on append, and again when a log is replayed."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct

from kafkaemu.log.producer_state import ProducerState
from kafkawire.records.batch import BatchHeader, Buffer
from kafkawire.records.builder import ControlType, control_type_of
from kafkawire.records.iterate import records_of

_MARKER = Struct(">hi")


def _marker_of(batch: Buffer) -> tuple[ControlType, int] | None:
    """Type and coordinator epoch of a transaction marker; None for other control batches and ones emptied by compaction."""
    for record in records_of(batch):
        control_type = control_type_of(record.key)
        if control_type in (ControlType.ABORT, ControlType.COMMIT) and record.value is not None:
            return control_type, _MARKER.unpack_from(record.value)[1]
    return None


def check_batch(producers: ProducerState, header: BatchHeader, batch: Buffer) -> None:
    """Decide about a batch with a producer id that the broker itself has built. Raises LogError as `ProducerState` does."""
    if not header.is_control:
        producers.check(header, header.base_offset, is_client=False)
    elif (marker := _marker_of(batch)) is not None:
        producers.check_marker(header, header.base_offset, marker[1])


def apply_batch(producers: ProducerState, header: BatchHeader, batch: Buffer) -> None:
    """Take in a batch with a producer id that is in the log now."""
    if not header.is_control:
        producers.apply(header)
    elif (marker := _marker_of(batch)) is not None:
        producers.apply_marker(header, is_commit=marker[0] is ControlType.COMMIT, coordinator_epoch=marker[1])


def replayed(partition: str, batches: Iterable[tuple[BatchHeader, Buffer]], high_watermark: int) -> ProducerState:
    """The producer state that a log with these batches, committed up to ``high_watermark``, makes."""
    producers = ProducerState(partition)
    for header, batch in batches:
        if header.producer_id >= 0:
            apply_batch(producers, header, batch)
    producers.on_high_watermark(high_watermark)
    return producers
