"""DescribeQuorum (key 55): leader, voters and observers of the metadata quorum, and how far each has come (KIP-595)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    UInt16,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class DescribedPartition(Message):
    """A partition asked about."""

    partition_index: int = Int32("Partition; always 0, the metadata log has one.")


@struct
class DescribedTopic(Message):
    """Partitions of one topic."""

    topic_name: str = String("Topic: __cluster_metadata.")
    partitions: list[DescribedPartition] = Array(DescribedPartition, "Its partitions.")


@request(55, versions=(0, 2), flexible=0)
class DescribeQuorumRequest(TopLevel):
    """Asks the leader of the quorum.

    Version 1 adds times to the answer (KIP-836), version 2 directories and nodes (KIP-853).
    """

    topics: list[DescribedTopic] = Array(DescribedTopic, "What to ask about, by topic.")


@struct
class ReplicaState(Message):
    """How far one replica has come."""

    replica_id: int = Int32("Node id of the replica.")
    replica_directory_id: bytes = Uuid("Directory id of its log; zeros: unknown.", since(2))
    log_end_offset: int = Int64("First offset it does not have; -1: unknown.")
    last_fetch_timestamp: int = Int64(
        "When it last fetched, by the leader's clock, in ms since 1970; -1: unknown.", since(1), default=-1
    )
    last_caught_up_timestamp: int = Int64(
        "When it last had everything the leader had, in ms since 1970; -1: unknown.", since(1), default=-1
    )


@struct
class PartitionResult(Message):
    """State of one partition's quorum."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE; NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", since(2), nullable(2))
    leader_id: int = Int32("Leader of the quorum; -1: unknown.")
    leader_epoch: int = Int32("Latest epoch.")
    high_watermark: int = Int64("First offset not yet committed.")
    current_voters: list[ReplicaState] = Array(ReplicaState, "The voters.")
    observers: list[ReplicaState] = Array(ReplicaState, "Who fetches without a vote: the brokers.")


@struct
class TopicResult(Message):
    """Quorums of one topic."""

    topic_name: str = String("Topic by name.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Results by partition.")


@struct
class Listener(Message):
    """Where a node is reached."""

    name: str = String("Name of the listener.", since(2))
    host: str = String("Host to connect to.", since(2))
    port: int = UInt16("Port to connect to.", since(2))


@struct
class Node(Message):
    """A voter's addresses."""

    node_id: int = Int32("Node id.", since(2))
    listeners: list[Listener] = Array(Listener, "Its controller listeners.", since(2))


@response(55, versions=(0, 2), flexible=0)
class DescribeQuorumResponse(TopLevel):
    """State of the quorum."""

    error_code: int = Int16("NONE or what is wrong with the request as a whole.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", since(2), nullable(2))
    topics: list[TopicResult] = Array(TopicResult, "Results by topic.")
    nodes: list[Node] = Array(Node, "The voters' addresses.", since(2))
