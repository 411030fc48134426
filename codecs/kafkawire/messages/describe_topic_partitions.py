"""DescribeTopicPartitions (key 75): topics with their partitions, page by page (KIP-966)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Message,
    String,
    Struct,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    struct,
)


@struct
class TopicRequest(Message):
    """A topic asked about."""

    name: str = String("Topic by name.")


@struct
class RequestCursor(Message):
    """Where to go on."""

    topic_name: str = String("Topic to begin with; those that sort before it are left out.")
    partition_index: int = Int32("Partition of it to begin with.")


@request(75, versions=(0, 0), flexible=0)
class DescribeTopicPartitionsRequest(TopLevel):
    """Asks for one page."""

    topics: list[TopicRequest] = Array(TopicRequest, "The topics; none: all.")
    response_partition_limit: int = Int32(
        "Most partitions wanted in the answer; the broker has a limit of its own.", default=2000
    )
    cursor: RequestCursor | None = Struct(
        RequestCursor, "Where to begin; null: at the start.", nullable(), default=None
    )


@struct
class DescribedPartition(Message):
    """One partition."""

    error_code: int = Int16("NONE; LEADER_NOT_AVAILABLE: there is none.")
    partition_index: int = Int32("Partition.")
    leader_id: int = Int32("Broker that leads; -1: none.")
    leader_epoch: int = Int32("Its epoch; -1: unknown.", default=-1)
    replica_nodes: list[int] = Array(Int32, "Brokers that hold a replica, the preferred leader first.")
    isr_nodes: list[int] = Array(Int32, "Brokers whose replicas are in sync.")
    eligible_leader_replicas: list[int] | None = Array(
        Int32,
        "Brokers outside of the ISR that still can lead without loss (KIP-966); null: not told.",
        nullable(),
        default=None,
    )
    last_known_elr: list[int] | None = Array(
        Int32, "Brokers that last could, kept for an unclean election; null: not told.", nullable(), default=None
    )
    offline_replicas: list[int] = Array(Int32, "Replicas whose broker or directory is offline.")


@struct
class DescribedTopic(Message):
    """One topic."""

    error_code: int = Int16("NONE; UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED.")
    name: str | None = String("Topic by name.", nullable())
    topic_id: bytes = Uuid("Topic by id; zeros on an error.")
    is_internal: bool = Bool("Whether it is one of Kafka's own, such as __consumer_offsets.")
    partitions: list[DescribedPartition] = Array(DescribedPartition, "Its partitions on this page.")
    topic_authorized_operations: int = Int32(
        "Bits of the operations the client may do on it; the least number: not told.", default=-2147483648
    )


@struct
class NextCursor(Message):
    """Where the next page begins."""

    topic_name: str = String("Topic it begins with.")
    partition_index: int = Int32("Partition of it.")


@response(75, versions=(0, 0), flexible=0)
class DescribeTopicPartitionsResponse(TopLevel):
    """One page of topics, sorted by name."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    topics: list[DescribedTopic] = Array(DescribedTopic, "The topics.")
    next_cursor: NextCursor | None = Struct(
        NextCursor, "Where to go on; null: this was the last page.", nullable(), default=None
    )
