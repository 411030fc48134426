"""Payloads for Produce, good and bad, whose answers by Apache Kafka 4.3.1 are in `produce_answers.json`."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from struct import pack

import attrs
import cramjam
from google_crc32c import value as crc32c

from kafkawire.records.batch import Compression
from kafkawire.records.compression import compress
from kafkawire.records.varint import encode_varint, encode_varlong

#: Kind of topic -> its configuration on the broker that was asked.
TOPICS: dict[str, dict[str, str]] = {
    "plain": {},
    "compacted": {"cleanup.policy": "compact"},
    "append-time": {"message.timestamp.type": "LogAppendTime"},
    "recent": {"message.timestamp.before.max.ms": "100000", "message.timestamp.after.max.ms": "50000"},
    "recent-compacted": {"message.timestamp.before.max.ms": "100000", "cleanup.policy": "compact"},
    "small": {"max.message.bytes": "500"},
    "small-uncompressed": {"max.message.bytes": "500", "compression.type": "uncompressed"},
    "gzip": {"compression.type": "gzip"},
    "snappy": {"compression.type": "snappy"},
    "lz4": {"compression.type": "lz4"},
    "zstd": {"compression.type": "zstd"},
    "uncompressed": {"compression.type": "uncompressed"},
    "gzip-append-time": {"compression.type": "gzip", "message.timestamp.type": "LogAppendTime"},
    "gzip-compacted": {"compression.type": "gzip", "cleanup.policy": "compact"},
}


@attrs.frozen
class Case:
    """One payload, the kind of topic it goes to, and the version of Produce it goes with."""

    name: str
    payload: bytes
    topic: str = "plain"
    version: int = 8


def record(
    timestamp_delta: int = 0,
    offset_delta: int = 0,
    key: bytes | None = b"k",
    value: bytes | None = b"v",
    headers: bytes = b"\x00",
    *,
    length: bytes | None = None,
    key_part: bytes | None = None,
    value_part: bytes | None = None,
    timestamp_part: bytes | None = None,
    offset_part: bytes | None = None,
    attributes: int = 0,
    tail: bytes = b"",
) -> bytes:
    """One record; every part can be given as raw bytes instead."""

    def part(data: bytes | None) -> bytes:
        return encode_varint(-1) if data is None else encode_varint(len(data)) + data

    body = (
        bytes((attributes,))
        + (encode_varlong(timestamp_delta) if timestamp_part is None else timestamp_part)
        + (encode_varint(offset_delta) if offset_part is None else offset_part)
        + (part(key) if key_part is None else key_part)
        + (part(value) if value_part is None else value_part)
        + headers
        + tail
    )
    return (encode_varint(len(body)) if length is None else length) + body


def batch(
    body: bytes,
    count: int = 1,
    *,
    codec: int = 0,
    base_offset: int = 0,
    length: int | None = None,
    leader_epoch: int = -1,
    magic: int = 2,
    crc: int | None = None,
    attributes: int = 0,
    last_offset_delta: int | None = None,
    base_timestamp: int = 0,
    max_timestamp: int = 0,
    producer_id: int = -1,
    producer_epoch: int = -1,
    base_sequence: int = -1,
    packed: bytes | None = None,
) -> bytes:
    """One batch around the given records; every field can be wrong."""
    if packed is None:
        packed = compress(Compression(codec), body)
    checked = (
        pack(
            ">hiqqqhii",
            attributes | codec,
            count - 1 if last_offset_delta is None else last_offset_delta,
            base_timestamp,
            max_timestamp,
            producer_id,
            producer_epoch,
            base_sequence,
            count,
        )
        + packed
    )
    checksum = crc32c(checked) if crc is None else crc
    size = 9 + len(checked) if length is None else length
    return pack(">qiibI", base_offset, size, leader_epoch, magic, checksum) + checked


def short_batch(length: int, base_offset: int = 0) -> bytes:
    """A batch that is shorter than the header of one, with a correct checksum as far as that goes."""
    whole = batch(b"")
    checked = whole[21 : 12 + length]
    return pack(">qiibI", base_offset, length, -1, 2, crc32c(checked)) + checked


def legacy_batch(magic: int) -> bytes:
    """One message of magic 0 or 1, with its own checksum (CRC-32, not CRC-32C)."""
    body = pack(">bb", magic, 0) + (pack(">q", 1000) if magic else b"") + pack(">i1si1s", 1, b"k", 1, b"v")
    return pack(">qi", 0, 4 + len(body)) + pack(">I", zlib.crc32(body)) + body


def cases(now_ms: int) -> Iterator[Case]:
    """All cases; some speak of times around `now_ms`, the broker's clock."""
    yield from _whole_payloads()
    yield from _headers(now_ms)
    yield from _record_defects()
    yield from _codecs()
    yield from _topic_rules(now_ms)
    yield from _rewritten(now_ms)


