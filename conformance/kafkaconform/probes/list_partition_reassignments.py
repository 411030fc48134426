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
