"""Topics with a codec or a clock of their own: what Produce was given, and what Fetch then finds."""

from collections.abc import Callable

import cramjam

from kafkaconform.batches import Record, batch
from kafkaconform.outcome import Tree
from kafkaconform.prepare import append, make_topic, new_producer_id
from kafkaconform.probes.fetch import fetch, part
from kafkaconform.probes.list_offsets import ask_for, without_time
from kafkaconform.probes.produce_compressed import COMPRESSED, TWO
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session

COMPRESSION_TYPES = ("uncompressed", "gzip", "snappy", "lz4", "zstd", "producer")
STAMPED = {"message.timestamp.type": "LogAppendTime"}
#: Timestamps out of order, null keys and values, headers.
VARIED = [
    Record(key=b"k", value=b"first", timestamp_delta=20),
    Record(key=None, value=None, headers=[(b"h", b"1"), (b"", None)], timestamp_delta=50),
    Record(key=b"", value=b"", timestamp_delta=-10),
]


#: Java writes LZ4 frames, and Snappy in blocks of the Java library behind 16 bytes of header.
_SNAPPY_HEADER = 16


def _snappy(data: bytes) -> bytes:
    if not data.startswith(b"\x82SNAPPY\x00"):
        return bytes(cramjam.snappy.decompress_raw(data))
    plain, position = b"", _SNAPPY_HEADER
    while position < len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        plain += bytes(cramjam.snappy.decompress_raw(data[position + 4 : position + 4 + size]))
        position += 4 + size
    return plain


_CODECS: dict[str, Callable[[bytes], bytes]] = {
    "none": lambda data: data,
    "gzip": lambda data: bytes(cramjam.gzip.decompress(data)),
    "snappy": _snappy,
    "lz4": lambda data: bytes(cramjam.lz4.decompress(data)),
    "zstd": lambda data: bytes(cramjam.zstd.decompress(data)),
}


def decompressed(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Batches with their records in the clear: two compressors need not find the same bytes."""
    for topic in answer["responses"]:
        for partition in topic["partitions"]:
            for each in partition["records"]:
                data = bytes.fromhex(each["records"]["bytes"])
                each["records"] = {"decompressed": _CODECS[each["compression"]](data).hex()}
    return answer


def given() -> list[bytes]:
    """A batch of two records in every codec."""
    compressed = [batch(TWO, payload=data, attributes=codec) for codec, data in COMPRESSED.values()]
    return [batch(TWO), *compressed]


@probe
def every_codec(session: Session) -> None:
    """Whatever the producer's codec, batches are in the topic's; `producer` leaves them as they came."""
    connection = session.connect()
    for kind in COMPRESSION_TYPES:
        name, _ = make_topic(session, kind, configs={"compression.type": kind})
        append(session, name, *given())
        connection.ask(fetch(name, part()), 11, view=decompressed)


@probe
def every_codec_stamped(session: Session) -> None:
    """The same with log append time: every batch has the broker's, whether its codec changes or not."""
    connection = session.connect()
    for kind in COMPRESSION_TYPES:
        name, _ = make_topic(session, kind, configs={"compression.type": kind, **STAMPED})
        append(session, name, *given())
        connection.ask(fetch(name, part()), 11, view=decompressed)


@probe
def header_fields(session: Session) -> None:
    """A batch that is written anew has the timestamps of its records; one that is not keeps what its header says."""
    connection = session.connect()
    for kind in ("gzip", "uncompressed", "producer"):
        name, _ = make_topic(session, kind, configs={"compression.type": kind})
        append(session, name, batch(VARIED), batch(VARIED, leader_epoch=7))
        connection.ask(fetch(name, part()), 11, view=decompressed)
        connection.ask(ask_for(name, -3), 7)
        connection.ask(ask_for(name, 1_700_000_000_030), 7)


@probe
def stamped_fields(session: Session) -> None:
    """With log append time the header's timestamps as the broker has them, in either case."""
    connection = session.connect()
    for kind in ("gzip", "uncompressed", "producer"):
        name, _ = make_topic(session, kind, configs={"compression.type": kind, **STAMPED})
        append(session, name, batch(VARIED))
        connection.ask(fetch(name, part()), 11, view=decompressed)
        connection.ask(ask_for(name, -3), 7, view=without_time)


@probe
def of_an_idempotent_producer(session: Session) -> None:
    """Producer id, epoch and sequences outlive a change of codec."""
    connection = session.connect()
    name, _ = make_topic(session, "orders", configs={"compression.type": "zstd"})
    producer_id = new_producer_id(session)
    for sequence in (0, 2):
        append(session, name, batch(TWO, producer_id=producer_id, producer_epoch=0, base_sequence=sequence))
    connection.ask(fetch(name, part()), 11, view=decompressed)


@probe
def compacted_topics(session: Session) -> None:
    """A compacted topic with a codec of its own takes records with keys."""
    connection = session.connect()
    name, _ = make_topic(session, "orders", configs={"compression.type": "lz4", "cleanup.policy": "compact"})
    append(session, name, batch([Record(key=b"k"), Record(key=b"", value=None)]))
    connection.ask(fetch(name, part()), 11, view=decompressed)


#: Levels of each codec from the fastest to the one that packs tightest.
LEVELS = {"gzip": ("1", "9"), "lz4": ("1", "17"), "zstd": ("-7", "19")}
#: Text that a patient compressor makes smaller than a hasty one.
WORDY = [Record(value=b" ".join(b"%d" % (n * n * i % 9973) for n in range(60))) for i in range(1, 60)]


@probe
@asked_since("3.8", "there is no compression.gzip.level")
def levels(session: Session) -> None:
    """A topic's level of compression is what batches are written with: the records are the same, and packed tighter."""
    connection = session.connect()
    sizes: list[int] = []

    def packed(answer: dict[str, Tree]) -> dict[str, Tree]:
        """The records in the clear, and whether they took less room than at the level before."""
        (found,) = answer["responses"][0]["partitions"][0]["records"]
        sizes.append(len(found["records"]["bytes"]))
        return decompressed(answer)

    for codec, of_codec in LEVELS.items():
        sizes.clear()
        for level in of_codec:
            configs = {"compression.type": codec, f"compression.{codec}.level": level}
            name, _ = make_topic(session, f"{codec}-{level.removeprefix('-')}", configs=configs)
            append(session, name, batch(WORDY))
            connection.ask(fetch(name, part()), 11, view=packed)
        session.steps[-1]["outcome"]["smaller"] = sizes[1] < sizes[0]
