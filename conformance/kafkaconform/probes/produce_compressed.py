"""Produce with compressed batches: decompressed, walked like the others, and stored as they came."""

import cramjam

from kafkaconform.batches import TRANSACTIONAL, Record, batch, varint
from kafkaconform.prepare import make_topic, produce_request
from kafkaconform.probes.produce import RECORD_CASES, ask_each, record_bytes
from kafkaconform.registry import probe
from kafkaconform.session import Session

GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4
#: An empty gzip member has no time in it, so that bytes do not differ between runs.
XERIAL_MAGIC = b"\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01"


def lz4(data: bytes, *, linked: bool = False) -> bytes:
    """An LZ4 frame; Java reads only independent blocks."""
    compressor = cramjam.lz4.Compressor(block_linked=linked)
    compressor.compress(data)
    return bytes(compressor.finish())


def xerial(data: bytes) -> bytes:
    """Snappy in the framing of the Java library."""
    block = bytes(cramjam.snappy.compress_raw(data))
    return XERIAL_MAGIC + len(block).to_bytes(4, "big") + block


def payload(records: list[Record]) -> bytes:
    """Records as they stand in a batch."""
    return b"".join(record.encoded(delta) for delta, record in enumerate(records))


TWO = [Record(key=b"a", value=b"x" * 50), Record(key=b"b", value=b"x" * 50)]
COMPRESSED = {
    "gzip": (GZIP, bytes(cramjam.gzip.compress(payload(TWO)))),
    "snappy-xerial": (SNAPPY, xerial(payload(TWO))),
    "snappy-raw": (SNAPPY, bytes(cramjam.snappy.compress_raw(payload(TWO)))),
    "lz4": (LZ4, lz4(payload(TWO))),
    "zstd": (ZSTD, bytes(cramjam.zstd.compress(payload(TWO)))),
}


@probe
def every_codec(session: Session) -> None:
    """gzip, snappy (raw or in the Java library's framing), lz4 and zstd."""
    cases = {name: batch(TWO, payload=data, attributes=codec) for name, (codec, data) in COMPRESSED.items()}
    ask_each(session, cases)


@probe
def zstd_below_version_7(session: Session) -> None:
    """zstd needs Produce 7: 76 below."""
    codec, data = COMPRESSED["zstd"]
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for version in (3, 6, 7):
        connection.ask(produce_request(name, batch(TWO, payload=data, attributes=codec)), version)


@probe
def broken_data(session: Session) -> None:
    """Data that does not decompress: -1 without a message; nothing at all as zstd: 87."""
    cases = {}
    for name, (codec, data) in COMPRESSED.items():
        cases[f"{name}-garbage"] = batch(TWO, payload=b"\x01\x02\x03\x04" * 10, attributes=codec)
        cases[f"{name}-empty"] = batch(TWO, payload=b"", attributes=codec)
        cases[f"{name}-cut"] = batch(TWO, payload=data[: len(data) // 2], attributes=codec)
        cases[f"{name}-trailing"] = batch(TWO, payload=data + b"\x00\x00", attributes=codec)
    cases["lz4-linked"] = batch(TWO, payload=lz4(payload(TWO), linked=True), attributes=LZ4)
    cases["snappy-framed"] = batch(TWO, payload=bytes(cramjam.snappy.compress(payload(TWO))), attributes=SNAPPY)
    ask_each(session, cases)


@probe
def broken_records(session: Session) -> None:
    """Records of a compressed batch are parsed like the others."""
    cases = {
        case: batch([Record()], payload=bytes(cramjam.gzip.compress(record_bytes(body))), attributes=GZIP)
        for case, body in RECORD_CASES.items()
    }
    ask_each(session, cases)


@probe
def broken_counts(session: Session) -> None:
    """Wrong offset deltas are found out only in compressed batches: -1."""

    def squeezed(data: bytes, count: int, last_offset_delta: int) -> bytes:
        compressed = bytes(cramjam.gzip.compress(data))
        return batch(payload=compressed, attributes=GZIP, count=count, last_offset_delta=last_offset_delta)

    good = payload(TWO)
    cases = {
        "wrong-deltas": squeezed(Record().encoded(5) + Record().encoded(7), 2, 1),
        "count-too-high": squeezed(good, 3, 2),
        "count-too-low": squeezed(good, 1, 0),
        "count-zero": squeezed(b"", 0, 0),
        "last-delta-too-high": squeezed(good, 2, 5),
        "length-over-long": squeezed(b"\x8e\x80\x80\x80\x80\x80\x00" + b"\x00\x00\x00\x01\x02v\x00", 1, 0),
        "length-too-long": squeezed(varint(50) + b"\x00\x00\x00\x01\x02v\x00", 1, 0),
        "length-negative": squeezed(varint(-1) + b"\x00\x00\x00\x01\x02v\x00", 1, 0),
        "transactional": batch(TWO, payload=COMPRESSED["gzip"][1], attributes=GZIP | TRANSACTIONAL),
    }
    ask_each(session, cases)


@probe
def recompressed_by_the_topic(session: Session) -> None:
    """A topic with a codec of its own recompresses; the answer is the same."""
    codec, data = COMPRESSED["lz4"]
    cases = {"lz4-to-gzip": batch(TWO, payload=data, attributes=codec), "none-to-gzip": batch(TWO)}
    ask_each(session, cases, configs={"compression.type": "gzip"})
