"""AlterReplicaLogDirs: replicas moved between the directories of a broker that has one."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.alter_replica_log_dirs import (
    AlterReplicaLogDir,
    AlterReplicaLogDirsRequest,
    AlterReplicaLogDirTopic,
)
from kafkawire.messages.describe_log_dirs import DescribeLogDirsRequest


def move(*places: tuple[str, str, list[int]]) -> AlterReplicaLogDirsRequest:
    """A request for directory, topic and its partitions."""
    dirs = [
        AlterReplicaLogDir(path=path, topics=[AlterReplicaLogDirTopic(name=name, partitions=partitions)])
        for path, name, partitions in places
    ]
    return AlterReplicaLogDirsRequest(dirs=dirs)


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Topics and partitions sorted: Kafka leaves their order open."""
    answer["results"].sort(key=lambda topic: str(topic["topic_name"]))
    for topic in answer["results"]:
        topic["partitions"].sort(key=lambda partition: int(partition["partition_index"]))
    return answer


def its_directory(session: Session) -> str:
    """The broker's directory."""
    answer = session.service.quietly(DescribeLogDirsRequest(topics=None), 4)
    return str(answer.results[0].log_dir)


@probe
def to_where_it_is(session: Session) -> None:
    """To the directory where they are: no error."""
    name, _ = make_topic(session, "orders", 2)
    session.connect().ask_all_versions(move((its_directory(session), name, [0, 1])), view=in_order)


@probe
def no_such_directory(session: Session) -> None:
    """A directory that the broker has not, or a relative one: 57, before the topic is looked at."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for path in ("/no/such/directory", "relative", ""):
        connection.ask_all_versions(move((path, name, [0])))
    connection.ask(move(("/no/such/directory", session.name("missing"), [0])), 2)
    connection.ask(move(("relative", session.name("missing"), [0])), 2)


@probe
def no_such_replica(session: Session) -> None:
    """A topic or partition that is not here, in a directory that is."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    path = its_directory(session)
    connection.ask_all_versions(move((path, session.name("missing"), [0])))
    connection.ask(move((path, name, [1])), 2)
    connection.ask(move((path, name, [-1])), 2)
    connection.ask(move((path, "a b", [0])), 2)
    connection.ask(move((path, "", [0])), 2)


@probe
def several(session: Session) -> None:
    """Each partition on its own; one that comes twice goes where it was sent last; no directories, no partitions."""
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    path = its_directory(session)
    connection.ask(move((path, name, [0, 7]), ("/no/such/directory", name, [1])), 2, view=in_order)
    connection.ask(move((path, name, [0]), ("/no/such/directory", name, [0])), 2, view=in_order)
    connection.ask(move(("/no/such/directory", name, [0]), (path, name, [0])), 2, view=in_order)
    connection.ask_all_versions(move())
    connection.ask_all_versions(move((path, name, [])))
