"""Write message sets, plain or in a wrapper, as the reference's `MemoryRecordsBuilder` did for magic 0 and 1."""

from __future__ import annotations

from collections.abc import Iterable

from kafkawire.records.batch import NO_TIMESTAMP, TIMESTAMP_TYPE_BIT, Compression, TimestampType
from kafkawire.records.legacy.message import encode_message
from kafkawire.records.legacy.wrapping import wrap
from kafkawire.records.record import Record


def build_message_set(
    records: Iterable[Record],
    *,
    magic: int,
    base_offset: int = 0,
    compression: Compression = Compression.NONE,
    compression_level: int | None = None,
    timestamp_type: TimestampType = TimestampType.CREATE_TIME,
    log_append_time_ms: int = NO_TIMESTAMP,
) -> bytes:
    """A message set with the given records: one message each, or one wrapper around them all.

    Offsets as in `build_batch`: a negative one follows its predecessor's, others must increase from `base_offset` on. A wrapper
    has the last offset and the largest timestamp. With LOG_APPEND_TIME all of them have `log_append_time_ms` instead of their
    own. Magic 0 drops timestamps. Raises ValueError for no records, for offsets that do not increase, for headers, which
    messages do not have, and for zstd.
    """
    is_wrapped = compression is not Compression.NONE
    has_append_time = magic > 0 and timestamp_type is TimestampType.LOG_APPEND_TIME
    attributes = TIMESTAMP_TYPE_BIT if has_append_time else 0
    relative_to = base_offset if is_wrapped and magic > 0 else 0
    max_timestamp = NO_TIMESTAMP
    expected = base_offset
    parts = []
    for record in records:
        if record.headers:
            raise ValueError(f"messages of magic {magic} have no headers")
        offset = expected if record.offset < 0 else record.offset
        if offset < expected:
            raise ValueError(f"offset {offset} follows {expected - 1}")
        expected = offset + 1
        timestamp = log_append_time_ms if has_append_time else record.timestamp_ms
        max_timestamp = max(max_timestamp, timestamp)
        parts.append(
            encode_message(
                magic, offset - relative_to, record.key, record.value, timestamp_ms=timestamp, attributes=attributes
            )
        )
    if not parts:
        raise ValueError("a message set needs at least one record")
    message_set = b"".join(parts)
    if not is_wrapped:
        return message_set
    return encode_message(
        magic,
        expected - 1,
        None,
        wrap(magic, compression, message_set, compression_level),
        timestamp_ms=max_timestamp,
        attributes=attributes | compression,
    )
