"""DescribeTopicPartitions: topics with their partitions, page by page."""

from kafkaconform.outcome import Tree, View
from kafkaconform.prepare import group_name, make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_topic_partitions import (
    DescribeTopicPartitionsRequest,
    RequestCursor,
    TopicRequest,
)


def describe(*names: str, limit: int = 2000, cursor: tuple[str, int] | None = None) -> DescribeTopicPartitionsRequest:
    """A request for some topics."""
    begin = None if cursor is None else RequestCursor(topic_name=cursor[0], partition_index=cursor[1])
    return DescribeTopicPartitionsRequest(
        topics=[TopicRequest(name=name) for name in names], response_partition_limit=limit, cursor=begin
    )


def ours(session: Session) -> View:
    """Only topics of this run, where all are asked for."""

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        answer["topics"] = [topic for topic in answer["topics"] if session.is_ours(topic["name"])]
        return answer

    return view


@probe
def known_topics(session: Session) -> None:
    """Topics by name, sorted, however they were asked for; one that comes twice once."""
    first, _ = make_topic(session, "a-orders", 2)
    second, _ = make_topic(session, "b-orders")
    connection = session.connect()
    connection.ask(describe(first), 0)
    connection.ask(describe(second, first), 0)
    connection.ask(describe(first, first), 0)


@probe
def unknown_topics(session: Session) -> None:
    """A topic that is not there: 3; a name that none can have: 17."""
    name, _ = make_topic(session, "m-orders")
    connection = session.connect()
    for missing in (session.name("a-missing"), session.name("z-missing"), "a b", "", "."):
        connection.ask(describe(missing), 0)
    connection.ask(describe(session.name("z-missing"), name, session.name("a-missing")), 0)


@probe
def all_topics(session: Session) -> None:
    """No names: every topic."""
    make_topic(session, "a-orders", 2)
    make_topic(session, "b-orders")
    session.connect().ask(describe(), 0, view=ours(session))


@probe
def internal_topic(session: Session) -> None:
    """A coordinator's topic is called internal; so is one that is not there by then."""
    group_name(session)
    connection = session.connect()
    connection.ask(describe("__consumer_offsets", limit=2), 0)
    connection.ask(describe("__cluster_metadata"), 0)


@probe
def pages(session: Session) -> None:
    """No more partitions than asked for; the cursor says where the next page begins."""
    first, _ = make_topic(session, "a-orders", 3)
    second, _ = make_topic(session, "b-orders", 2)
    connection = session.connect()
    for limit in (1, 2, 3, 4, 5, 6):
        connection.ask(describe(first, second, limit=limit), 0)
    for cursor in ((first, 0), (first, 1), (first, 2), (second, 0), (second, 1)):
        connection.ask(describe(first, second, limit=2, cursor=cursor), 0)


@probe
def odd_limits(session: Session) -> None:
    """A limit of 0 or below, and one above what the broker gives."""
    first, _ = make_topic(session, "a-orders", 2)
    second, _ = make_topic(session, "b-orders", 2)
    connection = session.connect()
    for limit in (0, -1, -100, 100_000, 1 << 30):
        connection.ask(describe(first, second, limit=limit), 0)


@probe
def odd_cursors(session: Session) -> None:
    """A cursor behind the last partition, at a topic that was not asked for or is not there, or below 0."""
    first, _ = make_topic(session, "b-orders", 2)
    second, _ = make_topic(session, "d-orders", 2)
    connection = session.connect()
    other = [session.name(base) for base in ("a-missing", "c-missing", "e-missing")]
    for cursor in [(first, 2), (first, 9), (second, 2), (first, -1), *((name, 0) for name in other), ("", 0)]:
        connection.ask(describe(first, second, cursor=cursor), 0)
    connection.ask(describe(first, cursor=(second, 0)), 0)
    connection.ask(describe(first, second, cursor=(other[1], 1)), 0)
    connection.ask(describe(other[0], first, second, cursor=(other[0], 1)), 0)
    connection.ask(describe(cursor=(first, 1)), 0, view=ours(session))
    connection.ask(describe(cursor=(other[1], 0)), 0, view=ours(session))


@probe
def errors_and_pages(session: Session) -> None:
    """Topics in error count no partition."""
    name, _ = make_topic(session, "b-orders", 2)
    connection = session.connect()
    missing = [session.name("a-missing"), session.name("c-missing"), session.name("d-missing")]
    for limit in (1, 2, 3):
        connection.ask(describe(*missing, name, limit=limit), 0)


@probe
def empty_name(session: Session) -> None:
    """Where there is no cursor the empty name fails every topic that is asked for: -1; with a cursor it is a name like others."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(describe("", name), 0)
    connection.ask(describe(name, "", session.name("missing")), 0)
    connection.ask(describe("", name, cursor=("", 0)), 0)
    connection.ask(describe("", name, cursor=(name, 0)), 0)
    connection.ask(describe("", name, cursor=("", -1)), 0)