def _whole_payloads() -> Iterator[Case]:
    good = batch(record())
    yield Case("good", good)
    yield Case("good in version 3", good, version=3)
    yield Case("empty payload", b"")
    yield Case("eleven bytes", good[:11])
    yield Case("sixteen bytes", good[:16])
    yield Case("cut off by one", good[:-1])
    yield Case("two batches", good + good)
    yield Case("two batches, the second broken", good + batch(record(), crc=1))
    for tail in (1, 11, 12, 16, 17, 61):
        yield Case(f"good and {tail} bytes of another", good + good[:tail])
    yield Case("good and zeros", good + bytes(30))
    yield Case("good and eleven zeros", good + bytes(11))
    yield Case("good and a partial of magic 3", good + batch(record(), magic=3)[:30])
    yield Case("good and a partial of magic 1", good + batch(record(), magic=1)[:30])
    yield Case("tail makes it larger than allowed", batch(record()) + good[:60], topic="small")
    for length in (-1, 0, 13):
        yield Case(f"batch length {length}", batch(record(), length=length))
    for length in (14, 15, 20, 25, 30, 38, 39, 40, 45, 48):
        yield Case(f"short batch of length {length}", short_batch(length))
    yield Case("short batch with base offset", short_batch(30, 5))
    for magic in (0, 1):
        yield Case(f"message of magic {magic}", legacy_batch(magic))
        yield Case(f"batch with magic {magic}", batch(record(), magic=magic))
    for magic in (3, 127, -1, -128):
        yield Case(f"batch with magic {magic}", batch(record(), magic=magic))
    for version in (3, 6, 7, 8):
        yield Case(f"zstd in version {version}", batch(record(), codec=4), version=version)
        yield Case(f"codec 5 in version {version}", batch(record(), codec=5, packed=record()), version=version)
    yield Case("zstd in version 6 with a second batch", batch(record(), codec=4) + good, version=6)


