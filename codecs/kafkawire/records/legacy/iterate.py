"""Read the records of a message set, wrappers opened.

Inside a wrapper of magic 0 offsets are absolute. Inside one of magic 1 they are relative (KIP-31): the wrapper has the offset of
its last message, and the others follow from the distance to it. Timestamps are those of the inner messages, unless the wrapper
says LogAppendTime: then all have the wrapper's (KIP-32). A wrapper within a wrapper is refused.

Reading is strict by default: what an honest writer cannot have written raises `MalformedRecord`. `lenient=True` accepts what the
reference's reader does (`AbstractLegacyRecordBatch`): no checksum is verified, a message cut off at the end of a wrapper is left
out, messages of magic 0 may stand in a wrapper of magic 1 and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

from kafkawire.records.batch import LOG_OVERHEAD_BYTES, NO_TIMESTAMP, Buffer, TimestampType
from kafkawire.records.iterate import DECOMPRESSED_BYTES_MAX, MalformedRecord
from kafkawire.records.legacy.message import Message, iterate_entries, measure
from kafkawire.records.legacy.wrapping import unwrap
from kafkawire.records.record import Record
from kafkawire.records.varint import to_int64


def records_in_message_set(
    buffer: Buffer, position: int = 0, *, lenient: bool = False, decompressed_bytes_max: int = DECOMPRESSED_BYTES_MAX
) -> Iterator[Record]:
    """The records of all whole messages in a buffer; a generator. `decompressed_bytes_max` bounds each wrapper.

    Raises MalformedRecord, and DecompressionFailed for a wrapper that cannot be unpacked within the bound.
    """
    for found, _, _ in iterate_entries(buffer, position):
        message = Message.parse(buffer, found, lenient=lenient)
        yield from records_of_message(message, lenient=lenient, decompressed_bytes_max=decompressed_bytes_max)


def records_of_message(
    message: Message, *, lenient: bool = False, decompressed_bytes_max: int = DECOMPRESSED_BYTES_MAX
) -> Iterator[Record]:
    """The one record of a plain message, or those of a wrapper, with absolute offsets. Raises as `records_in_message_set`."""
    if not lenient:
        verify_crc(message)
    if not message.codec:
        yield Record(message.key, message.value, (), message.timestamp_ms, message.offset)
        return
    base_offset, inner = inner_messages(message, lenient=lenient, decompressed_bytes_max=decompressed_bytes_max)
    has_append_time = message.timestamp_type is TimestampType.LOG_APPEND_TIME
    for part in inner:
        if not lenient:
            verify_crc(part)
        timestamp_ms = part.timestamp_ms
        if has_append_time:
            timestamp_ms = message.timestamp_ms if part.magic else NO_TIMESTAMP
        yield Record(part.key, part.value, (), timestamp_ms, to_int64(base_offset + part.offset))


def inner_messages(
    wrapper: Message, *, lenient: bool = False, decompressed_bytes_max: int = DECOMPRESSED_BYTES_MAX
) -> tuple[int, Iterator[Message]]:
    """What has to be added to inner offsets, and the messages in a wrapper as they stand there. Raises as `records_in_message_set`.

    All lengths are looked at before the first message is read, but no more than one message is held at a time.
    """
    if wrapper.value is None:
        raise MalformedRecord("a wrapper message without a value")
    data = unwrap(wrapper.magic, wrapper.codec, wrapper.value, decompressed_bytes_max)
    last, end = _last_message(data)
    if not end:
        raise MalformedRecord("a wrapper message with nothing in it")
    if end != len(data) and not lenient:
        raise MalformedRecord(f"{len(data) - end} bytes follow the last message in a wrapper")
    base_offset = 0
    # Producers leave the wrapper's offset 0, and then the inner ones count from there.
    if wrapper.magic and wrapper.offset:
        last_offset = int.from_bytes(data[last : last + 8], "big", signed=True)
        if wrapper.offset < last_offset:
            raise MalformedRecord(f"a wrapper of offset {wrapper.offset} holds a message of offset {last_offset}")
        base_offset = to_int64(wrapper.offset - last_offset)
    return base_offset, _parsed(data, end, wrapper.magic, lenient)


def _last_message(data: bytes | bytearray) -> tuple[int, int]:
    """Where the last whole message in a wrapper begins and ends; both 0 if there is none."""
    last = end = 0
    while end + LOG_OVERHEAD_BYTES <= len(data) and (following := end + measure(data, end)) <= len(data):
        last, end = end, following
    return last, end


def _parsed(data: bytes | bytearray, end: int, wrapper_magic: int, lenient: bool) -> Iterator[Message]:
    position = 0
    while position < end:
        message = Message.parse(data, position, lenient=lenient)
        if message.codec:
            raise MalformedRecord("a compressed message in a compressed message")
        if message.magic != wrapper_magic and not lenient:
            raise MalformedRecord(f"a message of magic {message.magic} in a wrapper of magic {wrapper_magic}")
        yield message
        position += LOG_OVERHEAD_BYTES + message.size


def verify_crc(message: Message) -> None:
    """Raise MalformedRecord unless the message's CRC is right."""
    if not message.has_valid_crc:
        raise MalformedRecord(f"the message at offset {message.offset} has not the CRC it says ({message.crc:#010x})")
