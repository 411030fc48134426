"""Compression of record batches: five codecs, each bounded when it unpacks.

What a broker meets on Produce is hostile until proven otherwise, so `decompress` never holds more than the caller's
bound: a bomb ends with `DecompressionFailed`, as does anything that cannot be unpacked. What is accepted follows the
streams of the reference (`GzipCompression`, `SnappyInputStream`, `Lz4BlockInputStream`, `ZstdInputStream`):

- gzip: several members in a row; what follows the last one and is no member is ignored;
- snappy: the framing of the xerial library, or one raw block without framing; google's framing is not understood;
- lz4: frames with independent blocks only, header and block checksums verified, content checksum ignored; what follows
  the end mark is ignored;
- zstd: several frames in a row, and nothing else behind them.

The native library (cramjam) is loaded on first use of a codec that needs it.
"""

from __future__ import annotations

from struct import Struct

from kafkawire.records.batch import Buffer, Compression

SNAPPY_BLOCK_BYTES = 32 * 1024
LZ4_LEVEL_FAST = 9
"""Kafka's default level means the fast method, and no level of the other."""
LZ4_LEVEL_MAX = 12
"""The library knows no higher ones; the reference takes up to 17."""
LZ4_BLOCK_BYTES = 64 * 1024
DEFAULT_LEVELS = {Compression.GZIP: 6, Compression.ZSTD: 3}

_XERIAL_MAGIC = b"\x82SNAPPY\x00"
_XERIAL_VERSION_MIN = 1
"""Looked at in headers that follow blocks only: the reference takes the first as it comes."""
_XERIAL_HEADER = _XERIAL_MAGIC + b"\x00\x00\x00\x01\x00\x00\x00\x01"
_LZ4_MAGIC = b"\x04\x22\x4d\x18"
_LZ4_HEADER = _LZ4_MAGIC + b"\x60\x40\x82"
"""Version 1, independent blocks of up to 64 KiB, no checksums; the last byte is the checksum of the two
before it.
"""
_LZ4_STORED = 0x80000000
_LZ4_CONTENT_CHECKSUM = 0x04
_LZ4_CONTENT_SIZE = 0x08
_GZIP_MEMBER_BYTES_MIN = 18
_GZIP_PIECE_BYTES = 64 * 1024
_GZIP_TRAILER = Struct("<II")
_ZSTD_MAGIC = 0xFD2FB528
_ZSTD_SKIPPABLE_MAGICS = range(0x184D2A50, 0x184D2A60)
_ZSTD_BLOCK_BYTES_MAX = 128 * 1024

_UINT32_LE = Struct("<I")
_INT32_BE = Struct(">i")


