"""DeleteTopics: by name, from version 6 on also by id."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import UNKNOWN_UUID, make_topic, topic_spec, wait_for_topic, wait_until_gone
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session, retried
from kafkawire.messages.create_topics import CreateTopicsRequest
from kafkawire.messages.delete_topics import DeleteTopicsRequest, DeleteTopicState
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic


def by_name(*names: str) -> DeleteTopicsRequest:
    """A request that says the names in both forms: a list of names up to version 5, entries from 6 on."""
    return DeleteTopicsRequest(
        topics=[DeleteTopicState(name=name) for name in names], topic_names=list(names), timeout_ms=10_000
    )


def by_id(*ids: bytes) -> DeleteTopicsRequest:
    """A request of version 6 by id."""
    return DeleteTopicsRequest(topics=[DeleteTopicState(name=None, topic_id=i) for i in ids], timeout_ms=10_000)


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """By name: Kafka shuffles the answers on purpose."""
    answer["responses"].sort(key=lambda topic: (str(topic["name"]), topic["error_code"]))
    return answer


def wait_until_forgotten(session: Session, topic_id: bytes) -> None:
    """Waits until no topic has the id: a controller with ZooKeeper knows it for a moment more."""

    def attempt() -> int:
        return int(session.service.quietly(by_id(topic_id), 6).responses[0].error_code)

    retried(session, "the end of a topic's id", attempt, wanted=(100,))


@probe
def every_version(session: Session) -> None:
    """A topic in every version; asked again, it is unknown: 3."""
    connection = session.connect()
    for version in session.versions(DeleteTopicsRequest):
        name, _ = make_topic(session, f"orders-{version}")
        connection.ask(by_name(name), version)
        connection.ask(by_name(name), version)


@probe
def metadata_forgets(session: Session) -> None:
    """A deleted topic is gone from the metadata at once or soon after, by name and by id."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    connection.ask(by_name(name), 6)
    wait_until_gone(session, name)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(name=name)], allow_auto_topic_creation=False), 12)
    connection.ask(MetadataRequest(topics=[MetadataRequestTopic(topic_id=topic_id, name=None)]), 12)


@probe
def by_topic_id(session: Session) -> None:
    """By id: the answer names the topic; an unknown id: 100; the zero id: 42."""
    connection = session.connect()
    _, topic_id = make_topic(session, "orders")
    connection.ask(by_id(topic_id), 6)
    wait_until_forgotten(session, topic_id)
    connection.ask(by_id(topic_id), 6)
    connection.ask(by_id(UNKNOWN_UUID), 6)
    connection.ask(by_id(bytes(16)), 6)


@probe
def name_and_id(session: Session) -> None:
    """An entry with a name and an id is refused: 42."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    request = DeleteTopicsRequest(topics=[DeleteTopicState(name=name, topic_id=topic_id)], timeout_ms=10_000)
    connection.ask(request, 6)


@probe
def twice_in_one_request(session: Session) -> None:
    """A topic named twice, or by name and by id, is refused: 42, and stays."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    answer = connection.ask(by_name(name, name), 6, view=in_order)
    if not answer.responses[0].error_code:
        wait_until_forgotten(session, topic_id)
    connection.ask(by_name(name, name), 5, view=in_order)
    connection.ask(by_id(topic_id, topic_id), 6, view=in_order)
    mixed = DeleteTopicsRequest(
        topics=[DeleteTopicState(name=name), DeleteTopicState(name=None, topic_id=topic_id)], timeout_ms=10_000
    )
    connection.ask(mixed, 6, view=in_order)
    connection.ask(by_name(name), 6)


@probe
def several(session: Session) -> None:
    """Each topic is answered on its own: known, unknown, and names that no topic can have."""
    connection = session.connect()
    first, _ = make_topic(session, "first")
    second, _ = make_topic(session, "second")
    connection.ask(by_name(first, session.name("missing"), "a b", "", second), 6, view=in_order)


@probe
def no_topics(session: Session) -> None:
    """An empty request gets an empty answer."""
    session.connect().ask_all_versions(by_name())


@probe
def odd_entries(session: Session) -> None:
    """Neither a name nor an id: 42 for each; so is an empty name beside an id, and an unknown id that comes twice."""
    connection = session.connect()

    def ask(*topics: DeleteTopicState) -> None:
        connection.ask(DeleteTopicsRequest(topics=list(topics), timeout_ms=10_000), 6, view=in_order)

    nothing = DeleteTopicState(name=None)
    ask(nothing, nothing)
    ask(DeleteTopicState(name="", topic_id=UNKNOWN_UUID))
    ask(*by_id(UNKNOWN_UUID, UNKNOWN_UUID).topics)
    ask(*by_name(session.name("missing"), session.name("missing")).topics)
    ask(nothing, *by_name("").topics, *by_id(UNKNOWN_UUID).topics)


@probe
@asked_since("4.0", "no topic that nobody has made would be internal")
def internal_topic(session: Session) -> None:
    """An internal topic may be deleted like others."""
    connection = session.connect()
    name = "__share_group_state"
    spec = topic_spec(name)
    session.service.quietly(CreateTopicsRequest(topics=[spec], timeout_ms=10_000), 7)
    wait_for_topic(session, name)
    connection.ask(by_name(name), 6)
    wait_until_gone(session, name)


@probe
def timeouts(session: Session) -> None:
    """A timeout of 0 or below: the controller may answer 7; recorded as either."""
    name, _ = make_topic(session, "orders")

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        return {"error_codes": [topic["error_code"] in (0, 7) for topic in answer["responses"]]}

    request = by_name(name)
    request.timeout_ms = 0
    session.connect().ask(request, 6, view=view)
