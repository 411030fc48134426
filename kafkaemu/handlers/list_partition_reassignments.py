"""ListPartitionReassignments: partitions that are moving between brokers (KIP-455).

Behavior:
    - Null topics ask for all. Partitions that do not move are left out, as is what is not there, and so is a topic of which
      nothing moves. [list_partition_reassignments/nothing_moves, list_partition_reassignments/odd_questions,
      at_controller/list_partition_reassignments/*]
    - With one broker nothing ever moves. [alter_partition_reassignments/*]
    - Of a partition that moves: its replicas, and which of them are added and removed. [test:
      tests/unit/handlers/test_partition_admin.py::test_moves_under_way_are_listed_and_others_left_out]

Versions:
    - 0, which is flexible (KIP-455). [list_partition_reassignments/nothing_moves]
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.image import TopicImage
from kafkawire.messages.list_partition_reassignments import (
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    OngoingPartitionReassignment,
    OngoingTopicReassignment,
)


def handle(context: Context, request: Request, body: ListPartitionReassignmentsRequest) -> Answer:
    """Answer one ListPartitionReassignments request."""
    topics = context.image.topics
    if body.topics is None:
        found = [_moving(topic, range(len(topic.partitions))) for topic in topics.values()]
    else:
        found = [_moving(topics[asked.name], asked.partition_indexes) for asked in body.topics if asked.name in topics]
    return ListPartitionReassignmentsResponse(error_message=None, topics=[topic for topic in found if topic.partitions])


def _moving(topic: TopicImage, indexes: range | list[int]) -> OngoingTopicReassignment:
    answer = OngoingTopicReassignment(name=topic.name)
    for index in indexes:
        if not 0 <= index < len(topic.partitions):
            continue
        partition = topic.partitions[index]
        if partition.adding_replicas or partition.removing_replicas:
            answer.partitions.append(
                OngoingPartitionReassignment(
                    partition_index=index,
                    replicas=list(partition.replicas),
                    adding_replicas=list(partition.adding_replicas),
                    removing_replicas=list(partition.removing_replicas),
                )
            )
    return answer
