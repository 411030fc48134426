"""Fetch (key 1): records of partitions, for consumers, followers and readers of the metadata log."""

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
    """Who is fetching, if it is a broker."""

    replica_id: int = Int32("Id of the following broker; -1: a consumer.", since(15), default=-1)
    replica_epoch: int = Int64("Epoch of that broker's registration; -1: unknown.", since(15), default=-1)


@struct
class FetchPartition(Message):
    """What is wanted of one partition."""

    partition: int = Int32("Partition.")
    current_leader_epoch: int = Int32(
        "Leader epoch the client knows; older than the leader's: FENCED_LEADER_EPOCH, newer: UNKNOWN_LEADER_EPOCH; -1: not checked.",
        since(9),
        default=-1,
    )
    fetch_offset: int = Int64("First offset wanted.")
    last_fetched_epoch: int = Int32(
        "Leader epoch of the record before that, to notice a log that was truncated; -1: unknown.",
        since(12),
        default=-1,
    )
    log_start_offset: int = Int64("First offset of a follower's log; -1 from consumers.", since(5), default=-1)
    partition_max_bytes: int = Int32("Most bytes of records wanted; the first batch comes even if it is larger.")
    replica_directory_id: bytes = Uuid(
        "Log directory of a voter's replica (KIP-853); zeros: none.", since(17), tagged(0, since=17)
    )
    high_watermark: int = Int64(
        "High watermark a replica knows (KIP-1166); the greatest number: not used, as by consumers.",
        since(18),
        tagged(1, since=18),
        default=9223372036854775807,
    )


@struct
class FetchTopic(Message):
    """What is wanted of one topic."""

    topic: str = String("Topic by name.", until(12))
    topic_id: bytes = Uuid("Topic by id.", since(13))
    partitions: list[FetchPartition] = Array(FetchPartition, "Partitions of it.")


@struct
class ForgottenTopic(Message):
    """Partitions to leave out of a session from now on."""

    topic: str = String("Topic by name.", since(7), until(12))
    topic_id: bytes = Uuid("Topic by id.", since(13))
    partitions: list[int] = Array(Int32, "Partitions of it.", since(7))


@request(1, versions=(0, 18), flexible=12)
class FetchRequest(TopLevel):
    """Asks for records from given offsets on, and waits until there are enough.

    Version 3 bounds the whole answer and makes the order of partitions count, 4 adds the isolation level and record
    batches of magic 2, 7 sessions (KIP-227), 9 leader epochs (KIP-320), 10 allows zstd, 11 racks (KIP-392), 12
    checks for divergence, 13 names topics by id (KIP-516), 15 moves the replica's identity (KIP-903), 17 and 18 are
    for replicas.
    """

    cluster_id: str | None = String(
        "Cluster the sender believes in; checked by controllers only, null: not checked.",
        since(12),
        nullable(12),
        tagged(0, since=12),
        default=None,
    )
    replica_id: int = Int32("Id of the following broker; -1: a consumer.", until(14), default=-1)
    replica_state: ReplicaState = Struct(ReplicaState, "The follower, if it is one.", since(15), tagged(1, since=15))
    max_wait_ms: int = Int32("How long to wait for min_bytes, in ms.")
    min_bytes: int = Int32("Bytes of records to wait for; 0: answer at once.")
    max_bytes: int = Int32(
        "Most bytes of records in the answer, unless the first batch alone is larger.", since(3), default=2147483647
    )
    isolation_level: int = Int8("0: everything below the high watermark, 1: only what is committed.", since(4))
    session_id: int = Int32("Session to go on with; 0: none yet.", since(7))
    session_epoch: int = Int32(
        "Number of this request in its session; 0: open a new one, -1: none wanted (or end it).", since(7), default=-1
    )
    topics: list[FetchTopic] = Array(FetchTopic, "What is wanted; in a session what is new or changed.")
    forgotten_topics_data: list[ForgottenTopic] = Array(ForgottenTopic, "What to leave out of the session.", since(7))
    rack_id: str = String("Rack of the consumer, for reading from a replica nearby; empty: unknown.", since(11))


