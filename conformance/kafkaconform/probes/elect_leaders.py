"""ElectLeaders: leaders elected anew."""

from kafkaconform.outcome import Tree, View
from kafkaconform.prepare import make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.elect_leaders import ElectLeadersRequest, TopicPartitions

PREFERRED, UNCLEAN = 0, 1


def elect(*topics: tuple[str, list[int]], kind: int = PREFERRED, everywhere: bool = False) -> ElectLeadersRequest:
    """A request for partitions by topic, or for all."""
    asked = [TopicPartitions(topic=name, partitions=partitions) for name, partitions in topics]
    return ElectLeadersRequest(election_type=kind, topic_partitions=None if everywhere else asked, timeout_ms=10_000)


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Topics and partitions sorted: Kafka leaves their order open."""
    answer["replica_election_results"].sort(key=lambda topic: str(topic["topic"]))
    for topic in answer["replica_election_results"]:
        topic["partition_result"].sort(key=lambda partition: (int(partition["partition_id"]), partition["error_code"]))
    return answer


def ours(session: Session) -> View:
    """Only topics of this run, sorted."""

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        results = [topic for topic in answer["replica_election_results"] if session.is_ours(topic["topic"])]
        answer["replica_election_results"] = results
        return in_order(answer)

    return view


@probe
def every_version(session: Session) -> None:
    """The only replica leads already: 84, preferred or unclean."""
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    connection.ask_all_versions(elect((name, [0, 1])), view=in_order)
    connection.ask_all_versions(elect((name, [0, 1]), kind=UNCLEAN), view=in_order, first=1)


@probe
def everywhere(session: Session) -> None:
    """Everywhere: only partitions where something was elected, or could not be, are told."""
    make_topic(session, "orders", 2)
    connection = session.connect()
    for kind in (PREFERRED, UNCLEAN):
        connection.ask_all_versions(elect(kind=kind, everywhere=True), view=ours(session), first=kind)


@probe
def unknown(session: Session) -> None:
    """A topic or partition that is not there, or could not be: 3."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for kind in (PREFERRED, UNCLEAN):
        connection.ask(elect((session.name("missing"), [0, 1]), kind=kind), 2, view=in_order)
        connection.ask(elect((name, [1, -1]), kind=kind), 2, view=in_order)
        connection.ask(elect(("a b", [0]), kind=kind), 2)
        connection.ask(elect(("", [0]), kind=kind), 2)
    connection.ask(elect((session.name("missing"), [0])), 0)


@probe
def unknown_type(session: Session) -> None:
    """A type of election that there is not."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for version in (1, 2):
        for kind in (2, -1, 127):
            connection.ask(elect((name, [0]), kind=kind), version)
    connection.ask(elect(kind=2, everywhere=True), 2)


@probe
def several(session: Session) -> None:
    """Each partition on its own, also where it comes twice; no topics, no partitions."""
    name, _ = make_topic(session, "orders", 2)
    connection = session.connect()
    connection.ask(elect((name, [1, 0, 7]), (session.name("missing"), [0])), 2, view=in_order)
    connection.ask(elect((name, [0, 0])), 2, view=in_order)
    connection.ask_all_versions(elect())
    connection.ask_all_versions(elect((name, [])))


@probe
def faults_at_once(session: Session) -> None:
    """A type that there is not is told before that a partition is not there, and each partition it is told of once."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(elect((name, [0, 0, 7]), (session.name("missing"), [0]), kind=9), 2, view=in_order)
    connection.ask(elect((name, []), kind=9), 2, view=in_order)
    connection.ask(elect((name, [0]), (name, [0, 5])), 2, view=in_order)
