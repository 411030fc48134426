"""ListPartitionReassignments: partitions that are moving between brokers."""

from kafkaconform.prepare import make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.list_partition_reassignments import ListPartitionReassignmentsRequest, TopicOfInterest


def moving(*topics: tuple[str, list[int]]) -> ListPartitionReassignmentsRequest:
    """A request for partitions by topic."""
    asked = [TopicOfInterest(name=name, partition_indexes=partitions) for name, partitions in topics]
    return ListPartitionReassignmentsRequest(timeout_ms=10_000, topics=asked)


@probe
def nothing_moves(session: Session) -> None:
    """Where nothing moves, nothing is told: of all, of some, and of what is not there."""
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    connection.ask(ListPartitionReassignmentsRequest(timeout_ms=10_000, topics=None), 0)
    connection.ask(moving(), 0)
    connection.ask(moving((name, [0, 1])), 0)
    connection.ask(moving((name, [])), 0)
    connection.ask(moving((name, [7, -1])), 0)
    connection.ask(moving((session.name("missing"), [0])), 0)
    connection.ask(moving(("a b", [0]), ("", [0])), 0)


@probe
def odd_questions(session: Session) -> None:
    """Topics named twice, partitions that cannot be, no partitions, any timeout: nothing moves, nothing is told."""
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    asked: list[list[tuple[str, list[int]]]] = [[(name, [0, 0]), (name, [1])], [(name, [-1, 7])], [(name, [])], []]
    for topics in asked:
        for timeout_ms in (-1, 0):
            request = moving(*topics)
            request.timeout_ms = timeout_ms
            connection.ask(request, 0)
