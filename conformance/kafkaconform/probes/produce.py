"""Produce: appends one batch a partition, validated field by field."""

from kafkaconform.batches import LOG_APPEND_TIME, TIMESTAMP_MS, TRANSACTIONAL, Record, batch, uvarint, varint
from kafkaconform.outcome import Tree
from kafkaconform.prepare import UNKNOWN_UUID, group_name, make_topic, produce_request
from kafkaconform.probes.fetch import fetch, part
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Probing, Session
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData


def record_bytes(body: bytes, length: bytes | None = None) -> bytes:
    """A record of any content, with its length in front unless another is given."""
    return (varint(len(body)) if length is None else length) + body


#: attributes, timestamp delta, offset delta, key length -1, value length 1, value, no headers
GOOD_BODY = b"\x00\x00\x00\x01\x02v\x00"


@probe
def every_version(session: Session) -> None:
    """One batch in every version: start offset from 5, record errors from 8, ids instead of names from 13."""
    name, topic_id = make_topic(session, "orders")
    session.connect().ask_all_versions(produce_request(name, batch(), topic_id=topic_id))


@probe
def base_offsets(session: Session) -> None:
    """The answer gives the offset of the first record of each batch."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for count in (1, 3, 2):
        connection.ask(produce_request(name, batch([Record()] * count)), 9)


@probe
def below_version_3(session: Session) -> None:
    """Versions 0 to 2 are advertised for old clients and close the connection."""
    name, _ = make_topic(session, "orders")
    for version in (0, 1, 2):
        session.connect().ask(produce_request(name, batch()), version)


@probe
def unknown_topic_or_partition(session: Session) -> None:
    """3 for a topic or partition that is not there, 100 for an unknown id from version 13 on; nothing is
    created.
    """
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for version in (3, 5, 8, 9, 10, 12):
        connection.ask(produce_request(session.name("missing"), batch()), version)
        connection.ask(produce_request(name, batch(), partition=1), version)
    connection.ask(produce_request(name, batch(), partition=-1), 9)
    connection.ask(produce_request(topic_id=UNKNOWN_UUID, records=batch()), 13)
    connection.ask(produce_request(topic_id=bytes(16), records=batch()), 13)
    connection.ask(produce_request(topic_id=topic_id, records=batch(), partition=1), 13)


@probe
def bad_topic_names(session: Session) -> None:
    """A name that no topic can have is just not there: 3."""
    connection = session.connect()
    for name in ("", "a b", ".", "a" * 250):
        connection.ask(produce_request(name, batch()), 9)


@probe
def acks(session: Session) -> None:
    """-1, 0 and 1 only: anything else is 21 for each partition."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for value in (1, -1, 2, -2, 32767):
        for version in (3, 9, 12):
            connection.ask(produce_request(name, batch(), acks=value), version)


