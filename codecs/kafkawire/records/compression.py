"""Compression of record batches: five codecs, each bounded when it unpacks.

What a broker meets on Produce is hostile until proven otherwise, so `decompress` never holds more than the
caller's bound: a bomb ends with `DecompressionFailed`, as does anything that cannot be unpacked. What is
accepted follows the streams of the reference (`GzipCompression`, `SnappyInputStream`,
`Lz4BlockInputStream`, `ZstdInputStream`):

- gzip: several members in a row; what follows the last one and is no member is ignored;
- snappy: the framing of the xerial library, or one raw block without framing; google's framing is not
  understood;
- lz4: frames with independent blocks only, header checksum and block checksums verified, content checksum
  ignored; what follows the end mark is ignored;
- zstd: several frames in a row, and nothing else behind them.

The native library (cramjam) is loaded on first use of a codec that needs it.
"""

from __future__ import annotations

from struct import Struct
from typing import Any

from kafkawire.records.batch import Buffer, Compression

SNAPPY_BLOCK_BYTES = 32 * 1024
LZ4_BLOCK_BYTES = 64 * 1024
DEFAULT_LEVELS = {Compression.GZIP: 6, Compression.ZSTD: 3}

_XERIAL_MAGIC = b"\x82SNAPPY\x00"
_XERIAL_HEADER = _XERIAL_MAGIC + b"\x00\x00\x00\x01\x00\x00\x00\x01"
_XERIAL_VERSION_MIN = 1
_LZ4_MAGIC = b"\x04\x22\x4d\x18"
_LZ4_HEADER = _LZ4_MAGIC + b"\x60\x40\x82"
"""Version 1, independent blocks of up to 64 KiB, no checksums; the last byte is the checksum of the two
before it.
"""
_LZ4_STORED = 0x80000000
_ZSTD_MAGIC = 0xFD2FB528
_ZSTD_SKIPPABLE_MAGICS = range(0x184D2A50, 0x184D2A60)
_ZSTD_BLOCK_BYTES_MAX = 128 * 1024

_UINT32_LE = Struct("<I")
_INT32_BE = Struct(">i")


class DecompressionFailed(ValueError):
    """The data cannot be unpacked, or not within the bound."""


class UnknownCodec(DecompressionFailed):
    """The attributes name a compression that Kafka does not know (5, 6 or 7)."""


def decompress(codec: int, data: Buffer, bytes_max: int) -> bytes | bytearray:
    """Unpack the records of a batch.

    `codec` is the number in the attributes; `bytes_max` the largest permitted size of the result, in bytes.
    Raises DecompressionFailed for data that is broken, incomplete, or larger than that when unpacked.
    """
    if codec == Compression.NONE:
        if len(data) > bytes_max:
            raise DecompressionFailed(f"{len(data)} bytes of records are more than the {bytes_max} permitted")
        return bytes(data)
    if codec == Compression.GZIP:
        return _gunzip(data, bytes_max)
    if codec == Compression.SNAPPY:
        return _unsnappy(data, bytes_max)
    if codec == Compression.LZ4:
        return _unlz4(data, bytes_max)
    if codec == Compression.ZSTD:
        return _unzstd(data, bytes_max)
    raise UnknownCodec(f"compression type {codec} is not known")


def compress(codec: Compression, data: Buffer, level: int | None = None) -> bytes:
    """Pack the records of a batch as the reference's producer does.

    `level` is the codec's own scale (gzip 1-9 or -1, lz4 1-17, zstd from -131072 to 22); None means Kafka's
    default. lz4 levels are accepted but all pack with the fast method; snappy has none.
    """
    if codec is Compression.NONE:
        return bytes(data)
    if codec is Compression.GZIP:
        import zlib

        packer = zlib.compressobj(6 if level is None else level, zlib.DEFLATED, 31)
        return packer.compress(data) + packer.flush()
    if codec is Compression.SNAPPY:
        return _snappy(data)
    if codec is Compression.LZ4:
        return _lz4(data)
    import cramjam

    return bytes(cramjam.zstd.compress(data, DEFAULT_LEVELS[Compression.ZSTD] if level is None else level))


def _too_large(bytes_max: int) -> DecompressionFailed:
    return DecompressionFailed(f"the records take more than the permitted {bytes_max} bytes when unpacked")


def _gunzip(data: Buffer, bytes_max: int) -> bytes | bytearray:
    import zlib

    unpacked = bytearray()
    rest: Any = data
    while True:
        member = zlib.decompressobj(31)
        try:
            part = member.decompress(rest, bytes_max - len(unpacked) + 1)
        except zlib.error as error:
            if unpacked and not _begins_gzip_data(rest):
                return unpacked
            raise DecompressionFailed(str(error)) from error
        if len(unpacked) + len(part) > bytes_max:
            raise _too_large(bytes_max)
        if not member.eof:
            raise DecompressionFailed("the gzip data ends too early")
        rest = member.unused_data
        if len(rest) < 18 or rest[:3] != b"\x1f\x8b\x08":
            return unpacked + part if unpacked else part
        unpacked += part


