"""DescribeGroups (key 15): state and members of classic groups."""

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
    """Asks the coordinator for groups; each is answered for itself.

    Version 3 adds the operations allowed, version 6 tells a missing group from a dead one (KIP-1043).
    """

    groups: list[str] = Array(String, "Ids of the groups.")
    include_authorized_operations: bool = Bool("Whether to tell what this client may do with each group.", since(3))


@struct
class DescribedGroupMember(Message):
    """One member of a group."""

    member_id: str = String("Id the coordinator gave it.")
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(4), nullable(4), default=None
    )
    client_id: str = String("Client id of its requests.")
    client_host: str = String("Address it joined from, such as /127.0.0.1.")
    member_metadata: bytes = Bytes(
        "What it joined with under the protocol in force: for consumers a ConsumerProtocolSubscription."
    )
    member_assignment: bytes = Bytes("What the leader gave it: for consumers a ConsumerProtocolAssignment.")


@struct
class DescribedGroup(Message):
    """One group."""

    error_code: int = Int16("NONE or why it is not described.")
    error_message: str | None = String(
        "What was wrong, in words; null if nothing was.", since(6), nullable(6), default=None
    )
    group_id: str = String("Its id.")
    group_state: str = String("Empty, PreparingRebalance, CompletingRebalance, Stable or Dead; empty text on an error.")
    protocol_type: str = String("Kind of protocol: consumer, connect; empty for a group that only holds offsets.")
    protocol_data: str = String("Protocol (assignor) in force; empty unless the group is stable.")
    members: list[DescribedGroupMember] = Array(
        DescribedGroupMember, "Its members; metadata and assignment are empty unless the group is stable."
    )
    authorized_operations: int = Int32(
        "Bits of the operations this client may do, by AclOperation code; -2147483648: not asked for.",
        since(3),
        default=-2147483648,
    )


@response(15, versions=(0, 6), flexible=5)
class DescribeGroupsResponse(TopLevel):
    """State and members of each group.

    Version 4 adds the names of static members (KIP-345); version 6 answers GROUP_ID_NOT_FOUND for a group that does
    not exist, where older ones describe it as Dead.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    groups: list[DescribedGroup] = Array(DescribedGroup, "One entry per group asked for.")
