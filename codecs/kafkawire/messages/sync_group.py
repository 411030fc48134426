"""SyncGroup (key 14): the leader of a classic group hands out the assignment, every member fetches its own."""

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
    """What one member is given."""

    member_id: str = String("Member.")
    assignment: bytes = Bytes("For consumers a ConsumerProtocolAssignment.")


@request(14, versions=(0, 5), flexible=4)
class SyncGroupRequest(TopLevel):
    """Hands in the assignment (leader) or waits for it (everybody else).

    Version 3 adds static members (KIP-345), version 5 checks the protocol (KIP-559).
    """

    group_id: str = String("Group.")
    generation_id: int = Int32("Generation the member is in.")
    member_id: str = String("Id the coordinator gave it.")
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(3), nullable(3), default=None
    )
    protocol_type: str | None = String(
        "Kind of protocol the member believes in; another one: INCONSISTENT_GROUP_PROTOCOL; null: not checked.",
        since(5),
        nullable(5),
        default=None,
    )
    protocol_name: str | None = String("Protocol it believes in; likewise.", since(5), nullable(5), default=None)
    assignments: list[SyncGroupRequestAssignment] = Array(
        SyncGroupRequestAssignment, "Everybody's assignment, from the leader; a member left out gets an empty one."
    )


@response(14, versions=(0, 5), flexible=4)
class SyncGroupResponse(TopLevel):
    """This member's assignment. Version 1 adds the throttle time, version 5 the protocol."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    error_code: int = Int16("NONE or why there is none; REBALANCE_IN_PROGRESS: join again.")
    protocol_type: str | None = String("Kind of protocol of the group.", since(5), nullable(5), default=None)
    protocol_name: str | None = String("Protocol in force.", since(5), nullable(5), default=None)
    assignment: bytes = Bytes("What this member is given.")
