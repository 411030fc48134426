"""Metadata (key 3): topics, their partitions and leaders, and the brokers to reach them at."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
    until,
)


@struct
class MetadataRequestTopic(Message):
    """One topic asked about."""

    topic_id: bytes = Uuid("Id, or zeros if the name is given.", since(10))
    name: str | None = String(
        "Name; null if the id is given (from version 12 on, earlier ones do not look at ids).", nullable(10)
    )


@request(3, versions=(0, 13), flexible=9)
class MetadataRequest(TopLevel):
    """Asks for topics and brokers.

    Version 0 asks for all topics with an empty list, later ones with null. Version 4 lets the client forbid the
    creation of missing topics, 8 adds the operations allowed (that of the cluster moved to DescribeCluster with 11),
    10 ids (KIP-516), 12 asking by id.
    """

    topics: list[MetadataRequestTopic] | None = Array(
        MetadataRequestTopic, "Topics asked about; null: all, empty: none (in version 0: all).", nullable(1)
    )
    allow_auto_topic_creation: bool = Bool(
        "Whether missing topics may be made, if the broker is set to; always in versions 0 to 3.",
        since(4),
        default=True,
    )
    include_cluster_authorized_operations: bool = Bool(
        "Whether to tell what this client may do with the cluster.", since(8), until(10)
    )
    include_topic_authorized_operations: bool = Bool(
        "Whether to tell what this client may do with each topic.", since(8)
    )


@struct
class MetadataResponseBroker(Message):
    """A live broker and its address on the listener that was asked."""

    node_id: int = Int32("Id of the broker.")
    host: str = String("Host to connect to.")
    port: int = Int32("Port to connect to.")
    rack: str | None = String("Rack it stands in, or null.", since(1), nullable(1), default=None)


@struct
class MetadataResponsePartition(Message):
    """One partition."""

    error_code: int = Int16("NONE, or LEADER_NOT_AVAILABLE and the like.")
    partition_index: int = Int32("Partition.")
    leader_id: int = Int32("Broker that leads it; -1: none.")
    leader_epoch: int = Int32("Epoch of the leader; -1: unknown.", since(7), default=-1)
    replica_nodes: list[int] = Array(Int32, "Brokers that hold a replica, the preferred leader first.")
    isr_nodes: list[int] = Array(Int32, "Those of them that are in sync.")
    offline_replicas: list[int] = Array(Int32, "Those of them that are down.", since(5))


@struct
class MetadataResponseTopic(Message):
    """One topic."""

    error_code: int = Int16("NONE or why there is nothing to tell.")
    name: str | None = String("Its name; null if it was asked for by an id that is unknown.", nullable(12))
    topic_id: bytes = Uuid("Its id; zeros if it is unknown.", since(10))
    is_internal: bool = Bool("Whether the broker keeps its own state in it.", since(1))
    partitions: list[MetadataResponsePartition] = Array(MetadataResponsePartition, "Its partitions.")
    topic_authorized_operations: int = Int32(
        "Bits of the operations this client may do, by AclOperation code; -2147483648: not asked for.",
        since(8),
        default=-2147483648,
    )


@response(3, versions=(0, 13), flexible=9)
class MetadataResponse(TopLevel):
    """Topics and brokers.

    Version 1 adds racks, the controller and the mark of internal topics, 2 the cluster's id, 3 the throttle time, 5
    offline replicas, 7 leader epochs, 10 topic ids, 13 an error for the whole (KIP-1102: REBOOTSTRAP_REQUIRED).
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(3)
    )
    brokers: list[MetadataResponseBroker] = Array(MetadataResponseBroker, "Live brokers.")
    cluster_id: str | None = String("Id of the cluster.", since(2), nullable(2), default=None)
    controller_id: int = Int32("Broker to send controller requests to; -1: none.", since(1), default=-1)
    topics: list[MetadataResponseTopic] = Array(MetadataResponseTopic, "One entry per topic asked about.")
    cluster_authorized_operations: int = Int32(
        "Bits of the operations this client may do, by AclOperation code; -2147483648: not asked for.",
        since(8),
        until(10),
        default=-2147483648,
    )
    error_code: int = Int16("NONE or what is wrong as a whole.", since(13))
