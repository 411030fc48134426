"""Message sets: what old producers send in Produce 0 to 2 and old consumers read in Fetch 0 to 3 (magic 0 and 1).

Releases from 4.0 on close the connection of whoever asks in these versions.
"""

from kafkaconform.batches import LOG_APPEND_TIME, TIMESTAMP_MS, Record, batch
from kafkaconform.message_sets import message, wrapper
from kafkaconform.prepare import append, make_topic, produce_request
from kafkaconform.probes.describe_configs import TOPIC
from kafkaconform.probes.incremental_alter_configs import SET, alter
from kafkaconform.registry import probe
from kafkaconform.session import Probing, Session
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic
from kafkawire.messages.produce import ProduceRequest
from kafkawire.records.batch import Compression

OLD_CODECS = (Compression.GZIP, Compression.SNAPPY, Compression.LZ4)
FETCHED_BYTES_MAX = 1 << 20


def fetch(topic: str, offset: int = 0, *, bytes_max: int = FETCHED_BYTES_MAX) -> FetchRequest:
    """A Fetch request for partition 0, which does not wait; for versions that name topics."""
    asked = FetchPartition(partition=0, fetch_offset=offset, partition_max_bytes=bytes_max, current_leader_epoch=-1)
    return FetchRequest(max_wait_ms=0, topics=[FetchTopic(topic=topic, partitions=[asked])])


def ask_old_fetches(session: Session, connection: Probing, topic: str, offset: int = 0) -> None:
    """Fetches in the versions of magic 0, of magic 1, and the first and the last one of batches that take names."""
    for version in (0, 1, 2, 3, 4, min(12, session.versions(FetchRequest)[-1])):
        if version in session.versions(FetchRequest):
            connection.ask(fetch(topic, offset), version)


def produce_old(session: Session, connection: Probing, topic: str, records: bytes) -> None:
    """Produces the same in every version that takes message sets, on a connection that each may close."""
    for version in (0, 1, 2):
        connection.ask(produce_request(topic, records), version)


@probe
def plain(session: Session) -> None:
    """Messages of magic 0 and of magic 1 become batches, which read back in every version as it can."""
    for magic in (0, 1):
        name, _ = make_topic(session, f"magic-{magic}")
        records = message(magic, b"one", key=b"k") + message(magic, None, offset=1) + message(magic, b"", offset=2)
        produce_old(session, session.connect(), name, records)
        ask_old_fetches(session, session.connect(), name)
        ask_old_fetches(session, session.connect(), name, 4)


@probe
def wrapped(session: Session) -> None:
    """Wrappers keep their compression, in the log and on the way back down."""
    for magic in (0, 1):
        for codec in OLD_CODECS:
            name, _ = make_topic(session, f"magic-{magic}-{codec.name.lower()}")
            records = wrapper(magic, [message(magic, b"one"), message(magic, b"two", offset=1)], codec)
            session.connect().ask(produce_request(name, records), 2)
            connection = session.connect()
            for version in (1, 3):
                connection.ask(fetch(name), version)
                connection.ask(fetch(name, 1), version)


@probe
def batches_in_old_requests(session: Session) -> None:
    """A batch of magic 2 in a version of Produce that is older than it."""
    name, _ = make_topic(session, "orders")
    produce_old(session, session.connect(), name, batch())
    session.connect().ask(fetch(name), 4)


@probe
def messages_in_new_requests(session: Session) -> None:
    """Messages from version 3 of Produce on, which takes nothing but batches: 87."""
    name, _ = make_topic(session, "orders")
    for magic in (0, 1):
        for version in (3, 9):
            session.connect().ask(produce_request(name, message(magic)), version)


@probe
def batches_for_old_consumers(session: Session) -> None:
    """Batches come down as message sets: headers are dropped, offsets and times stay."""
    name, _ = make_topic(session, "orders")
    records = [Record(b"one", b"k", headers=[(b"h", b"1")]), Record(None, b"k", timestamp_delta=5), Record(b"three")]
    append(session, name, batch(records), batch([Record(b"four")]))
    connection = session.connect()
    for offset in (0, 1, 3):
        ask_old_fetches(session, connection, name, offset)


