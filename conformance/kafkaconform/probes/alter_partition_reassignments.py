"""AlterPartitionReassignments: partitions moved to other brokers."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.alter_partition_reassignments import (
    AlterPartitionReassignmentsRequest,
    ReassignablePartition,
    ReassignableTopic,
)
from kafkawire.messages.list_partition_reassignments import ListPartitionReassignmentsRequest
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic

Moves = list[tuple[int, list[int] | None]]


def move(*topics: tuple[str, Moves], may_change_factor: bool = True) -> AlterPartitionReassignmentsRequest:
    """A request for moves by topic; null calls a move off."""
    return AlterPartitionReassignmentsRequest(
        timeout_ms=10_000,
        allow_replication_factor_change=may_change_factor,
        topics=[
            ReassignableTopic(
                name=name, partitions=[ReassignablePartition(partition_index=i, replicas=r) for i, r in moves]
            )
            for name, moves in topics
        ],
    )


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Topics and partitions sorted."""
    answer["responses"].sort(key=lambda topic: str(topic["name"]))
    for topic in answer["responses"]:
        topic["partitions"].sort(key=lambda partition: (int(partition["partition_index"]), partition["error_code"]))
    return answer


@probe
def to_where_it_is(session: Session) -> None:
    """To the broker where it is already: no error, and nothing moves."""
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    connection.ask_all_versions(move((name, [(0, [1]), (1, [1])])))
    connection.ask(move((name, [(0, [1])]), may_change_factor=False), 1)
    connection.ask(ListPartitionReassignmentsRequest(timeout_ms=10_000, topics=None), 0)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=name)]), 12)


@probe
def nothing_to_call_off(session: Session) -> None:
    """No move is under way that could be called off: 85."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask_all_versions(move((name, [(0, None)])))
    connection.ask(move((name, [(0, None)]), may_change_factor=False), 1)
    connection.ask(move((name, [(3, None)]), (session.name("missing"), [(0, None)])), 1, view=in_order)


@probe
def bad_places(session: Session) -> None:
    """No brokers, brokers that there are not, or that come twice: 39, before their number is looked at."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for replicas in ([], [99], [1, 99], [1, 1], [-1], [99, 99], [1, 1, 99]):
        for may_change in (True, False):
            connection.ask(move((name, [(0, list(replicas))]), may_change_factor=may_change), 1)
    connection.ask(move((name, [(0, [99])])), 0)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=name)]), 12)


@probe
def unknown(session: Session) -> None:
    """A topic or partition that is not there, or could not be: 3."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for replicas in ([1], [99], []):
        connection.ask(move((session.name("missing"), [(0, list(replicas))])), 1)
        connection.ask(move((name, [(1, list(replicas)), (-1, list(replicas))])), 1)
    connection.ask(move(("a b", [(0, [1])]), ("", [(0, [1])])), 1)


@probe
def several(session: Session) -> None:
    """Each partition on its own, as often as it comes; no topics, no partitions."""
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    connection.ask(
        move((name, [(1, [1]), (0, [99]), (0, [1])]), (session.name("missing"), [(0, [1])]), (name, [(0, [1])])), 1
    )
    connection.ask_all_versions(move())
    connection.ask_all_versions(move((name, [])))
