"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Bytes,
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


@request(15, versions=(0, 6), flexible=5)
class DescribeGroupsRequest(TopLevel):
    """DOC"""

    groups: list[str] = Array(String, "MEANING")
    include_authorized_operations: bool = Bool("MEANING", since(3))


@struct
class DescribedGroupMember(Message):
    """DOC"""

    member_id: str = String("MEANING")
    group_instance_id: str | None = String("MEANING", since(4), nullable(4), default=None)
    client_id: str = String("MEANING")
    client_host: str = String("MEANING")
    member_metadata: bytes = Bytes("MEANING")
    member_assignment: bytes = Bytes("MEANING")


@struct
class DescribedGroup(Message):
    """DOC"""

    error_code: int = Int16("MEANING")
    error_message: str | None = String("MEANING", since(6), nullable(6), default=None)
    group_id: str = String("MEANING")
    group_state: str = String("MEANING")
    protocol_type: str = String("MEANING")
    protocol_data: str = String("MEANING")
    members: list[DescribedGroupMember] = Array(DescribedGroupMember, "MEANING")
    authorized_operations: int = Int32("MEANING", since(3), default=-2147483648)


@response(15, versions=(0, 6), flexible=5)
class DescribeGroupsResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(1))
    groups: list[DescribedGroup] = Array(DescribedGroup, "MEANING")
