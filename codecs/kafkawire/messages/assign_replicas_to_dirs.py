"""AssignReplicasToDirs (key 73): a broker tells the controller in which log directories its replicas lie (KIP-858)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Int64, Message, TopLevel, Uuid, request, response, struct


@struct
class AssignedPartition(Message):
    """A partition in the directory."""

    partition_index: int = Int32("Partition.")


@struct
class AssignedTopic(Message):
    """Partitions of one topic in the directory."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[AssignedPartition] = Array(AssignedPartition, "Its partitions there.")


@struct
class AssignedDirectory(Message):
    """What lies in one directory."""

    id: bytes = Uuid("Id of the directory.")
    topics: list[AssignedTopic] = Array(AssignedTopic, "What lies there, by topic.")


@request(73, versions=(0, 0), flexible=0)
class AssignReplicasToDirsRequest(TopLevel):
    """Tells where replicas lie."""

    broker_id: int = Int32("Id of the broker.")
    broker_epoch: int = Int64("Epoch of its registration; -1: unknown.", default=-1)
    directories: list[AssignedDirectory] = Array(AssignedDirectory, "Directories and what lies there.")


@struct
class PartitionResult(Message):
    """What became of one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE; UNKNOWN_TOPIC_OR_PARTITION, or NOT_LEADER_OR_FOLLOWER: the broker holds no replica of it."
    )


@struct
class TopicResult(Message):
    """What became of one topic's partitions."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Results by partition.")


@struct
class DirectoryResult(Message):
    """What became of one directory."""

    id: bytes = Uuid("Id of the directory.")
    topics: list[TopicResult] = Array(TopicResult, "Results by topic.")


@response(73, versions=(0, 0), flexible=0)
class AssignReplicasToDirsResponse(TopLevel):
    """What became of every partition."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE or why nothing was noted, such as STALE_BROKER_EPOCH.")
    directories: list[DirectoryResult] = Array(DirectoryResult, "Results by directory.")
