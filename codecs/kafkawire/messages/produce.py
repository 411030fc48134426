"""Produce (key 0): appends record batches to partitions."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Int64,
    Message,
    Records,
    String,
    Struct,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
    tagged,
    until,
)
from kafkawire.primitives import RecordsValue


@struct
class PartitionProduceData(Message):
    """What to append to one partition."""

    index: int = Int32("Partition.")
    records: RecordsValue | None = Records("From version 3 on exactly one record batch of magic 2.", nullable())


@struct
class TopicProduceData(Message):
    """What to append to one topic."""

    name: str = String("Topic by name.", until(12))
    topic_id: bytes = Uuid("Topic by id.", since(13))
    partition_data: list[PartitionProduceData] = Array(PartitionProduceData, "Partitions of it.")


@request(0, versions=(0, 13), flexible=9)
class ProduceRequest(TopLevel):
    """Appends records; each partition succeeds or fails for itself.

    Versions 0 to 2 carry message sets of magic 0 and 1; version 3 brings record batches, idempotence and
    transactions (KIP-98), 7 zstd (KIP-110), 11 the error TRANSACTION_ABORTABLE, 12 adds partitions to the
    transaction by itself (KIP-890), 13 names topics by id (KIP-516).
    """

    transactional_id: str | None = String(
        "Name of the transactional producer; null outside transactions.", since(3), nullable(3), default=None
    )
    acks: int = Int16(
        "Who must have the records before the answer: -1 all in-sync replicas, 1 the leader; 0: there is no answer."
    )
    timeout_ms: int = Int32("How long to wait for the in-sync replicas, in ms.")
    topic_data: list[TopicProduceData] = Array(TopicProduceData, "What to append, by topic.")


@struct
class BatchIndexAndErrorMessage(Message):
    """A record for which its whole batch was refused (KIP-467)."""

    batch_index: int = Int32("Place of the record in its batch, from 0.", since(8))
    batch_index_error_message: str | None = String(
        "What is wrong with it, in words.", since(8), nullable(8), default=None
    )


@struct
class LeaderIdAndEpoch(Message):
    """The leader now, told along with an error so that the client need not ask."""

    leader_id: int = Int32("Broker that leads; -1: unknown.", since(10), default=-1)
    leader_epoch: int = Int32("Its epoch; -1: unknown.", since(10), default=-1)


@struct
class PartitionProduceResponse(Message):
    """What became of one partition's records."""

    index: int = Int32("Partition.")
    error_code: int = Int16("NONE or why nothing was appended.")
    base_offset: int = Int64("Offset of the first record; -1 on an error.")
    log_append_time_ms: int = Int64(
        "Timestamp the broker gave the records, in ms since 1970; -1 if they keep the producer's own.",
        since(2),
        default=-1,
    )
    log_start_offset: int = Int64("First offset of the log; -1: unknown.", since(5), default=-1)
    record_errors: list[BatchIndexAndErrorMessage] = Array(
        BatchIndexAndErrorMessage, "The records for which the batch was refused.", since(8)
    )
    error_message: str | None = String(
        "What they have in common, in words; null if nothing was wrong.", since(8), nullable(8), default=None
    )
    current_leader: LeaderIdAndEpoch = Struct(
        LeaderIdAndEpoch, "The leader, after NOT_LEADER_OR_FOLLOWER.", since(10), tagged(0, since=10)
    )


@struct
class TopicProduceResponse(Message):
    """What became of one topic's records."""

    name: str = String("Topic by name.", until(12))
    topic_id: bytes = Uuid("Topic by id.", since(13))
    partition_responses: list[PartitionProduceResponse] = Array(PartitionProduceResponse, "Its partitions.")


@struct
class NodeEndpoint(Message):
    """Address of a leader named in this answer (KIP-951)."""

    node_id: int = Int32("Id of the broker.", since(10))
    host: str = String("Host to connect to.", since(10))
    port: int = Int32("Port to connect to.", since(10))
    rack: str | None = String("Rack it stands in, or null.", since(10), nullable(10), default=None)


@response(0, versions=(0, 13), flexible=9)
class ProduceResponse(TopLevel):
    """Where the records were appended; never sent for acks=0.

    Version 1 adds the throttle time, 2 the append time, 5 the log's start, 8 the records at fault, 10 the current
    leader.
    """

    responses: list[TopicProduceResponse] = Array(TopicProduceResponse, "One result per partition, by topic.")
    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    node_endpoints: list[NodeEndpoint] = Array(
        NodeEndpoint, "Addresses of the leaders named.", since(10), tagged(0, since=10)
    )
