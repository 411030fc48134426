"""Offsets by time as ListOffsets 0 told them: where segments begin, by when they were last written to (UnifiedLog of 3.9)."""

from __future__ import annotations

from bisect import bisect_right

from kafkaemu.log.partition_log import PartitionLog

LATEST, EARLIEST = -1, -2


def offsets_before(log: PartitionLog, timestamp_ms: int, offsets_max: int, now_ms: int) -> list[int]:
    """The first offsets of the segments last written to at ``timestamp_ms`` or before, newest first, at most ``offsets_max``; behind
    the last segment, unless it is empty, stands the log's end. -1 as timestamp means all, -2 the oldest."""
    offsets = [max(segment.base_offset, log.start_offset) for segment in log.segments]
    times_ms = [segment.last_modified_ms for segment in log.segments]
    if not offsets:
        # Segments are made by the first append; the reference has an empty one from the start.
        offsets, times_ms = [log.start_offset], [now_ms]
    if log.end_offset > offsets[-1]:
        offsets.append(log.end_offset)
        times_ms.append(now_ms)
    if timestamp_ms == LATEST:
        count = len(offsets)
    elif timestamp_ms == EARLIEST:
        count = 1
    else:
        count = bisect_right(times_ms, timestamp_ms)
    return offsets[:count][::-1][: max(offsets_max, 0)]
