"""CreateTopics: one result a topic, each on its own."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import broker_id, topic_spec, wait_for_topic
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.create_topics import (
    CreatableReplicaAssignment,
    CreatableTopic,
    CreatableTopicConfig,
    CreateTopicsRequest,
)


def create(*topics: CreatableTopic, validate_only: bool = False) -> CreateTopicsRequest:
    """A request with a timeout that is not reached."""
    return CreateTopicsRequest(topics=list(topics), timeout_ms=10_000, validate_only=validate_only)


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Topics by name (Kafka leaves their order open) and configs by name."""
    answer["topics"].sort(key=lambda topic: str(topic["name"]))
    return configs_in_order(answer)


def configs_in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Configs by name: Kafka leaves their order open."""
    for topic in answer["topics"]:
        if topic.get("configs"):
            topic["configs"].sort(key=lambda config: config["name"])
    return answer


def few_configs(answer: dict[str, Tree]) -> dict[str, Tree]:
    """The configs that the probes set, the others only counted."""
    shown = ("cleanup.policy", "retention.ms", "max.message.bytes", "min.insync.replicas")
    for topic in answer["topics"]:
        if topic.get("configs"):
            topic["configs"] = [config for config in topic["configs"] if config["name"] in shown]
    return configs_in_order(answer)


@probe
def every_version(session: Session) -> None:
    """A topic in every version: message from 1, throttle time from 2, what was made of it from 5, its id
    from 7.
    """
    connection = session.connect()
    for version in session.versions(CreateTopicsRequest):
        spec = topic_spec(session.name(f"orders-{version}"), 2, configs={"retention.ms": "60000"})
        connection.ask(create(spec), version, view=configs_in_order)


@probe
def defaults(session: Session) -> None:
    """Partitions and replication factor -1 take the broker's defaults from version 4 on; before, too."""
    connection = session.connect()
    for version in (2, 3, 4, 5, 7):
        spec = topic_spec(session.name(f"defaults-{version}"), -1, replicas=-1)
        connection.ask(create(spec), version, view=few_configs)


@probe
def already_there(session: Session) -> None:
    """A name that is taken: 36, with a message that names the topic."""
    connection = session.connect()
    spec = topic_spec(session.name("orders"))
    for version in (7, 2, 3, 4, 5, 6, 7):
        connection.ask(create(spec), version, view=few_configs)
    connection.ask(create(spec, validate_only=True), 7, view=few_configs)


@probe
def validate_only(session: Session) -> None:
    """Only validated: the answer of a creation, its id included, and no topic."""
    connection = session.connect()
    spec = topic_spec(session.name("orders"), 3, configs={"cleanup.policy": "compact"})
    for version in (2, 4, 5, 7):
        connection.ask(create(spec, validate_only=True), version, view=few_configs)
    connection.ask(create(spec), 7, view=few_configs)


@probe
def bad_names(session: Session) -> None:
    """A name that no topic can have: 17, with a message that says why."""
    connection = session.connect()
    for name in ("", ".", "..", "a b", "a/b", "ä", "a" * 250):
        connection.ask(create(topic_spec(name)), 7)


@probe
def colliding_names(session: Session) -> None:
    """Names that differ only in dots and underscores collide in metric names: 17."""
    connection = session.connect()
    connection.ask(create(topic_spec(session.name("a.b"))), 7, view=few_configs)
    connection.ask(create(topic_spec(session.name("a_b"))), 7, view=few_configs)


@probe
def bad_partitions(session: Session) -> None:
    """Partition counts of 0 and below -1: 37."""
    connection = session.connect()
    for count in (0, -2):
        connection.ask(create(topic_spec(session.name("orders"), count)), 7)


@probe
def bad_replication_factor(session: Session) -> None:
    """Replication factors of 0, below -1 and above the number of brokers: 38."""
    connection = session.connect()
    for factor in (0, -2, 32767):
        connection.ask(create(topic_spec(session.name("orders"), replicas=factor)), 7)


@probe
def same_topic_twice(session: Session) -> None:
    """A topic named twice in one request is answered once, with 42, and not created; the other is."""
    connection = session.connect()
    twice, once = topic_spec(session.name("twice")), topic_spec(session.name("once"))

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        return in_order(few_configs(answer))

    connection.ask(create(twice, once, twice), 7, view=view)
    connection.ask(create(twice), 7, view=few_configs)


@probe
def no_topics(session: Session) -> None:
    """An empty request gets an empty answer."""
    session.connect().ask_all_versions(create())