@probe
def small_fetches(session: Session) -> None:
    """What a limit leaves of messages that were converted: the first batch whole, however small the limit."""
    name, _ = make_topic(session, "orders")
    append(session, name, batch([Record(b"a" * 100)] * 3), batch([Record(b"b" * 100)]))
    connection = session.connect()
    for version in (1, 3):
        for bytes_max in (1, 100, 420, 500, 1000):
            connection.ask(fetch(name, bytes_max=bytes_max), version)


@probe
def nothing_to_convert(session: Session) -> None:
    """An empty partition, and one whose offset is out of range, in the old versions."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    ask_old_fetches(session, connection, name)
    ask_old_fetches(session, connection, name, 7)
    for version in (0, 3):
        connection.ask(fetch(session.name("missing")), version)


@probe
def down_conversion_switched_off(session: Session) -> None:
    """No batches of a topic with message.downconversion.enable=false come down to consumers: 35; from 3.0 on not even of an empty
    partition. They do to who says that it is a replica. What is compressed with zstd has its own code.
    """
    names = [make_topic(session, name)[0] for name in ("empty", "orders", "zstd")]
    connection = session.connect()
    for name in names:
        connection.ask(alter(TOPIC, name, ("message.downconversion.enable", SET, "false")), 1)
    connection.ask(alter(TOPIC, names[-1], ("compression.type", SET, "zstd")), 1)
    for name in names[1:]:
        append(session, name, batch([Record(b"value")]))
    old = session.connect()
    for name in names:
        for version in (1, 3, 4):
            old.ask(fetch(name), version)
    old.ask(fetch(names[1], 7), 3)
    replica = fetch(names[1])
    replica.replica_id = 1
    old.ask(replica, 3)


@probe
def log_append_time(session: Session) -> None:
    """Where the broker sets the time, old messages get it too, and the answer tells it from version 2 on."""
    name, _ = make_topic(session, "orders", configs={"message.timestamp.type": "LogAppendTime"})
    for magic in (0, 1):
        produce_old(session, session.connect(), name, message(magic))
    connection = session.connect()
    for version in (0, 2, 3, 4):
        connection.ask(fetch(name), version)


@probe
def recompressed(session: Session) -> None:
    """A topic's own compression holds for old messages too; zstd cannot be told to old consumers: 76."""
    for codec in ("gzip", "zstd"):
        name, _ = make_topic(session, codec, configs={"compression.type": codec})
        session.connect().ask(produce_request(name, message(1, b"one")), 2)
        connection = session.connect()
        for version in (0, 3, 4, 9):
            connection.ask(fetch(name), version, view=_without_compressed_records)


def _without_compressed_records(answer: dict[str, object]) -> dict[str, object]:
    """Two programs that compress the same do not make the same bytes of it."""
    for topic in answer["responses"]:  # type: ignore[attr-defined]
        for partition in topic["partitions"]:
            for entry in partition["records"] or ():
                entry.pop("records", None)
    return answer


@probe
def refused(session: Session) -> None:
    """Broken CRCs 2, other magics 2, no key on a compacted topic 87, times out of range 32, messages that say LogAppendTime 32."""
    name, _ = make_topic(session, "orders")
    compacted, _ = make_topic(session, "compacted", configs={"cleanup.policy": "compact"})
    narrow, _ = make_topic(session, "narrow", configs={"max.message.bytes": "100"})
    cases = [
        (name, message(1, crc=1)),
        (name, message(3)),
        (name, message(1)[:-1]),
        (name, b""),
        (name, message(0) + message(1, offset=1)),
        (name, wrapper(1, [message(1)], Compression.GZIP) + message(1, offset=1)),
        (name, wrapper(1, [message(0)], Compression.GZIP)),
        (name, message(1, attributes=4)),
        (name, message(1, attributes=int(Compression.GZIP))),
        (name, message(1, attributes=LOG_APPEND_TIME)),
        (name, message(1, timestamp=-2)),
        (name, message(1, timestamp=TIMESTAMP_MS * 10)),
        (compacted, message(1)),
        (narrow, message(1, b"x" * 200)),
    ]
    for topic, records in cases:
        for version in (0, 2):
            session.connect().ask(produce_request(topic, records), version)


@probe
def without_acknowledgement(session: Session) -> None:
    """acks=0 in the oldest version: nothing is answered, the next request is."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    unanswered = connection.send(produce_request(name, message(0), acks=0), 0)
    unanswered.answer(timeout_s=0.3)
    connection.ask(ProduceRequest(acks=1, timeout_ms=10_000, topic_data=[]), 0)
    connection.ask(fetch(name), 0)
