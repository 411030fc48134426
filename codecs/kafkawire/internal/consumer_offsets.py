"""Records of ``__consumer_offsets``: offsets and classic groups.

Key and value of a record each start with a schema version of two bytes, then one of these. The key's version tells
what the record is about (`KEY`); a null value removes it.
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bytes,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    Uuid,
    nullable,
    record,
    since,
    struct,
    tagged,
    until,
)


@record(0, versions=(0, 0))
class LegacyOffsetCommitKey(TopLevel):
    """Key of an offset as the oldest brokers wrote it; read like `OffsetCommitKey`."""

    group: str = String("Group.")
    topic: str = String("Topic.")
    partition: int = Int32("Partition.")


@record(0, versions=(0, 0))
class LegacyOffsetCommitValue(TopLevel):
    """Value of an offset as the oldest brokers wrote it."""

    offset: int = Int64("Next offset to read.")
    metadata: str = String("Text of the client's own.")
    commit_timestamp: int = Int64("Time of the commit in ms since 1970.")


@record(1, versions=(0, 0))
class OffsetCommitKey(TopLevel):
    """Key of a committed offset."""

    group: str = String("Group.")
    topic: str = String("Topic.")
    partition: int = Int32("Partition.")


@record(1, versions=(0, 4), flexible=4)
class OffsetCommitValue(TopLevel):
    """A committed offset.

    Version 1 carries its own expiry, where a client asked for one; 3 adds the leader epoch; 4 the topic's id, by
    which the offset of a topic that was recreated is recognised as stale.
    """

    offset: int = Int64("Next offset to read.")
    leader_epoch: int = Int32("Leader epoch of the last record read; -1: unknown.", since(3), default=-1)
    metadata: str = String("Text of the client's own.")
    commit_timestamp: int = Int64("Time of the commit in ms since 1970.")
    expire_timestamp: int = Int64(
        "Time at which it expires, in ms since 1970; -1: by the broker's config.", since(1), until(1), default=-1
    )
    topic_id: bytes = Uuid("Id of the topic; zeros: unknown.", since(4), tagged(0, since=4))


@record(2, versions=(0, 0))
class GroupMetadataKey(TopLevel):
    """Key of a classic group."""

    group: str = String("Group.")


@struct
class MemberMetadata(Message):
    """A member of a classic group, as of the generation stored."""

    member_id: str = String("Id the coordinator gave it.")
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(3), nullable(3), default=None
    )
    client_id: str = String("Client id of its requests.")
    client_host: str = String("Address it joined from, such as /127.0.0.1.")
    rebalance_timeout: int = Int32(
        "How long the others wait for it in a rebalance, in ms; -1: its session timeout.", since(1), default=-1
    )
    session_timeout: int = Int32("How long without a heartbeat until it counts as dead, in ms.")
    subscription: bytes = Bytes("What it joined with under the protocol in force.")
    assignment: bytes = Bytes("What the leader gave it.")


@record(2, versions=(0, 4), flexible=4)
class GroupMetadataValue(TopLevel):
    """A classic group with its members, written when a generation is complete or the group has become empty.

    Version 1 adds rebalance timeouts, 2 the time of the last change of state, 3 static members, 4 tagged fields.
    """

    protocol_type: str = String("Kind of protocol: consumer, connect; empty for a group that only holds offsets.")
    generation: int = Int32("Generation.")
    protocol: str | None = String("Protocol in force; null in an empty group.", nullable())
    leader: str | None = String("Member that assigns; null in an empty group.", nullable())
    current_state_timestamp: int = Int64(
        "Time of the last change of state in ms since 1970; -1: unknown.", since(2), default=-1
    )
    members: list[MemberMetadata] = Array(MemberMetadata, "Its members.")