class DecompressionFailed(ValueError):
    """The data cannot be unpacked, or not within the bound.

    `unpacked` is what came out before: the reference, which unpacks as it reads, may find other defects in there first.
    From gzip and zstd data that are damaged, rather than cut off, nothing comes out of the frame or member concerned.
    """

    unpacked: bytes | bytearray = b""


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
    default, which for lz4 is the fast method and no level of the other; snappy has none.
    """
    if codec is Compression.NONE:
        return bytes(data)
    if codec is Compression.GZIP:
        import zlib

        packer = zlib.compressobj(DEFAULT_LEVELS[codec] if level is None else level, zlib.DEFLATED, 31)
        return packer.compress(data) + packer.flush()
    if codec is Compression.SNAPPY:
        return _snappy(data)
    if codec is Compression.LZ4:
        return _lz4(data, level)
    import cramjam

    return bytes(cramjam.zstd.compress(data, DEFAULT_LEVELS[Compression.ZSTD] if level is None else level))


def _too_large(bytes_max: int) -> DecompressionFailed:
    return DecompressionFailed(f"the records take more than the permitted {bytes_max} bytes when unpacked")


def _gunzip(data: Buffer, bytes_max: int) -> bytearray:
    import zlib

    packed = bytes(data)
    view = memoryview(packed)
    begin = _gzip_header_end(packed, 0)
    if begin is None:
        raise DecompressionFailed("this is no gzip data")
    unpacked = bytearray()
    while begin is not None:
        # zlib would refuse header flags that the reference ignores: it sees the member without header and trailer.
        inflater = zlib.decompressobj(-15)
        checksum, length = 0, 0
        # What follows the member comes back as a copy, so members are fed piece by piece: many small ones take linear time.
        position = begin
        while not inflater.eof and position < len(packed):
            piece = view[position : position + _GZIP_PIECE_BYTES]
            position += len(piece)
            try:
                part = inflater.decompress(piece, bytes_max - len(unpacked) + 1)
            except zlib.error as error:
                raise _failed_after(unpacked[: len(unpacked) - length], str(error)) from error
            unpacked += part
            checksum = zlib.crc32(part, checksum)
            length += len(part)
            if len(unpacked) > bytes_max:
                raise _too_large(bytes_max)
        position -= len(inflater.unused_data)
        if not inflater.eof or len(packed) - position < _GZIP_TRAILER.size:
            raise _failed_after(unpacked, "the gzip data ends too early")
        if _GZIP_TRAILER.unpack_from(packed, position) != (checksum, length & 0xFFFFFFFF):
            raise _failed_after(unpacked, "the gzip data is not what its checksum says")
        position += _GZIP_TRAILER.size
        begin = _gzip_header_end(packed, position) if len(packed) - position > _GZIP_MEMBER_BYTES_MIN else None
    return unpacked


def _gzip_header_end(data: bytes, start: int) -> int | None:
    """Where the deflated data of the gzip member at ``start`` begin (RFC 1952); None if there is no such header."""
    import zlib

    if len(data) - start < 10 or data[start : start + 3] != b"\x1f\x8b\x08":
        return None
    flags = data[start + 3]
    position = start + 10
    if flags & 0x04:
        position += 2 + int.from_bytes(data[position : position + 2], "little")
    for flag in (0x08, 0x10):
        if flags & flag:
            position = data.find(b"\0", position) + 1
            if not position:
                return None
    if flags & 0x02:
        position += 2
        if data[position - 2 : position] != (zlib.crc32(data[start : position - 2]) & 0xFFFF).to_bytes(2, "little"):
            return None
    return position if position <= len(data) else None


def _failed_after(unpacked: bytes | bytearray, reason: str) -> DecompressionFailed:
    failure = DecompressionFailed(reason)
    failure.unpacked = unpacked
    return failure


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
    position = len(_XERIAL_HEADER)
    while position + 4 <= len(view):
        if view[position : position + 8] == _XERIAL_MAGIC:
            if position + len(_XERIAL_HEADER) > len(view):
                raise _failed_after(unpacked, "a snappy stream header is cut off")
            if _INT32_BE.unpack_from(view, position + 8)[0] < _XERIAL_VERSION_MIN:
                raise _failed_after(unpacked, "a later snappy header names version 0")
            position += len(_XERIAL_HEADER)
            continue
        (length,) = _INT32_BE.unpack_from(view, position)
        position += 4
        if length < 0 or position + length > len(view):
            raise _failed_after(unpacked, f"a snappy block of {length} bytes is not there")
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
        raise _failed_after(unpacked, str(error)) from error


def _lz4(data: Buffer, level: int | None) -> bytes:
    import cramjam

    view = memoryview(data)
    parts = [_LZ4_HEADER]
    for start in range(0, len(view), LZ4_BLOCK_BYTES):
        block = view[start : start + LZ4_BLOCK_BYTES]
        if level is None or level == LZ4_LEVEL_FAST:
            packed = bytes(cramjam.lz4.compress_block(block, store_size=False))
        else:
            packed = _block_of(bytes(cramjam.lz4.compress(block, level=min(level, LZ4_LEVEL_MAX))))
        if len(packed) < len(block):
            parts += (_UINT32_LE.pack(len(packed)), packed)
        else:
            parts += (_UINT32_LE.pack(len(block) | _LZ4_STORED), bytes(block))
    parts.append(b"\x00\x00\x00\x00")
    return b"".join(parts)


def _block_of(frame: bytes) -> bytes:
    """The one block of a frame of 64 KiB: the library has levels for frames only. Stored, it is as long as it was."""
    start = 15 if frame[4] & _LZ4_CONTENT_SIZE else 7
    (size,) = _UINT32_LE.unpack_from(frame, start)
    start += _UINT32_LE.size
    return frame[start : start + (size & ~_LZ4_STORED)]


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
    end = 14 if flags & _LZ4_CONTENT_SIZE else 6
    if len(view) <= end:
        raise DecompressionFailed("the lz4 frame header is cut off")
    if view[end] != xxh32_short(view[4:end]) >> 8 & 0xFF:
        raise DecompressionFailed("the checksum of the lz4 frame header is wrong")
    return end + 1, 1 << (2 * (descriptor >> 4) + 8), bool(flags & 0x10)


def _unlz4(data: Buffer, bytes_max: int) -> bytearray:
    import cramjam

    view = memoryview(data)
    blocks_begin, block_bytes_max, has_checksums = _lz4_frame_header(view)
    position = blocks_begin
    unpacked = bytearray()
    scratch = memoryview(bytearray(block_bytes_max))
    while True:
        if position + 4 > len(view):
            raise _failed_after(unpacked, "the lz4 frame has no end mark")
        (length,) = _UINT32_LE.unpack_from(view, position)
        position += 4
        is_stored = length & _LZ4_STORED
        length &= ~_LZ4_STORED
        if not length:
            # A content checksum is not verified by the reference either; it only has to be there.
            if view[4] & _LZ4_CONTENT_CHECKSUM and position + 4 > len(view):
                raise _failed_after(unpacked, "the lz4 content checksum is missing")
            if has_checksums:
                _verify_lz4_blocks(view[:4], view[4], view[5], view[blocks_begin:position], len(unpacked))
            return unpacked
        if length > block_bytes_max or position + length > len(view):
            raise _failed_after(unpacked, f"an lz4 block of {length} bytes is too large or cut off")
        block = view[position : position + length]
        position += length + (4 if has_checksums else 0)
        if not is_stored:
            try:
                block = scratch[: cramjam.lz4.decompress_block_into(block, scratch, output_len=block_bytes_max)]
            except cramjam.DecompressionError as error:
                raise _failed_after(unpacked, str(error)) from error
        if len(unpacked) + len(block) > bytes_max:
            raise _too_large(bytes_max)
        unpacked += block


def _verify_lz4_blocks(magic: memoryview, flags: int, descriptor: int, blocks: memoryview, length: int) -> None:
    """Let the library, which knows their checksums, unpack blocks once more that have been found to be within the bound."""
    import cramjam

    plain = bytes((flags & ~(_LZ4_CONTENT_CHECKSUM | _LZ4_CONTENT_SIZE), descriptor))
    frame = b"".join((magic, plain, bytes((xxh32_short(memoryview(plain)) >> 8 & 0xFF,)), blocks))
    try:
        cramjam.lz4.decompress_into(frame, bytearray(length + 1))
    except cramjam.DecompressionError as error:
        raise DecompressionFailed(str(error)) from error


def xxh32_short(data: memoryview) -> int:
    """xxHash (32 bits, seed 0) of fewer than 16 bytes: what the checksum of an lz4 frame header is taken from (its second byte)."""
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
        # Of all codecs, only the reference's zstd stream takes no data for data that hold nothing.
        return bytearray()
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
