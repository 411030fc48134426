"""DescribeCluster: the brokers and who leads."""

from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_cluster import DescribeClusterRequest


@probe
def every_version(session: Session) -> None:
    """Brokers and controller; the kind of endpoint from 1 on, fencing from 2 on."""
    session.connect().ask_all_versions(DescribeClusterRequest())


@probe
def authorized_operations(session: Session) -> None:
    """A bit field where it is asked for."""
    session.connect().ask_all_versions(DescribeClusterRequest(include_cluster_authorized_operations=True))


@probe
def endpoint_types(session: Session) -> None:
    """A broker describes brokers only: asked for controllers it answers 114, for anything else 115, with a
    message.
    """
    connection = session.connect()
    for endpoint_type in (2, 0, 3, -1):
        for version in (1, 2):
            connection.ask(DescribeClusterRequest(endpoint_type=endpoint_type), version)


@probe
def fenced_brokers(session: Session) -> None:
    """Fenced brokers are listed from version 2 on where they are asked for; here there are none."""
    session.connect().ask(DescribeClusterRequest(include_fenced_brokers=True), 2)
