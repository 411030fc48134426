"""ShareGroupDescribe (key 77): share groups with their members (KIP-932)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
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


@request(77, versions=(0, 1), flexible=0)
class ShareGroupDescribeRequest(TopLevel):
    """Asks for groups. Version 0 was a preview."""

    group_ids: list[str] = Array(String, "The groups.")
    include_authorized_operations: bool = Bool("Whether to tell what the client may do to each.")


@struct
class TopicPartitions(Message):
    """Partitions of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    topic_name: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Partitions.")


@struct
class Assignment(Message):
    """What a member was given."""

    topic_partitions: list[TopicPartitions] = Array(TopicPartitions, "Partitions, by topic.")


@struct
class Member(Message):
    """A member."""

    member_id: str = String("Id it made for itself.")
    rack_id: str | None = String("Rack it stands in, or null.", nullable(), default=None)
    member_epoch: int = Int32("Epoch of the assignment it holds.")
    client_id: str = String("Client id of its requests.")
    client_host: str = String("Address it joined from, such as /127.0.0.1.")
    subscribed_topic_names: list[str] = Array(String, "Topics it subscribes to.")
    assignment: Assignment = Struct(Assignment, "What it was given.")


@struct
class DescribedGroup(Message):
    """One group, or why it cannot be shown."""

    error_code: int = Int16("NONE, GROUP_ID_NOT_FOUND, GROUP_AUTHORIZATION_FAILED, or an error of the coordinator.")
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    group_id: str = String("Group.")
    group_state: str = String("Empty, Stable or Dead; empty on an error.")
    group_epoch: int = Int32("Grows with every change of members or topics.")
    assignment_epoch: int = Int32("Group epoch for which the assignment was made.")
    assignor_name: str = String("Assignor in use.")
    members: list[Member] = Array(Member, "Its members.")
    authorized_operations: int = Int32(
        "What the client may do to the group, a bit for each operation; the least number: not asked for.",
        default=-2147483648,
    )


@response(77, versions=(0, 1), flexible=0)
class ShareGroupDescribeResponse(TopLevel):
    """The groups."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    groups: list[DescribedGroup] = Array(DescribedGroup, "One for each asked for.")
