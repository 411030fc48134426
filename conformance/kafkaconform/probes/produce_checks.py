"""Produce: which check comes first, and what fails the whole request instead of one partition."""

from kafkaconform.batches import TRANSACTIONAL, Record, batch
from kafkaconform.outcome import Tree
from kafkaconform.prepare import group_name, make_topic, produce_request
from kafkaconform.registry import probe
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