@struct
class EpochEndOffset(Message):
    """Where an epoch ended in the leader's log: the follower truncates to it and asks again."""

    epoch: int = Int32("Greatest epoch not above the one asked with.", since(12), default=-1)
    end_offset: int = Int64("First offset behind that epoch.", since(12), default=-1)


@struct
class LeaderIdAndEpoch(Message):
    """The leader now, told along with an error so that the client need not ask."""

    leader_id: int = Int32("Broker that leads; -1: unknown.", since(12), default=-1)
    leader_epoch: int = Int32("Its epoch; -1: unknown.", since(12), default=-1)


@struct
class SnapshotId(Message):
    """A snapshot to load instead, because the log no longer reaches back far enough."""

    end_offset: int = Int64("First offset not contained in it.", default=-1)
    epoch: int = Int32("Epoch of the last record contained.", default=-1)


@struct
class AbortedTransaction(Message):
    """A transaction whose records a read_committed consumer must skip."""

    producer_id: int = Int64("Producer of the transaction.", since(4))
    first_offset: int = Int64("Offset of its first record.", since(4))


@struct
class PartitionData(Message):
    """Records of one partition, or why there are none."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE or why there are no records.")
    high_watermark: int = Int64("First offset not yet replicated; -1 on an error.")
    last_stable_offset: int = Int64(
        "First offset of a transaction still open, or the high watermark if none is; -1 on an error.",
        since(4),
        default=-1,
    )
    log_start_offset: int = Int64("First offset that exists; -1 on an error.", since(5), default=-1)
    diverging_epoch: EpochEndOffset = Struct(
        EpochEndOffset,
        "Where the log asked about parts from the leader's; default: it does not.",
        since(12),
        tagged(0, since=12),
    )
    current_leader: LeaderIdAndEpoch = Struct(
        LeaderIdAndEpoch,
        "The leader, after NOT_LEADER_OR_FOLLOWER or FENCED_LEADER_EPOCH.",
        since(12),
        tagged(1, since=12),
    )
    snapshot_id: SnapshotId = Struct(
        SnapshotId, "The snapshot to load instead; default: none.", since(12), tagged(2, since=12)
    )
    aborted_transactions: list[AbortedTransaction] | None = Array(
        AbortedTransaction,
        "Aborted transactions among the records; null unless committed reads were asked for.",
        since(4),
        nullable(4),
    )
    preferred_read_replica: int = Int32("Replica to read from instead; -1: stay here.", since(11), default=-1)
    records: RecordsValue | None = Records(
        "Batches; the first may begin below the offset asked for, the last may be cut. Never null from version 12 on.",
        nullable(),
    )


@struct
class FetchableTopicResponse(Message):
    """Records of one topic."""

    topic: str = String("Topic by name.", until(12))
    topic_id: bytes = Uuid("Topic by id.", since(13))
    partitions: list[PartitionData] = Array(PartitionData, "Its partitions.")


@struct
class NodeEndpoint(Message):
    """Address of a leader named in this answer (KIP-951)."""

    node_id: int = Int32("Id of the broker.", since(16))
    host: str = String("Host to connect to.", since(16))
    port: int = Int32("Port to connect to.", since(16))
    rack: str | None = String("Rack it stands in, or null.", since(16), nullable(16), default=None)


@response(1, versions=(0, 18), flexible=12)
class FetchResponse(TopLevel):
    """Records by partition.

    In a session only partitions with news are listed. Version 4 adds aborted transactions, 5 the log's start, 12
    divergence and the current leader, 13 ids in place of names, 16 addresses of leaders.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    error_code: int = Int16("NONE or what is wrong with the request or its session as a whole.", since(7))
    session_id: int = Int32("Session opened or gone on with; 0: none.", since(7))
    responses: list[FetchableTopicResponse] = Array(FetchableTopicResponse, "What there is, by topic.")
    node_endpoints: list[NodeEndpoint] = Array(
        NodeEndpoint, "Addresses of the leaders named.", since(16), tagged(0, since=16)
    )
