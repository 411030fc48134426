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


@struct
class JoinGroupRequestProtocol(Message):
    """DOC"""

    name: str = String("MEANING")
    metadata: bytes = Bytes("MEANING")


@request(11, versions=(0, 9), flexible=6)
class JoinGroupRequest(TopLevel):
    """DOC"""

    group_id: str = String("MEANING")
    session_timeout_ms: int = Int32("MEANING")
    rebalance_timeout_ms: int = Int32("MEANING", since(1), default=-1)
    member_id: str = String("MEANING")
    group_instance_id: str | None = String("MEANING", since(5), nullable(5), default=None)
    protocol_type: str = String("MEANING")
    protocols: list[JoinGroupRequestProtocol] = Array(JoinGroupRequestProtocol, "MEANING")
    reason: str | None = String("MEANING", since(8), nullable(8), default=None)


@struct
class JoinGroupResponseMember(Message):
    """DOC"""

    member_id: str = String("MEANING")
    group_instance_id: str | None = String("MEANING", since(5), nullable(5), default=None)
    metadata: bytes = Bytes("MEANING")


@response(11, versions=(0, 9), flexible=6)
class JoinGroupResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(2))
    error_code: int = Int16("MEANING")
    generation_id: int = Int32("MEANING", default=-1)
    protocol_type: str | None = String("MEANING", since(7), nullable(7), default=None)
    protocol_name: str | None = String("MEANING", nullable(7))
    leader: str = String("MEANING")
    skip_assignment: bool = Bool("MEANING", since(9))
    member_id: str = String("MEANING")
    members: list[JoinGroupResponseMember] = Array(JoinGroupResponseMember, "MEANING")
