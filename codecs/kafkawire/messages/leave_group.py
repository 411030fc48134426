"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
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
    until,
)


@struct
class MemberIdentity(Message):
    """DOC"""

    member_id: str = String("MEANING", since(3))
    group_instance_id: str | None = String("MEANING", since(3), nullable(3), default=None)
    reason: str | None = String("MEANING", since(5), nullable(5), default=None)


@request(13, versions=(0, 5), flexible=4)
class LeaveGroupRequest(TopLevel):
    """DOC"""

    group_id: str = String("MEANING")
    member_id: str = String("MEANING", until(2))
    members: list[MemberIdentity] = Array(MemberIdentity, "MEANING", since(3))


@struct
class MemberResponse(Message):
    """DOC"""

    member_id: str = String("MEANING", since(3))
    group_instance_id: str | None = String("MEANING", since(3), nullable(3))
    error_code: int = Int16("MEANING", since(3))


@response(13, versions=(0, 5), flexible=4)
class LeaveGroupResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(1))
    error_code: int = Int16("MEANING")
    members: list[MemberResponse] = Array(MemberResponse, "MEANING", since(3))
