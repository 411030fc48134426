"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
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
class SyncGroupRequestAssignment(Message):
    """DOC"""

    member_id: str = String("MEANING")
    assignment: bytes = Bytes("MEANING")


@request(14, versions=(0, 5), flexible=4)
class SyncGroupRequest(TopLevel):
    """DOC"""

    group_id: str = String("MEANING")
    generation_id: int = Int32("MEANING")
    member_id: str = String("MEANING")
    group_instance_id: str | None = String("MEANING", since(3), nullable(3), default=None)
    protocol_type: str | None = String("MEANING", since(5), nullable(5), default=None)
    protocol_name: str | None = String("MEANING", since(5), nullable(5), default=None)
    assignments: list[SyncGroupRequestAssignment] = Array(SyncGroupRequestAssignment, "MEANING")


@response(14, versions=(0, 5), flexible=4)
class SyncGroupResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(1))
    error_code: int = Int16("MEANING")
    protocol_type: str | None = String("MEANING", since(5), nullable(5), default=None)
    protocol_name: str | None = String("MEANING", since(5), nullable(5), default=None)
    assignment: bytes = Bytes("MEANING")
