"""Which old segments go: those out of time, those above the size, those below the start of the log.

Pure decisions, each answering how many of the oldest segments may be deleted. A segment goes only when all of it is committed, and an
empty newest segment never. Behaves as UnifiedLog.deleteOldSegments of the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kafkaemu.log.config import LogConfig
from kafkaemu.log.segment import Segment


def _oldest(segments: Sequence[Segment], high_watermark: int, is_out: Callable[[Segment, Segment | None], bool]) -> int:
    """How many of the oldest committed segments in a row are out, by ``is_out(segment, the next one)``."""
    count = 0
    for number, segment in enumerate(segments):
        following = segments[number + 1] if number + 1 < len(segments) else None
        end_offset = segment.next_offset if following is None else following.base_offset
        is_empty_newest = following is None and not segment.size_bytes
        if high_watermark < end_offset or is_empty_newest or not is_out(segment, following):
            break
        count += 1
    return count


def below_start(segments: Sequence[Segment], start_offset: int, high_watermark: int) -> int:
    """Segments that lie wholly below ``start_offset``: clients have deleted their records."""

    def is_out(segment: Segment, following: Segment | None) -> bool:
        return following is not None and following.base_offset <= start_offset

    return _oldest(segments, high_watermark, is_out)


def above_size(segments: Sequence[Segment], config: LogConfig, high_watermark: int) -> int:
    """Segments without which the log still has ``retention.bytes``."""
    if config.retention_bytes < 0:
        return 0
    excess = sum(segment.size_bytes for segment in segments) - config.retention_bytes

    def is_out(segment: Segment, following: Segment | None) -> bool:
        nonlocal excess
        if excess - segment.size_bytes < 0:
            return False
        excess -= segment.size_bytes
        return True

    return _oldest(segments, high_watermark, is_out)


def out_of_time(segments: Sequence[Segment], config: LogConfig, high_watermark: int, now_ms: int) -> int:
    """Segments whose largest timestamp is more than ``retention.ms`` ago."""
    if config.retention_ms < 0:
        return 0

    def is_out(segment: Segment, following: Segment | None) -> bool:
        return now_ms - segment.largest_timestamp_ms > config.retention_ms

    return _oldest(segments, high_watermark, is_out)
