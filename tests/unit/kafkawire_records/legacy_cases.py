"""Message sets, good and bad, that the reference's own classes were asked about: lines as `LegacyOracle.java` reads them.

B magic codec timestamp-type base-offset log-append-time offset,timestamp,key,value ...
R message-set
V message-set is-compacted timestamp-type now
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from zlib import crc32

import cramjam

from kafkawire.records.batch import Compression, TimestampType
from kafkawire.records.compression import compress
from kafkawire.records.legacy.builder import build_message_set
from kafkawire.records.legacy.message import encode_message
from kafkawire.records.legacy.wrapping import wrap
from kafkawire.records.record import Record

NOW_MS = 1_700_000_000_000
CODECS = list(Compression)[:4]
RECORDS = [
    Record(b"key", b"value" * 20, (), NOW_MS, 40),
    Record(None, b"", (), NOW_MS + 5, 41),
    Record(b"", None, (), -1, 44),
    Record(None, None, (), NOW_MS - 9, 45),
]
TYPES = {"CreateTime": TimestampType.CREATE_TIME, "LogAppendTime": TimestampType.LOG_APPEND_TIME}


APPEND_TIME_SETS = (
    "wrapper with append time",
    "plain with append time",
    "inner with append time",
    "wrapper with append time but no time",
    "plain with append time but no time",
)


def text(data: bytes | None) -> str:
    return "-" if data is None else data.hex()


def build_lines() -> Iterator[str]:
    records = " ".join(f"{r.offset},{r.timestamp_ms},{text(r.key)},{text(r.value)}" for r in RECORDS)
    for magic in (0, 1):
        for codec in CODECS:
            for name in TYPES:
                yield f"B {magic} {int(codec)} {name} 38 {NOW_MS + 77} {records}"
    yield "B 1 4 CreateTime 0 -1 0,5,-,-"


def good_sets() -> Iterator[bytes]:
    for magic in (0, 1):
        for codec in CODECS:
            for timestamp_type in types_of(magic):
                yield build_message_set(
                    RECORDS,
                    magic=magic,
                    base_offset=38,
                    compression=codec,
                    timestamp_type=timestamp_type,
                    log_append_time_ms=NOW_MS + 77,
                )


def types_of(magic: int) -> list[TimestampType]:
    return list(TimestampType)[: magic + 1]


def wrapped(
    inner: bytes, *, magic: int = 1, offset: int = 50, codec: Compression = Compression.GZIP, attributes: int = 0
) -> bytes:
    value = wrap(magic, codec, inner)
    return encode_message(magic, offset, None, value, timestamp_ms=NOW_MS, attributes=attributes | codec)


def bad_crc(message: bytes) -> bytes:
    return message[:12] + bytes((message[12] ^ 1,)) + message[13:]


def plain(magic: int, offset: int, key: bytes | None = b"k", timestamp_ms: int = NOW_MS, attributes: int = 0) -> bytes:
    return encode_message(magic, offset, key, b"v", timestamp_ms=timestamp_ms, attributes=attributes)


def odd_sets() -> dict[str, bytes]:
    one, two = plain(1, 0), plain(1, 1)
    return {
        "empty": b"",
        "cut to 11": one[:11],
        "cut to 16": one[:16],
        "cut in the second": one + two[:-1],
        "length 13": one + two[:8] + b"\0\0\0\x0d" + two[12:],
        "magic 3": one[:16] + b"\x03" + one[17:],
        "wrong CRC": bad_crc(one),
        "two plain of both magics": plain(0, 0) + two,
        "wrapper then plain": wrapped(one) + two,
        "two wrappers": wrapped(one) + wrapped(two, offset=51),
        "wrapper of offset 0": wrapped(one + two, offset=0),
        "wrapper before its last": wrapped(plain(1, 9), offset=5),
        "wrapper of nothing": wrapped(b""),
        "wrapper without value": encode_message(1, 3, None, None, timestamp_ms=1, attributes=1),
        "wrapper with a key": encode_message(
            1, 3, b"key", wrap(1, Compression.GZIP, one), timestamp_ms=1, attributes=1
        ),
        "wrapper with a tail": wrapped(one + two[:-3]),
        "wrapper with a tail of 13 bytes": wrapped(one + two[:13]),
        "wrapper with a short length": wrapped(one + bytes(12)),
        "inner wrong CRC": wrapped(one + bad_crc(two)),
        "wrapper wrong CRC": bad_crc(wrapped(one + two)),
        "inner of magic 0 in 1": wrapped(plain(0, 0) + two),
        "inner of magic 1 in 0": wrapped(two, magic=0),
        "wrapper in a wrapper": wrapped(wrapped(one)),
        "inner says it is compressed": wrapped(plain(1, 0, attributes=2)),
        "inner offsets with gaps": wrapped(plain(1, 0) + plain(1, 4)),
        "inner offsets that fall": wrapped(plain(1, 4) + plain(1, 0)),
        "negative offsets": wrapped(plain(1, -9), offset=-8),
        "wrapper with append time but no time": encode_message(
            1, 3, None, wrap(1, Compression.GZIP, one), timestamp_ms=-1, attributes=9
        ),
        "plain with append time but no time": plain(1, 4, timestamp_ms=-1, attributes=8),
        "key of -2 without bytes": _patched(plain(1, 0, b""), 26, b"\xff\xff\xff\xfe"),
        "wrapper with append time": wrapped(one + two, attributes=8),
        "plain with append time": plain(1, 4, attributes=8),
        "inner with append time": wrapped(plain(1, 0, attributes=8)),
        "zstd": encode_message(1, 3, None, compress(Compression.ZSTD, one), timestamp_ms=1, attributes=4),
        "codec 5": encode_message(1, 3, None, b"x", timestamp_ms=1, attributes=5),
        **oddly_packed_sets(),
        **oddly_filled_sets(),
    }


def oddly_packed_sets() -> dict[str, bytes]:
    one, old = plain(1, 0), plain(0, 7)
    lz4_right = compress(Compression.LZ4, old)
    lz4_junk = lz4_right[:6] + b"\x00" + lz4_right[7:]
    return {
        "lz4 magic 0 with the right checksum": encode_message(0, 7, None, lz4_right, attributes=3),
        "lz4 magic 0 with any checksum": encode_message(0, 7, None, lz4_junk, attributes=3),
        "lz4 magic 1 with the broken checksum": encode_message(
            1, 7, None, wrap(0, Compression.LZ4, one), timestamp_ms=1, attributes=3
        ),
        "raw snappy": encode_message(1, 7, None, _raw_snappy(one), timestamp_ms=1, attributes=2),
    }


def oddly_filled_sets() -> dict[str, bytes]:
    one, two = plain(1, 0), plain(1, 1)
    return {
        "key of -2": _patched(one, 26, b"\xff\xff\xff\xfe"),
        "key beyond": _patched(one, 26, b"\0\0\0\x60"),
        "value of -7": _patched(one, 31, b"\xff\xff\xff\xf9"),
        "value beyond": _patched(one, 31, b"\0\0\0\x02"),
        "a value shorter than its place": _patched(one, 31, b"\0\0\0\0"),
        "14 bytes of magic 1": one[:11] + b"\x0e" + one[12:26],
        "no key": plain(1, 0, None) + plain(1, 1) + plain(1, 2, None),
        "no key, wrapped": wrapped(plain(1, 0, None) + plain(1, 1)),
        "far future": plain(1, 0, b"k", NOW_MS + 3_600_001) + two,
        "far future, wrapped": wrapped(plain(1, 0, b"k", NOW_MS + 3_600_001) + two),
        "without timestamp": plain(1, 0, b"k", -1),
        "timestamp -2": plain(1, 0, b"k", -2),
        "magic 0": plain(0, 0) + plain(0, 1),
        "magic 0 wrapped": wrapped(plain(0, 0) + plain(0, 1), magic=0),
    }


def _patched(message: bytes, position: int, data: bytes) -> bytes:
    """The message with some bytes changed and its CRC put right."""
    changed = message[:position] + data + message[position + len(data) :]
    return changed[:12] + crc32(changed[16:]).to_bytes(4, "big") + changed[16:]


def _raw_snappy(data: bytes) -> bytes:

    return bytes(cramjam.snappy.compress_raw(data))


def mutated_sets(count: int = 250) -> Iterator[bytes]:
    """Plain sets, and wrappers around such, with some bytes changed, put in, taken out, or cut off."""
    chance = random.Random(4)
    sources: list[Callable[[bytes], bytes]] = [
        lambda inner: inner,
        lambda inner: wrapped(inner, codec=chance.choice(CODECS[1:])),
        lambda inner: wrapped(inner, magic=0, codec=chance.choice(CODECS[1:])),
    ]
    for _ in range(count):
        magic = chance.randrange(2)
        data = bytearray(b"".join(plain(magic, number, bytes(chance.randrange(3))) for number in range(3)))
        for _ in range(chance.randint(1, 2)):
            position = chance.randrange(len(data))
            kind = chance.randrange(4)
            if kind < 2:
                data[position] = chance.choice((0, 1, 2, 13, 14, 22, 127, 128, 255, chance.randrange(256)))
            elif kind == 2:
                del data[position : position + chance.randint(1, 5)]
            else:
                data[position:position] = chance.randbytes(chance.randint(1, 5))
        yield chance.choice(sources)(bytes(data))


def read_lines() -> Iterator[str]:
    for message_set in (*good_sets(), *odd_sets().values(), *mutated_sets()):
        if message_set:
            yield f"R {message_set.hex()}"


def validate_lines() -> Iterator[str]:
    for message_set in (*good_sets(), *odd_sets().values(), *mutated_sets(60)):
        if message_set:
            yield f"V {message_set.hex()} 0 CreateTime {NOW_MS}"
    for name in ("no key", "no key, wrapped", "far future", "magic 0", "magic 0 wrapped", *APPEND_TIME_SETS):
        message_set = odd_sets()[name]
        for is_compacted in (0, 1):
            for timestamp_type in TYPES:
                yield f"V {message_set.hex()} {is_compacted} {timestamp_type} {NOW_MS}"
