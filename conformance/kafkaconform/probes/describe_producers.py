"""DescribeProducers: who has written to partitions with a producer id."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import append, make_topic
from kafkaconform.probes.delete_records import cut
from kafkaconform.probes.produce_idempotent import Producer
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_producers import DescribeProducersRequest, TopicRequest


def describe(*topics: tuple[str, list[int]]) -> DescribeProducersRequest:
    """A request for partitions by topic."""
    return DescribeProducersRequest(topics=[TopicRequest(name=name, partition_indexes=p) for name, p in topics])


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Producers in the order of their sequences: Kafka keeps them in a hash table."""
    for topic in answer["topics"]:
        for partition in topic["partitions"]:
            partition["active_producers"].sort(key=lambda producer: int(producer["last_sequence"]))
    return answer


@probe
def no_producers(session: Session) -> None:
    """A partition without records, and one whose records have no producer id: nobody."""
    name, _ = make_topic(session, "orders", 2)
    append(session, name, partition=1)
    session.connect().ask(describe((name, [0, 1])), 0)


@probe
def producers(session: Session) -> None:
    """Epoch, last sequence and time of the last batch; no coordinator, no transaction."""
    name, _ = make_topic(session, "orders")
    first, second = Producer(session), Producer(session)
    append(session, name, first.batch(0), first.batch(1, 3), second.batch(0), second.batch(0, 2, epoch=3))
    session.connect().ask(describe((name, [0])), 0, view=in_order)


@probe
def records_deleted(session: Session) -> None:
    """Producers are known after their records are gone."""
    name, _ = make_topic(session, "orders")
    append(session, name, Producer(session).batch(0, 2))
    connection = session.connect()
    connection.ask(cut(name, -1), 2)
    connection.ask(describe((name, [0])), 0)


@probe
def unknown(session: Session) -> None:
    """A topic or partition that is not there: 3; a name that none can have: 17."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(describe((session.name("missing"), [0, 1])), 0)
    connection.ask(describe((name, [1])), 0)
    connection.ask(describe((name, [-1])), 0)
    connection.ask(describe(("a b", [0])), 0)
    connection.ask(describe(("", [0])), 0)


@probe
def several(session: Session) -> None:
    """Each partition on its own, as often as it is asked for; no topics, no partitions."""
    name, _ = make_topic(session, "orders", 2)
    other, _ = make_topic(session, "other")
    connection = session.connect()
    connection.ask(describe((name, [1, 0, 1, 7]), (session.name("missing"), [0]), (other, [0]), (name, [0])), 0)
    connection.ask(describe(), 0)
    connection.ask(describe((name, [])), 0)