def _headers(now_ms: int) -> Iterator[Case]:
    good = batch(record())
    yield Case("wrong checksum", batch(record(), crc=0))
    yield Case("wrong checksum and base offset", batch(record(), crc=0, base_offset=1))
    yield Case("base offset 1", batch(record(), base_offset=1))
    yield Case("base offset -1", batch(record(), base_offset=-1))
    yield Case("leader epoch 0", batch(record(), leader_epoch=0))
    yield Case("leader epoch 77", batch(record(), leader_epoch=77))
    yield Case("too large", batch(record(value=bytes(500))), topic="small")
    yield Case("too large and wrong checksum", batch(record(value=bytes(500)), crc=1), topic="small")
    yield Case("too large and base offset", batch(record(value=bytes(500)), base_offset=1), topic="small")
    yield Case("exactly as large as allowed", batch(record(value=bytes(428))), topic="small")
    yield Case("one byte too large", batch(record(value=bytes(429))), topic="small")
    yield Case("control batch", batch(record(), attributes=0x20))
    yield Case("control batch, compressed", batch(record(), attributes=0x20, codec=1))
    yield Case("delete horizon bit", batch(record(), attributes=0x40))
    yield Case("undefined bits", batch(record(), attributes=0x7F80))
    yield Case("undefined bits and wrong largest timestamp", batch(record(), attributes=0x7F80, max_timestamp=5))
    yield Case("negative attributes", batch(record(), attributes=-0x8000))
    for count, last in ((0, -1), (0, 0), (-1, -2), (-1, 0), (1, 1), (1, -1), (2, 0), (1, 0x7FFFFFFF), (-5, 0x7FFFFFFF)):
        yield Case(f"count {count}, last offset delta {last}", batch(record(), count, last_offset_delta=last))
    yield Case("count larger than records", batch(record(), 2))
    yield Case("count larger than records, compressed", batch(record(), 2, codec=1))
    yield Case("count of two thousand million", batch(record(), 0x7FFFFFFF))
    yield Case("count smaller than records", batch(record() + record(offset_delta=1)))
    yield Case("count smaller than records, compressed", batch(record() + record(offset_delta=1), codec=2))
    yield Case("producer id without sequence", batch(record(), producer_id=7, producer_epoch=0))
    yield Case("producer id, sequence -2", batch(record(), producer_id=7, producer_epoch=0, base_sequence=-2))
    yield Case("negative producer id and sequence 5", batch(record(), producer_id=-2, base_sequence=5))
    yield Case("largest timestamp too small", batch(record(5), max_timestamp=1))
    yield Case("largest timestamp too large", batch(record(5), max_timestamp=1 << 50))
    yield Case("largest timestamp too large, compressed", batch(record(5), max_timestamp=1 << 50, codec=3))
    yield Case("all timestamps -1", batch(record(), base_timestamp=-1, max_timestamp=-1))
    yield Case("timestamps below -1", batch(record(-10), max_timestamp=0))
    yield Case("timestamps below -1, compressed", batch(record(-10), max_timestamp=0, codec=1))
    yield Case("smallest timestamp", batch(record(), base_timestamp=-1 << 63, max_timestamp=-1))
    yield Case("timestamp wraps", batch(record(1), base_timestamp=(1 << 63) - 1, max_timestamp=0))
    yield Case("timestamps go back", batch(record(50) + record(20, 1) + record(30, 2), 3, base_timestamp=now_ms - 500))
    for topic in ("plain", "append-time", "gzip", "gzip-append-time"):
        for stamp in (-1, 1000, now_ms + 4_000_000):
            named = "now + 4000 s" if stamp > 1000 else str(stamp)
            payload = batch(record() + record(1, 1, None), 2, attributes=8, max_timestamp=stamp)
            yield Case(f"log append time {named} from a client to {topic}", payload, topic)
            payload = batch(record() + record(1, 1, None), 2, attributes=8, max_timestamp=stamp, codec=1)
            yield Case(f"log append time {named} from a client to {topic}, compressed", payload, topic)
    yield Case("good, again", good)


