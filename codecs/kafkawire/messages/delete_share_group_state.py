"""DeleteShareGroupState (key 86): the group coordinator has the state of share partitions deleted (KIP-932)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Message, String, TopLevel, Uuid, nullable, request, response, struct


@struct
class DeletedPartition(Message):
    """A share partition to forget."""

    partition: int = Int32("Partition.")


@struct
class DeletedTopic(Message):
    """Partitions of one topic to forget."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[DeletedPartition] = Array(DeletedPartition, "Its partitions.")


@request(86, versions=(0, 0), flexible=0)
class DeleteShareGroupStateRequest(TopLevel):
    """Asks the share coordinator to delete state. Between brokers only."""

    group_id: str = String("Group.")
    topics: list[DeletedTopic] = Array(DeletedTopic, "What to forget, by topic.")


@struct
class PartitionResult(Message):
    """What became of one partition."""

    partition: int = Int32("Partition.")
    error_code: int = Int16("NONE or why it failed.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)


@struct
class TopicResult(Message):
    """What became of one topic's partitions."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Results by partition.")


@response(86, versions=(0, 0), flexible=0)
class DeleteShareGroupStateResponse(TopLevel):
    """What became of every partition."""

    results: list[TopicResult] = Array(TopicResult, "Results by topic.")
