"""Records of ``__consumer_offsets``: share groups (KIP-932).

The key's version tells what the record is about (`KEY`); a null value removes it.
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int8,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    Uuid,
    nullable,
    record,
    struct,
    tagged,
)


@record(14, versions=(0, 0))
class ShareGroupCurrentMemberAssignmentKey(TopLevel):
    """Key of what a member has."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@struct
class CurrentPartitions(Message):
    """Partitions of one topic that a member has."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[int] = Array(Int32, "Partitions.")


@record(14, versions=(0, 0), flexible=0)
class ShareGroupCurrentMemberAssignmentValue(TopLevel):
    """What a member has."""

    member_epoch: int = Int32("Epoch it is expected to be in.")
    previous_member_epoch: int = Int32("Epoch before that, accepted too in case an answer was lost.")
    state: int = Int8("State of the member; 0, stable.")
    assigned_partitions: list[CurrentPartitions] = Array(
        CurrentPartitions, "Partitions it has; others may have them too."
    )


@record(10, versions=(0, 0))
class ShareGroupMemberMetadataKey(TopLevel):
    """Key of a member."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@record(10, versions=(0, 0), flexible=0)
class ShareGroupMemberMetadataValue(TopLevel):
    """A member, as it described itself."""

    rack_id: str | None = String("Rack it stands in, or null.", nullable())
    client_id: str = String("Client id of its requests.")
    client_host: str = String("Address it joined from, such as /127.0.0.1.")
    subscribed_topic_names: list[str] = Array(String, "Topics it subscribes to.")


@record(11, versions=(0, 0))
class ShareGroupMetadataKey(TopLevel):
    """Key of a share group."""

    group_id: str = String("Group.")


@record(11, versions=(0, 0), flexible=0)
class ShareGroupMetadataValue(TopLevel):
    """A share group."""

    epoch: int = Int32("Grows with every change of members or topics.")
    metadata_hash: int = Int64("Hash of the topics subscribed to, by which changes are noticed.")


@record(15, versions=(0, 0))
class ShareGroupStatePartitionMetadataKey(TopLevel):
    """Key of what a group keeps state of."""

    group_id: str = String("Group.")


@struct
class StatePartitions(Message):
    """Partitions of one topic with state."""

    topic_id: bytes = Uuid("Topic by id.")
    topic_name: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Partitions.")


@struct
class StateTopic(Message):
    """A topic whose state goes."""

    topic_id: bytes = Uuid("Topic by id.")
    topic_name: str = String("Topic by name.")


@record(15, versions=(0, 0), flexible=0)
class ShareGroupStatePartitionMetadataValue(TopLevel):
    """Which partitions have a state with the share coordinator, so that it can be cleaned up."""

    initializing_topics: list[StatePartitions] = Array(StatePartitions, "Partitions whose state is being opened.")
    initialized_topics: list[StatePartitions] = Array(StatePartitions, "Partitions whose state is open.")
    deleting_topics: list[StateTopic] = Array(StateTopic, "Topics whose state is being deleted.")


@record(13, versions=(0, 0))
class ShareGroupTargetAssignmentMemberKey(TopLevel):
    """Key of what a member shall have."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@struct
class TargetPartitions(Message):
    """Partitions of one topic that a member shall have."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[int] = Array(Int32, "Partitions.")


@record(13, versions=(0, 0), flexible=0)
class ShareGroupTargetAssignmentMemberValue(TopLevel):
    """What a member shall have."""

    topic_partitions: list[TargetPartitions] = Array(TargetPartitions, "Partitions, by topic.")


@record(12, versions=(0, 0))
class ShareGroupTargetAssignmentMetadataKey(TopLevel):
    """Key of the target assignment of a group."""

    group_id: str = String("Group.")


@record(12, versions=(0, 0), flexible=0)
class ShareGroupTargetAssignmentMetadataValue(TopLevel):
    """What the target assignment was made for."""

    assignment_epoch: int = Int32("Group epoch it was made for.")
    assignment_timestamp: int = Int64("When it was made, in ms since 1970; 0: not recorded.", tagged(0, since=0))
