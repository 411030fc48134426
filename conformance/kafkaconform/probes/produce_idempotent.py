"""Produce with a producer id: sequences, duplicates, epochs."""

from kafkaconform.batches import Record, batch
from kafkaconform.prepare import make_topic, new_producer_id, produce_request
from kafkaconform.registry import probe
from kafkaconform.session import Session


class Producer:
    """A producer id of this run, and the batches it makes."""

    def __init__(self, session: Session) -> None:
        self.producer_id = new_producer_id(session)

    def batch(self, sequence: int, count: int = 1, epoch: int = 0) -> bytes:
        """A batch of ``count`` records whose first has ``sequence``."""
        return batch([Record()] * count, producer_id=self.producer_id, producer_epoch=epoch, base_sequence=sequence)


@probe
def in_sequence(session: Session) -> None:
    """Sequences that follow one another are appended; each batch of several records counts them all."""
    producer = Producer(session)
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for sequence, count in ((0, 1), (1, 3), (4, 2), (6, 1)):
        connection.ask(produce_request(name, producer.batch(sequence, count)), 9)


@probe
def duplicates(session: Session) -> None:
    """One of the last five batches sent again is answered with its first offset and not stored; an older
    one: 45.
    """
    producer = Producer(session)
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for sequence in range(6):
        connection.ask(produce_request(name, producer.batch(sequence)), 9)
    for sequence in (5, 4, 3, 2, 1, 0):
        connection.ask(produce_request(name, producer.batch(sequence)), 9)
    connection.ask(produce_request(name, producer.batch(0)), 3)
    connection.ask(produce_request(topic_id=topic_id, records=producer.batch(5)), 13)


@probe
def part_of_a_duplicate(session: Session) -> None:
    """A batch that covers only part of one sent before is no duplicate: 45."""
    producer = Producer(session)
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(produce_request(name, producer.batch(0, 4)), 9)
    connection.ask(produce_request(name, producer.batch(0, 2)), 9)
    connection.ask(produce_request(name, producer.batch(2, 2)), 9)
    connection.ask(produce_request(name, producer.batch(3, 2)), 9)


@probe
def gap(session: Session) -> None:
    """A sequence ahead of the next one: 45, nothing is stored, and the right one still goes through."""
    producer = Producer(session)
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(produce_request(name, producer.batch(0)), 9)
    connection.ask(produce_request(name, producer.batch(2)), 9)
    connection.ask(produce_request(name, producer.batch(1)), 9)


@probe
def unknown_producer(session: Session) -> None:
    """A producer id that the partition has not seen may start at any sequence."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for sequence in (0, 7, 2_147_483_647):
        connection.ask(produce_request(name, Producer(session).batch(sequence)), 9)


@probe
def wrap_around(session: Session) -> None:
    """Behind the largest sequence comes 0, within a batch and between batches."""
    producer = Producer(session)
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(produce_request(name, producer.batch(2_147_483_646, 1)), 9)
    connection.ask(produce_request(name, producer.batch(2_147_483_647, 3)), 9)
    connection.ask(produce_request(name, producer.batch(2, 1)), 9)
    connection.ask(produce_request(name, producer.batch(2_147_483_647, 3)), 9)


@probe
def epochs(session: Session) -> None:
    """A higher epoch starts again at 0 (45 at anything else); a lower one is fenced: 47."""
    producer = Producer(session)
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for sequence, epoch in ((0, 0), (1, 1), (0, 1), (1, 0), (1, 1), (0, 3)):
        connection.ask(produce_request(name, producer.batch(sequence, epoch=epoch)), 9)


@probe
def half_a_producer(session: Session) -> None:
    """A producer id without an epoch or sequence, and the other way round."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for producer_id, epoch, sequence in ((5, -1, -1), (5, 0, -1), (5, -1, 0), (-1, 0, 0), (-1, -1, 0), (-2, 0, 0)):
        records = batch(producer_id=producer_id, producer_epoch=epoch, base_sequence=sequence)
        connection.ask(produce_request(name, records), 9)


@probe
def partitions_count_apart(session: Session) -> None:
    """Each partition has its own sequence; so has a topic made again under the same name."""
    producer = Producer(session)
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    connection.ask(produce_request(name, producer.batch(0), partition=0), 9)
    connection.ask(produce_request(name, producer.batch(0), partition=1), 9)
    connection.ask(produce_request(name, producer.batch(1), partition=0), 9)
    connection.ask(produce_request(name, producer.batch(2), partition=1), 9)
