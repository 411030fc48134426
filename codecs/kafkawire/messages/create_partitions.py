"""CreatePartitions (key 37): gives topics more partitions."""

from __future__ import annotations

from kafkawire.declare import Array, Bool, Int16, Int32, Message, String, TopLevel, nullable, request, response, struct


@struct
class CreatePartitionsAssignment(Message):
    """Placement of one new partition by hand."""

    broker_ids: list[int] = Array(Int32, "Brokers to hold it, the preferred leader first.")


@struct
class CreatePartitionsTopic(Message):
    """A topic to enlarge."""

    name: str = String("Topic by name.")
    count: int = Int32("Number of partitions it shall have in all; must grow.")
    assignments: list[CreatePartitionsAssignment] | None = Array(
        CreatePartitionsAssignment, "Placement of the new partitions by hand; null: the controller chooses.", nullable()
    )


@request(37, versions=(0, 3), flexible=2)
class CreatePartitionsRequest(TopLevel):
    """Adds partitions; each topic succeeds or fails for itself.

    From version 3 on the answer may be THROTTLING_QUOTA_EXCEEDED (KIP-599).
    """

    topics: list[CreatePartitionsTopic] = Array(CreatePartitionsTopic, "The topics; one named twice fails.")
    timeout_ms: int = Int32("How long to wait until the partitions exist, in ms.")
    validate_only: bool = Bool("Check everything and change nothing.")


@struct
class CreatePartitionsTopicResult(Message):
    """What became of one topic."""

    name: str = String("Topic by name.")
    error_code: int = Int16(
        "NONE; INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT, REASSIGNMENT_IN_PROGRESS, UNKNOWN_TOPIC_OR_PARTITION."
    )
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)


@response(37, versions=(0, 3), flexible=2)
class CreatePartitionsResponse(TopLevel):
    """What became of each topic."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    results: list[CreatePartitionsTopicResult] = Array(CreatePartitionsTopicResult, "One result per topic.")
