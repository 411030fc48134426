"""ElectLeaders (key 43): has leaders of partitions elected anew (KIP-183, KIP-460)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
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


@struct
class TopicPartitions(Message):
    """Partitions of one topic."""

    topic: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Its partitions.")


@request(43, versions=(0, 2), flexible=2)
class ElectLeadersRequest(TopLevel):
    """Asks the controller for elections. Version 1 adds unclean ones."""

    election_type: int = Int8(
        "0: give the lead back to the preferred replica; 1: unclean, any replica alive where there is no leader.",
        since(1),
    )
    topic_partitions: list[TopicPartitions] | None = Array(
        TopicPartitions, "Where to elect; null: everywhere.", nullable()
    )
    timeout_ms: int = Int32("How long to wait until the leaders have changed, in ms.", default=60000)


@struct
class PartitionResult(Message):
    """What became of one partition."""

    partition_id: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE; ELECTION_NOT_NEEDED, PREFERRED_LEADER_NOT_AVAILABLE, ELIGIBLE_LEADERS_NOT_AVAILABLE."
    )
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())


@struct
class ReplicaElectionResult(Message):
    """What became of one topic's partitions."""

    topic: str = String("Topic by name.")
    partition_result: list[PartitionResult] = Array(PartitionResult, "Results by partition.")


@response(43, versions=(0, 2), flexible=2)
class ElectLeadersResponse(TopLevel):
    """What became of every partition."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE or why none was elected, such as CLUSTER_AUTHORIZATION_FAILED.", since(1))
    replica_election_results: list[ReplicaElectionResult] = Array(ReplicaElectionResult, "Results by topic.")
