"""ListConfigResources: which resources could have configs."""

from kafkaconform.outcome import Tree, View
from kafkaconform.prepare import broker_id, make_topic, wait_for_config
from kafkaconform.probes.describe_configs import BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP, TOPIC, UNKNOWN
from kafkaconform.probes.incremental_alter_configs import DELETE, SET, alter
from kafkaconform.registry import asked_since, probe
from kafkaconform.session import Session
from kafkawire.messages.list_config_resources import ListConfigResourcesRequest


def ours(session: Session) -> View:
    """Brokers, and what this run has made; in order of kind and name, which Kafka leaves open."""
    brokers = (BROKER, BROKER_LOGGER)

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        found = [
            r
            for r in answer["config_resources"]
            if r.get("resource_type") in brokers or session.is_ours(r["resource_name"])
        ]
        answer["config_resources"] = sorted(found, key=lambda r: (r.get("resource_type", 0), r["resource_name"]))
        return answer

    return view


@probe
@asked_since("4.0", "groups have no configs of their own")
def every_kind(session: Session) -> None:
    """Topics, brokers, their loggers, and the groups and subscriptions that have configs; by kind from version 1 on."""
    connection = session.connect()
    make_topic(session, "orders")
    group, metrics = session.name("group"), session.name("metrics")
    changed = ((GROUP, group, "consumer.session.timeout.ms", "50000"), (CLIENT_METRICS, metrics, "interval.ms", "5000"))
    for kind, name, key, value in changed:
        session.service.quietly(alter(kind, name, (key, SET, value)), 1)
        wait_for_config(session, kind, name, key, value)
    connection.ask(ListConfigResourcesRequest(), 0, view=ours(session))
    connection.ask(ListConfigResourcesRequest(resource_types=[]), 1, view=ours(session))
    for kind in (TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP):
        connection.ask(ListConfigResourcesRequest(resource_types=[kind]), 1, view=ours(session))
    connection.ask(ListConfigResourcesRequest(resource_types=[GROUP, TOPIC, GROUP]), 1, view=ours(session))
    for kind, name, key, _ in changed:
        session.service.quietly(alter(kind, name, (key, DELETE, None)), 1)
        wait_for_config(session, kind, name, key, None)
    connection.ask(ListConfigResourcesRequest(resource_types=[GROUP]), 1, view=ours(session))


@probe
def unknown_kinds(session: Session) -> None:
    """A kind that there is not: 35, and nothing is listed."""
    connection = session.connect()
    for kinds in ([UNKNOWN], [3], [127], [-1], [BROKER, 3]):
        connection.ask(ListConfigResourcesRequest(resource_types=kinds), 1, view=ours(session))
    broker_id(session)
