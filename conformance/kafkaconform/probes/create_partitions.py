"""CreatePartitions: more partitions for topics that are there."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import append, make_topic, wait_for_topic
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.create_partitions import (
    CreatePartitionsAssignment,
    CreatePartitionsRequest,
    CreatePartitionsTopic,
)
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic


def enlarged(name: str, count: int, *assignments: list[int], by_hand: bool = False) -> CreatePartitionsTopic:
    """One topic of a request; the controller places the new partitions unless ``by_hand``, or brokers are given."""
    placed = [CreatePartitionsAssignment(broker_ids=brokers) for brokers in assignments]
    return CreatePartitionsTopic(name=name, count=count, assignments=placed if placed or by_hand else None)


def grow(*topics: CreatePartitionsTopic, validate_only: bool = False) -> CreatePartitionsRequest:
    """A request for some topics."""
    return CreatePartitionsRequest(topics=list(topics), timeout_ms=10_000, validate_only=validate_only)


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """By name: Kafka puts refused entries where it likes."""
    answer["results"].sort(key=lambda topic: (str(topic["name"]), topic["error_code"]))
    return answer


@probe
def every_version(session: Session) -> None:
    """A topic grows by one partition in every version; the metadata knows them, with leaders of epoch 0."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    count = 1
    for version in session.versions(CreatePartitionsRequest):
        count += 1
        connection.ask(grow(enlarged(name, count)), version)
    wait_for_topic(session, name, count)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=name)]), 12)


@probe
def not_growing(session: Session) -> None:
    """As many as there are, fewer, none, or a number below zero: 37, in words what is there."""
    name, _ = make_topic(session, "orders", 3)
    connection = session.connect()
    for count in (3, 2, 1, 0, -1, -2):
        connection.ask(grow(enlarged(name, count)), 3)
    connection.ask(grow(enlarged(name, 3)), 0)
    single, _ = make_topic(session, "single")
    connection.ask(grow(enlarged(single, 1)), 3)


@probe
def unknown_topic(session: Session) -> None:
    """A topic that is not there, whether it could be or not: 3."""
    connection = session.connect()
    for name in (session.name("missing"), "a b", "", "__cluster_metadata"):
        for version in (0, 3):
            connection.ask(grow(enlarged(name, 2)), version)
    connection.ask(grow(enlarged(session.name("missing"), -1, [99])), 3)


@probe
def twice_in_one_request(session: Session) -> None:
    """A topic named twice is refused once, 42, and stays as it is."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(grow(enlarged(name, 2), enlarged(name, 3)), 3)
    connection.ask(grow(enlarged(name, 2)), 3)
    missing = session.name("missing")
    connection.ask(grow(enlarged(missing, 2), enlarged(missing, 2)), 3)


@probe
def only_validated(session: Session) -> None:
    """Only validated: answered as if it had been done, and not done."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for version in session.versions(CreatePartitionsRequest):
        connection.ask(grow(enlarged(name, 2), validate_only=True), version)
    connection.ask(grow(enlarged(name, 1), validate_only=True), 3)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=name)]), 12)


@probe
def by_hand(session: Session) -> None:
    """New partitions placed by hand: one list of brokers each, as long as those that are there."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(grow(enlarged(name, 3, [1], [1])), 3)
    connection.ask(grow(enlarged(name, 4, [1])), 0)
    wait_for_topic(session, name, 4)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=name)]), 12)


@probe
def badly_by_hand(session: Session) -> None:
    """A wrong number of lists, empty ones, brokers that there are not or that come twice: 39; the count is
    looked at first.
    """
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    refused: tuple[tuple[list[int], ...], ...] = ([1], [1], [1]), ([1],), ([], []), ([1], []), ([99], [1])
    for assignments in (*refused, ([1, 1], [1]), ([1], [1, 99]), ([1], [99]), ([-1], [1]), ([1, 99], [1])):
        connection.ask(grow(enlarged(name, 3, *assignments)), 3)
    connection.ask(grow(enlarged(name, 3, by_hand=True)), 3)
    connection.ask(grow(enlarged(name, 1, [99])), 3)
    connection.ask(grow(enlarged(name, 3, [99], [1]), validate_only=True), 3)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=name)]), 12)


@probe
@asked_since("3.3", "a broker with ZooKeeper makes them all, and is busy with it for minutes")
def too_many(session: Session) -> None:
    """More than 10,000 partitions in one request."""
    name, _ = make_topic(session, "orders")
    other, _ = make_topic(session, "other")
    connection = session.connect()
    connection.ask(grow(enlarged(name, 10_002), validate_only=True), 3)
    connection.ask(grow(enlarged(name, 10_001), validate_only=True), 3)
    connection.ask(grow(enlarged(name, 10_000), validate_only=True), 3)

    def only_codes(answer: dict[str, Tree]) -> dict[str, Tree]:
        answer["results"] = sorted(topic["error_code"] for topic in answer["results"])
        return answer

    # Which of the two comes first and is let through is Kafka's hash table's choice.
    connection.ask(grow(enlarged(name, 6_000), enlarged(other, 6_000), validate_only=True), 3, view=only_codes)


@probe
def several(session: Session) -> None:
    """Each topic is answered on its own."""
    first, _ = make_topic(session, "first")
    second, _ = make_topic(session, "second", 2)
    connection = session.connect()
    missing = session.name("missing")
    request = grow(enlarged(first, 2), enlarged(missing, 2), enlarged(second, 2), enlarged(missing, 3))
    connection.ask(request, 3, view=in_order)
    connection.ask_all_versions(grow())


@probe
def new_partitions_work(session: Session) -> None:
    """A new partition takes records, and what was there keeps its own."""
    name, _ = make_topic(session, "orders")
    append(session, name)
    connection = session.connect()
    connection.ask(grow(enlarged(name, 2)), 3)
    wait_for_topic(session, name, 2)
    append(session, name, partition=1)
    append(session, name, partition=0)
