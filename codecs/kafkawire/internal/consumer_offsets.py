"""MODULE DOC"""

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
    """DOC"""

    group: str = String("MEANING")
    topic: str = String("MEANING")
    partition: int = Int32("MEANING")


@record(0, versions=(0, 0))
class LegacyOffsetCommitValue(TopLevel):
    """DOC"""

    offset: int = Int64("MEANING")
    metadata: str = String("MEANING")
    commit_timestamp: int = Int64("MEANING")


@record(1, versions=(0, 0))
class OffsetCommitKey(TopLevel):
    """DOC"""

    group: str = String("MEANING")
    topic: str = String("MEANING")
    partition: int = Int32("MEANING")


@record(1, versions=(0, 4), flexible=4)
class OffsetCommitValue(TopLevel):
    """DOC"""

    offset: int = Int64("MEANING")
    leader_epoch: int = Int32("MEANING", since(3), default=-1)
    metadata: str = String("MEANING")
    commit_timestamp: int = Int64("MEANING")
    expire_timestamp: int = Int64("MEANING", since(1), until(1), default=-1)
    topic_id: bytes = Uuid("MEANING", since(4), tagged(0, since=4))


@record(2, versions=(0, 0))
class GroupMetadataKey(TopLevel):
    """DOC"""

    group: str = String("MEANING")


@struct
class MemberMetadata(Message):
    """DOC"""

    member_id: str = String("MEANING")
    group_instance_id: str | None = String("MEANING", since(3), nullable(3), default=None)
    client_id: str = String("MEANING")
    client_host: str = String("MEANING")
    rebalance_timeout: int = Int32("MEANING", since(1), default=-1)
    session_timeout: int = Int32("MEANING")
    subscription: bytes = Bytes("MEANING")
    assignment: bytes = Bytes("MEANING")


@record(2, versions=(0, 4), flexible=4)
class GroupMetadataValue(TopLevel):
    """DOC"""

    protocol_type: str = String("MEANING")
    generation: int = Int32("MEANING")
    protocol: str | None = String("MEANING", nullable())
    leader: str | None = String("MEANING", nullable())
    current_state_timestamp: int = Int64("MEANING", since(2), default=-1)
    members: list[MemberMetadata] = Array(MemberMetadata, "MEANING")
