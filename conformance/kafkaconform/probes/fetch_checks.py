"""Fetch and ListOffsets: which check comes first, and what changes under a fetch or a session."""

import cramjam

from kafkaconform.batches import Record, batch
from kafkaconform.prepare import UNKNOWN_UUID, append, broker_id, make_topic, wait_until_gone
from kafkaconform.probes.delete_records import cut
from kafkaconform.probes.delete_topics import by_name
from kafkaconform.probes.fetch import fetch, part, sizes
from kafkaconform.probes.fetch_sessions import in_session, topic
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.fetch import FetchRequest, ForgottenTopic
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic


def delete(session: Session, name: str) -> None:
    """Deletes a topic and waits until it is gone."""
    session.service.quietly(by_name(name), 6)
    wait_until_gone(session, name)


@probe
def replica_with_epoch(session: Session) -> None:
    """Whoever pretends to be a replica is 6, or 75 if it names the right epoch; the leader's own id is no
    better.
    """
    name, _ = make_topic(session, "orders")
    append(session, name)
    connection = session.connect()
    for replica_id in (4711, broker_id(session)):
        for epoch in (-1, 0):
            request = fetch(name, part(epoch=epoch), replica_id=replica_id)
            connection.ask(request, 11)


@probe
def negative_limit_at_the_end(session: Session) -> None:
    """Where there is nothing to read a negative limit is no error."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(fetch(name, part(limit=-1)), 11)
    connection.ask(fetch(name, part(), max_bytes=-1), 11)


@probe
def isolation_level_of_nothing(session: Session) -> None:
    """An unknown isolation level is noticed only if a partition is there; it opens no session."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(fetch(session.name("missing"), part(), isolation_level=7), 11)
    for version in (12, 13):
        request = in_session(0, 0, topic(name, topic_id, part()))
        request.isolation_level = 5
        connection.ask(request, version)


@probe
def partitions_take_turns(session: Session) -> None:
    """Where the limit is too small for all, the partitions of a session take turns."""
    name, topic_id = make_topic(session, "orders", 3)
    for index in range(3):
        append(session, name, partition=index)
    connection = session.connect()

    def asked(request: FetchRequest) -> FetchRequest:
        request.max_bytes = 1
        return request

    opened = connection.ask(asked(in_session(0, 0, topic(name, topic_id, part(0), part(1), part(2)))), 12, view=sizes)
    for epoch in range(1, 6):
        connection.ask(asked(in_session(opened.session_id, epoch)), 12, view=sizes)


@probe
@asked_since("3.3", "with ZooKeeper a topic that is deleted is in the way for a moment more")
def topic_deleted_under_a_session(session: Session) -> None:
    """A session remembers the name of its topic: once that is deleted 3, once it is made again 103 by id and
    another log by name.
    """
    connection = session.connect()
    for version in (12, 13):
        name, topic_id = make_topic(session, f"orders-{version}")
        append(session, name)
        opened = connection.ask(in_session(0, 0, topic(name, topic_id, part(offset=1))), version, view=sizes)
        delete(session, name)
        connection.ask(in_session(opened.session_id, 1), version, view=sizes)
        make_topic(session, f"orders-{version}")
        connection.ask(in_session(opened.session_id, 2), version, view=sizes)


@probe
def topic_deleted_under_a_wait(session: Session) -> None:
    """A deleted topic ends the waiting with 3, by id as well."""
    connection = session.connect()
    for version in (11, 13):
        name, topic_id = make_topic(session, f"orders-{version}")
        request = fetch(name, part(), topic_id=topic_id, max_wait_ms=15_000, min_bytes=1)
        waiting = connection.send(request, version)
        # A round trip on another connection, so that the fetch is waiting by then.
        session.connect().ask(fetch(name, part(), topic_id=topic_id), version, view=sizes)
        session.service.quietly(by_name(name), 6)
        waiting.answer()


@probe
def session_goes_on_under_a_wait(session: Session) -> None:
    """When the next fetch of the session comes first, the waiting one is 71 with the session's id."""
    name, topic_id = make_topic(session, "orders")
    first, second = session.connect(), session.connect()
    opened = first.ask(in_session(0, 0, topic(name, topic_id, part())), 12)
    request = in_session(opened.session_id, 1)
    request.max_wait_ms, request.min_bytes = 1_000, 1
    waiting = first.send(request, 12)
    second.ask(fetch(name, part()), 12)
    second.ask(in_session(opened.session_id, 2), 12)
    waiting.answer()


@probe
def order_of_the_answer(session: Session) -> None:
    """What is there comes first; a topic is named again where another stands between."""
    name, topic_id = make_topic(session, "orders", 2)
    append(session, name, batch())
    missing = topic(session.name("missing"), UNKNOWN_UUID, part(0))
    connection = session.connect()
    for version in (12, 13):
        request = in_session(0, -1, missing, topic(name, topic_id, part(7), part(1), part(0)))
        connection.ask(request, version, view=sizes)