def _begins_gzip_data(data: Buffer) -> bool:
    return bytes(data[:3]) == b"\x1f\x8b\x08"


def _snappy(data: Buffer) -> bytes:
    import cramjam

    view = memoryview(data)
    parts = [_XERIAL_HEADER]
    for start in range(0, len(view), SNAPPY_BLOCK_BYTES):
        block = bytes(cramjam.snappy.compress_raw(view[start : start + SNAPPY_BLOCK_BYTES]))
        parts += (_INT32_BE.pack(len(block)), block)
    return b"".join(parts)


def _unsnappy(data: Buffer, bytes_max: int) -> bytearray:
    view = memoryview(data)
    if not view:
        raise DecompressionFailed("there is no snappy data at all")
    unpacked = bytearray()
    if len(view) < len(_XERIAL_HEADER) or view[:8] != _XERIAL_MAGIC:
        _unsnappy_block(view, unpacked, bytes_max)
        return unpacked
    (version,) = _INT32_BE.unpack_from(view, 8)
    if version < _XERIAL_VERSION_MIN:
        raise DecompressionFailed(f"version {version} of the snappy framing is not supported")
    position = len(_XERIAL_HEADER)
    while position + 4 <= len(view):
        if view[position : position + 8] == _XERIAL_MAGIC:
            if position + len(_XERIAL_HEADER) > len(view):
                raise DecompressionFailed("a snappy stream header is cut off")
            position += len(_XERIAL_HEADER)
            continue
        (length,) = _INT32_BE.unpack_from(view, position)
        position += 4
        if length < 0 or position + length > len(view):
            raise DecompressionFailed(f"a snappy block of {length} bytes is not there")
        _unsnappy_block(view[position : position + length], unpacked, bytes_max)
        position += length
    return unpacked


def _unsnappy_block(block: memoryview, unpacked: bytearray, bytes_max: int) -> None:
    import cramjam

    try:
        if len(unpacked) + cramjam.snappy.decompress_raw_len(block) > bytes_max:
            raise _too_large(bytes_max)
        unpacked += cramjam.snappy.decompress_raw(block)
    except cramjam.DecompressionError as error:
        raise DecompressionFailed(str(error)) from error


def _lz4(data: Buffer) -> bytes:
    import cramjam

    view = memoryview(data)
    parts = [_LZ4_HEADER]
    for start in range(0, len(view), LZ4_BLOCK_BYTES):
        block = view[start : start + LZ4_BLOCK_BYTES]
        packed = bytes(cramjam.lz4.compress_block(block, store_size=False))
        if len(packed) < len(block):
            parts += (_UINT32_LE.pack(len(packed)), packed)
        else:
            parts += (_UINT32_LE.pack(len(block) | _LZ4_STORED), bytes(block))
    parts.append(b"\x00\x00\x00\x00")
    return b"".join(parts)


def _lz4_frame_header(view: memoryview) -> tuple[int, int, bool]:
    """Check the frame header; returns where the blocks begin, their largest size and whether they carry
    checksums."""
    if len(view) < 7 or view[:4] != _LZ4_MAGIC:
        raise DecompressionFailed("this is no lz4 frame")
    flags, descriptor = view[4], view[5]
    if flags >> 6 != 1 or flags & 0x03:
        raise DecompressionFailed(f"the lz4 frame flags {flags:#x} are not supported")
    if not flags & 0x20:
        raise DecompressionFailed("lz4 blocks that depend on each other are not supported")
    if descriptor & 0x8F or descriptor >> 4 < 4:
        raise DecompressionFailed(f"the lz4 block descriptor {descriptor:#x} is not supported")
    end = 14 if flags & 0x08 else 6
    if len(view) <= end:
        raise DecompressionFailed("the lz4 frame header is cut off")
    if view[end] != _xxh32_short(view[4:end]) >> 8 & 0xFF:
        raise DecompressionFailed("the checksum of the lz4 frame header is wrong")
    return end + 1, 1 << (2 * (descriptor >> 4) + 8), bool(flags & 0x10)


