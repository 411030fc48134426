"""ConsumerGroupDescribe (key 69): state and members of groups of the consumer protocol (KIP-848)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
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


@request(69, versions=(0, 1), flexible=0)
class ConsumerGroupDescribeRequest(TopLevel):
    """Asks their coordinator about groups."""

    group_ids: list[str] = Array(String, "The groups.")
    include_authorized_operations: bool = Bool("Also tell what the client may do with each.")


@struct
class TopicPartitions(Message):
    """Partitions of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    topic_name: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Its partitions.")


@struct
class Assignment(Message):
    """Partitions of one member."""

    topic_partitions: list[TopicPartitions] = Array(TopicPartitions, "Partitions, by topic.")


@struct
class Member(Message):
    """A member of the group."""

    member_id: str = String("Id of the member.")
    instance_id: str | None = String("Name its operator gave it; null for a dynamic member.", nullable(), default=None)
    rack_id: str | None = String("Rack it stands in; null: unknown.", nullable(), default=None)
    member_epoch: int = Int32("Epoch the member has reached; behind the group's epoch while it reconciles.")
    client_id: str = String("Client id it sent along.")
    client_host: str = String("Address it connected from.")
    subscribed_topic_names: list[str] = Array(String, "Topics it subscribes to by name.")
    subscribed_topic_regex: str | None = String("Pattern (RE2) it subscribes with, or null.", nullable(), default=None)
    assignment: Assignment = Struct(Assignment, "What it has now.")
    target_assignment: Assignment = Struct(Assignment, "What it shall have.")
    member_type: int = Int8("0: classic protocol, 1: consumer protocol, -1: unknown.", since(1), default=-1)


@struct
class DescribedGroup(Message):
    """One group."""

    error_code: int = Int16(
        "NONE; GROUP_ID_NOT_FOUND, GROUP_AUTHORIZATION_FAILED, TOPIC_AUTHORIZATION_FAILED, NOT_COORDINATOR."
    )
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)
    group_id: str = String("Group.")
    group_state: str = String("Empty, Assigning, Reconciling, Stable or Dead; empty text on an error.")
    group_epoch: int = Int32("Epoch of the group: rises with every change of members or subscriptions.")
    assignment_epoch: int = Int32("Group epoch the target assignment was made for.")
    assignor_name: str = String("Assignor in use.")
    members: list[Member] = Array(Member, "Its members.")
    authorized_operations: int = Int32(
        "Bits of the operations the client may do; the least number: not asked for.", default=-2147483648
    )


@response(69, versions=(0, 1), flexible=0)
class ConsumerGroupDescribeResponse(TopLevel):
    """The groups. Version 1 adds the kind of each member (KIP-1099)."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    groups: list[DescribedGroup] = Array(DescribedGroup, "One result per group asked for.")
