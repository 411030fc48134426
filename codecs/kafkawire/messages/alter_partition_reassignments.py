"""AlterPartitionReassignments (key 45): moves partitions to other brokers, or calls a move off (KIP-455)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class ReassignablePartition(Message):
    """Where one partition shall go."""

    partition_index: int = Int32("Partition.")
    replicas: list[int] | None = Array(
        Int32,
        "Brokers that shall hold it, the preferred leader first; null: call the move under way off.",
        nullable(),
        default=None,
    )


@struct
class ReassignableTopic(Message):
    """Partitions of one topic."""

    name: str = String("Topic by name.")
    partitions: list[ReassignablePartition] = Array(ReassignablePartition, "Partitions to move.")


@request(45, versions=(0, 1), flexible=0)
class AlterPartitionReassignmentsRequest(TopLevel):
    """Starts moves and calls them off. Version 1 can forbid a change of the number of replicas (KIP-860)."""

    timeout_ms: int = Int32("How long to wait until the moves have begun, in ms.", default=60000)
    allow_replication_factor_change: bool = Bool(
        "Whether a partition may end with another number of replicas; else INVALID_REPLICATION_FACTOR.",
        since(1),
        default=True,
    )
    topics: list[ReassignableTopic] = Array(ReassignableTopic, "Partitions to move, by topic.")


@struct
class ReassignedPartitionResult(Message):
    """What became of one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE; NO_REASSIGNMENT_IN_PROGRESS: nothing to call off; INVALID_REPLICA_ASSIGNMENT.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())


@struct
class ReassignedTopicResult(Message):
    """What became of one topic's partitions."""

    name: str = String("Topic by name.")
    partitions: list[ReassignedPartitionResult] = Array(ReassignedPartitionResult, "Results by partition.")


@response(45, versions=(0, 1), flexible=0)
class AlterPartitionReassignmentsResponse(TopLevel):
    """What became of every partition."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    allow_replication_factor_change: bool = Bool("What the request said of it.", since(1), default=True)
    error_code: int = Int16("NONE or why nothing was moved.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
    responses: list[ReassignedTopicResult] = Array(ReassignedTopicResult, "Results by topic.")
