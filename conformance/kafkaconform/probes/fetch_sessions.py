"""Fetch sessions (KIP-227): the broker remembers what a client reads and answers with what changed."""

from kafkaconform.batches import batch
from kafkaconform.prepare import UNKNOWN_UUID, append, make_topic, wait_until_gone
from kafkaconform.probes.delete_topics import by_name
from kafkaconform.probes.fetch import part, sizes
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic, ForgottenTopic


def in_session(
    session_id: int,
    epoch: int,
    *topics: FetchTopic,
    forget: list[ForgottenTopic] | None = None,
) -> FetchRequest:
    """A fetch that does not wait."""
    return FetchRequest(
        max_wait_ms=0,
        min_bytes=0,
        session_id=session_id,
        session_epoch=epoch,
        topics=list(topics),
        forgotten_topics_data=forget or [],
    )


def topic(name: str, topic_id: bytes, *partitions: FetchPartition) -> FetchTopic:
    """One topic, by name and by id."""
    return FetchTopic(topic=name, topic_id=topic_id, partitions=list(partitions))


@probe
def incremental(session: Session) -> None:
    """A session is opened with epoch 0; later fetches name only changes and are told only changes."""
    name, topic_id = make_topic(session, "orders", 2)
    connection = session.connect()
    for version in (7, 12, 13, 17):
        opened = connection.ask(in_session(0, 0, topic(name, topic_id, part(0), part(1))), version, view=sizes)
        session_id = opened.session_id
        connection.ask(in_session(session_id, 1), version, view=sizes)
        append(session, name, batch(), partition=1)
        connection.ask(in_session(session_id, 2), version, view=sizes)
        changed = topic(name, topic_id, part(1, offset=1))
        connection.ask(in_session(session_id, 3, changed), version, view=sizes)
        connection.ask(in_session(session_id, 4), version, view=sizes)
        connection.ask(in_session(session_id, -1), version, view=sizes)


@probe
def errors(session: Session) -> None:
    """An unknown session is 70, an epoch that does not follow 71; the session stays usable."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for version in (7, 12, 17):
        connection.ask(in_session(1_234_567, 1), version)
        opened = connection.ask(in_session(0, 0, topic(name, topic_id, part())), version)
        session_id = opened.session_id
        for epoch in (2, 1, 1, 7, 2):
            connection.ask(in_session(session_id, epoch), version)


@probe
def reopened(session: Session) -> None:
    """Epoch 0 with a session id closes that session and opens another; epoch -1 closes it and answers in
    full.
    """
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    opened = connection.ask(in_session(0, 0, topic(name, topic_id, part())), 12)
    again = connection.ask(in_session(opened.session_id, 0, topic(name, topic_id, part())), 12)
    connection.ask(in_session(opened.session_id, 1), 12)
    connection.ask(in_session(again.session_id, -1, topic(name, topic_id, part())), 12)
    connection.ask(in_session(again.session_id, 1), 12)


@probe
def from_another_connection(session: Session) -> None:
    """Sessions belong to the broker, not to a connection."""
    name, topic_id = make_topic(session, "orders")
    first, second = session.connect(), session.connect()
    opened = first.ask(in_session(0, 0, topic(name, topic_id, part())), 12)
    first.close()
    append(session, name, batch())
    second.ask(in_session(opened.session_id, 1), 12)


@probe
def forgotten(session: Session) -> None:
    """A partition that is forgotten is not answered any more; forgetting an unknown one is fine."""
    name, topic_id = make_topic(session, "orders", 2)
    append(session, name, batch(), partition=0)
    append(session, name, batch(), partition=1)
    connection = session.connect()
    for version in (7, 13):
        opened = connection.ask(in_session(0, 0, topic(name, topic_id, part(0), part(1))), version, view=sizes)
        forget = [ForgottenTopic(topic=name, topic_id=topic_id, partitions=[0, 9])]
        connection.ask(in_session(opened.session_id, 1, forget=forget), version, view=sizes)
        connection.ask(in_session(opened.session_id, 2), version, view=sizes)


@probe
def all_forgotten(session: Session) -> None:
    """A session whose last partition is forgotten is closed: the answer carries id 0, and the id is unknown
    from then on.
    """
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    opened = connection.ask(in_session(0, 0, topic(name, topic_id, part())), 12)
    forget = [ForgottenTopic(topic=name, topic_id=topic_id, partitions=[0])]
    connection.ask(in_session(opened.session_id, 1, forget=forget), 12)
    connection.ask(in_session(opened.session_id, 2), 12)


@probe
def nothing_asked(session: Session) -> None:
    """A session may be opened with no partitions."""
    connection = session.connect()
    for version in (7, 12, 13):
        connection.ask(in_session(0, 0), version)


@probe
def unknown_topics(session: Session) -> None:
    """What is not there is answered with its error each time, and does not keep the session from being
    opened.
    """
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    missing = topic(session.name("missing"), UNKNOWN_UUID, part())
    for version in (12, 13):
        opened = connection.ask(in_session(0, 0, missing, topic(name, topic_id, part(0), part(5))), version, view=sizes)
        connection.ask(in_session(opened.session_id, 1), version, view=sizes)


@probe
def out_of_range(session: Session) -> None:
    """An error is answered in every fetch of the session, not only once."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    opened = connection.ask(in_session(0, 0, topic(name, topic_id, part(offset=9))), 12)
    connection.ask(in_session(opened.session_id, 1), 12)
    connection.ask(in_session(opened.session_id, 2, topic(name, topic_id, part(offset=0))), 12)
    connection.ask(in_session(opened.session_id, 3), 12)


@probe
def ids_and_names(session: Session) -> None:
    """A session opened by name cannot go on by id, or the other way round: 106."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for first, then in ((12, 13), (13, 12)):
        opened = connection.ask(in_session(0, 0, topic(name, topic_id, part())), first)
        connection.ask(in_session(opened.session_id, 1, topic(name, topic_id, part())), then)
        connection.ask(in_session(opened.session_id, 1), then)


@probe
@asked_since("3.3", "with ZooKeeper a topic that is deleted is in the way for a moment more")
def topic_made_again(session: Session) -> None:
    """While a topic is gone its session says 3; one by name goes on with the next of that name, one by id is
    told 103.
    """
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    by_names = connection.ask(in_session(0, 0, topic(name, topic_id, part())), 12)
    by_ids = connection.ask(in_session(0, 0, topic(name, topic_id, part())), 13)
    session.service.quietly(by_name(name), 6)
    wait_until_gone(session, name)
    connection.ask(in_session(by_names.session_id, 1), 12)
    connection.ask(in_session(by_ids.session_id, 1), 13)
    make_topic(session, "orders")
    connection.ask(in_session(by_names.session_id, 2), 12)
    connection.ask(in_session(by_ids.session_id, 2), 13)
