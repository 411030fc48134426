"""LeaveGroup (key 13): members leave a classic group, or are removed by an administrator."""

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
    """One member that leaves."""

    member_id: str = String("Id the coordinator gave it; empty if it is named by its instance alone.", since(3))
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(3), nullable(3), default=None
    )
    reason: str | None = String("Why it leaves, for the log.", since(5), nullable(5), default=None)


@request(13, versions=(0, 5), flexible=4)
class LeaveGroupRequest(TopLevel):
    """Leaves a group. Version 3 allows several members and static ones (KIP-345), version 5 adds reasons (KIP-800)."""

    group_id: str = String("Group.")
    member_id: str = String("Member that leaves.", until(2))
    members: list[MemberIdentity] = Array(MemberIdentity, "Members that leave.", since(3))


@struct
class MemberResponse(Message):
    """What became of one member."""

    member_id: str = String("As asked.", since(3))
    group_instance_id: str | None = String("As asked.", since(3), nullable(3))
    error_code: int = Int16("NONE, UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID.", since(3))


@response(13, versions=(0, 5), flexible=4)
class LeaveGroupResponse(TopLevel):
    """Whether the members are out. Version 1 adds the throttle time, version 3 one result per member."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    error_code: int = Int16("NONE or what is wrong with the request as a whole.")
    members: list[MemberResponse] = Array(MemberResponse, "One result per member.", since(3))
