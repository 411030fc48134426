"""ListPartitionReassignments (key 46): which partitions are moving between brokers (KIP-455)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Message, String, TopLevel, nullable, request, response, struct


@struct
class TopicOfInterest(Message):
    """Partitions of one topic that are asked about."""

    name: str = String("Topic.")
    partition_indexes: list[int] = Array(Int32, "Partitions.")


@request(46, versions=(0, 0), flexible=0)
class ListPartitionReassignmentsRequest(TopLevel):
    """Asks for reassignments under way."""

    timeout_ms: int = Int32("How long the controller may take, in ms.", default=60000)
    topics: list[TopicOfInterest] | None = Array(
        TopicOfInterest, "Partitions asked about; null: all.", nullable(), default=None
    )


@struct
class OngoingPartitionReassignment(Message):
    """A partition that is moving."""

    partition_index: int = Int32("Partition.")
    replicas: list[int] = Array(Int32, "All brokers with a replica now, old and new.")
    adding_replicas: list[int] = Array(Int32, "Those on their way in.")
    removing_replicas: list[int] = Array(Int32, "Those on their way out.")


@struct
class OngoingTopicReassignment(Message):
    """What moves of one topic."""

    name: str = String("Topic.")
    partitions: list[OngoingPartitionReassignment] = Array(OngoingPartitionReassignment, "Its partitions.")


@response(46, versions=(0, 0), flexible=0)
class ListPartitionReassignmentsResponse(TopLevel):
    """The reassignments; partitions that do not move are left out."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16("NONE, NOT_CONTROLLER or CLUSTER_AUTHORIZATION_FAILED.")
    error_message: str | None = String("What is wrong in words, or null.", nullable())
    topics: list[OngoingTopicReassignment] = Array(OngoingTopicReassignment, "Moving partitions, by topic.")
