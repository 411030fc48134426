"""AlterReplicaLogDirs (key 34): moves replicas between the log directories of one broker (KIP-113)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Message, String, TopLevel, request, response, struct


@struct
class AlterReplicaLogDirTopic(Message):
    """Partitions of one topic."""

    name: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Partitions to move.")


@struct
class AlterReplicaLogDir(Message):
    """What shall lie in one directory."""

    path: str = String("Directory, as an absolute path on the broker.")
    topics: list[AlterReplicaLogDirTopic] = Array(AlterReplicaLogDirTopic, "Partitions to move into it, by topic.")


@request(34, versions=(0, 2), flexible=2)
class AlterReplicaLogDirsRequest(TopLevel):
    """Asks the broker it is sent to to move replicas."""

    dirs: list[AlterReplicaLogDir] = Array(AlterReplicaLogDir, "Directories and what shall lie there.")


@struct
class AlterReplicaLogDirPartitionResult(Message):
    """What became of one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE; LOG_DIR_NOT_FOUND, KAFKA_STORAGE_ERROR; REPLICA_NOT_AVAILABLE: no replica here yet.")


@struct
class AlterReplicaLogDirTopicResult(Message):
    """What became of one topic's partitions."""

    topic_name: str = String("Topic by name.")
    partitions: list[AlterReplicaLogDirPartitionResult] = Array(
        AlterReplicaLogDirPartitionResult, "Results by partition."
    )


@response(34, versions=(0, 2), flexible=2)
class AlterReplicaLogDirsResponse(TopLevel):
    """Whether the moves have begun; DescribeLogDirs shows how they go on."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    results: list[AlterReplicaLogDirTopicResult] = Array(AlterReplicaLogDirTopicResult, "Results by topic.")
