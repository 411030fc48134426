"""EndQuorumEpoch (key 54): a leader of the metadata quorum that steps down tells the voters, so that they elect at
once (KIP-595).
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
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
    tagged,
    until,
)


@struct
class ReplicaInfo(Message):
    """A voter that could lead."""

    candidate_id: int = Int32("Node id of the voter.", since(1))
    candidate_directory_id: bytes = Uuid("Directory id of its log.", since(1))


@struct
class EndedPartition(Message):
    """The epoch that ends in one partition."""

    partition_index: int = Int32("Partition; always 0, the metadata log has one.")
    leader_id: int = Int32("Leader that steps down.")
    leader_epoch: int = Int32("Epoch it led in.")
    preferred_successors: list[int] = Array(Int32, "Voters by node id, the one with most of the log first.", until(0))
    preferred_candidates: list[ReplicaInfo] = Array(
        ReplicaInfo, "Voters, the one with most of the log first.", since(1)
    )


@struct
class EndedTopic(Message):
    """The epochs of one topic."""

    topic_name: str = String("Topic: __cluster_metadata.")
    partitions: list[EndedPartition] = Array(EndedPartition, "Its partitions.")


@struct
class LeaderEndpoint(Message):
    """Where the leader is reached."""

    name: str = String("Name of the listener.", since(1))
    host: str = String("Host to connect to.", since(1))
    port: int = UInt16("Port to connect to.", since(1))


@request(54, versions=(0, 1), flexible=1)
class EndQuorumEpochRequest(TopLevel):
    """Announces the end of an epoch. Version 1 adds directories and endpoints (KIP-853)."""

    cluster_id: str | None = String(
        "Cluster the sender believes in; null: not checked. Another one: INCONSISTENT_CLUSTER_ID.",
        nullable(),
        default=None,
    )
    topics: list[EndedTopic] = Array(EndedTopic, "What ends, by topic.")
    leader_endpoints: list[LeaderEndpoint] = Array(LeaderEndpoint, "Listeners of the leader.", since(1))


@struct
class PartitionResult(Message):
    """What the voter knows of one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE; FENCED_LEADER_EPOCH: the voter knows a later epoch.")
    leader_id: int = Int32("Leader the voter knows; -1: none.")
    leader_epoch: int = Int32("Latest epoch the voter knows.")


@struct
class TopicResult(Message):
    """Answers for one topic."""

    topic_name: str = String("Topic by name.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Results by partition.")


@struct
class NodeEndpoint(Message):
    """Address of a leader named in this answer."""

    node_id: int = Int32("Id of the node.", since(1))
    host: str = String("Host to connect to.", since(1))
    port: int = UInt16("Port to connect to.", since(1))


@response(54, versions=(0, 1), flexible=1)
class EndQuorumEpochResponse(TopLevel):
    """Whether the voter has taken note."""

    error_code: int = Int16("NONE or what is wrong with the request as a whole.")
    topics: list[TopicResult] = Array(TopicResult, "Results by topic.")
    node_endpoints: list[NodeEndpoint] = Array(
        NodeEndpoint, "Addresses of the leaders named.", since(1), tagged(0, since=1)
    )
