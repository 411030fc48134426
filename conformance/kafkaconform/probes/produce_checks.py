"""Produce: which check comes first, and what fails the whole request instead of one partition."""

from kafkaconform.batches import CONTROL, TRANSACTIONAL, Record, batch
from kafkaconform.outcome import Tree
from kafkaconform.prepare import group_name, make_topic, produce_request
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData

UNREADABLE = batch(magic=3)
OLD = batch(magic=1)
IN_TRANSACTION = batch(attributes=TRANSACTIONAL, producer_id=1, producer_epoch=0, base_sequence=0)


def produce_two(
    topic: str,
    first: bytes,
    second: bytes,
    *,
    acks: int = -1,
    topic_id: bytes = bytes(16),
    transaction: str | None = None,
) -> ProduceRequest:
    """A batch for partition 0 and one for partition 1 of a topic."""
    data = [PartitionProduceData(index=0, records=first), PartitionProduceData(index=1, records=second)]
    return ProduceRequest(
        transactional_id=transaction,
        acks=acks,
        timeout_ms=10_000,
        topic_data=[TopicProduceData(name=topic, topic_id=topic_id, partition_data=data)],
    )


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """The partitions by index: the broker's order differs from run to run."""
    for topic in answer["responses"]:
        topic["partition_responses"].sort(key=lambda partition: partition["index"])
    return answer


@probe
def unreadable_batch_fails_all(session: Session) -> None:
    """A first batch of no known magic, or too short, is 2 for every partition of the request, which stores
    nothing; an old magic is the business of its partition.
    """
    name, topic_id = make_topic(session, "orders", 2)
    connection = session.connect()
    good = batch()
    for second in (UNREADABLE, good[:8] + b"\x00\x00\x00\x05" + good[12:], OLD):
        for version in (7, 9, 13):
            connection.ask(produce_two(name, good, second, topic_id=topic_id), version, view=in_order)


@probe
def transactional_batch_fails_all(session: Session) -> None:
    """A transactional batch without a transactional id is 53 for every partition of the request; a plain
    batch may have one.
    """
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    connection.ask(produce_two(name, batch(), IN_TRANSACTION), 9, view=in_order)
    connection.ask(produce_two(name, batch(), batch(), transaction=session.name("t")), 9, view=in_order)


@probe
def without_acknowledgement_all_fail_closed(session: Session) -> None:
    """What fails the whole request closes the connection under acks=0."""
    name, _ = make_topic(session, "orders", 2)
    for second in (UNREADABLE, IN_TRANSACTION):
        session.connect().ask(produce_two(name, batch(), second, acks=0), 9)


@probe
def acks_after_records(session: Session) -> None:
    """A missing topic is told before broken records, those before bad acks."""
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    connection.ask(produce_two(name, batch(), OLD, acks=5), 9, view=in_order)
    connection.ask(produce_request(session.name("missing"), OLD, acks=5), 9)


@probe
def internal_topic_checks(session: Session) -> None:
    """Of an internal topic, records and acks are looked at before 17 is answered, the CRC is not; the admin
    client may write there.
    """
    group_name(session)
    connection = session.connect()
    for records, acks in ((OLD, -1), (batch(), 7), (batch(crc=0), -1)):
        connection.ask(produce_request("__consumer_offsets", records, acks=acks), 9)
    keyed = batch([Record(key=b"k", value=None)], crc=0)
    connection.ask(produce_request("__consumer_offsets", keyed), 9, client_id="__admin_client")


@probe
def one_replica_and_min_insync_replicas(session: Session) -> None:
    """No more in-sync replicas are asked for than the partition has replicas."""
    name, _ = make_topic(session, "orders", configs={"min.insync.replicas": "2"})
    session.connect().ask(produce_request(name, batch()), 9)


@probe
def start_offset_with_errors(session: Session) -> None:
    """The log's start offset comes with an error of validation or sequence, and is -1 with one of size or
    CRC.
    """
    name, _ = make_topic(session, "orders", configs={"max.message.bytes": "200"})
    connection = session.connect()
    cases = (
        batch([Record(value=bytes(300))]),
        batch(crc=1),
        batch(count=2),
        batch(producer_id=4000, producer_epoch=0, base_sequence=0),
        batch(producer_id=4000, producer_epoch=0, base_sequence=7),
    )
    for records in cases:
        connection.ask(produce_request(name, records), 9)


@probe
def timeouts(session: Session) -> None:
    """A timeout of 0, or below, does not strike where the leader alone is enough."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for timeout_ms in (0, -1, -2_147_483_648):
        request = produce_request(name, batch())
        request.timeout_ms = timeout_ms
        connection.ask(request, 9)


@probe
def topic_in_two_entries(session: Session) -> None:
    """A topic that comes in two entries is answered in one; of a partition in both the last batch counts."""
    name, topic_id = make_topic(session, "orders", 2)
    connection = session.connect()
    for version in (9, 13):
        request = produce_two(name, batch(crc=1), batch(), topic_id=topic_id)
        request.topic_data += produce_request(name, batch([Record()] * 2), topic_id=topic_id).topic_data
        connection.ask(request, version, view=in_order)


@probe
@asked_since("4.0", "segments may be as small as one likes, under another key")
def larger_than_a_segment(session: Session) -> None:
    """A batch that no segment of the topic can hold: 18, behind a wrong CRC, before a sequence that does not follow."""
    name, _ = make_topic(session, "orders", configs={"internal.segment.bytes": "100"})
    connection = session.connect()
    connection.ask(produce_request(name, batch([Record(value=bytes(100))])), 9)
    connection.ask(produce_request(name, batch([Record(value=bytes(100))], crc=1)), 9)
    connection.ask(produce_request(name, batch(producer_id=4000, producer_epoch=0, base_sequence=0)), 9)
    large = batch([Record(value=bytes(100))], producer_id=4000, producer_epoch=0, base_sequence=7)
    connection.ask(produce_request(name, large), 9)


@probe
def transactional_id_without_a_transaction(session: Session) -> None:
    """A plain batch may come with a transactional id, the empty one too."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for version in (9, 13):
        for transactional_id in ("", session.name("t")):
            request = produce_request(name, batch(), topic_id=topic_id)
            request.transactional_id = transactional_id
            connection.ask(request, version)


@probe
def faults_of_one_batch(session: Session) -> None:
    """Of several faults of one batch the first in this order counts: the transactional bit, size, CRC, what is in it."""
    name, _ = make_topic(session, "orders", configs={"max.message.bytes": "200", "cleanup.policy": "compact"})
    connection = session.connect()
    large = [Record(value=bytes(300))]
    for records in (
        batch(large, crc=1, attributes=CONTROL),
        batch(crc=1, attributes=CONTROL),
        batch(count=5, attributes=CONTROL),
        batch(count=5, attributes=CONTROL, producer_id=4000, producer_epoch=0, base_sequence=-5),
        batch(count=5, producer_id=4000, producer_epoch=0, base_sequence=-5),
        batch(base_timestamp=-2, producer_id=4000, producer_epoch=0, base_sequence=0),
        batch(producer_id=4000, producer_epoch=-5, base_sequence=0),
        batch(producer_id=4000, producer_epoch=0, base_sequence=-5),
        batch(attributes=CONTROL | TRANSACTIONAL),
    ):
        connection.ask(produce_request(name, records), 9)