_HEADER = encode_varint(1) + encode_varint(1) + b"h" + encode_varint(1) + b"x"
#: What can be wrong or unusual with one record -> that record, given its place in the batch.
RECORD_DEFECTS: dict[str, Callable[[int], bytes]] = {
    "headers": lambda i: record(0, i, headers=_HEADER),
    "header with null value": lambda i: record(0, i, headers=b"\x02\x02h\x01"),
    "header with null name": lambda i: record(0, i, headers=b"\x02\x01\x02x"),
    "header with empty name": lambda i: record(0, i, headers=b"\x02\x00\x00"),
    "header name not utf-8": lambda i: record(0, i, headers=b"\x02\x04\xff\xfe\x00"),
    "header value cut off": lambda i: record(0, i, headers=b"\x02\x02h\x10"),
    "header name length -2": lambda i: record(0, i, headers=b"\x02\x03\x00"),
    "header value length -2": lambda i: record(0, i, headers=b"\x02\x02h\x03"),
    "negative header count": lambda i: record(0, i, headers=b"\x01"),
    "too many headers": lambda i: record(0, i, headers=b"\xfe\xff\xff\xff\x0f"),
    "header count too long": lambda i: record(0, i, headers=b"\x80\x80\x80\x80\x80\x00"),
    "trailing byte inside": lambda i: record(0, i, tail=b"\x00"),
    "trailing bytes inside": lambda i: record(0, i, tail=b"abcdefgh"),
    "trailing byte outside": lambda i: record(0, i) + b"\x00",
    "length one too small": lambda i: record(0, i, length=b"\x0e"),
    "length one too large": lambda i: record(0, i, length=b"\x12"),
    "length 0": lambda i: record(0, i, length=b"\x00"),
    "length -1": lambda i: record(0, i, length=b"\x01"),
    "length -100": lambda i: record(0, i, length=encode_varint(-100)),
    "length beyond the end": lambda i: record(0, i, length=encode_varint(1000)),
    "length of a thousand million": lambda i: record(0, i, length=encode_varint(1 << 30)),
    "length not minimal": lambda i: record(0, i, length=b"\x90\x80\x00"),
    "length in five bytes": lambda i: record(0, i, length=b"\x90\x80\x80\x80\x00"),
    "length with bits beyond 32": lambda i: record(0, i, length=b"\x90\x80\x80\x80\x70"),
    "length in six bytes": lambda i: record(0, i, length=b"\x90\x80\x80\x80\x80\x00"),
    "key null": lambda i: record(0, i, None),
    "value null": lambda i: record(0, i, value=None),
    "key empty": lambda i: record(0, i, b""),
    "key length -2": lambda i: record(0, i, key_part=b"\x03"),
    "key length beyond the end": lambda i: record(0, i, key_part=b"\xe8\x07k"),
    "key length of two thousand million": lambda i: record(0, i, key_part=b"\xfe\xff\xff\xff\x0fk"),
    "key length too long": lambda i: record(0, i, key_part=b"\x82\x80\x80\x80\x80\x00k"),
    "key length not minimal": lambda i: record(0, i, key_part=b"\x82\x80\x00k"),
    "value length -2": lambda i: record(0, i, value_part=b"\x03"),
    "value length beyond the end": lambda i: record(0, i, value_part=b"\xe8\x07v"),
    "value length too long": lambda i: record(0, i, value_part=b"\x82\x80\x80\x80\x80\x00v"),
    "timestamp not minimal": lambda i: record(0, i, timestamp_part=b"\x80\x00"),
    "timestamp in ten bytes": lambda i: record(0, i, timestamp_part=b"\x80" * 9 + b"\x00"),
    "timestamp in ten bytes with bits beyond 64": lambda i: record(0, i, timestamp_part=b"\x80" * 9 + b"\x7e"),
    "timestamp in eleven bytes": lambda i: record(0, i, timestamp_part=b"\x80" * 10 + b"\x00"),
    "offset in five bytes": lambda i: record(offset_part=bytes((2 * i + 0x80,)) + b"\x80\x80\x80\x00"),
    "offset in six bytes": lambda i: record(offset_part=bytes((2 * i + 0x80,)) + b"\x80\x80\x80\x80\x00"),
    "offset too large": lambda i: record(0, i + 5),
    "offset negative": lambda i: record(0, -1),
    "offset and key cut off": lambda i: b"\x04\x00\x00",
    "only a length": lambda i: b"\x10",
    "half a length": lambda i: b"\x90",
    "attributes 255": lambda i: record(0, i, attributes=255),
}


def _record_defects() -> Iterator[Case]:
    for name, make in RECORD_DEFECTS.items():
        for codec in (0, 1):
            kind = ", compressed" if codec else ""
            yield Case(f"{name}{kind}", batch(make(0), codec=codec))
            # The defect may as well sit in the middle: what follows it must not be taken for something else.
            several = record(0, 0) + make(1) + record(0, 2)
            yield Case(f"{name} in the second of three{kind}", batch(several, 3, codec=codec))
            yield Case(f"{name} in the second of three{kind}, to another codec", batch(several, 3, codec=codec), "zstd")
    yield Case("offsets all zero", batch(record() * 3, 3))
    yield Case("offsets all zero, compressed", batch(record() * 3, 3, codec=1))
    yield Case("offsets all zero, to another codec", batch(record() * 3, 3, codec=1), "zstd")
    # Records whose own length is a lie, but whose fields happen to follow each other.
    lie = record(0, 0, length=b"\x02") + record(0, 1, length=b"\x40")
    yield Case("lengths lie", batch(lie, 2))
    yield Case("lengths lie, compressed", batch(lie, 2, codec=3))
    yield Case("lengths lie, to another codec", batch(lie, 2, codec=3), "gzip")
    swallow = record(0, 0, length=b"\x20", tail=b"") + record(0, 1)
    yield Case("first record swallows the second", batch(swallow, 2))
    yield Case("first record swallows the second, compressed", batch(swallow, 2, codec=4))


