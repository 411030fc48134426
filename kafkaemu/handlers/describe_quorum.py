"""DescribeQuorum: leader, voters and observers of the metadata log.

Behavior:
    - Asked for exactly partition 0 of ``__cluster_metadata``: its quorum, which is the one controller, and its listeners, if it
      has any of its own. [describe_quorum/every_version]
    - Asked for anything else: UNKNOWN_TOPIC_OR_PARTITION for every partition, and no nodes. [describe_quorum/other_partitions]
    - The voter's directory is unknown, as voters are fixed (kraft.version 0). [describe_quorum/every_version]
    - The voter's times are now. [test:
      tests/unit/handlers/test_without_security.py::test_the_quorum_is_the_one_controller_at_the_end_of_its_log]

Versions:
    - 1 adds times (KIP-836). [describe_quorum/every_version]
    - 2 adds messages, directory ids and nodes (KIP-853). [describe_quorum/every_version, describe_quorum/other_partitions]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.log import internal_topics
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_quorum import (
    DescribedTopic,
    DescribeQuorumRequest,
    DescribeQuorumResponse,
    Listener,
    Node,
    PartitionResult,
    ReplicaState,
    TopicResult,
)


def handle(context: Context, request: Request, body: DescribeQuorumRequest) -> Answer:
    """Answer one DescribeQuorum request."""
    asked = [(topic.topic_name, partition.partition_index) for topic in body.topics for partition in topic.partitions]
    if asked != [(internal_topics.CLUSTER_METADATA, 0)] or len(body.topics) > 1:
        return DescribeQuorumResponse(error_message="", topics=[_unknown(topic) for topic in body.topics])
    controller = context.controller
    node_id = controller.controller_id
    end_offset, now_ms = controller.log.end_offset, context.clock.now_ms()
    voter = ReplicaState(
        replica_id=node_id,
        log_end_offset=end_offset,
        last_fetch_timestamp=now_ms,
        last_caught_up_timestamp=now_ms,
    )
    partition = PartitionResult(
        error_message="",
        leader_id=node_id,
        leader_epoch=controller.log.leader_epoch,
        high_watermark=end_offset,
        current_voters=[voter],
    )
    listeners = [
        Listener(name=name, host=host, port=port) for name, (host, port) in context.controller_endpoints.items()
    ]
    return DescribeQuorumResponse(
        error_message="",
        topics=[TopicResult(topic_name=internal_topics.CLUSTER_METADATA, partitions=[partition])],
        nodes=[Node(node_id=node_id, listeners=listeners)],
    )


def _unknown(topic: DescribedTopic) -> TopicResult:
    code = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    partitions = [
        PartitionResult(partition_index=partition.partition_index, error_code=code, error_message=code.message)
        for partition in topic.partitions
    ]
    return TopicResult(topic_name=topic.topic_name, partitions=partitions)
