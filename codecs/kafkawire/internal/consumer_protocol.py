"""What consumers put into JoinGroup and SyncGroup: subscriptions and assignments.

The bytes start with a version of two bytes, then one of these. Brokers look into them only to keep offsets of
subscribed topics from expiring and to move groups to the new protocol; readers take the newest version they know and
ignore what follows.
"""

from __future__ import annotations

from kafkawire.declare import Array, Bytes, Int32, Message, String, TopLevel, nullable, record, since, struct


@struct
class OwnedTopicPartition(Message):
    """Partitions of one topic that a consumer still owns."""

    topic: str = String("Topic.", since(1))
    partitions: list[int] = Array(Int32, "Partitions.", since(1))


@record(-1, versions=(0, 3))
class ConsumerProtocolSubscription(TopLevel):
    """What a consumer subscribes to.

    Version 1 adds owned partitions for cooperative rebalances (KIP-429), 2 the generation they are from (KIP-792), 3
    the rack (KIP-881).
    """

    topics: list[str] = Array(String, "Topics subscribed to.")
    user_data: bytes | None = Bytes(
        "Whatever the assignor wants its leader to know; null: nothing.", nullable(), default=None
    )
    owned_partitions: list[OwnedTopicPartition] = Array(
        OwnedTopicPartition, "Partitions the consumer has, and would like to keep.", since(1)
    )
    generation_id: int = Int32("Generation in which it got them; -1: unknown.", since(2), default=-1)
    rack_id: str | None = String("Rack it stands in, or null.", since(3), nullable(3), default=None)


@struct
class AssignedTopicPartition(Message):
    """Partitions of one topic that a consumer is given."""

    topic: str = String("Topic.")
    partitions: list[int] = Array(Int32, "Partitions.")


@record(-1, versions=(0, 3))
class ConsumerProtocolAssignment(TopLevel):
    """What a consumer is given. All versions are the same."""

    assigned_partitions: list[AssignedTopicPartition] = Array(AssignedTopicPartition, "Its partitions, by topic.")
    user_data: bytes | None = Bytes(
        "Whatever the assignor wants its member to know; null: nothing.", nullable(), default=None
    )
