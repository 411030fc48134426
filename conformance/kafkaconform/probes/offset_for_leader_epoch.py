"""OffsetForLeaderEpoch: where an epoch of a partition ended."""

from kafkaconform.batches import Record, batch
from kafkaconform.outcome import Tree
from kafkaconform.prepare import append, make_topic
from kafkaconform.probes.delete_records import cut
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.offset_for_leader_epoch import (
    OffsetForLeaderEpochRequest,
    OffsetForLeaderPartition,
    OffsetForLeaderTopic,
)


def end_of(
    topic: str, epoch: int, *, current: int = -1, partition: int = 0, replica_id: int = -1
) -> OffsetForLeaderEpochRequest:
    """A request for one partition."""
    asked = OffsetForLeaderPartition(partition=partition, current_leader_epoch=current, leader_epoch=epoch)
    return OffsetForLeaderEpochRequest(
        replica_id=replica_id, topics=[OffsetForLeaderTopic(topic=topic, partitions=[asked])]
    )


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Topics and partitions sorted: Kafka leaves their order open."""
    answer["topics"].sort(key=lambda topic: str(topic["topic"]))
    for topic in answer["topics"]:
        topic["partitions"].sort(key=lambda partition: int(partition["partition"]))
    return answer


def filled(session: Session) -> str:
    """Three records of epoch 0."""
    name, _ = make_topic(session, "orders")
    append(session, name, batch([Record()] * 3))
    return name


@probe
def every_version(session: Session) -> None:
    """The epoch that the leader is in ends where the log does."""
    name = filled(session)
    session.connect().ask_all_versions(end_of(name, 0))


@probe
def other_epochs(session: Session) -> None:
    """An epoch that has not begun, and -1, end nowhere: -1 and -1, without an error."""
    name = filled(session)
    connection = session.connect()
    for epoch in (1, 5, -1, -2, -100):
        connection.ask(end_of(name, epoch), 4)
        connection.ask(end_of(name, epoch), 2)


@probe
def current_epoch(session: Session) -> None:
    """The epoch the asker believes in: later than the broker's 75, earlier 74, -1 is not looked at."""
    name = filled(session)
    connection = session.connect()
    for version in session.versions(OffsetForLeaderEpochRequest):
        for current in (-1, 0, 1, -2):
            connection.ask(end_of(name, 0, current=current), version)
    connection.ask(end_of(name, 5, current=5), 4)


@probe
def empty_partition(session: Session) -> None:
    """A partition that nobody has written to: the epoch is there, and ends at 0."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for epoch in (0, 1, -1):
        connection.ask(end_of(name, epoch), 4)


@probe
def nothing_left(session: Session) -> None:
    """Records were deleted: the epoch still ends at the end of the log."""
    name = filled(session)
    connection = session.connect()
    connection.ask(cut(name, 2), 2)
    connection.ask(end_of(name, 0), 4)
    connection.ask(cut(name, -1), 2)
    connection.ask(end_of(name, 0), 4)


@probe
def unknown_topic_or_partition(session: Session) -> None:
    """3 for what is not there, whatever epoch is believed in."""
    name = filled(session)
    connection = session.connect()
    for version in session.versions(OffsetForLeaderEpochRequest):
        connection.ask(end_of(session.name("missing"), 0), version)
        connection.ask(end_of(name, 0, partition=1), version)
    connection.ask(end_of(name, 0, partition=-1, current=7), 4)
    connection.ask(end_of("a b", 0), 4)
    connection.ask(end_of("", 0), 4)


@probe
def as_a_replica(session: Session) -> None:
    """Whoever asks, a consumer, a debugger or what calls itself a replica, is told the same by the leader."""
    name = filled(session)
    connection = session.connect()
    for version in (3, 4):
        for replica_id in (-1, -2, 1, 4711, -3):
            connection.ask(end_of(name, 0, replica_id=replica_id), version)


@probe
def several(session: Session) -> None:
    """Each entry is answered on its own, also where a partition comes twice; no topics, and a topic without
    partitions.
    """
    name, _ = make_topic(session, "orders", 2)
    append(session, name, batch([Record()] * 3))
    asked = [OffsetForLeaderPartition(partition=i, leader_epoch=e) for i, e in ((1, 0), (0, 0), (7, 0))]
    topics = [
        OffsetForLeaderTopic(topic=session.name("missing"), partitions=asked[:2]),
        OffsetForLeaderTopic(topic=name, partitions=asked),
    ]
    connection = session.connect()
    connection.ask(OffsetForLeaderEpochRequest(replica_id=-1, topics=topics), 4, view=in_order)
    twice = [OffsetForLeaderPartition(partition=0, leader_epoch=e) for e in (0, 3)]
    topics = [OffsetForLeaderTopic(topic=name, partitions=twice)]
    connection.ask(OffsetForLeaderEpochRequest(replica_id=-1, topics=topics), 4)
    connection.ask_all_versions(OffsetForLeaderEpochRequest(replica_id=-1, topics=[]))
    empty = OffsetForLeaderEpochRequest(replica_id=-1, topics=[OffsetForLeaderTopic(topic=name)])
    connection.ask_all_versions(empty)
