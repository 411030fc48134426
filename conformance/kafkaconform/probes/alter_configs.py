"""AlterConfigs: all configs of a resource at once."""

from collections.abc import Mapping

from kafkaconform.prepare import broker_id, make_topic, wait_for_config
from kafkaconform.probes.describe_configs import (
    BROKER,
    BROKER_LOGGER,
    CLIENT_METRICS,
    GROUP,
    TOPIC,
    UNKNOWN,
    describe,
    in_order,
)
from kafkaconform.probes.incremental_alter_configs import by_resource
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.alter_configs import AlterableConfig, AlterConfigsRequest, AlterConfigsResource


def resource(kind: int, name: str, configs: Mapping[str, str | None]) -> AlterConfigsResource:
    """All configs that a resource shall have."""
    entries = [AlterableConfig(name=key, value=value) for key, value in configs.items()]
    return AlterConfigsResource(resource_type=kind, resource_name=name, configs=entries)


def replace(
    kind: int, name: str, configs: Mapping[str, str | None], validate_only: bool = False
) -> AlterConfigsRequest:
    """A request for one resource."""
    return AlterConfigsRequest(resources=[resource(kind, name, configs)], validate_only=validate_only)


@probe
def every_version(session: Session) -> None:
    """What is named is set, whatever is not falls back to its default; in every version."""
    connection = session.connect()
    for version in session.versions(AlterConfigsRequest):
        name, _ = make_topic(session, f"orders-{version}", configs={"cleanup.policy": "compact"})
        connection.ask(replace(TOPIC, name, {"segment.ms": "1000"}), version)
        wait_for_config(session, TOPIC, name, "segment.ms", "1000")
        keys = ("cleanup.policy", "retention.ms", "segment.ms")
        connection.ask(describe(TOPIC, name, *keys, synonyms=True), 4, view=in_order)
        connection.ask(replace(TOPIC, name, {}), version)
        wait_for_config(session, TOPIC, name, "segment.ms", None)
        connection.ask(describe(TOPIC, name, *keys), 4, view=in_order)


@probe
def bad_configs(session: Session) -> None:
    """Unknown keys, bad values and nulls are refused, and nothing changes."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    for configs in (
        {"no.such.key": "1"},
        {"retention.ms": "soon"},
        {"retention.ms": None},
        {"retention.ms": None, "segment.ms": None},
        {"": "1"},
        {"min.compaction.lag.ms": "10", "max.compaction.lag.ms": "5"},
    ):
        connection.ask(replace(TOPIC, name, configs), 2)
    twice = resource(TOPIC, name, {"segment.ms": "1"})
    twice.configs += resource(TOPIC, name, {"segment.ms": "2"}).configs
    connection.ask(AlterConfigsRequest(resources=[twice]), 2)
    connection.ask(describe(TOPIC, name, "retention.ms"), 4, view=in_order)


@probe
def unknown_resources(session: Session) -> None:
    """A topic that is not there: 3; names that none can have, other brokers, unknown kinds: 42."""
    connection = session.connect()
    for kind, name in (
        (TOPIC, session.name("missing")),
        (TOPIC, "a b"),
        (TOPIC, ""),
        (BROKER, "4711"),
        (BROKER, "one"),
        (UNKNOWN, "x"),
        (127, "x"),
        (GROUP, ""),
        (CLIENT_METRICS, ""),
        (BROKER_LOGGER, str(broker_id(session))),
        (BROKER_LOGGER, ""),
    ):
        connection.ask(replace(kind, name, {"retention.ms": "1"}), 2)


@probe
def several_resources(session: Session) -> None:
    """Each resource succeeds or fails for itself. One named twice is not asked here: Kafka never answers that."""
    first, _ = make_topic(session, "first")
    connection = session.connect()
    configs = {"retention.ms": "1000"}
    resources = [resource(TOPIC, first, configs), resource(TOPIC, session.name("missing"), configs)]
    connection.ask(AlterConfigsRequest(resources=resources), 2, view=by_resource)
    connection.ask(AlterConfigsRequest(resources=[]), 2)


@probe
def only_validated(session: Session) -> None:
    """Only validated: nothing changes."""
    name, _ = make_topic(session, "orders")
    connection = session.connect()
    connection.ask(replace(TOPIC, name, {"retention.ms": "1000"}, validate_only=True), 2)
    connection.ask(replace(TOPIC, name, {"retention.ms": "x"}, validate_only=True), 2)
    connection.ask(describe(TOPIC, name, "retention.ms"), 4, view=in_order)


@probe
def brokers(session: Session) -> None:
    """All dynamic configs of a broker are replaced; keys read at start only are refused."""
    connection = session.connect()
    name = str(broker_id(session))
    connection.ask(replace(BROKER, name, {"log.retention.ms": "86400000"}), 2)
    wait_for_config(session, BROKER, name, "log.retention.ms", "86400000")
    connection.ask(replace(BROKER, name, {"node.id": "1"}), 2)
    connection.ask(replace(BROKER, name, {"log.retention.ms": "x"}), 2)
    connection.ask(replace(BROKER, name, {}), 2)
    wait_for_config(session, BROKER, name, "log.retention.ms", None)
    connection.ask(describe(BROKER, name, "log.retention.ms", synonyms=True), 4, view=in_order)


@probe
@asked_since("4.0", "groups have no configs of their own")
def groups(session: Session) -> None:
    """All configs of a group are replaced."""
    connection = session.connect()
    name = session.name("group")
    connection.ask(replace(GROUP, name, {"consumer.session.timeout.ms": "50000"}), 2)
    wait_for_config(session, GROUP, name, "consumer.session.timeout.ms", "50000")
    connection.ask(replace(GROUP, name, {"consumer.session.timeout.ms": "1"}), 2)
    connection.ask(replace(GROUP, name, {"no.such.key": "1"}), 2)
    connection.ask(replace(GROUP, name, {}), 2)
    wait_for_config(session, GROUP, name, "consumer.session.timeout.ms", None)
    connection.ask(describe(GROUP, name, "consumer.session.timeout.ms", synonyms=True), 4, view=in_order)
