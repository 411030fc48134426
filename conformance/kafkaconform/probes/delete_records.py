"""DeleteRecords: the start of partitions moved up."""

from kafkaconform.batches import Record, batch
from kafkaconform.outcome import Tree
from kafkaconform.prepare import append, group_name, make_topic
from kafkaconform.probes.list_offsets import EARLIEST, LATEST, ask_for
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.delete_records import DeleteRecordsPartition, DeleteRecordsRequest, DeleteRecordsTopic


def cut(topic: str, offset: int, *, partition: int = 0) -> DeleteRecordsRequest:
    """A request for one partition."""
    asked = DeleteRecordsPartition(partition_index=partition, offset=offset)
    return DeleteRecordsRequest(topics=[DeleteRecordsTopic(name=topic, partitions=[asked])], timeout_ms=10_000)


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Topics and partitions sorted: Kafka leaves their order open."""
    answer["topics"].sort(key=lambda topic: str(topic["name"]))
    for topic in answer["topics"]:
        topic["partitions"].sort(key=lambda partition: int(partition["partition_index"]))
    return answer


def filled(session: Session, **configs: str) -> str:
    """Offsets 0 to 9, in two batches of five."""
    name, _ = make_topic(session, "orders", configs={key.replace("_", "."): value for key, value in configs.items()})
    append(session, name, batch([Record()] * 5), batch([Record()] * 5))
    return name


@probe
def every_version(session: Session) -> None:
    """Up to an offset, also inside of a batch, in every version; the start moves, the end stays."""
    name = filled(session)
    connection = session.connect()
    for version in session.versions(DeleteRecordsRequest):
        connection.ask(cut(name, version + 2), version)
        connection.ask(ask_for(name, EARLIEST), 7)
    connection.ask(ask_for(name, LATEST), 7)


@probe
def everything(session: Session) -> None:
    """-1 and the end both leave nothing; again it is the same."""
    name = filled(session)
    connection = session.connect()
    connection.ask(cut(name, -1), 2)
    connection.ask(cut(name, -1), 2)
    connection.ask(cut(name, 10), 2)
    append(session, name)
    connection.ask(cut(name, 11), 2)
    connection.ask(ask_for(name, EARLIEST), 7)
    connection.ask(ask_for(name, LATEST), 7)


@probe
def never_back(session: Session) -> None:
    """Before the start, or at it: the answer is the start as it is."""
    name = filled(session)
    connection = session.connect()
    for offset in (5, 5, 3, 0):
        connection.ask(cut(name, offset), 2)
    connection.ask(ask_for(name, EARLIEST), 7)


@probe
def out_of_range(session: Session) -> None:
    """Behind the end, or below -1: 1, and nothing is deleted."""
    name = filled(session)
    connection = session.connect()
    for offset in (11, 1 << 40, -2, -100):
        connection.ask(cut(name, offset), 2)
    connection.ask(cut(name, 11), 0)
    connection.ask(ask_for(name, EARLIEST), 7)


@probe
def empty_partition(session: Session) -> None:
    """Nothing there: 0 and -1 are fine, 1 is out of range."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for offset in (0, -1, 1):
        connection.ask(cut(name, offset), 2)


@probe
def unknown_topic_or_partition(session: Session) -> None:
    """3 for what is not there, also where the name could not be a topic's."""
    name = filled(session)
    connection = session.connect()
    for version in session.versions(DeleteRecordsRequest):
        connection.ask(cut(session.name("missing"), 1), version)
        connection.ask(cut(name, 1, partition=1), version)
    connection.ask(cut(name, 1, partition=-1), 2)
    connection.ask(cut("a b", 1), 2)
    connection.ask(cut("", 1), 2)


@probe
def by_cleanup_policy(session: Session) -> None:
    """A topic that is only compacted: 44, before the offset is looked at; compacted and deleted: as any other."""
    connection = session.connect()
    compacted, _ = make_topic(session, "compacted", configs={"cleanup.policy": "compact"})
    for offset in (0, -1, 5):
        connection.ask(cut(compacted, offset), 2)
    both, _ = make_topic(session, "both", configs={"cleanup.policy": "compact,delete"})
    connection.ask(cut(both, 0), 2)


@probe
def internal_topic(session: Session) -> None:
    """A coordinator's topic may not be cut: 17; a partition of it that is not there: 3."""
    group_name(session)
    connection = session.connect()
    for offset in (0, -1, -2):
        connection.ask(cut("__consumer_offsets", offset), 2)
    connection.ask(cut("__consumer_offsets", 0, partition=1000), 2)


@probe
def several(session: Session) -> None:
    """Each partition is answered on its own; of one named twice the last entry counts; topics without
    partitions are left out.
    """
    name, _ = make_topic(session, "orders", 2)
    append(session, name, batch([Record()] * 3))
    append(session, name, batch([Record()] * 3), partition=1)
    connection = session.connect()
    asked = [DeleteRecordsPartition(partition_index=i, offset=o) for i, o in ((1, 1), (0, 2), (7, 0))]
    topics = [
        DeleteRecordsTopic(name=session.name("missing"), partitions=asked[:2]),
        DeleteRecordsTopic(name=name, partitions=asked),
    ]
    connection.ask(DeleteRecordsRequest(topics=topics, timeout_ms=10_000), 2, view=in_order)
    twice = [DeleteRecordsPartition(partition_index=1, offset=o) for o in (3, 2)]
    request = DeleteRecordsRequest(topics=[DeleteRecordsTopic(name=name, partitions=twice)], timeout_ms=10_000)
    connection.ask(request, 2)
    connection.ask_all_versions(DeleteRecordsRequest(topics=[], timeout_ms=10_000))
    empty = DeleteRecordsRequest(topics=[DeleteRecordsTopic(name=name)], timeout_ms=10_000)
    connection.ask_all_versions(empty)


@probe
def timeout(session: Session) -> None:
    """The leader alone is enough here: a timeout of 0, or below, does not strike."""
    name = filled(session)
    connection = session.connect()
    for timeout_ms in (0, -1):
        request = cut(name, 4)
        request.timeout_ms = timeout_ms
        connection.ask(request, 2)
