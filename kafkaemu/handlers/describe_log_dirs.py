"""DescribeLogDirs: how much lies where on this broker (KIP-113).

Behavior:
    - There is one directory: the first of ``log.dirs``, or of ``log.dir``, which names the place although the records lie in
      memory. [test:
      tests/unit/handlers/test_log_admin.py::test_sizes_are_those_of_the_batches_and_the_space_is_unknown_without_a_limit]
    - Null asks about every partition. [describe_log_dirs/everything]
    - Otherwise partitions that are not there, and topics of which none is there, are left out, and each is told once.
      [describe_log_dirs/some]
    - Sizes are those of the batches, nothing lags, nothing is being moved. [describe_log_dirs/everything]
    - The space is that of ``--memory-limit``; unknown, -1, where there is no limit: no volume is behind it. [test:
      tests/unit/handlers/test_log_admin.py::test_a_memory_limit_is_the_space_of_the_directory]

Versions:
    - 2 is flexible, 3 adds the error of the whole, 4 the space (KIP-827), 5 whether the directory is cordoned (KIP-1066).
      [describe_log_dirs/everything]
"""

from __future__ import annotations

from collections.abc import Iterable

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.replica.partition import Partition
from kafkawire.messages.describe_log_dirs import (
    DescribeLogDirsPartition,
    DescribeLogDirsRequest,
    DescribeLogDirsResponse,
    DescribeLogDirsResult,
    DescribeLogDirsTopic,
)


def handle(context: Context, request: Request, body: DescribeLogDirsRequest) -> Answer:
    """Answer one DescribeLogDirs request."""
    topics: dict[str, DescribeLogDirsTopic] = {}
    if context.profile.log_dirs_name_every_topic:
        topics = {name: DescribeLogDirsTopic(name=name) for name in context.replicas.topics}
    for partition in _wanted(context, body):
        if partition.topic not in topics:
            topics[partition.topic] = DescribeLogDirsTopic(name=partition.topic)
        topics[partition.topic].partitions.append(
            DescribeLogDirsPartition(partition_index=partition.index, partition_size=partition.log.size_bytes)
        )
    result = DescribeLogDirsResult(log_dir=context.log_dir, topics=list(topics.values()))
    broker = context.image.brokers[context.config["node.id"]]
    result.is_cordoned = bool(broker.cordoned_log_dirs)
    memory = context.replicas.memory
    if memory.limit_bytes is not None:
        result.total_bytes = memory.limit_bytes
        result.usable_bytes = max(memory.limit_bytes - memory.used_bytes, 0)
    return DescribeLogDirsResponse(results=[result])


def _wanted(context: Context, body: DescribeLogDirsRequest) -> Iterable[Partition]:
    if body.topics is None:
        return context.replicas.all_partitions()
    named = dict.fromkeys((topic.topic, index) for topic in body.topics for index in topic.partitions)
    found = (context.replicas.partition(topic, index) for topic, index in named)
    return [partition for partition in found if partition is not None]
