"""What a wrapper message's value is packed and unpacked with: as in record batches, but for lz4 in magic 0.

The first clients that packed with lz4 computed the checksum of the frame's header over too much: over the frame's magic number as
well. Magic 1 put that right (KAFKA-3160). Brokers therefore write it wrong in magic 0, as old clients verify it so, and do not
look at it when they read; some clients wrote it right all the same.
"""

from __future__ import annotations

from kafkawire.records import compression
from kafkawire.records.batch import Buffer, Compression

_LZ4_CODEC = int(Compression.LZ4)
_LZ4_CODECS_END = int(Compression.ZSTD)
_FLAGS_POSITION = 4
_CONTENT_SIZE_FLAG = 0x08


def wrap(magic: int, codec: Compression, data: bytes, level: int | None = None) -> bytes:
    """Pack a message set for the value of a wrapper of `magic`. Raises ValueError for zstd, which messages do not know."""
    if codec >= _LZ4_CODECS_END:
        raise ValueError("messages of magic 0 and 1 cannot be compressed with zstd")
    packed = compression.compress(codec, data, level)
    return broken_lz4_header(packed) if codec == _LZ4_CODEC and magic == 0 else packed


def unwrap(magic: int, codec: int, data: Buffer, bytes_max: int) -> bytes | bytearray:
    """Unpack the value of a wrapper of `magic` into at most `bytes_max` bytes.

    Raises DecompressionFailed as `compression.decompress` does, also for zstd.
    """
    if codec >= _LZ4_CODECS_END:
        raise compression.UnknownCodec(f"compression type {codec} is not known in messages of magic {magic}")
    if codec == _LZ4_CODEC and magic == 0:
        data = mended_lz4_header(data)
    return compression.decompress(codec, data, bytes_max)


def broken_lz4_header(frame: bytes) -> bytes:
    """An lz4 frame with its header's checksum as the clients of magic 0 computed it."""
    end = _checksum_position(frame)
    return frame[:end] + _checksum(frame[:end]) + frame[end + 1 :]


def mended_lz4_header(frame: Buffer) -> bytes:
    """An lz4 frame with the right checksum of its header, whatever stands there; anything too short is left alone."""
    data = bytes(frame)
    if len(data) <= _FLAGS_POSITION or len(data) <= (end := _checksum_position(data)):
        return data
    return data[:end] + _checksum(data[_FLAGS_POSITION:end]) + data[end + 1 :]


def _checksum_position(frame: bytes) -> int:
    return 14 if frame[_FLAGS_POSITION] & _CONTENT_SIZE_FLAG else 6


def _checksum(header: bytes) -> bytes:
    return bytes((compression.xxh32_short(memoryview(header)) >> 8 & 0xFF,))
