"""OffsetFetch: where a group has come to, asked again."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import UNKNOWN_UUID, group_name, make_topic, wait_until_gone
from kafkaconform.probes.delete_topics import by_name
from kafkaconform.probes.offset_commit import commit
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.offset_fetch import (
    OffsetFetchRequest,
    OffsetFetchRequestGroup,
    OffsetFetchRequestTopic,
    OffsetFetchRequestTopics,
)


def fetch(
    group: str,
    *topics: tuple[str, bytes, list[int]],
    everything: bool = False,
    member_id: str | None = None,
    member_epoch: int = -1,
    require_stable: bool = False,
) -> OffsetFetchRequest:
    """A request for one group in both forms: alone up to version 7, in a list from 8 on."""
    old = [OffsetFetchRequestTopic(name=name, partition_indexes=indexes) for name, _, indexes in topics]
    new = [
        OffsetFetchRequestTopics(name=name, topic_id=topic_id, partition_indexes=indexes)
        for name, topic_id, indexes in topics
    ]
    one = OffsetFetchRequestGroup(
        group_id=group,
        member_id=member_id,
        member_epoch=member_epoch,
        topics=None if everything else new,
    )
    return OffsetFetchRequest(
        group_id=group, topics=None if everything else old, groups=[one], require_stable=require_stable
    )


@probe
def every_version(session: Session) -> None:
    """What was committed, with its metadata and, from 5 on, its epoch; -1 and empty metadata where nothing
    was.
    """
    name, topic_id = make_topic(session, "orders", 2)
    group = group_name(session)
    connection = session.connect()
    session.service.quietly(commit(group, name, offset=5, metadata="note", epoch=0), 7)
    connection.ask_all_versions(fetch(group, (name, topic_id, [0, 1])))


@probe
def everything(session: Session) -> None:
    """Null topics, from version 2 on, ask for all that the group has committed."""
    name, _ = make_topic(session, "orders", 2)
    group = group_name(session)
    connection = session.connect()
    for partition in (0, 1):
        session.service.quietly(commit(group, name, partition=partition, offset=7), 7)

    def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
        for holder in (answer, *answer.get("groups", [])):
            for topic in holder.get("topics", []):
                topic["partitions"].sort(key=lambda partition: partition["partition_index"])
        return answer

    for version in session.versions(OffsetFetchRequest):
        if version >= 2:
            connection.ask(fetch(group, everything=True), version, view=in_order)


@probe
def round_trip(session: Session) -> None:
    """Offsets, epochs and metadata come back as committed; null metadata comes back empty."""
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    connection = session.connect()
    for offset, epoch, metadata in ((0, 0, "ä"), (2**62, 7, None), (-1, -1, "x"), (-2, -2, "m" * 4096)):
        session.service.quietly(commit(group, name, offset=offset, epoch=epoch, metadata=metadata), 7)
        connection.ask(fetch(group, (name, topic_id, [0])), 9)
        connection.ask(fetch(group, everything=True), 9)


@probe
def unknown_groups(session: Session) -> None:
    """A group that nobody ever heard of has nothing; so has one without a name."""
    name, topic_id = make_topic(session, "orders")
    group_name(session)
    connection = session.connect()
    for version in session.versions(OffsetFetchRequest):
        connection.ask(fetch(session.name("nobody"), (name, topic_id, [0])), version)
        connection.ask(fetch("", (name, topic_id, [0])), version)
        if version >= 2:
            connection.ask(fetch(session.name("nobody"), everything=True), version)


@probe
def unknown_topics(session: Session) -> None:
    """Topics and partitions that are not there have nothing either; an unknown id is 100."""
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    connection = session.connect()
    for version in (1, 5, 8, 9, 10):
        connection.ask(fetch(group, (session.name("missing"), UNKNOWN_UUID, [0]), (name, topic_id, [9, -1])), version)
        connection.ask(fetch(group), version)
        connection.ask(fetch(group, (name, topic_id, [])), version)


@probe
def deleted_topic(session: Session) -> None:
    """With the topic its offsets go."""
    name, _ = make_topic(session, "orders")
    group = group_name(session)
    connection = session.connect()
    session.service.quietly(commit(group, name), 7)
    session.service.quietly(by_name(name), 6)
    connection.settle(1.0)
    connection.ask(fetch(group, everything=True), 9)


@probe
@asked_since("4.0", "a request for no group at all is never answered")
def several_groups(session: Session) -> None:
    """From version 8 on several groups at once, each answered on its own."""
    name, topic_id = make_topic(session, "orders")
    first, second = group_name(session, "first"), group_name(session, "second")
    session.service.quietly(commit(first, name, offset=1), 7)
    session.service.quietly(commit(second, name, offset=2), 7)
    connection = session.connect()

    def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
        answer["groups"].sort(key=lambda group: str(group["group_id"]))
        return answer

    for version in (8, 9, 10):
        request = fetch(first, (name, topic_id, [0]))
        request.groups += fetch(session.name("nobody"), everything=True).groups
        request.groups += fetch(second, everything=True).groups
        connection.ask(request, version, view=in_order)
        connection.ask(OffsetFetchRequest(groups=[]), version)


@probe
def member_and_epoch(session: Session) -> None:
    """From version 9 on a member may name itself; of a classic group nothing of that is looked at, or as the
    broker has it.
    """
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    session.service.quietly(commit(group, name), 7)
    connection = session.connect()
    for member_id, epoch in ((None, -1), ("stranger", -1), ("stranger", 1), (None, 3)):
        connection.ask(fetch(group, (name, topic_id, [0]), member_id=member_id, member_epoch=epoch), 9)


@probe
def require_stable(session: Session) -> None:
    """From version 7 on; without open transactions it changes nothing."""
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    session.service.quietly(commit(group, name), 7)
    connection = session.connect()
    for version in (7, 8, 10):
        connection.ask(fetch(group, (name, topic_id, [0]), require_stable=True), version)


@probe
def twice_in_one_request(session: Session) -> None:
    """A partition, a topic, or a group that is named twice is answered as often."""
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    session.service.quietly(commit(group, name), 7)
    connection = session.connect()
    for version in (1, 7, 8, 10):
        topics = ((name, topic_id, [0, 0]), (name, topic_id, [0]), (session.name("missing"), UNKNOWN_UUID, [0, 0]))
        connection.ask(fetch(group, *topics), version)
        if version >= 8:
            request = fetch(group, (name, topic_id, [0]))
            request.groups *= 2
            connection.ask(request, version)


@probe
def unknown_ids_come_last(session: Session) -> None:
    """By id, from version 10 on: topics that are not there, or have no id, are answered last, with 100 at each partition; also
    where nothing else is asked.
    """
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    session.service.quietly(commit(group, name), 7)
    connection = session.connect()
    asked: list[list[tuple[str, bytes, list[int]]]] = [
        [(name, UNKNOWN_UUID, [0, 1]), (name, topic_id, [0]), (name, bytes(16), [3])],
        [(name, UNKNOWN_UUID, [0])],
        [(name, UNKNOWN_UUID, []), (name, topic_id, [])],
    ]
    for topics in asked:
        connection.ask(fetch(group, *topics), 10)
        connection.ask(fetch(session.name("nobody"), *topics), 10)


@probe
@asked_since("3.3", "with ZooKeeper a topic that is deleted is in the way for a moment more")
def everything_of_a_recreated_topic(session: Session) -> None:
    """Offsets of a topic that was made again are not those of the old one; by id neither."""
    name, old_id = make_topic(session, "orders")
    group = group_name(session)
    session.service.quietly(commit(group, name), 7)
    session.service.quietly(by_name(name), 6)
    wait_until_gone(session, name)
    _, new_id = make_topic(session, "orders")
    connection = session.connect()
    connection.settle()
    for topic_id in (old_id, new_id):
        connection.ask(fetch(group, (name, topic_id, [0])), 10)
    connection.ask(fetch(group, everything=True), 10)
