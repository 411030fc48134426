"""BeginQuorumEpoch (key 53): a new leader of the metadata quorum tells voters that have not fetched from it yet
(KIP-595).
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
)


@struct
class BegunPartition(Message):
    """The epoch that begins in one partition."""

    partition_index: int = Int32("Partition; always 0, the metadata log has one.")
    voter_directory_id: bytes = Uuid("Directory id of the voter addressed.", since(1))
    leader_id: int = Int32("Leader elected.")
    leader_epoch: int = Int32("Epoch it leads in.")


@struct
class BegunTopic(Message):
    """The epochs of one topic."""

    topic_name: str = String("Topic: __cluster_metadata.")
    partitions: list[BegunPartition] = Array(BegunPartition, "Its partitions.")


@struct
class LeaderEndpoint(Message):
    """Where the leader is reached."""

    name: str = String("Name of the listener.", since(1))
    host: str = String("Host to connect to.", since(1))
    port: int = UInt16("Port to connect to.", since(1))


@request(53, versions=(0, 1), flexible=1)
class BeginQuorumEpochRequest(TopLevel):
    """Announces a leader. Version 1 addresses one voter and adds endpoints (KIP-853)."""

    cluster_id: str | None = String(
        "Cluster the sender believes in; null: not checked. Another one: INCONSISTENT_CLUSTER_ID.",
        nullable(),
        default=None,
    )
    voter_id: int = Int32("Node id of the voter addressed; -1: unknown.", since(1), default=-1)
    topics: list[BegunTopic] = Array(BegunTopic, "What begins, by topic.")
    leader_endpoints: list[LeaderEndpoint] = Array(LeaderEndpoint, "Listeners of the leader.", since(1))


@struct
class PartitionResult(Message):
    """What the voter knows of one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE; FENCED_LEADER_EPOCH: the voter knows a later epoch; INVALID_VOTER_KEY: it is not the one addressed."
    )
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


@response(53, versions=(0, 1), flexible=1)
class BeginQuorumEpochResponse(TopLevel):
    """Whether the voter follows."""

    error_code: int = Int16("NONE or what is wrong with the request as a whole.")
    topics: list[TopicResult] = Array(TopicResult, "Results by topic.")
    node_endpoints: list[NodeEndpoint] = Array(
        NodeEndpoint, "Addresses of the leaders named.", since(1), tagged(0, since=1)
    )
