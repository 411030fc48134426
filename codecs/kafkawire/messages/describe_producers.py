"""DescribeProducers (key 61): idempotent and transactional producers that wrote to partitions of late (KIP-664)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Int64, Message, String, TopLevel, nullable, request, response, struct


@struct
class TopicRequest(Message):
    """Partitions of one topic."""

    name: str = String("Topic by name.")
    partition_indexes: list[int] = Array(Int32, "Partitions asked about.")


@request(61, versions=(0, 0), flexible=0)
class DescribeProducersRequest(TopLevel):
    """Asks the leaders of partitions."""

    topics: list[TopicRequest] = Array(TopicRequest, "What to ask about, by topic.")


@struct
class ProducerState(Message):
    """What a partition remembers of a producer."""

    producer_id: int = Int64("Id of the producer.")
    producer_epoch: int = Int32("Epoch of the producer id; an older one is fenced.")
    last_sequence: int = Int32("Sequence number of its last record; -1: none.", default=-1)
    last_timestamp: int = Int64("Time of its last batch, in ms since 1970; -1: unknown.", default=-1)
    coordinator_epoch: int = Int32("Epoch of the coordinator that last wrote a marker for it; -1: none did.")
    current_txn_start_offset: int = Int64("First offset of its open transaction; -1: none is open.", default=-1)


@struct
class PartitionResponse(Message):
    """Producers of one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE; NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)
    active_producers: list[ProducerState] = Array(ProducerState, "Producers that have not expired.")


@struct
class TopicResponse(Message):
    """Producers of one topic's partitions."""

    name: str = String("Topic by name.")
    partitions: list[PartitionResponse] = Array(PartitionResponse, "Results by partition.")


@response(61, versions=(0, 0), flexible=0)
class DescribeProducersResponse(TopLevel):
    """Producers by partition."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    topics: list[TopicResponse] = Array(TopicResponse, "Results by topic.")
