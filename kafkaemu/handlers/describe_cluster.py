"""DescribeCluster: the cluster's id, its controller and its brokers (KIP-700).

Behavior:
    - A kind of endpoint that there is not: UNSUPPORTED_ENDPOINT_TYPE. [describe_cluster/endpoint_types,
      at_controller/describe_cluster/endpoint_types]
    - The other of the two: MISMATCHED_ENDPOINT_TYPE, in version 0, which cannot say what it wants, INVALID_REQUEST.
      [describe_cluster/endpoint_types, at_controller/describe_cluster/every_version]
    - A broker tells the brokers, a controller the controllers. [describe_cluster/every_version,
      controller/describes_controllers]
    - Each with the address of the listener that the client came in on. [test:
      tests/unit/handlers/test_describe.py::test_describe_cluster]
    - Authorized operations, where asked for, are all that exist for a cluster. [describe_cluster/authorized_operations]

Versions:
    - 1 adds the kind of endpoint (KIP-919). [describe_cluster/every_version]
    - 2 adds fenced brokers (KIP-1073). [describe_cluster/every_version, describe_cluster/fenced_brokers]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, EndpointType, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_cluster import (
    DescribeClusterBroker,
    DescribeClusterRequest,
    DescribeClusterResponse,
)

CLUSTER_OPERATIONS = 8096
_NOT_ASKED = -(1 << 31)


def handle(context: Context, request: Request, body: DescribeClusterRequest) -> Answer:
    """Answer one DescribeCluster request."""
    ours = request.peer.endpoint_type
    if body.endpoint_type not in (EndpointType.BROKER, EndpointType.CONTROLLER):
        return DescribeClusterResponse(
            error_code=ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
            error_message=f"Unsupported endpoint type {body.endpoint_type}",
        )
    if body.endpoint_type != ours:
        code = ErrorCode.INVALID_REQUEST if request.version == 0 else ErrorCode.MISMATCHED_ENDPOINT_TYPE
        wanted = EndpointType(body.endpoint_type).name
        return DescribeClusterResponse(
            error_code=code,
            error_message=f"The request was sent to an endpoint of type {ours.name}, but we wanted an endpoint of type {wanted}",
        )
    if ours is EndpointType.BROKER:
        described = context.alive_brokers(request)
    else:
        described = {context.controller.controller_id: (*context.controller_endpoints[request.peer.listener], None)}
    asked = body.include_cluster_authorized_operations
    return DescribeClusterResponse(
        endpoint_type=ours,
        cluster_id=context.image.cluster_id,
        controller_id=next(iter(described), -1),
        brokers=[
            DescribeClusterBroker(broker_id=broker_id, host=host, port=port, rack=rack)
            for broker_id, (host, port, rack) in described.items()
        ],
        cluster_authorized_operations=CLUSTER_OPERATIONS if asked else _NOT_ASKED,
    )
