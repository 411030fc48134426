"""DescribeAcls, CreateAcls, DeleteAcls on a broker without authorizer."""

from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.create_acls import AclCreation, CreateAclsRequest
from kafkawire.messages.delete_acls import DeleteAclsFilter, DeleteAclsRequest
from kafkawire.messages.describe_acls import DescribeAclsRequest

ANY, TOPIC, LITERAL, READ, ALLOW = 1, 2, 3, 3, 3


def rule(name: str = "orders", kind: int = TOPIC) -> AclCreation:
    """Everybody may read a topic."""
    return AclCreation(
        resource_type=kind,
        resource_name=name,
        resource_pattern_type=LITERAL,
        principal="User:alice",
        host="*",
        operation=READ,
        permission_type=ALLOW,
    )


@probe
def describe(session: Session) -> None:
    """No authorizer: 54, no resources."""
    connection = session.connect()
    request = DescribeAclsRequest(resource_type_filter=ANY, pattern_type_filter=ANY, operation=ANY, permission_type=ANY)
    connection.ask_all_versions(request)


@probe
def create(session: Session) -> None:
    """No authorizer: 54 for every rule."""
    connection = session.connect()
    connection.ask_all_versions(CreateAclsRequest(creations=[rule(), rule("payments")]))
    connection.ask_all_versions(CreateAclsRequest())


@probe
def delete(session: Session) -> None:
    """No authorizer: 54 for every filter."""
    connection = session.connect()
    wanted = DeleteAclsFilter(resource_type_filter=ANY, pattern_type_filter=ANY, operation=ANY, permission_type=ANY)
    connection.ask_all_versions(DeleteAclsRequest(filters=[wanted, wanted]))
    connection.ask_all_versions(DeleteAclsRequest())
