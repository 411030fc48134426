"""DescribeCluster: the cluster's id, its controller and its brokers (KIP-700).

Behavior:
    An endpoint type other than broker: MISMATCHED_ENDPOINT_TYPE for controllers, UNSUPPORTED_ENDPOINT_TYPE for an
    unknown one. Brokers are told with the address of the listener the client came in on. Authorized operations, where
    asked for, are all that exist for a cluster.

Versions:
    1 adds the endpoint type (KIP-919), 2 fenced brokers (KIP-1073).
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_cluster import (
    DescribeClusterBroker,
    DescribeClusterRequest,
    DescribeClusterResponse,
)

CLUSTER_OPERATIONS = 8096
_NOT_ASKED = -(1 << 31)
_BROKERS, _CONTROLLERS = 1, 2


def handle(context: Context, request: Request, body: DescribeClusterRequest) -> Answer:
    """Answer one DescribeCluster request."""
    if body.endpoint_type == _CONTROLLERS:
        return DescribeClusterResponse(
            error_code=ErrorCode.MISMATCHED_ENDPOINT_TYPE,
            error_message="The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER",
        )
    if body.endpoint_type != _BROKERS:
        return DescribeClusterResponse(
            error_code=ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
            error_message=f"Unsupported endpoint type {body.endpoint_type}",
        )
    host, port = context.advertised[request.peer.listener]
    broker = DescribeClusterBroker(
        broker_id=context.config["node.id"], host=host, port=port, rack=context.config["broker.rack"]
    )
    asked = body.include_cluster_authorized_operations
    return DescribeClusterResponse(
        cluster_id=context.image.cluster_id,
        controller_id=context.controller.controller_id,
        brokers=[broker],
        cluster_authorized_operations=CLUSTER_OPERATIONS if asked else _NOT_ASKED,
    )