def _packed(name: str, codec: int, data: bytes) -> Case:
    return Case(name, batch(b"", codec=codec, packed=data))


def _codecs() -> Iterator[Case]:
    body = record(value=b"abc" * 1000)
    for codec, data in ((codec, compress(Compression(codec), body)) for codec in (1, 2, 3, 4)):
        name = Compression(codec).name.lower()
        yield _packed(f"{name}", codec, data)
        yield _packed(f"{name} without a byte", codec, b"")
        yield _packed(f"{name} cut off by one", codec, data[:-1])
        yield _packed(f"{name} cut off by five", codec, data[:-5])
        yield _packed(f"{name} cut in half", codec, data[: len(data) // 2])
        yield _packed(f"{name} with a byte behind it", codec, data + b"x")
        yield _packed(f"{name} with zeros behind it", codec, data + bytes(20))
        yield _packed(f"{name} twice", codec, data + data)
        yield _packed(f"{name} with something else in it", codec, b"nonsense" * 9)
        yield _packed(f"{name} that holds nothing", codec, compress(Compression(codec), b""))
        for codec_of_claim in (1, 2, 3, 4):
            if codec_of_claim != codec:
                claim = Compression(codec_of_claim).name.lower()
                yield _packed(f"{name} that claims to be {claim}", codec_of_claim, data)
        first, second = compress(Compression(codec), body[:1000]), compress(Compression(codec), body[1000:])
        yield _packed(f"{name} in two parts", codec, first + second)
    yield from _snappy_streams(body)
    yield from _lz4_frames(body)
    yield from _gzip_members(body)
    zstd = compress(Compression.ZSTD, body)
    yield _packed("zstd with a skippable frame before it", 4, pack("<II", 0x184D2A50, 3) + b"abc" + zstd)
    yield _packed("zstd with a skippable frame behind it", 4, zstd + pack("<II", 0x184D2A5F, 3) + b"abc")
    yield from _damaged_twice()


def _snappy_streams(body: bytes) -> Iterator[Case]:
    xerial = compress(Compression.SNAPPY, body)
    raw_snappy = bytes(cramjam.snappy.compress_raw(body))
    yield _packed("snappy without framing", 2, raw_snappy)
    yield _packed("snappy in google's framing", 2, bytes(cramjam.snappy.compress(body)))
    yield _packed("snappy without framing, cut off", 2, raw_snappy[:-1])
    yield _packed("snappy without framing, a byte behind it", 2, raw_snappy + b"x")
    for versions in ((0, 1), (0, 0), (1, 0), (2, 2), (1, 99), (-1, -1)):
        yield _packed(f"snappy of versions {versions}", 2, xerial[:8] + pack(">ii", *versions) + xerial[16:])
    yield _packed("snappy with a later header of version 0", 2, xerial + xerial[:8] + pack(">ii", 0, 0) + xerial[16:])
    yield _packed("snappy with three bytes behind it", 2, xerial + b"\x00\x00\x00")
    yield _packed("snappy with an empty block", 2, xerial + pack(">i", 0))
    yield _packed("snappy with a negative block", 2, xerial + pack(">i", -5))
    yield _packed("snappy with another header in the middle", 2, xerial + xerial[:16])


def _lz4_frames(body: bytes) -> Iterator[Case]:
    lz4 = compress(Compression.LZ4, body)
    yield _packed("lz4 with linked blocks", 3, bytes(cramjam.lz4.compress(body)))
    yield _packed("lz4 with block checksums", 3, _lz4_by_library(body))
    damaged = bytearray(_lz4_by_library(body))
    damaged[-6] ^= 1
    yield _packed("lz4 with a wrong block checksum", 3, bytes(damaged))
    with_checksum = _lz4_by_library(body, content_checksum=True)
    yield _packed("lz4 with a content checksum", 3, with_checksum)
    yield _packed("lz4 with a wrong content checksum", 3, with_checksum[:-1] + bytes((with_checksum[-1] ^ 1,)))
    yield _packed("lz4 with the content checksum missing", 3, with_checksum[:-4])
    yield _packed("lz4 with a wrong header checksum", 3, lz4[:6] + b"\x00" + lz4[7:])
    yield _packed("lz4 of version 2", 3, lz4[:4] + b"\xa0" + lz4[5:])
    yield _packed("lz4 with a reserved flag", 3, lz4[:4] + b"\x62" + lz4[5:])
    yield _packed("lz4 with a block size too small", 3, lz4[:5] + b"\x30" + lz4[6:])
    yield _packed("lz4 without end mark", 3, lz4[:-4])
    yield _packed("lz4 with stored block", 3, lz4[:7] + pack("<I", len(body) | 1 << 31) + body + bytes(4))
    yield _packed("lz4 with an empty compressed block", 3, lz4[:7] + pack("<I", 1) + b"\x00" + lz4[7:])


def _gzip_members(body: bytes) -> Iterator[Case]:
    gzip = compress(Compression.GZIP, body)
    yield _packed("gzip with garbage that looks like a member", 1, gzip + b"\x1f\x8b\x08" + b"x" * 30)
    yield _packed("gzip with another member's header cut off", 1, gzip + b"\x1f\x8b\x08\x08" + b"x" * 30)
    yield _packed("gzip with a member of another method", 1, gzip + b"\x1f\x8b\x07\x00" + b"x" * 30)
    yield _packed("gzip with another member of broken data", 1, gzip + gzip[:10] + b"\xff" * 30)
    yield _packed("gzip with another member cut off", 1, gzip + gzip[:-1])
    yield _packed("gzip with another member cut off early", 1, gzip + gzip[:18])
    yield _packed("gzip with another member that is empty", 1, gzip + compress(Compression.GZIP, b""))
    named = gzip[:3] + b"\x1c" + gzip[4:10] + b"\x02\x00xy" + b"name\x00" + b"comment\x00" + gzip[10:]
    yield _packed("gzip with name, comment and more in its header", 1, named)
    yield _packed("gzip with reserved flags", 1, gzip[:3] + b"\xe0" + gzip[4:])
    yield _packed("gzip with a wrong header checksum", 1, gzip[:3] + b"\x02" + gzip[4:10] + b"\x00\x00" + gzip[10:])
    yield _packed("gzip with a wrong length at the end", 1, gzip[:-1] + b"\x01")
    yield _packed("gzip with a wrong checksum", 1, gzip[:-8] + bytes((gzip[-8] ^ 1,)) + gzip[-7:])
    yield _packed("zlib instead of gzip", 1, zlib.compress(body))


def _damaged_twice() -> Iterator[Case]:
    # A damaged record and then damaged compression: which comes first?
    good_body = record() + record(0, 1, value=b"xyz" * 30000)
    for codec in (1, 2, 3, 4):
        data = compress(Compression(codec), good_body)
        name = Compression(codec).name.lower()
        yield Case(f"{name}: good record, then cut off", batch(b"", 2, codec=codec, packed=data[: len(data) - 40]))
        yield Case(
            f"{name}: good record, then cut off, to another codec",
            batch(b"", 2, codec=codec, packed=data[: len(data) - 40]),
            "uncompressed",
        )
    damaged_body = record(headers=b"\x01") + record(0, 1, value=b"xyz" * 30000)
    for codec in (1, 2, 3, 4):
        data = compress(Compression(codec), damaged_body)
        name = Compression(codec).name.lower()
        yield Case(f"{name}: broken record, then cut off", batch(b"", 2, codec=codec, packed=data[: len(data) - 40]))


def _lz4_by_library(data: bytes, content_checksum: bool = False) -> bytes:
    packer = cramjam.lz4.Compressor(level=1, content_checksum=content_checksum, block_linked=False)
    packer.compress(data)
    return bytes(packer.finish())


def _topic_rules(now_ms: int) -> Iterator[Case]:
    missing = record() + record(0, 1, None) + record(0, 2, b"") + record(0, 3, None) + record(0, 4, key_part=b"\x03")
    for codec in (0, 1):
        kind = ", compressed" if codec else ""
        yield Case(f"no key{kind}", batch(missing, 5, codec=codec), "compacted")
        yield Case(f"no key, to gzip{kind}", batch(missing, 5, codec=codec), "gzip-compacted")
        yield Case(f"all keys{kind}", batch(record() + record(0, 1, b""), 2, codec=codec), "compacted")
        no_keys = b"".join(record(0, index, None) for index in range(5))
        yield Case(f"no keys at all{kind}", batch(no_keys, 5, codec=codec), "compacted")
        broken = record(0, 0, None) + record(0, 1, headers=b"\x01")
        yield Case(f"no key and a broken record{kind}", batch(broken, 2, codec=codec), "compacted")
        wrong_offsets = record(0, 0, None) + record(0, 0)
        yield Case(f"no key and wrong offsets{kind}", batch(wrong_offsets, 2, codec=codec), "compacted")
        base = {"base_timestamp": now_ms, "max_timestamp": now_ms, "codec": codec}
        for topic in ("plain", "recent", "append-time"):
            times = record() + record(4_000_000, 1) + record(-200_000, 2) + record(-now_ms - 1, 3)
            yield Case(f"times out of range to {topic}{kind}", batch(times, 4, **base), topic)
            near = record() + record(3_000_000, 1) + record(-50_000, 2) + record(40_000, 3)
            yield Case(f"times nearly out of range to {topic}{kind}", batch(near, 4, **base), topic)
        both = record(-200_000, 0, None) + record(-200_000, 1) + record(0, 2, None)
        yield Case(f"times out of range and no keys{kind}", batch(both, 3, **base), "recent-compacted")
        wrong = record(-200_000, 0, offset_part=b"\x54")
        yield Case(f"times out of range and wrong offsets{kind}", batch(wrong, 1, **base), "recent")
        far = {"base_timestamp": -1 << 63, "max_timestamp": 0, "codec": codec}
        yield Case(f"smallest timestamp to recent{kind}", batch(record(), **far), "recent")
        yield Case(f"append time overwrites{kind}", batch(record() + record(5, 1), 2, **base), "append-time")


def _rewritten(now_ms: int) -> Iterator[Case]:
    body = b"".join(
        (
            record(0, 0),
            record(7, 1, None, None),
            record(3, 2, b"", b"", b"\x04\x02h\x01\x00\x00", attributes=3),
            record(-5, 3, b"k" * 100, b"v" * 100),
        )
    )
    for topic in ("gzip", "snappy", "lz4", "zstd", "uncompressed", "gzip-append-time"):
        for codec in range(5):
            payload = batch(body, 4, codec=codec, base_timestamp=now_ms - 100, max_timestamp=now_ms)
            yield Case(f"codec {codec} to {topic}", payload, topic)
    payload = batch(record(value=bytes(2000)), codec=1)
    yield Case("too large once unpacked", payload, "small-uncompressed")
    for stamp in (-1, -2):
        payload = batch(record(), base_timestamp=stamp, max_timestamp=stamp)
        yield Case(f"timestamp {stamp} to gzip", payload, "gzip")
        yield Case(f"timestamp {stamp} within gzip to gzip", batch(record(), 1, codec=1, base_timestamp=stamp), "gzip")
    payload = batch(
        record(),
        base_timestamp=now_ms,
        max_timestamp=0,
        producer_id=900,
        producer_epoch=0,
        base_sequence=0,
        attributes=0x40,
    )
    yield Case("idempotent with delete horizon to gzip", payload, "gzip")
    yield Case("offsets wrong to gzip", batch(record(0, 5) + record(0, 9), 2), "gzip")
    yield Case("header name not utf-8 to gzip", batch(record(headers=b"\x02\x04\xff\xfe\x00")), "gzip")