@probe
def without_acknowledgement(session: Session) -> None:
    """acks=0 gets no answer; the next request on the connection gets its own, and the record is there."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for version in (3, 9):
        unanswered = connection.send(produce_request(name, batch(), acks=0), version)
        unanswered.answer(timeout_s=0.3)
        connection.ask(produce_request(name, batch()), version)


@probe
def error_without_acknowledgement(session: Session) -> None:
    """An error under acks=0 closes the connection: there is no other way to tell the client."""
    name, _ = make_topic(session, "orders")
    for request in (
        produce_request(session.name("missing"), batch(), acks=0),
        produce_request(name, batch(crc=0), acks=0),
    ):
        session.connect().ask(request, 9)


@probe
def internal_topic(session: Session) -> None:
    """An ordinary client may not write to an internal topic: 17."""
    group_name(session)
    session.connect().ask(produce_request("__consumer_offsets", batch()), 9)


@probe
def several_partitions(session: Session) -> None:
    """Each partition is answered on its own, topics and partitions in the order of the request or not."""
    name, _ = make_topic(session, "orders", 3)

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        for topic in answer["responses"]:
            topic["partition_responses"].sort(key=lambda partition: partition["index"])
        return answer

    data = [
        PartitionProduceData(index=2, records=batch()),
        PartitionProduceData(index=0, records=batch(crc=1)),
        PartitionProduceData(index=7, records=batch()),
        PartitionProduceData(index=1, records=batch([Record()] * 2)),
    ]
    request = ProduceRequest(acks=-1, timeout_ms=10_000, topic_data=[TopicProduceData(name=name, partition_data=data)])
    session.connect().ask(request, 9, view=view)


@probe
def no_partitions(session: Session) -> None:
    """A request without topics, or a topic without partitions, gets an answer without them."""
    connection = session.connect()
    connection.ask(ProduceRequest(acks=-1, timeout_ms=10_000, topic_data=[]), 9)
    empty = TopicProduceData(name=session.name("orders"), partition_data=[])
    connection.ask(ProduceRequest(acks=-1, timeout_ms=10_000, topic_data=[empty]), 9)


def ask_each(
    session: Session, cases: dict[str, bytes], *, version: int = 9, configs: dict[str, str] | None = None
) -> Probing:
    """Sends every case to a topic of its own; the case's name is the topic's."""
    connection = session.connect()
    for case, records in cases.items():
        name, topic_id = make_topic(session, case, configs=configs)
        connection.ask(produce_request(name, records, topic_id=topic_id), version)
    return connection


@probe
def broken_batches(session: Session) -> None:
    """What is wrong with a batch as a whole: bad CRC 2, magic 0 and 1 87, other magic 2, no or several
    batches 87.
    """
    good = batch()
    cases = {
        "bad-crc": batch(crc=0),
        "magic-0": batch(magic=0),
        "magic-1": batch(magic=1),
        "magic-3": batch(magic=3),
        "magic-negative": batch(magic=-1),
        "empty": b"",
        "two-batches": good + good,
        "partial-tail": good + good[:30],
        "partial-tail-of-11": good + good[:11],
        "short": good[:40],
        "cut": good[:-1],
        "length-too-small": good[:8] + (48).to_bytes(4, "big") + good[12:],
        "length-negative": good[:8] + b"\xff\xff\xff\xff" + good[12:],
    }
    ask_each(session, cases)


@probe
def broken_counts(session: Session) -> None:
    """Counts and deltas of the header that the records contradict: 87; of uncompressed records, deltas are
    not looked at.
    """
    two = [Record(), Record()]
    cases = {
        "count-too-high": batch(two, count=3, last_offset_delta=2),
        "count-too-low": batch(two, count=1, last_offset_delta=0),
        "count-zero": batch(payload=b"", count=0, last_offset_delta=0),
        "count-negative": batch(two, count=-1),
        "last-delta-too-high": batch(two, last_offset_delta=5),
        "last-delta-negative": batch(two, last_offset_delta=-1),
        "wrong-deltas": batch(payload=Record().encoded(5) + Record().encoded(7), count=2, last_offset_delta=1),
        "base-offset-set": batch(two, base_offset=1000),
    }
    ask_each(session, cases)


@probe
def leader_epoch_of_the_client(session: Session) -> None:
    """The leader epoch in a batch is the broker's to set: any value is taken."""
    ask_each(session, {"zero": batch(leader_epoch=0), "high": batch(leader_epoch=99), "low": batch(leader_epoch=-7)})


def one_record(body: bytes, length: bytes | None = None) -> bytes:
    """A batch with one record of any content."""
    return batch(payload=record_bytes(body, length))


