"""AlterReplicaLogDirs: replicas moved between the directories of this broker, which has one (KIP-113).

Behavior:
    - Each partition is answered on its own, and once: of one that comes twice the last entry counts.
      [alter_replica_log_dirs/several]
    - LOG_DIR_NOT_FOUND for another directory than the broker's, as DescribeLogDirs names it, whatever is to go there.
      [alter_replica_log_dirs/no_such_directory]
    - UNKNOWN_TOPIC_OR_PARTITION for what is not here. [alter_replica_log_dirs/no_such_replica]
    - Otherwise it is where it shall be: no error. [alter_replica_log_dirs/to_where_it_is]
    - Topics without partitions are left out. [alter_replica_log_dirs/several]

Versions:
    - 1 is the first, 2 is flexible. [alter_replica_log_dirs/to_where_it_is]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.alter_replica_log_dirs import (
    AlterReplicaLogDirPartitionResult,
    AlterReplicaLogDirsRequest,
    AlterReplicaLogDirsResponse,
    AlterReplicaLogDirTopicResult,
)


def handle(context: Context, request: Request, body: AlterReplicaLogDirsRequest) -> Answer:
    """Answer one AlterReplicaLogDirs request."""
    wanted: dict[str, dict[int, str]] = {}
    for place in body.dirs:
        for topic in place.topics:
            for index in topic.partitions:
                wanted.setdefault(topic.name, {})[index] = place.path
    return AlterReplicaLogDirsResponse(
        results=[
            AlterReplicaLogDirTopicResult(
                topic_name=topic,
                partitions=[
                    AlterReplicaLogDirPartitionResult(
                        partition_index=index, error_code=_outcome(context, topic, index, path)
                    )
                    for index, path in paths.items()
                ],
            )
            for topic, paths in wanted.items()
        ]
    )


def _outcome(context: Context, topic: str, index: int, path: str) -> ErrorCode:
    if path != context.log_dir:
        return ErrorCode.LOG_DIR_NOT_FOUND
    if context.replicas.partition(topic, index) is None:
        return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    return ErrorCode.NONE