def _unlz4(data: Buffer, bytes_max: int) -> bytearray:
    import cramjam

    view = memoryview(data)
    position, block_bytes_max, has_checksums = _lz4_frame_header(view)
    unpacked = bytearray()
    scratch = memoryview(bytearray(block_bytes_max))
    while True:
        if position + 4 > len(view):
            raise DecompressionFailed("the lz4 frame has no end mark")
        (length,) = _UINT32_LE.unpack_from(view, position)
        position += 4
        is_stored = length & _LZ4_STORED
        length &= ~_LZ4_STORED
        if not length:
            if has_checksums:
                _verify_lz4_checksums(view, unpacked)
            return unpacked
        if length > block_bytes_max or position + length > len(view):
            raise DecompressionFailed(f"an lz4 block of {length} bytes is too large or cut off")
        block = view[position : position + length]
        position += length
        if not is_stored:
            try:
                block = scratch[: cramjam.lz4.decompress_block_into(block, scratch, output_len=block_bytes_max)]
            except cramjam.DecompressionError as error:
                raise DecompressionFailed(str(error)) from error
        if len(unpacked) + len(block) > bytes_max:
            raise _too_large(bytes_max)
        unpacked += block
        if has_checksums:
            position += 4


def _verify_lz4_checksums(view: memoryview, unpacked: bytearray) -> None:
    """Let the library, which knows checksums, unpack a frame that has already been found to be within the
    bound."""
    import cramjam

    try:
        cramjam.lz4.decompress_into(view, bytearray(len(unpacked) + 1))
    except cramjam.DecompressionError as error:
        raise DecompressionFailed(str(error)) from error


def _xxh32_short(data: memoryview) -> int:
    """xxHash (32 bits, seed 0) of fewer than 16 bytes: the checksum of an lz4 frame header."""
    prime_1, prime_2, prime_3, prime_4, prime_5 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1
    mask = 0xFFFFFFFF
    value = prime_5 + len(data)
    whole_end = len(data) & ~3
    for position in range(0, whole_end, 4):
        value = value + _UINT32_LE.unpack_from(data, position)[0] * prime_3 & mask
        value = (value << 17 | value >> 15) * prime_4 & mask
    for byte in data[whole_end:]:
        value = value + byte * prime_5 & mask
        value = (value << 11 | value >> 21) * prime_1 & mask
    value ^= value >> 15
    value = value * prime_2 & mask
    value ^= value >> 13
    value = value * prime_3 & mask
    return value ^ value >> 16


def _zstd_block_end(view: memoryview, position: int) -> tuple[int, int]:
    """Go over the blocks of one zstd frame from its header on; returns its end and the most it can unpack
    to."""
    descriptor = view[position + 4]
    is_single_segment = descriptor & 0x20
    position += 5 + (0 if is_single_segment else 1) + (0, 1, 2, 4)[descriptor & 3]
    position += (1 if is_single_segment else 0, 2, 4, 8)[descriptor >> 6]
    unpacked_max = 0
    is_last = 0
    while not is_last:
        block = int.from_bytes(view[position : position + 3], "little")
        if position + 3 > len(view):
            raise DecompressionFailed("the zstd data ends too early")
        is_last, kind, length = block & 1, block >> 1 & 3, block >> 3
        position += 3 + (1 if kind == 1 else length)
        unpacked_max += _ZSTD_BLOCK_BYTES_MAX if kind == 2 else length
    position += 4 if descriptor & 4 else 0
    if position > len(view):
        raise DecompressionFailed("the zstd data ends too early")
    return position, unpacked_max


def _zstd_unpacked_max(view: memoryview) -> int:
    """The most that zstd data can unpack to, known from its block headers without unpacking anything."""
    position = 0
    unpacked_max = 0
    while position < len(view):
        if position + 8 > len(view):
            raise DecompressionFailed("the zstd data ends too early")
        (magic,) = _UINT32_LE.unpack_from(view, position)
        if magic in _ZSTD_SKIPPABLE_MAGICS:
            position += 8 + _UINT32_LE.unpack_from(view, position + 4)[0]
        elif magic == _ZSTD_MAGIC:
            position, frame_max = _zstd_block_end(view, position)
            unpacked_max += frame_max
        else:
            raise DecompressionFailed(f"{magic:#x} begins no zstd frame")
    return unpacked_max


def _unzstd(data: Buffer, bytes_max: int) -> bytearray:
    import cramjam

    view = memoryview(data)
    if not view:
        raise DecompressionFailed("there is no zstd data at all")
    unpacked_max = _zstd_unpacked_max(view)
    unpacked = bytearray(min(unpacked_max, bytes_max) + 1)
    try:
        length = cramjam.zstd.decompress_into(view, unpacked)
    except cramjam.DecompressionError as error:
        raise (_too_large(bytes_max) if unpacked_max > bytes_max else DecompressionFailed(str(error))) from error
    if length > bytes_max:
        raise _too_large(bytes_max)
    del unpacked[length:]
    return unpacked
