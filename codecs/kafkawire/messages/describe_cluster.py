"""DescribeCluster (key 60): which brokers, or which controllers, there are (KIP-700)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
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


@request(60, versions=(0, 2), flexible=0)
class DescribeClusterRequest(TopLevel):
    """Asks for the nodes of the cluster.

    Version 1 tells brokers from controllers (KIP-919), version 2 lists fenced brokers too (KIP-1073).
    """

    include_cluster_authorized_operations: bool = Bool("Whether to tell what this client may do with the cluster.")
    endpoint_type: int = Int8("Whose addresses: 1 brokers, 2 controllers.", since(1), default=1)
    include_fenced_brokers: bool = Bool("Whether to list brokers that are registered but take no requests.", since(2))


@struct
class DescribeClusterBroker(Message):
    """One node and its address on the listener that was asked."""

    broker_id: int = Int32("Id of the node.")
    host: str = String("Host to connect to.")
    port: int = Int32("Port to connect to.")
    rack: str | None = String("Rack it stands in, or null.", nullable(), default=None)
    is_fenced: bool = Bool("Whether it is registered but takes no requests.", since(2))


@response(60, versions=(0, 2), flexible=0)
class DescribeClusterResponse(TopLevel):
    """The nodes of the cluster.

    Version 1 adds the kind of nodes, and the errors MISMATCHED_ENDPOINT_TYPE and UNSUPPORTED_ENDPOINT_TYPE.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE or why there is no list.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)
    endpoint_type: int = Int8("Whose addresses these are: 1 brokers, 2 controllers.", since(1), default=1)
    cluster_id: str = String("Id of the cluster.")
    controller_id: int = Int32("Node to send controller requests to; -1 if there is none.", default=-1)
    brokers: list[DescribeClusterBroker] = Array(DescribeClusterBroker, "The nodes.")
    cluster_authorized_operations: int = Int32(
        "Bits of the operations this client may do, by AclOperation code; -2147483648: not asked for.",
        default=-2147483648,
    )
