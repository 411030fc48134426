"""ConsumerGroupHeartbeat (key 68): a consumer joins, stays in and leaves a group of the consumer protocol (KIP-848)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Message,
    String,
    Struct,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class OwnedPartitions(Message):
    """Partitions of one topic that the member has."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[int] = Array(Int32, "Its partitions.")


@request(68, versions=(0, 1), flexible=0)
class ConsumerGroupHeartbeatRequest(TopLevel):
    """Keeps a member in its group.

    After the first request, what has not changed since the last is left null (-1). Version 1 adds patterns, and
    lets the client make its own member id (KIP-1082).
    """

    group_id: str = String("Group.")
    member_id: str = String(
        "Id of the member; in version 0 empty until the coordinator gave one, from 1 on made by the client."
    )
    member_epoch: int = Int32("Epoch it has reached; 0: join, -1: leave, -2: a static member leaves for a while.")
    instance_id: str | None = String("Name its operator gave it; null for a dynamic member.", nullable(), default=None)
    rack_id: str | None = String("Rack it stands in; null: unknown.", nullable(), default=None)
    rebalance_timeout_ms: int = Int32("How long it may take to give up partitions, in ms; -1: unchanged.", default=-1)
    subscribed_topic_names: list[str] | None = Array(
        String, "Topics by name; null: unchanged.", nullable(), default=None
    )
    subscribed_topic_regex: str | None = String(
        "Pattern (RE2) of topics; null: unchanged, empty: none any more.", since(1), nullable(1), default=None
    )
    server_assignor: str | None = String(
        "Assignor wanted; null: unchanged, or the first the coordinator knows.", nullable(), default=None
    )
    topic_partitions: list[OwnedPartitions] | None = Array(
        OwnedPartitions, "Partitions it has; null: unchanged.", nullable(), default=None
    )


@struct
class AssignedPartitions(Message):
    """Partitions of one topic for the member."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[int] = Array(Int32, "Its partitions.")


@struct
class Assignment(Message):
    """Everything the member may have now."""

    topic_partitions: list[AssignedPartitions] = Array(AssignedPartitions, "Partitions, by topic.")


@response(68, versions=(0, 1), flexible=0)
class ConsumerGroupHeartbeatResponse(TopLevel):
    """Epoch and, where it changed, assignment of the member."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16(
        "NONE; UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH: join again; UNRELEASED_INSTANCE_ID, GROUP_MAX_SIZE_REACHED."
    )
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)
    member_id: str | None = String(
        "Id of the member, given to it in version 0; null on an error.", nullable(), default=None
    )
    member_epoch: int = Int32("Epoch of the member from now on.")
    heartbeat_interval_ms: int = Int32("How long to wait until the next heartbeat, in ms.")
    assignment: Assignment | None = Struct(Assignment, "What it may have; null: unchanged.", nullable(), default=None)
