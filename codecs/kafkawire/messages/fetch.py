"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int8,
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
class ReplicaState(Message):
    """DOC"""

    replica_id: int = Int32("MEANING", since(15), default=-1)
    replica_epoch: int = Int64("MEANING", since(15), default=-1)


@struct
class FetchPartition(Message):
    """DOC"""

    partition: int = Int32("MEANING")
    current_leader_epoch: int = Int32("MEANING", since(9), default=-1)
    fetch_offset: int = Int64("MEANING")
    last_fetched_epoch: int = Int32("MEANING", since(12), default=-1)
    log_start_offset: int = Int64("MEANING", since(5), default=-1)
    partition_max_bytes: int = Int32("MEANING")
    replica_directory_id: bytes = Uuid("MEANING", since(17), tagged(0, since=17))
    high_watermark: int = Int64("MEANING", since(18), tagged(1, since=18), default=9223372036854775807)


@struct
class FetchTopic(Message):
    """DOC"""

    topic: str = String("MEANING", until(12))
    topic_id: bytes = Uuid("MEANING", since(13))
    partitions: list[FetchPartition] = Array(FetchPartition, "MEANING")


@struct
class ForgottenTopic(Message):
    """DOC"""

    topic: str = String("MEANING", since(7), until(12))
    topic_id: bytes = Uuid("MEANING", since(13))
    partitions: list[int] = Array(Int32, "MEANING", since(7))


@request(1, versions=(0, 18), flexible=12)
class FetchRequest(TopLevel):
    """DOC"""

    cluster_id: str | None = String("MEANING", since(12), nullable(12), tagged(0, since=12), default=None)
    replica_id: int = Int32("MEANING", until(14), default=-1)
    replica_state: ReplicaState = Struct(ReplicaState, "MEANING", since(15), tagged(1, since=15))
    max_wait_ms: int = Int32("MEANING")
    min_bytes: int = Int32("MEANING")
    max_bytes: int = Int32("MEANING", since(3), default=2147483647)
    isolation_level: int = Int8("MEANING", since(4))
    session_id: int = Int32("MEANING", since(7))
    session_epoch: int = Int32("MEANING", since(7), default=-1)
    topics: list[FetchTopic] = Array(FetchTopic, "MEANING")
    forgotten_topics_data: list[ForgottenTopic] = Array(ForgottenTopic, "MEANING", since(7))
    rack_id: str = String("MEANING", since(11))


@struct
class EpochEndOffset(Message):
    """DOC"""

    epoch: int = Int32("MEANING", since(12), default=-1)
    end_offset: int = Int64("MEANING", since(12), default=-1)


@struct
class LeaderIdAndEpoch(Message):
    """DOC"""

    leader_id: int = Int32("MEANING", since(12), default=-1)
    leader_epoch: int = Int32("MEANING", since(12), default=-1)


@struct
class SnapshotId(Message):
    """DOC"""

    end_offset: int = Int64("MEANING", default=-1)
    epoch: int = Int32("MEANING", default=-1)


@struct
class AbortedTransaction(Message):
    """DOC"""

    producer_id: int = Int64("MEANING", since(4))
    first_offset: int = Int64("MEANING", since(4))


@struct
class PartitionData(Message):
    """DOC"""

    partition_index: int = Int32("MEANING")
    error_code: int = Int16("MEANING")
    high_watermark: int = Int64("MEANING")
    last_stable_offset: int = Int64("MEANING", since(4), default=-1)
    log_start_offset: int = Int64("MEANING", since(5), default=-1)
    diverging_epoch: EpochEndOffset = Struct(EpochEndOffset, "MEANING", since(12), tagged(0, since=12))
    current_leader: LeaderIdAndEpoch = Struct(LeaderIdAndEpoch, "MEANING", since(12), tagged(1, since=12))
    snapshot_id: SnapshotId = Struct(SnapshotId, "MEANING", since(12), tagged(2, since=12))
    aborted_transactions: list[AbortedTransaction] | None = Array(AbortedTransaction, "MEANING", since(4), nullable(4))
    preferred_read_replica: int = Int32("MEANING", since(11), default=-1)
    records: RecordsValue | None = Records("MEANING", nullable())


@struct
class FetchableTopicResponse(Message):
    """DOC"""

    topic: str = String("MEANING", until(12))
    topic_id: bytes = Uuid("MEANING", since(13))
    partitions: list[PartitionData] = Array(PartitionData, "MEANING")


@struct
class NodeEndpoint(Message):
    """DOC"""

    node_id: int = Int32("MEANING", since(16))
    host: str = String("MEANING", since(16))
    port: int = Int32("MEANING", since(16))
    rack: str | None = String("MEANING", since(16), nullable(16), default=None)


@response(1, versions=(0, 18), flexible=12)
class FetchResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(1))
    error_code: int = Int16("MEANING", since(7))
    session_id: int = Int32("MEANING", since(7))
    responses: list[FetchableTopicResponse] = Array(FetchableTopicResponse, "MEANING")
    node_endpoints: list[NodeEndpoint] = Array(NodeEndpoint, "MEANING", since(16), tagged(0, since=16))
