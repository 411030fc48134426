"""DescribeConfigs: the configs of topics, brokers and groups."""

from kafkaconform.outcome import Tree
from kafkaconform.prepare import broker_id, make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_configs import DescribeConfigsRequest, DescribeConfigsResource

UNKNOWN, TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP = 0, 2, 4, 8, 16, 32


def describe(
    kind: int,
    name: str,
    *keys: str,
    everything: bool = False,
    synonyms: bool = False,
    documentation: bool = False,
) -> DescribeConfigsRequest:
    """A request for one resource: some keys, or all."""
    resource = DescribeConfigsResource(
        resource_type=kind, resource_name=name, configuration_keys=None if everything else list(keys)
    )
    return DescribeConfigsRequest(resources=[resource], include_synonyms=synonyms, include_documentation=documentation)


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Configs by name, as Kafka leaves their order open; of descriptions only whether there is one."""
    for result in answer["results"]:
        result["configs"].sort(key=lambda config: str(config["name"]))
        for config in result["configs"]:
            if config.get("documentation"):
                config["documentation"] = "<text>"
    return answer


@probe
def topic_every_version(session: Session) -> None:
    """Some configs of a topic in every version: synonyms from 1, types from 3 on."""
    name, _ = make_topic(session, "orders", configs={"cleanup.policy": "compact"})
    connection = session.connect()
    keys = ("cleanup.policy", "retention.ms", "min.insync.replicas", "segment.bytes")
    connection.ask_all_versions(describe(TOPIC, name, *keys), view=in_order)
    connection.ask_all_versions(describe(TOPIC, name, *keys, synonyms=True), view=in_order)


@probe
def topic_everything(session: Session) -> None:
    """Every config of a topic that sets none, with types and synonyms."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(describe(TOPIC, name, everything=True, synonyms=True), 4, view=in_order)


@probe
def documentation(session: Session) -> None:
    """Descriptions, from version 3 on, only where they are asked for."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for version in (3, 4):
        connection.ask(describe(TOPIC, name, "retention.ms", documentation=True), version, view=in_order)
        connection.ask(describe(TOPIC, name, "retention.ms"), version, view=in_order)


@probe
def keys(session: Session) -> None:
    """An empty list of keys is all of them in version 0 only; unknown keys are left out."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(describe(TOPIC, name, "no.such.config", "retention.ms", "retention.ms"), 4, view=in_order)

    def count(answer: dict[str, Tree]) -> dict[str, Tree]:
        for result in answer["results"]:
            result["configs"] = "some" if result["configs"] else "none"
        return answer

    connection.ask(describe(TOPIC, name), 4, view=count)
    connection.ask(describe(TOPIC, name), 1, view=count)


@probe
def unknown_resources(session: Session) -> None:
    """A topic that is not there: 3; a name that none can have: 17; a broker that is not this one, and kinds
    that do not exist: 42.
    """
    connection = session.connect()
    for version in (1, 4):
        connection.ask(describe(TOPIC, session.name("missing"), "retention.ms"), version)
        connection.ask(describe(TOPIC, "a b", "retention.ms"), version)
        connection.ask(describe(TOPIC, "", "retention.ms"), version)
        connection.ask(describe(BROKER, "4711", "log.retention.ms"), version)
        connection.ask(describe(BROKER, "one", "log.retention.ms"), version)
        connection.ask(describe(UNKNOWN, "x"), version)
        connection.ask(describe(3, "x"), version)
        connection.ask(describe(127, "x"), version)
        connection.ask(describe(BROKER_LOGGER, "4711"), version)


@probe
def broker(session: Session) -> None:
    """Configs of a broker that clients look at, with types and synonyms."""
    connection = session.connect()
    name = str(broker_id(session))
    keys = (
        "auto.create.topics.enable",
        "default.replication.factor",
        "delete.topic.enable",
        "group.initial.rebalance.delay.ms",
        "group.max.session.timeout.ms",
        "group.min.session.timeout.ms",
        "log.cleanup.policy",
        "log.retention.hours",
        "log.retention.minutes",
        "log.retention.ms",
        "message.max.bytes",
        "min.insync.replicas",
        "num.partitions",
        "offset.metadata.max.bytes",
        "offsets.topic.replication.factor",
        "ssl.keystore.password",
    )
    for version in (1, 4):
        connection.ask(describe(BROKER, name, *keys, synonyms=True), version, view=in_order)


@probe
def cluster_wide_defaults(session: Session) -> None:
    """The empty broker name stands for the defaults of all brokers: only what was set there is listed."""
    connection = session.connect()
    connection.ask(describe(BROKER, "", everything=True, synonyms=True), 4, view=in_order)
    connection.ask(describe(BROKER, "", "log.retention.ms"), 4, view=in_order)


@probe
def several_resources(session: Session) -> None:
    """Each resource is answered on its own, those that cannot be described first or last."""
    name, _ = make_topic(session, "orders")
    request = describe(TOPIC, session.name("missing"), "retention.ms")
    request.resources += describe(TOPIC, name, "retention.ms").resources
    session.connect().ask(request, 4, view=in_order)
    session.connect().ask(DescribeConfigsRequest(resources=[]), 4)


@probe
def groups_and_metrics(session: Session) -> None:
    """Groups have configs, whether they exist or not; client metrics only what was set; neither may be
    nameless: 42.
    """
    connection = session.connect()
    for kind, name in ((GROUP, session.name("group")), (GROUP, ""), (CLIENT_METRICS, ""), (CLIENT_METRICS, "m")):
        connection.ask(describe(kind, name, "consumer.session.timeout.ms", synonyms=True), 4, view=in_order)


@probe
def names_of_brokers(session: Session) -> None:
    """A broker is named by a number that may have a sign and zeros in front, and nothing else: 42."""
    connection = session.connect()
    own = broker_id(session)
    for name in (f"+{own}", f"0{own}", f"-{own}", f" {own}", f"{own}.0", "2147483648", "-", "+", "\u0661"):
        for kind in (BROKER, BROKER_LOGGER):
            connection.ask(describe(kind, name, "log.retention.ms"), 4)
    connection.ask(describe(BROKER_LOGGER, "", "x"), 4)


@probe
def sensitive_keys(session: Session) -> None:
    """Of all keys of a broker those that are sensitive, none of which has a value."""
    connection = session.connect()

    def secrets(answer: dict[str, Tree]) -> dict[str, Tree]:
        for result in answer["results"]:
            marked = [config for config in result["configs"] if config["is_sensitive"]]
            result["configs"] = sorted([config["name"], config["value"]] for config in marked)
        return answer

    connection.ask(describe(BROKER, str(broker_id(session)), everything=True), 4, view=secrets)


@probe
def every_key_of_a_broker(session: Session) -> None:
    """The names of all keys of a broker, whether they are set or not."""
    connection = session.connect()

    def names(answer: dict[str, Tree]) -> dict[str, Tree]:
        for result in answer["results"]:
            result["configs"] = sorted(config["name"] for config in result["configs"])
        return answer

    connection.ask(describe(BROKER, str(broker_id(session)), everything=True), 4, view=names)


@probe
def same_resource_twice(session: Session) -> None:
    """A resource that comes twice is answered twice."""
    name, _ = make_topic(session, "orders")
    request = describe(TOPIC, name, "retention.ms")
    request.resources += describe(TOPIC, name, "segment.ms").resources + describe(TOPIC, "a b").resources * 2
    session.connect().ask(request, 4, view=in_order)
