"""Metadata: topics, their partitions and leaders, and the brokers."""

from kafkaconform.outcome import Mark, Tree, View
from kafkaconform.prepare import UNKNOWN_UUID, group_name, make_topic, wait_for_topic, wait_until_gone
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.delete_topics import DeleteTopicsRequest
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic


def by_name(*names: str, create: bool = False) -> MetadataRequest:
    """A request for topics by name."""
    return MetadataRequest(topics=[MetadataRequestTopic(name=name) for name in names], allow_auto_topic_creation=create)


def ours_sorted(session: Session) -> View:
    """Only topics of this run, by name: Kafka leaves the order open and others may use the broker too."""

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        ours = [topic for topic in answer["topics"] if session.is_ours(topic["name"])]
        return {**answer, "topics": sorted(ours, key=lambda topic: str(topic["name"]))}

    return view


def by_partition(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Partitions by number: Kafka lists them in the order of a hash map."""
    for topic in answer["topics"]:
        topic["partitions"].sort(key=lambda partition: partition["partition_index"])
    return answer


@probe
def one_topic_every_version(session: Session) -> None:
    """A topic by name in every version: rack from 1, throttle time from 3, epochs from 7, ids from 10."""
    name, _ = make_topic(session, "orders", 2)
    session.connect().ask_all_versions(by_name(name), view=by_partition)


@probe
def all_topics(session: Session) -> None:
    """All topics: an empty list in version 0, null from 1 on."""
    make_topic(session, "first")
    make_topic(session, "second")
    connection = session.connect()
    connection.ask(MetadataRequest(topics=[]), 0, view=ours_sorted(session))
    for version in session.versions(MetadataRequest):
        if version >= 1:
            connection.ask(MetadataRequest(topics=None), version, view=ours_sorted(session))


@probe
def no_topics(session: Session) -> None:
    """An empty list from version 1 on asks for no topic: brokers only."""
    connection = session.connect()
    for version in (1, 4, 8, 9, 12, 13):
        connection.ask(MetadataRequest(topics=[]), version)


@probe
def unknown_topic(session: Session) -> None:
    """A topic that is not there and may not be created: 3, no partitions."""
    connection = session.connect()
    for version in session.versions(MetadataRequest):
        if version >= 4:
            connection.ask(by_name(session.name("missing")), version)


@probe
def auto_creation(session: Session) -> None:
    """A topic that may be created: 3 at first (the leader is not known yet), soon after the topic itself,
    with the broker's default partitions.
    """
    connection = session.connect()
    name = session.name("created")
    connection.ask(by_name(name, create=True), 12)
    wait_for_topic(session, name)
    connection.ask(by_name(name, create=True), 12)


@probe
def auto_creation_before_version_4(session: Session) -> None:
    """Versions without the flag always create."""
    connection = session.connect()
    for version in (0, 1, 2, 3):
        name = session.name(f"created-by-{version}")
        connection.ask(by_name(name), version)
        wait_for_topic(session, name)
        connection.ask(by_name(name), version)


@probe
def bad_names(session: Session) -> None:
    """A name that no topic can have: 17, whether it may be created or not."""
    connection = session.connect()
    for create in (True, False):
        for name in ("", ".", "..", "a b", "a/b", "ä", "a" * 250, "a" * 249 + "!"):
            connection.ask(by_name(name, create=create), 12)


@probe
def by_topic_id(session: Session) -> None:
    """By id from version 10 on, where the name may be null: the topic with its name; an unknown id: 100, and
    the id stays.
    """
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for version in (10, 11, 12, 13):
        for wanted in (topic_id, UNKNOWN_UUID):
            connection.ask(MetadataRequest(topics=[MetadataRequestTopic(topic_id=wanted, name=None)]), version)
    # both forms at once, and both in one entry
    both = [MetadataRequestTopic(topic_id=topic_id, name=None), MetadataRequestTopic(name=name)]
    connection.ask(MetadataRequest(topics=both), 12)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(topic_id=topic_id, name=name)]), 12)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=None)]), 12)


@probe
def same_topic_twice(session: Session) -> None:
    """A topic named twice is answered once."""
    name, _ = make_topic(session, "orders")
    session.connect().ask(by_name(name, name), 12)


@probe
def several_topics(session: Session) -> None:
    """Known topics first, then unknown ones."""
    first, _ = make_topic(session, "first")
    second, _ = make_topic(session, "second")
    connection = session.connect()
    connection.ask(by_name(session.name("missing"), second, first), 12)
    connection.ask(by_name(first, "bad name", second), 12)


@probe
def authorized_operations(session: Session) -> None:
    """Operations are a bit field where they are asked for (8 to 10 for the cluster, from 8 on for topics),
    the smallest int32 elsewhere.
    """
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    request = MetadataRequest(
        topics=[MetadataRequestTopic(name=name)],
        include_cluster_authorized_operations=True,
        include_topic_authorized_operations=True,
    )
    for version in (8, 9, 10):
        connection.ask(request, version)
    request.include_cluster_authorized_operations = False
    connection.ask(request, 12)


@probe
def authorized_operations_of_what_is_not_there(session: Session) -> None:
    """Topics that are not there by name, or that cannot be, have operations, too; unknown ids have none."""
    name, topic_id = make_topic(session, "orders")
    connection = session.connect()
    for version in (8, 10, 12, 13):
        request = by_name(session.name("missing"), "bad name", name)
        request.include_topic_authorized_operations = True
        request.include_cluster_authorized_operations = version <= 10
        connection.ask(request, version)
    for wanted in (UNKNOWN_UUID, topic_id):
        request = MetadataRequest(topics=[MetadataRequestTopic(name=None, topic_id=wanted)])
        request.include_topic_authorized_operations = True
        connection.ask(request, 12)
    nothing = MetadataRequest(topics=[], include_topic_authorized_operations=True)
    nothing.include_cluster_authorized_operations = True
    connection.ask(nothing, 9)


def is_internal(answer: dict[str, Tree]) -> dict[str, Tree]:
    """What is said of a topic apart from its many partitions."""
    topics = [{key: value for key, value in topic.items() if key != "partitions"} for topic in answer["topics"]]
    return {"topics": [{**topic, "topic_id": Mark("uuid", b"internal")} for topic in topics]}


@probe
def internal_topic(session: Session) -> None:
    """The internal topics carry the flag."""
    connection = session.connect()
    group_name(session)  # the first group makes the offsets topic
    connection.ask(by_name("__consumer_offsets"), 12, view=is_internal)


@probe
def auto_creation_of_a_colliding_name(session: Session) -> None:
    """A name that collides with another's in "." and "_" is not created, and nothing but 3 is said of it,
    however often.
    """
    make_topic(session, "a.b")
    connection = session.connect()
    for _ in range(2):
        connection.ask(by_name(session.name("a_b"), create=True), 12)
        connection.settle()


@probe
def all_topics_with_operations(session: Session) -> None:
    """Operations of every topic there is, where all are asked for, and of the cluster while it had them."""
    make_topic(session, "first")
    make_topic(session, "second")
    connection = session.connect()
    for version in session.versions(MetadataRequest):
        if version >= 8:
            request = MetadataRequest(topics=None, include_topic_authorized_operations=True)
            request.include_cluster_authorized_operations = version <= 10
            connection.ask(request, version, view=ours_sorted(session))


@probe
def ids_and_names(session: Session) -> None:
    """Entries with an id, with a name, with both and with neither, in every version that has ids."""
    first, first_id = make_topic(session, "first")
    second, _ = make_topic(session, "second")
    connection = session.connect()
    for version in (10, 11, 12, 13):
        for entries in (
            [(None, first_id), (None, first_id)],
            [(None, first_id), (None, UNKNOWN_UUID), (second, bytes(16))],
            [(second, first_id)],
            [(session.name("missing"), first_id)],
            [(session.name("missing"), UNKNOWN_UUID)],
            [(second, bytes(16)), (first, bytes(16))],
            [(None, bytes(16))],
            [(None, bytes(16)), (second, bytes(16))],
        ):
            topics = [MetadataRequestTopic(name=name, topic_id=topic_id) for name, topic_id in entries]
            connection.ask(MetadataRequest(topics=topics, allow_auto_topic_creation=False), version)


@probe
@asked_since("3.3", "with ZooKeeper a topic that is deleted is in the way for a moment more")
def a_recreated_topic(session: Session) -> None:
    """A topic made again has another id, and the old one is unknown."""
    name, old_id = make_topic(session, "orders")
    delete = DeleteTopicsRequest(topic_names=[name], timeout_ms=10_000)
    session.service.quietly(delete, 5)
    wait_until_gone(session, name)
    _, new_id = make_topic(session, "orders")
    connection = session.connect()
    for topic_id in (old_id, new_id):
        connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=None, topic_id=topic_id)]), 12)


@probe
def order_of_checks(session: Session) -> None:
    """A fault of the shape of one entry fails all of them, before any topic is looked at; and nothing is created."""
    name, topic_id = make_topic(session, "orders")
    missing = session.name("missing")
    connection = session.connect()
    for version in (10, 12, 13):
        for entries in (
            [("bad name", bytes(16)), (None, bytes(16))],
            [(missing, bytes(16)), (None, topic_id), (None, bytes(16))],
            [("bad name", UNKNOWN_UUID)],
            [("bad name", topic_id)],
            [("bad name", bytes(16)), (missing, topic_id)],
        ):
            topics = [MetadataRequestTopic(name=entry, topic_id=uuid) for entry, uuid in entries]
            connection.ask(MetadataRequest(topics=topics, allow_auto_topic_creation=True), version)
    connection.ask(by_name(missing), 12)
    connection.ask(by_name(name), 12, view=by_partition)


@probe
def missing_and_bad_names_twice(session: Session) -> None:
    """Each name is answered once, in every version, whether there is such a topic or not."""
    name, _ = make_topic(session, "orders")
    missing = session.name("missing")
    connection = session.connect()
    for version in (4, 9, 13):
        connection.ask(by_name(missing, "bad name", name, missing, "bad name", name), version)


@probe
def all_topics_may_be_created(session: Session) -> None:
    """Where all topics are asked for the flag that allows creation has nothing to say."""
    make_topic(session, "orders")
    connection = session.connect()
    for version in (4, 12):
        for create in (True, False):
            request = MetadataRequest(topics=None, allow_auto_topic_creation=create)
            connection.ask(request, version, view=ours_sorted(session))
