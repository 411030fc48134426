"""Records of ``__consumer_offsets``: consumer groups of the new protocol (KIP-848).

The key's version tells what the record is about (`KEY`); a null value removes it.
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bytes,
    Int8,
    Int32,
    Int64,
    Message,
    String,
    Struct,
    TopLevel,
    Uuid,
    nullable,
    record,
    struct,
    tagged,
)


@record(8, versions=(0, 0))
class ConsumerGroupCurrentMemberAssignmentKey(TopLevel):
    """Key of what a member has."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@struct
class CurrentPartitions(Message):
    """Partitions of one topic that a member has."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[int] = Array(Int32, "Partitions.")
    assignment_epochs: list[int] | None = Array(
        Int32,
        "For each, the epoch in which the member got it, to fence commits (KIP-1251); null: not recorded.",
        nullable(),
        tagged(0, since=0),
    )


@record(8, versions=(0, 0), flexible=0)
class ConsumerGroupCurrentMemberAssignmentValue(TopLevel):
    """What a member has, and how far it is on the way to its target."""

    member_epoch: int = Int32("Epoch it is expected to be in.")
    previous_member_epoch: int = Int32("Epoch before that, accepted too in case an answer was lost.")
    state: int = Int8("0 stable, 1 has partitions to give up, 2 waits for others to give up theirs.")
    assigned_partitions: list[CurrentPartitions] = Array(CurrentPartitions, "Partitions it has.")
    partitions_pending_revocation: list[CurrentPartitions] = Array(CurrentPartitions, "Partitions it must give up.")


@record(5, versions=(0, 0))
class ConsumerGroupMemberMetadataKey(TopLevel):
    """Key of a member."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@struct
class ClassicProtocol(Message):
    """A protocol a classic member can work with."""

    name: str = String("Name, such as range.")
    metadata: bytes = Bytes("Its ConsumerProtocolSubscription.")


@struct
class ClassicMemberMetadata(Message):
    """What is kept of a member that speaks the classic protocol."""

    session_timeout_ms: int = Int32("How long without a heartbeat until it counts as dead, in ms.")
    supported_protocols: list[ClassicProtocol] = Array(ClassicProtocol, "What it can work with, best first.")


@record(5, versions=(0, 0), flexible=0)
class ConsumerGroupMemberMetadataValue(TopLevel):
    """A member, as it described itself."""

    instance_id: str | None = String("Name its operator gave it; null for a dynamic member.", nullable())
    rack_id: str | None = String("Rack it stands in, or null.", nullable())
    client_id: str = String("Client id of its requests.")
    client_host: str = String("Address it joined from, such as /127.0.0.1.")
    subscribed_topic_names: list[str] = Array(String, "Topics it subscribes to.")
    subscribed_topic_regex: str | None = String(
        "Pattern (RE2) of topics it subscribes to; null or empty: none.", nullable()
    )
    rebalance_timeout_ms: int = Int32("How long it may take to give up partitions, in ms; -1: not told.", default=-1)
    server_assignor: str | None = String("Assignor it wants; null: the broker's choice.", nullable())
    classic_member_metadata: ClassicMemberMetadata | None = Struct(
        ClassicMemberMetadata, "What a classic member joined with; null for a new one.", nullable(), tagged(0, since=0)
    )


@record(3, versions=(0, 0))
class ConsumerGroupMetadataKey(TopLevel):
    """Key of a consumer group."""

    group_id: str = String("Group.")


@record(3, versions=(0, 0), flexible=0)
class ConsumerGroupMetadataValue(TopLevel):
    """A consumer group."""

    epoch: int = Int32("Grows with every change of members or topics.")
    metadata_hash: int = Int64(
        "Hash of the topics subscribed to, by which changes are noticed; 0: none yet.", tagged(0, since=0)
    )


@record(4, versions=(0, 0))
class ConsumerGroupPartitionMetadataKey(TopLevel):
    """Key of the topics of a group."""

    group_id: str = String("Group.")


@struct
class PartitionMetadata(Message):
    """A partition, as it was then."""

    partition: int = Int32("Partition.")
    racks: list[str] = Array(String, "Racks of its replicas.")


@struct
class TopicMetadata(Message):
    """A topic, as it was then."""

    topic_id: bytes = Uuid("Topic by id.")
    topic_name: str = String("Topic by name.")
    num_partitions: int = Int32("How many partitions it had.")
    partition_metadata: list[PartitionMetadata] = Array(PartitionMetadata, "Racks, by partition.")


@record(4, versions=(0, 0), flexible=0)
class ConsumerGroupPartitionMetadataValue(TopLevel):
    """Topics of a group. Written until 4.0; a hash in the group's own record took its place."""

    topics: list[TopicMetadata] = Array(TopicMetadata, "The topics.")


@record(16, versions=(0, 0))
class ConsumerGroupRegularExpressionKey(TopLevel):
    """Key of a pattern that members subscribe to."""

    group_id: str = String("Group.")
    regular_expression: str = String("The pattern (RE2).")


@record(16, versions=(0, 0), flexible=0)
class ConsumerGroupRegularExpressionValue(TopLevel):
    """What a pattern matched."""

    topics: list[str] = Array(String, "Topics that it matched.")
    version: int = Int64("Offset of the metadata log they were looked up at.")
    timestamp: int = Int64("When they were looked up, in ms since 1970.")


@record(7, versions=(0, 0))
class ConsumerGroupTargetAssignmentMemberKey(TopLevel):
    """Key of what a member shall have."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@struct
class TargetPartitions(Message):
    """Partitions of one topic that a member shall have."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[int] = Array(Int32, "Partitions.")


@record(7, versions=(0, 0), flexible=0)
class ConsumerGroupTargetAssignmentMemberValue(TopLevel):
    """What a member shall have."""

    topic_partitions: list[TargetPartitions] = Array(TargetPartitions, "Partitions, by topic.")


@record(6, versions=(0, 0))
class ConsumerGroupTargetAssignmentMetadataKey(TopLevel):
    """Key of the target assignment of a group."""

    group_id: str = String("Group.")


@record(6, versions=(0, 0), flexible=0)
class ConsumerGroupTargetAssignmentMetadataValue(TopLevel):
    """What the target assignment was made for."""

    assignment_epoch: int = Int32("Group epoch it was made for.")
    assignment_timestamp: int = Int64("When it was made, in ms since 1970; 0: not recorded.", tagged(0, since=0))