@probe
def list_offsets_checks(session: Session) -> None:
    """ListOffsets: the isolation level comes before everything, then partitions named twice, then the
    timestamp, then the topic; topics without partitions are left out.
    """
    name, _ = make_topic(session, "orders")
    missing = session.name("missing")
    connection = session.connect()

    def ask(*named: tuple[str, tuple[int, ...]], isolation_level: int = 0) -> None:
        topics = [
            ListOffsetsTopic(
                name=each,
                partitions=[ListOffsetsPartition(partition_index=0, timestamp=timestamp) for timestamp in timestamps],
            )
            for each, timestamps in named
        ]
        connection.ask(ListOffsetsRequest(replica_id=-1, isolation_level=isolation_level, topics=topics), 7)

    ask((missing, (-7,)), isolation_level=5)
    ask((name, (-7, -1)))
    ask((name, (-1,)), (name, (-1,)))
    ask((missing, (-7,)))
    ask((missing, (-1, -1)))
    ask((name, ()))
    ask()


@probe
def two_faults_at_once(session: Session) -> None:
    """Of several faults the first in this order counts: partition, isolation level, leader epoch, replica, offset, limit."""
    name, topic_id = make_topic(session, "orders")
    append(session, name)
    connection = session.connect()
    for version in (11, 17):
        for request in (
            fetch(name, part(1, 99, epoch=1, limit=-1), part(0), topic_id=topic_id, isolation_level=5),
            fetch(name, part(1, 99, epoch=1, limit=-1), topic_id=topic_id, replica_id=4711),
            fetch(name, part(0, 99, epoch=1, limit=-1), topic_id=topic_id, replica_id=4711),
            fetch(name, part(0, 99, limit=-1), topic_id=topic_id, replica_id=4711),
            fetch(name, part(0, 99, limit=-1), topic_id=topic_id),
        ):
            connection.ask(request, version, view=sizes)


@probe
def faults_of_a_session_and_its_topics(session: Session) -> None:
    """What is wrong with the session is told before anything about partitions."""
    connection = session.connect()
    missing = topic(session.name("missing"), UNKNOWN_UUID, part(0))
    for version in (12, 13):
        request = in_session(1_234_567, 1, missing)
        request.isolation_level = 5
        connection.ask(request, version)


@probe
def odd_session_numbers(session: Session) -> None:
    """Ids and epochs that nobody gave out: 70, but for a fetch that asks for no session, or for a new one."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for version in (7, 17):
        for session_id, epoch in ((0, 1), (0, -2), (-1, 1), (-1, -1), (77, -1), (77, 0), (77, -2), (77, 2_147_483_647)):
            request = in_session(session_id, epoch, topic(name, topic_id, part()))
            connection.ask(request, version, view=sizes)


@probe
def before_the_start(session: Session) -> None:
    """An offset below the log's start, once records were deleted: 1, with nothing told of the log."""
    name, topic_id = make_topic(session, "orders")
    append(session, name, batch(), batch(), batch())
    session.service.quietly(cut(name, 2), 2)
    connection = session.connect()
    for version in (4, 5, 11, 17):
        for offset in (1, 2):
            connection.ask(fetch(name, part(offset=offset), topic_id=topic_id), version, view=sizes)


@probe
def zstd_of_the_topic(session: Session) -> None:
    """A topic whose own codec is zstd is told from version 10 on: 76 before, if there is anything in it."""
    name, _ = make_topic(session, "orders", configs={"compression.type": "zstd"})
    plain, _ = make_topic(session, "plain")
    append(session, plain, batch(payload=bytes(cramjam.zstd.compress(Record().encoded(0))), attributes=4))
    connection = session.connect()
    for version in (4, 9, 10):
        connection.ask(fetch(name, part()), version, view=sizes)
        connection.ask(fetch(name, part(offset=99)), version, view=sizes)
        connection.ask(fetch(plain, part()), version, view=sizes)
    append(session, name)
    for version in (4, 9, 10):
        connection.ask(fetch(name, part()), version, view=sizes)


@probe
def racks_and_clusters(session: Session) -> None:
    """No rack is preferred where there is one replica, and nobody looks at the id of the cluster."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for version in (11, 12, 17):
        request = fetch(name, part(), topic_id=topic_id)
        request.rack_id = "rack"
        connection.ask(request, version, view=sizes)
        if version >= 12:
            request.cluster_id = "another"
            connection.ask(request, version, view=sizes)


@probe
def forgotten_outside_a_session(session: Session) -> None:
    """What is to be forgotten means nothing outside of a session, or where one begins."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    forget = [ForgottenTopic(topic=name, topic_id=topic_id, partitions=[0])]
    for version in (11, 17):
        for epoch in (-1, 0):
            connection.ask(in_session(0, epoch, topic(name, topic_id, part()), forget=forget), version, view=sizes)


@probe
def errors_do_not_wait(session: Session) -> None:
    """A partition in error, or a log that has diverged, ends the waiting of all."""
    name, _ = make_topic(session, "orders", 2)
    append(session, name)
    connection = session.connect()
    diverged = part(0, 1)
    diverged.last_fetched_epoch = 1
    for second in (part(1, 77), part(1, epoch=1)):
        request = fetch(name, part(0), second, max_wait_ms=15_000, min_bytes=100_000)
        connection.ask(request, 12, view=sizes)
    connection.ask(fetch(name, diverged, max_wait_ms=15_000, min_bytes=100_000), 12, view=sizes)
