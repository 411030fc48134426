"""JoinGroup (key 11): a member enters a classic group or a new generation of it."""

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
    """A protocol (for consumers: an assignor) the member can work with."""

    name: str = String("Name, such as range.")
    metadata: bytes = Bytes(
        "What the leader needs to know of the member: for consumers a ConsumerProtocolSubscription."
    )


@request(11, versions=(0, 9), flexible=6)
class JoinGroupRequest(TopLevel):
    """Enters a group, or answers its call to rebalance.

    Version 1 parts the rebalance timeout from the session timeout; from version 4 on a new member is first given an
    id (MEMBER_ID_REQUIRED) and joins again with it (KIP-394); 5 adds static members (KIP-345), 8 a reason (KIP-800).
    """

    group_id: str = String("Group.")
    session_timeout_ms: int = Int32("How long without a heartbeat until the member counts as dead, in ms.")
    rebalance_timeout_ms: int = Int32(
        "How long the others wait for this member to join again, in ms; version 0 and -1: the session timeout.",
        since(1),
        default=-1,
    )
    member_id: str = String("Id the coordinator gave it; empty for a new one.")
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(5), nullable(5), default=None
    )
    protocol_type: str = String("Kind of protocol: consumer, connect; the same for all members.")
    protocols: list[JoinGroupRequestProtocol] = Array(JoinGroupRequestProtocol, "What it can work with, best first.")
    reason: str | None = String("Why it joins, for the log.", since(8), nullable(8), default=None)


@struct
class JoinGroupResponseMember(Message):
    """A member, as the leader sees it."""

    member_id: str = String("Id the coordinator gave it.")
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(5), nullable(5), default=None
    )
    metadata: bytes = Bytes("What it joined with under the protocol chosen.")


@response(11, versions=(0, 9), flexible=6)
class JoinGroupResponse(TopLevel):
    """The new generation, once every member has joined or been given up.

    Version 7 adds the protocol type (KIP-559), version 9 lets a returning static leader skip the assignment
    (KIP-814).
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(2)
    )
    error_code: int = Int16("NONE or why the member is not in.")
    generation_id: int = Int32("The generation; -1 on an error.", default=-1)
    protocol_type: str | None = String("Kind of protocol of the group.", since(7), nullable(7), default=None)
    protocol_name: str | None = String("The protocol all members can work with that most voted for.", nullable(7))
    leader: str = String("Member that assigns partitions.")
    skip_assignment: bool = Bool("Whether the leader shall keep the assignment it made before.", since(9))
    member_id: str = String("Id of this member; with MEMBER_ID_REQUIRED the one to join again with.")
    members: list[JoinGroupResponseMember] = Array(JoinGroupResponseMember, "All members, for the leader only.")
