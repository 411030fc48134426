"""A controller's listener: what only a connection to it can show."""

from kafkaconform.prepare import broker_id, make_topic, wait_for_config
from kafkaconform.probes import scram_credentials as scram
from kafkaconform.probes.describe_configs import BROKER, BROKER_LOGGER, TOPIC, describe, in_order
from kafkaconform.probes.incremental_alter_configs import APPEND, DELETE, SET, SUBTRACT, alter
from kafkaconform.registry import asked_since, probe
from kafkaconform.releases import CONTROLLER_APIS, served_versions
from kafkaconform.session import Session
from kafkaconform.wire import request_frame
from kafkawire.index import APIS
from kafkawire.messages.alter_configs import AlterableConfig, AlterConfigsRequest, AlterConfigsResource
from kafkawire.messages.describe_cluster import DescribeClusterRequest

#: What is asked of brokers only. Fetch is not among them: it is how the other voters of the quorum follow the leader.
APIS_OF_BROKERS = (
    *(0, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16),
    *(21, 22, 23, 34, 35, 42, 47, 48, 61, 65, 66, 71, 72, 74, 75),
)


def ask_on_its_own(session: Session, api_key: int, version: int) -> None:
    """An empty request on a new connection to the controller."""
    flexible = APIS[api_key].flexible
    is_flexible = flexible is not None and version >= flexible
    connection = session.connect(to_controller=True)
    connection.send_bytes(request_frame(api_key, version, bytes(8), flexible=is_flexible, correlation_id=1))
    connection.close()


@probe
def apis_of_brokers(session: Session) -> None:
    """Whatever only brokers answer: the connection is closed."""
    for key in APIS_OF_BROKERS:
        ask_on_its_own(session, key, served_versions(session.release, key)[-1])


@probe
def versions_not_served(session: Session) -> None:
    """A version beyond what is served: the connection is closed, but for ApiVersions, as on a broker."""
    for key in sorted(CONTROLLER_APIS):
        served = served_versions(session.release, key)
        ask_on_its_own(session, key, served[-1] + 1)
        if served[0] > 0:
            ask_on_its_own(session, key, served[0] - 1)


@probe
def describes_controllers(session: Session) -> None:
    """Asked for controllers it tells them, with what may be done to the cluster; version 0 cannot ask for any."""
    connection = session.connect(to_controller=True)
    for version in (1, 2):
        request = DescribeClusterRequest(
            endpoint_type=2, include_cluster_authorized_operations=True, include_fenced_brokers=version > 1
        )
        connection.ask(request, version)


@probe
def scram_credentials(session: Session) -> None:
    """Credentials are made and deleted at the controller, and told by the broker."""
    controller, broker = session.connect(to_controller=True), session.connect()
    user = session.name("alice")
    controller.ask(scram.alter(scram.upsert(user)), 0)
    controller.settle()
    broker.ask(scram.describe(user), 0)
    controller.ask(scram.alter(scram.delete(user)), 0)
    controller.settle()
    broker.ask(scram.describe(user), 0)


@probe
@asked_since("4.0", "min.insync.replicas of the broker would stay changed, in the way of other probes")
def config_changes(session: Session) -> None:
    """What a broker refuses before it asks its controller: keys named twice, nulls; and lists that are none."""
    name, _ = make_topic(session, "orders")
    connection = session.connect(to_controller=True)
    for changes in (
        [("retention.ms", SET, "1"), ("retention.ms", SET, "2")],
        [("retention.ms", SET, "5"), ("retention.ms", DELETE, None)],
        [("retention.ms", DELETE, None), ("retention.ms", SET, "6")],
        [("retention.ms", SET, None)],
        [("retention.ms", APPEND, "1")],
        [("no.such.key", APPEND, "1")],
        [("no.such.key", SET, None)],
        [("no.such.key", SET, "1")],
        [("retention.ms", SET, "soon")],
    ):
        connection.ask(alter(TOPIC, name, *changes), 1)
        connection.ask(describe(TOPIC, name, "retention.ms"), 4, view=in_order)
    node = str(broker_id(session))
    for changes in (
        [("log.retention.ms", APPEND, "1")],
        [("no.such.key", APPEND, "1")],
        [("min.insync.replicas", SET, "2")],
    ):
        connection.ask(alter(BROKER, node, *changes), 1)
    connection.ask(alter(BROKER, "+4711", ("log.retention.ms", SET, "1")), 1)
    connection.ask(alter(BROKER_LOGGER, node, ("no.such.logger", SET, "INFO")), 1)


@probe
@asked_since("4.3", "no log directory can be cordoned")
def cordoned_log_dirs(session: Session) -> None:
    """A controller does not know a broker's log directories: it lets them go, and cordons none that are not."""
    node, key = str(broker_id(session)), "cordoned.log.dirs"
    connection = session.connect(to_controller=True)
    for name in (node, "", "4711", "nobody", "-1"):
        connection.ask(alter(BROKER, name, (key, SET, "*")), 1)
    legacy = AlterConfigsResource(
        resource_type=BROKER, resource_name=node, configs=[AlterableConfig(name=key, value="*")]
    )
    connection.ask(AlterConfigsRequest(resources=[legacy]), 2)
    for other in (
        ("log.retention.ms", SET, "soon"),
        ("log.retention.ms", APPEND, "1"),
        ("min.insync.replicas", SET, "2"),
    ):
        connection.ask(alter(BROKER, node, other, (key, SET, "/nope")), 1)
    session.service.quietly(alter(BROKER, node, (key, SET, "*")), 1)
    wait_for_config(session, BROKER, node, key, "*")
    try:
        for operation, value in (
            (SET, "*"),
            (APPEND, "*"),
            (SUBTRACT, "/nope"),
            (SET, "/nope"),
            (APPEND, "/nope"),
            (SET, "*,"),
        ):
            connection.ask(alter(BROKER, node, (key, operation, value)), 1)
    finally:
        connection.ask(alter(BROKER, node, (key, DELETE, None)), 1)
        wait_for_config(session, BROKER, node, key, None)
