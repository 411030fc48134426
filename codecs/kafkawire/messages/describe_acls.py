"""DescribeAcls (key 29): access rules that match a filter."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int8,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    since,
    struct,
)


@request(29, versions=(0, 3), flexible=2)
class DescribeAclsRequest(TopLevel):
    """Asks for rules; all conditions must hold. Version 1 adds prefixed patterns (KIP-290), 3 users as resources."""

    resource_type_filter: int = Int8("Kind of resource, as in CreateAcls; 1: any.")
    resource_name_filter: str | None = String("Name; null: any.", nullable())
    pattern_type_filter: int = Int8(
        "1: any kind of pattern, 2: all that apply to the name, 3: the name itself, 4: prefixes.", since(1), default=3
    )
    principal_filter: str | None = String("Principal; null: any.", nullable())
    host_filter: str | None = String("Host; null: any.", nullable())
    operation: int = Int8("Operation, as in CreateAcls; 1: any.")
    permission_type: int = Int8("1: any, 2: deny, 3: allow.")


@struct
class AclDescription(Message):
    """Who may, or may not, do what."""

    principal: str = String("Whom it concerns, such as User:alice; User:* for all.")
    host: str = String("Address it concerns; * for all.")
    operation: int = Int8("Operation: 2 all, 3 read, 4 write, 5 create, 6 delete, 7 alter, 8 describe and so on.")
    permission_type: int = Int8("2: deny, 3: allow.")


@struct
class DescribeAclsResource(Message):
    """A resource with its rules."""

    resource_type: int = Int8(
        "Kind of resource: 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user."
    )
    resource_name: str = String("Its name, or what names begin with; * for all.")
    pattern_type: int = Int8("3: the name itself, 4: names that begin so.", since(1), default=3)
    acls: list[AclDescription] = Array(AclDescription, "Its rules.")


@response(29, versions=(0, 3), flexible=2)
class DescribeAclsResponse(TopLevel):
    """The rules that match, by resource."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE; INVALID_REQUEST, SECURITY_DISABLED (no authorizer), CLUSTER_AUTHORIZATION_FAILED.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    resources: list[DescribeAclsResource] = Array(DescribeAclsResource, "The resources with rules that match.")
