"""Compression: what comes out is what went in, and never more than the bound lets out."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import zlib
from struct import pack

import cramjam
import pytest

from kafkawire.records.batch import Compression
from kafkawire.records.compression import (
    LZ4_BLOCK_BYTES,
    SNAPPY_BLOCK_BYTES,
    DecompressionFailed,
    UnknownCodec,
    compress,
    decompress,
    xxh32_short,
)

CODECS = list(Compression)
SAMPLES = [
    b"",
    b"a",
    b"abc" * 100_000,
    bytes(range(256)) * 700,
    # Blocks that cannot be made smaller are stored as they are.
    cramjam.zstd.compress(
        b"".join(pack(">Q", number * 0x9E3779B97F4A7C15 % (1 << 64)) for number in range(20_000))
    ).read(),
    bytes(LZ4_BLOCK_BYTES),
    bytes(LZ4_BLOCK_BYTES + 1),
    bytes(SNAPPY_BLOCK_BYTES - 1),
]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("sample", range(len(SAMPLES)))
def test_data_come_back_within_a_bound_that_just_fits(codec: Compression, sample: int) -> None:
    data = SAMPLES[sample]
    packed = compress(codec, data)
    assert decompress(codec, packed, len(data)) == data
    assert decompress(codec, memoryview(packed), len(data) + 1) == data
    if data:
        with pytest.raises(DecompressionFailed, match=str(len(data) - 1)):
            decompress(codec, packed, len(data) - 1)


@pytest.mark.parametrize("codec", [5, 6, 7])
def test_unknown_codec_is_refused(codec: int) -> None:
    with pytest.raises(UnknownCodec, match=str(codec)):
        decompress(codec, b"x", 100)


@pytest.mark.parametrize(
    ("codec", "levels"),
    [(Compression.GZIP, (1, 9)), (Compression.LZ4, (9, 12)), (Compression.LZ4, (3, 17)), (Compression.ZSTD, (1, 19))],
)
def test_level_is_used(codec: Compression, levels: tuple[int, int]) -> None:
    data = b"".join(b"%d:%d;" % (number, number * 7919 % 1013) for number in range(20_000))
    fast, small = (compress(codec, data, level) for level in levels)
    assert len(small) < len(fast)
    assert decompress(codec, small, len(data)) == decompress(codec, fast, len(data)) == data


@pytest.mark.parametrize("codec", [codec for codec in CODECS if codec is not Compression.NONE])
def test_every_cut_of_the_data_is_an_error_or_a_beginning(codec: Compression) -> None:
    data = bytes(range(256)) * 20
    packed = compress(codec, data)
    for end in range(len(packed)):
        try:
            part = decompress(codec, packed[:end], 1 << 20)
        except DecompressionFailed as failure:
            assert data.startswith(bytes(failure.unpacked))
        else:
            assert data.startswith(bytes(part))
            assert codec in (Compression.SNAPPY, Compression.ZSTD)
            assert len(part) < len(data)


def test_many_small_gzip_members_take_linear_time() -> None:
    """Each used to copy all that came before it: 175 kilobytes kept a broker busy for ten seconds."""
    member = compress(Compression.GZIP, bytes(2000))
    begun_s = time.process_time()
    assert decompress(Compression.GZIP, member * 5000, 1 << 24) == bytes(10_000_000)
    assert time.process_time() - begun_s < 3


def test_gzip_member_after_one_of_many_pieces() -> None:
    data = random.Random(1).randbytes(200_000)
    packed = compress(Compression.GZIP, data) + compress(Compression.GZIP, b"and more")
    assert decompress(Compression.GZIP, packed, 1 << 20) == data + b"and more"


def gzip_member_with_every_header_field(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    header = b"\x1f\x8b\x08\x1e" + bytes(6) + pack("<H", 300) + b"\0x" * 150 + b"name\0" + b"comment\0"
    header += pack("<H", zlib.crc32(header) & 0xFFFF)
    return header + packer.compress(data) + packer.flush() + pack("<II", zlib.crc32(data), len(data))


def test_gzip_headers_are_passed_over_wherever_the_member_stands() -> None:
    packed = gzip_member_with_every_header_field(b"first ") + gzip_member_with_every_header_field(b"second")
    assert decompress(Compression.GZIP, packed, 100) == b"first second"


def test_wrong_checksum_of_a_gzip_header_ends_the_data_before_it() -> None:
    member = bytearray(gzip_member_with_every_header_field(b"second"))
    member[4] ^= 1
    with pytest.raises(DecompressionFailed, match="no gzip data"):
        decompress(Compression.GZIP, member, 100)
    packed = gzip_member_with_every_header_field(b"first ") + member
    assert decompress(Compression.GZIP, packed, 100) == b"first "


def test_checksums_of_lz4_blocks_are_verified() -> None:
    block = b"stored"
    frame = b"\x04\x22\x4d\x18\x70\x40"
    frame += bytes((xxh32_short(memoryview(frame)[4:6]) >> 8 & 0xFF,))
    frame += pack("<I", len(block) | 1 << 31) + block
    right = pack("<I", xxh32_short(memoryview(block)))
    assert decompress(Compression.LZ4, frame + right + bytes(4), 100) == block
    with pytest.raises(DecompressionFailed):
        decompress(Compression.LZ4, frame + bytes(4) + bytes(4), 100)


def lz4_bomb() -> bytes:
    block = bytes(cramjam.lz4.compress_block(bytes(LZ4_BLOCK_BYTES), store_size=False))
    return compress(Compression.LZ4, b"")[:7] + (pack("<I", len(block)) + block) * 8192 + bytes(4)


def snappy_bomb() -> bytes:
    block = bytes(cramjam.snappy.compress_raw(bytes(65536)))
    return compress(Compression.SNAPPY, b"x")[:16] + (pack(">i", len(block)) + block) * 8192


def gzip_bomb() -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join([packer.compress(bytes(1 << 20)) for _ in range(512)]) + packer.flush()


def zstd_bomb() -> bytes:
    # Blocks that say: this byte, 128 KiB times.
    blocks = [(128 * 1024 << 3 | 1 << 1 | (number == 4095)).to_bytes(3, "little") + b"x" for number in range(4096)]
    return pack("<IBB", 0xFD2FB528, 0, 0x38) + b"".join(blocks)


def many_zstd_frames() -> bytes:
    return bytes(cramjam.zstd.compress(bytes(128 * 1024))) * 4096


BOMBS = {
    "gzip": (Compression.GZIP, gzip_bomb),
    "snappy": (Compression.SNAPPY, snappy_bomb),
    "snappy that claims": (Compression.SNAPPY, lambda: b"\xff\xff\xff\xff\x0f" + b"\x00a" * 50),
    "lz4": (Compression.LZ4, lz4_bomb),
    "zstd": (Compression.ZSTD, zstd_bomb),
    "zstd in many frames": (Compression.ZSTD, many_zstd_frames),
}

IN_LITTLE_MEMORY = """
import resource, sys
from kafkawire.records.compression import DecompressionFailed, decompress
import cramjam, zlib
codec, bomb = int(sys.argv[1]), sys.stdin.buffer.read()
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + len(bomb) * 2 + (32 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    decompress(codec, bomb, 1 << 20)
except DecompressionFailed as failure:
    print(failure)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits the address space")
@pytest.mark.parametrize("name", BOMBS)
def test_bomb_of_half_a_gigabyte_goes_off_in_32_megabytes(name: str) -> None:
    codec, make = BOMBS[name]
    ended = subprocess.run(
        [sys.executable, "-c", IN_LITTLE_MEMORY, str(int(codec))],
        input=make(),
        capture_output=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert b"1048576" in ended.stdout


def test_lz4_frames_have_independent_blocks() -> None:
    packed = compress(Compression.LZ4, b"abc" * 100_000)
    assert packed[4] & 0x20
    assert bytes(cramjam.lz4.decompress(packed)) == b"abc" * 100_000


def test_snappy_blocks_are_those_of_the_reference_s_producer() -> None:
    packed = compress(Compression.SNAPPY, bytes(SNAPPY_BLOCK_BYTES * 2))
    assert packed.startswith(b"\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01")
    first = int.from_bytes(packed[16:20], "big")
    assert cramjam.snappy.decompress_raw_len(packed[20 : 20 + first]) == SNAPPY_BLOCK_BYTES