@probe
def bad_configs(session: Session) -> None:
    """Unknown names, values that do not parse, values out of range: 40, with a message. An empty list is
    fine.
    """
    connection = session.connect()
    cases = (
        ("no.such.config", "1"),
        ("retention.ms", "soon"),
        ("retention.ms", "-2"),
        ("max.message.bytes", "-1"),
        ("max.message.bytes", "2147483648"),
        ("cleanup.policy", "shred"),
        ("cleanup.policy", ""),
        ("compression.type", "brotli"),
        ("min.cleanable.dirty.ratio", "2"),
        ("min.insync.replicas", "0"),
        ("message.timestamp.type", "Never"),
        ("unclean.leader.election.enable", "maybe"),
        ("segment.bytes", "13"),
        ("retention.ms", None),
        ("", "1"),
    )
    for number, (name, value) in enumerate(cases):
        spec = topic_spec(session.name(f"orders-{number}"))
        spec.configs = [CreatableTopicConfig(name=name, value=value)]
        connection.ask(create(spec), 7, view=few_configs)


@probe
def good_configs(session: Session) -> None:
    """Configs are taken over and come back as set on the topic (source 1), white space trimmed."""
    connection = session.connect()
    spec = topic_spec(session.name("orders"))
    spec.configs = [
        CreatableTopicConfig(name="cleanup.policy", value="compact,delete"),
        CreatableTopicConfig(name="retention.ms", value=" 1000 "),
        CreatableTopicConfig(name="max.message.bytes", value="1000"),
    ]
    connection.ask(create(spec), 7, view=few_configs)


@probe
def config_named_twice(session: Session) -> None:
    """Of a config that is named twice the last one counts."""
    connection = session.connect()
    spec = topic_spec(session.name("orders"))
    spec.configs = [
        CreatableTopicConfig(name="retention.ms", value="1000"),
        CreatableTopicConfig(name="retention.ms", value="2000"),
    ]
    connection.ask(create(spec), 7, view=few_configs)


def assigned(name: str, *partitions: tuple[int, list[int]], count: int = -1, factor: int = -1) -> CreatableTopic:
    """A topic whose partitions (index, brokers) are assigned by the client."""
    assignments = [
        CreatableReplicaAssignment(partition_index=index, broker_ids=brokers) for index, brokers in partitions
    ]
    return CreatableTopic(name=name, num_partitions=count, replication_factor=factor, assignments=assignments)


@probe
def manual_assignment(session: Session) -> None:
    """Replicas named by the client: counts must be -1 then (42), partitions must be 0 to n-1, brokers not named twice (39)."""
    connection = session.connect()
    broker = broker_id(session)
    for spec in (
        assigned("good", (0, [broker]), (1, [broker])),
        assigned("counted", (0, [broker]), count=1),
        assigned("factored", (0, [broker]), factor=1),
        assigned("gap", (0, [broker]), (2, [broker])),
        assigned("not-from-zero", (1, [broker])),
        assigned("twice", (0, [broker]), (0, [broker])),
        assigned("same-broker", (0, [broker, broker])),
        assigned("uneven", (0, [broker]), (1, [broker, 4711])),
    ):
        spec.name = session.name(spec.name)
        connection.ask(create(spec), 7, view=few_configs)


@probe
def assigned_to_nobody(session: Session) -> None:
    """A partition has to be assigned to brokers, and such as there are: 39."""
    connection = session.connect()
    for number, brokers in enumerate(([], [4711], [-1])):
        connection.ask(create(assigned(session.name(f"orders-{number}"), (0, brokers))), 7, view=few_configs)


@probe
def several_topics(session: Session) -> None:
    """One bad topic does not keep the good ones from being made."""
    connection = session.connect()
    good, bad = topic_spec(session.name("good")), topic_spec(session.name("zero"), 0)
    connection.ask(create(bad, good), 7, view=lambda answer: in_order(few_configs(answer)))
    wait_for_topic(session, session.name("good"))


@probe
@asked_since("3.3", "a broker with ZooKeeper makes a topic of __cluster_metadata, once")
def internal_names(session: Session) -> None:
    """The metadata log cannot be made by a client: 42. The names of other internal topics are free until
    taken.
    """
    connection = session.connect()
    connection.ask(create(topic_spec("__cluster_metadata")), 7)


@probe
def zero_timeout(session: Session) -> None:
    """A timeout of 0 or below: the controller may answer 7 although it goes on; recorded as either."""
    connection = session.connect()

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        return {"error_codes": [topic["error_code"] in (0, 7) for topic in answer["topics"]]}

    request = CreateTopicsRequest(topics=[topic_spec(session.name("orders"))], timeout_ms=0)
    connection.ask(request, 7, view=view)


