"""ShareGroupHeartbeat (key 76): a member of a share group joins, stays or leaves (KIP-932)."""

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
    struct,
)


@request(76, versions=(0, 1), flexible=0)
class ShareGroupHeartbeatRequest(TopLevel):
    """Keeps a member in its group. Null fields are as they were. Version 0 was a preview."""

    group_id: str = String("Group.")
    member_id: str = String("Id the member made for itself, a UUID; the same for its whole life.")
    member_epoch: int = Int32("Epoch of the assignment it holds; 0: joins, -1: leaves.")
    rack_id: str | None = String("Rack it stands in; null: none, or as before.", nullable(), default=None)
    subscribed_topic_names: list[str] | None = Array(
        String, "Topics it subscribes to; null: as before.", nullable(), default=None
    )


@struct
class TopicPartitions(Message):
    """Partitions of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[int] = Array(Int32, "Partitions.")


@struct
class Assignment(Message):
    """What the member is given; other members may have the same."""

    topic_partitions: list[TopicPartitions] = Array(TopicPartitions, "Partitions, by topic.")


@response(76, versions=(0, 1), flexible=0)
class ShareGroupHeartbeatResponse(TopLevel):
    """The member's epoch and assignment."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16(
        "NONE; UNKNOWN_MEMBER_ID and FENCED_MEMBER_EPOCH: join again; GROUP_MAX_SIZE_REACHED; INVALID_REQUEST; an error"
        " of the coordinator."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    member_id: str | None = String("Id of the member; null on an error.", nullable(), default=None)
    member_epoch: int = Int32("Epoch the member is in now.")
    heartbeat_interval_ms: int = Int32("Time until the next heartbeat in ms.")
    assignment: Assignment | None = Struct(Assignment, "What it is given; null: as before.", nullable(), default=None)