RECORD_CASES = {
    "good": GOOD_BODY,
    "trailing-byte": GOOD_BODY + b"\x00",
    "attributes-set": b"\x7f" + GOOD_BODY[1:],
    "key-length-minus-2": b"\x00\x00\x00\x03\x02v\x00",
    "value-length-minus-2": b"\x00\x00\x00\x01\x03\x00",
    "key-too-long": b"\x00\x00\x00\x40\x02v\x00",
    "value-too-long": b"\x00\x00\x00\x01\x40v\x00",
    "header-count-negative": b"\x00\x00\x00\x01\x02v\x01",
    "header-count-too-high": b"\x00\x00\x00\x01\x02v\x04\x02k\x02v",
    "header-key-null": b"\x00\x00\x00\x01\x02v\x02\x01\x02v",
    "header-key-empty": b"\x00\x00\x00\x01\x02v\x02\x00\x02v",
    "header-value-null": b"\x00\x00\x00\x01\x02v\x02\x02k\x01",
    "non-minimal-varint": b"\x00\x00\x00\x81\x00\x02v\x00",
    "over-long-varint": b"\x00\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00\x00\x01\x02v\x00",
    "over-long-offset-delta": b"\x00\x00\x80\x80\x80\x80\x80\x00\x01\x02v\x00",
    "cut-in-value": b"\x00\x00\x00\x01\x04v",
    "empty": b"",
}


@probe
def broken_records(session: Session) -> None:
    """Every field of every record is parsed: what does not fit is 87, with the batch and nothing of it
    stored.
    """
    ask_each(session, {case: one_record(body) for case, body in RECORD_CASES.items()})


@probe
def broken_record_lengths(session: Session) -> None:
    """The length in front of a record: too long, too short, negative, over-long."""
    cases = {
        "length-too-long": one_record(GOOD_BODY, varint(50)),
        "length-too-short": one_record(GOOD_BODY, varint(3)),
        "length-negative": one_record(GOOD_BODY, varint(-1)),
        "length-over-long": one_record(GOOD_BODY, b"\x8e\x80\x80\x80\x80\x80\x00"),
        "length-non-minimal": one_record(GOOD_BODY, b"\x8e\x00"),
        "nothing": batch(payload=b"", count=1),
        "second-missing": batch(payload=record_bytes(GOOD_BODY), count=2, last_offset_delta=1),
        "trailing-byte-behind-records": batch(payload=record_bytes(GOOD_BODY) + b"\x00", count=1),
        "huge": one_record(GOOD_BODY, uvarint(0xFFFFFFFE)),
    }
    ask_each(session, cases)


@probe
def nulls_and_empties(session: Session) -> None:
    """Null and empty keys, values and headers are all fine and all different; they are kept as they came."""
    records = [
        Record(value=None),
        Record(value=b""),
        Record(key=b"", value=b""),
        Record(key=None, value=None, headers=[(b"h", None), (b"h", b""), (b"", b"x")]),
    ]
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(produce_request(name, batch(records)), 9)
    connection.ask(fetch(name, part()), 11)


@probe
def forbidden_attributes(session: Session) -> None:
    """A control batch from a client: 87. The transactional bit without a transactional id: 53."""
    cases = {
        "control": batch(attributes=0x20),
        "transactional": batch(attributes=TRANSACTIONAL, producer_id=1, producer_epoch=0, base_sequence=0),
        "transactional-no-producer": batch(attributes=TRANSACTIONAL),
        "log-append-time": batch(attributes=LOG_APPEND_TIME),
        "delete-horizon": batch(attributes=0x40),
        "unused-bits": batch(attributes=0x7F00),
        "codec-5": batch(attributes=5),
        "codec-7": batch(attributes=7),
    }
    ask_each(session, cases)


@probe
def too_large(session: Session) -> None:
    """A batch over max.message.bytes: 10, whole batch measured, compressed or not."""
    small = batch([Record(value=bytes(100))])
    exact = str(len(small))
    connection = ask_each(session, {"fits": small}, configs={"max.message.bytes": exact})
    name, _ = make_topic(session, "too-small", configs={"max.message.bytes": str(len(small) - 1)})
    connection.ask(produce_request(name, small), 9)
    connection.ask(produce_request(name, small), 3)


