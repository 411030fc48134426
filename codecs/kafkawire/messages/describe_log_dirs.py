"""DescribeLogDirs (key 35): how full a broker's log directories are, and with what (KIP-113)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Int64,
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
class DescribableLogDirTopic(Message):
    """Partitions of one topic."""

    topic: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Partitions asked about.")


@request(35, versions=(0, 5), flexible=2)
class DescribeLogDirsRequest(TopLevel):
    """Asks the broker it is sent to."""

    topics: list[DescribableLogDirTopic] | None = Array(
        DescribableLogDirTopic, "What to ask about; null: everything.", nullable()
    )


@struct
class DescribeLogDirsPartition(Message):
    """A replica in the directory."""

    partition_index: int = Int32("Partition.")
    partition_size: int = Int64("Size of its segments, in bytes.")
    offset_lag: int = Int64(
        "How many offsets it is behind: the high watermark or, for a future replica, the current replica."
    )
    is_future_key: bool = Bool("Whether it is a future replica, being copied here to take the current one's place.")


@struct
class DescribeLogDirsTopic(Message):
    """Replicas of one topic in the directory."""

    name: str = String("Topic by name.")
    partitions: list[DescribeLogDirsPartition] = Array(DescribeLogDirsPartition, "Its replicas.")


@struct
class DescribeLogDirsResult(Message):
    """One log directory."""

    error_code: int = Int16("NONE; KAFKA_STORAGE_ERROR: it is offline.")
    log_dir: str = String("Directory, as an absolute path on the broker.")
    topics: list[DescribeLogDirsTopic] = Array(DescribeLogDirsTopic, "What lies there, by topic.")
    total_bytes: int = Int64("Size of the volume it lies on, in bytes; -1: unknown.", since(4), default=-1)
    usable_bytes: int = Int64("Space left on that volume, in bytes; -1: unknown.", since(4), default=-1)
    is_cordoned: bool = Bool("Whether it shall get no new partitions.", since(5))


@response(35, versions=(0, 5), flexible=2)
class DescribeLogDirsResponse(TopLevel):
    """The directories.

    Version 3 adds an error for the whole, 4 the space of the volume (KIP-827), 5 whether they take new
    partitions.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE; CLUSTER_AUTHORIZATION_FAILED.", since(3))
    results: list[DescribeLogDirsResult] = Array(DescribeLogDirsResult, "One result per directory.")