@probe
@asked_since("3.3", "a broker with ZooKeeper makes them all, and is busy with it for minutes")
def too_many_partitions(session: Session) -> None:
    """More than 10,000 partitions asked for in all: 44 for every topic of the request."""
    connection = session.connect()
    big, small = topic_spec(session.name("big"), 10_001), topic_spec(session.name("small"))
    connection.ask(create(big), 7, view=few_configs)
    connection.ask(create(big, small), 7, view=lambda answer: in_order(few_configs(answer)))


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults the first in this order counts: name taken, name, config, assignment, replication
    factor, partitions.
    """
    connection = session.connect()
    taken = topic_spec(session.name("taken"))
    connection.ask(create(taken), 7, view=few_configs)
    unknown = {"no.such.config": "1"}
    for spec in (
        topic_spec(session.name("taken"), 0, replicas=0, configs=unknown),
        topic_spec("bad name", 0, replicas=0, configs=unknown),
        topic_spec(session.name("config"), 0, replicas=0, configs=unknown),
        topic_spec(session.name("factor"), 0, replicas=0),
        topic_spec(session.name("count"), 0),
    ):
        connection.ask(create(spec), 7, view=few_configs)


@probe
@asked_since("3.3", "a broker with ZooKeeper makes the topics in any order, and the second of them collides")
def collisions_in_one_request(session: Session) -> None:
    """Names that collide with one another in the same request: only topics that are there already count."""
    specs = [topic_spec(session.name(name)) for name in ("c.d", "c_d")]
    session.connect().ask(create(*specs), 7, view=lambda answer: in_order(few_configs(answer)))


@probe
def two_faults_of_a_name(session: Session) -> None:
    """A name that comes twice is told before that it could be none, is taken, or is that of the metadata log."""
    connection = session.connect()
    taken = topic_spec(session.name("taken"))
    connection.ask(create(taken), 7, view=few_configs)
    for name in ("a b", "", session.name("taken"), "__cluster_metadata"):
        spec = topic_spec(name, 0)
        connection.ask(create(spec, spec, spec), 7, view=in_order)
    connection.ask(create(topic_spec("__cluster_metadata", 0, replicas=0), topic_spec("a b")), 7, view=in_order)


@probe
def faults_of_an_assignment(session: Session) -> None:
    """Bad configs are told before a bad assignment, and counts beside it before what is in it."""
    connection = session.connect()
    bad = [CreatableReplicaAssignment(partition_index=3, broker_ids=[4711])]
    for base, configs, count, factor in (
        ("all", {"no.such.config": "1"}, 5, 0),
        ("counts", {}, 5, 0),
        ("factor", {}, -1, 0),
        ("assignment", {}, -1, -1),
    ):
        spec = topic_spec(session.name(base), count, replicas=factor, configs=configs)
        spec.assignments = bad
        connection.ask(create(spec), 7, view=few_configs)


@probe
@asked_since("3.9", "no broker of older releases refuses them, and one is busy with them for minutes")
def largest_counts(session: Session) -> None:
    """Ten thousand partitions may be asked for, but their topics and configs are records of the same change, of which there
    may be as many: 44 for the whole request, in other words.
    """
    connection = session.connect()

    def ask(*topics: CreatableTopic) -> None:
        connection.ask(create(*topics, validate_only=True), 7, view=lambda answer: in_order(few_configs(answer)))

    ask(topic_spec(session.name("ten"), 10_000))
    ask(topic_spec(session.name("fewer"), 9_999))
    ask(topic_spec(session.name("with-a-config"), 9_999, configs={"retention.ms": "1"}))
    ask(topic_spec(session.name("first"), 5_000), topic_spec(session.name("second"), 4_998))
    ask(topic_spec(session.name("first"), 5_000), topic_spec(session.name("second"), 4_999), topic_spec("a b"))
    # One more in all breaks the controller itself: the sum is a number of 32 bits.
    ask(topic_spec(session.name("most"), 2_147_483_646), topic_spec("a b", 1))
    twice = topic_spec(session.name("twice"))
    for count in (9_999, 10_001):
        ask(topic_spec(session.name("most"), count), topic_spec("a b"), twice, twice, topic_spec("__cluster_metadata"))
    ask(topic_spec(session.name("big"), 9_999), topic_spec(session.name("default"), -1), topic_spec("a b", 1))


@probe
def refused_when_validated(session: Session) -> None:
    """What is refused when it is only validated is refused in the same words."""
    connection = session.connect()
    spec = topic_spec(session.name("zero"), 0)
    for version in (2, 5, 7):
        connection.ask(create(spec, validate_only=True), version, view=few_configs)