@probe
@asked_since("3.6", "there is no message.timestamp.before.max.ms")
def timestamps(session: Session) -> None:
    """A timestamp beyond what the topic allows: 32 for the partition, each offending record named from
    version 8 on.
    """
    connection = session.connect()
    far_future = TIMESTAMP_MS * 2
    name, _ = make_topic(session, "future")
    late = batch([Record(), Record(timestamp_delta=far_future - TIMESTAMP_MS)])
    view = without_times
    connection.ask(produce_request(name, late), 7, view=view)
    connection.ask(produce_request(name, late), 9, view=view)
    name, _ = make_topic(session, "past", configs={"message.timestamp.before.max.ms": "1000"})
    connection.ask(produce_request(name, batch([Record(), Record()])), 9, view=view)
    name, _ = make_topic(session, "negative")
    connection.ask(produce_request(name, batch(base_timestamp=-1)), 9, view=view)
    connection.ask(produce_request(name, batch(base_timestamp=-2)), 9, view=view)
    connection.ask(produce_request(name, batch(max_timestamp=TIMESTAMP_MS + 5)), 9, view=view)


def without_times(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Messages about timestamps carry the time of the broker: only how they begin is kept."""
    for topic in answer["responses"]:
        for partition in topic["partition_responses"]:
            for error in partition.get("record_errors", []):
                message = error["batch_index_error_message"]
                error["batch_index_error_message"] = message and message.split(" is ")[0].split("[")[0]
    return answer


@probe
def log_append_time(session: Session) -> None:
    """A topic that stamps records itself says when: log append time instead of -1."""
    name, _ = make_topic(session, "stamped", configs={"message.timestamp.type": "LogAppendTime"})
    connection = session.connect()
    for version in (3, 9, 12):
        connection.ask(produce_request(name, batch()), version)
    connection.ask(produce_request(name, batch(base_timestamp=-1)), 9)


@probe
def compacted_topic(session: Session) -> None:
    """A compacted topic refuses records without a key: 87, each of them named from version 8 on."""
    name, _ = make_topic(session, "compacted", configs={"cleanup.policy": "compact"})
    connection = session.connect()
    for version in (7, 9):
        connection.ask(produce_request(name, batch([Record(key=b"k"), Record(), Record()])), version)
    connection.ask(produce_request(name, batch([Record(key=b""), Record(key=b"k", value=None)])), 9)


@probe
def topic_id_and_name(session: Session) -> None:
    """From version 13 on the answer carries the id and no name."""
    _, topic_id = make_topic(session, "orders")
    session.connect().ask(produce_request(topic_id=topic_id, records=batch()), 13)


@probe
def same_partition_twice(session: Session) -> None:
    """Of a partition named twice one batch is stored and answered."""
    name, _ = make_topic(session, "orders")
    data = [PartitionProduceData(index=0, records=batch()), PartitionProduceData(index=0, records=batch())]
    request = ProduceRequest(acks=-1, timeout_ms=10_000, topic_data=[TopicProduceData(name=name, partition_data=data)])
    connection = session.connect()
    connection.ask(request, 9)
    connection.ask(produce_request(name, batch()), 9)


@probe
def more_in_sync_than_replicas(session: Session) -> None:
    """A partition with fewer replicas than min.insync.replicas wants needs only those it has: acks=all
    succeeds.
    """
    name, _ = make_topic(session, "orders", configs={"min.insync.replicas": "2"})
    connection = session.connect()
    for wanted in (-1, 1):
        for version in (3, 9):
            connection.ask(produce_request(name, batch(), acks=wanted), version)


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults the first in this order counts: unknown partition, number of batches, acks, internal
    topic, the batch's own.
    """
    name, _ = make_topic(session, "orders")
    group_name(session)
    connection = session.connect()
    no_key = batch(payload=record_bytes(b""))
    for request in (
        produce_request(session.name("missing"), b"", acks=7),
        produce_request(name, b"", acks=7),
        produce_request(name, no_key, acks=7),
        produce_request("__consumer_offsets", b"", acks=-1),
        produce_request("__consumer_offsets", no_key, acks=-1),
        produce_request(name, batch(crc=1), acks=7),
        produce_request(name, batch(magic=9), acks=7),
    ):
        connection.ask(request, 9)
