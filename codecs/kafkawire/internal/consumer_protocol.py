"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import Array, Bytes, Int32, Message, String, TopLevel, nullable, record, since, struct


@struct
class OwnedTopicPartition(Message):
    """DOC"""

    topic: str = String("MEANING", since(1))
    partitions: list[int] = Array(Int32, "MEANING", since(1))


@record(-1, versions=(0, 3))
class ConsumerProtocolSubscription(TopLevel):
    """DOC"""

    topics: list[str] = Array(String, "MEANING")
    user_data: bytes | None = Bytes("MEANING", nullable(), default=None)
    owned_partitions: list[OwnedTopicPartition] = Array(OwnedTopicPartition, "MEANING", since(1))
    generation_id: int = Int32("MEANING", since(2), default=-1)
    rack_id: str | None = String("MEANING", since(3), nullable(3), default=None)


@struct
class AssignedTopicPartition(Message):
    """DOC"""

    topic: str = String("MEANING")
    partitions: list[int] = Array(Int32, "MEANING")


@record(-1, versions=(0, 3))
class ConsumerProtocolAssignment(TopLevel):
    """DOC"""

    assigned_partitions: list[AssignedTopicPartition] = Array(AssignedTopicPartition, "MEANING")
    user_data: bytes | None = Bytes("MEANING", nullable(), default=None)
