"""FetchSnapshot (key 59): a replica of the metadata log loads a snapshot, piece by piece (KIP-630)."""

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
    UInt16,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
    tagged,
)
from kafkawire.primitives import RecordsValue


@struct
class SnapshotId(Message):
    """Which snapshot is read."""

    end_offset: int = Int64("First offset not contained in it.")
    epoch: int = Int32("Epoch of the last record contained.")


@struct
class WantedPartitionSnapshot(Message):
    """A piece of a snapshot that is wanted."""

    partition: int = Int32("Partition.")
    current_leader_epoch: int = Int32(
        "Leader epoch the sender knows; older: FENCED_LEADER_EPOCH, newer: UNKNOWN_LEADER_EPOCH; -1: not checked."
    )
    snapshot_id: SnapshotId = Struct(SnapshotId, "The snapshot.")
    position: int = Int64("Byte of the file to go on from.")
    replica_directory_id: bytes = Uuid(
        "Log directory of the voter that asks (KIP-853); zeros: none.", since(1), tagged(0, since=1)
    )


@struct
class WantedTopicSnapshot(Message):
    """What is wanted of one topic."""

    name: str = String("Topic; in practice __cluster_metadata.")
    partitions: list[WantedPartitionSnapshot] = Array(WantedPartitionSnapshot, "Its partitions.")


@request(59, versions=(0, 1), flexible=0)
class FetchSnapshotRequest(TopLevel):
    """Asks for the next bytes of a snapshot whose id a Fetch answer gave. Version 1 adds the directory (KIP-853)."""

    cluster_id: str | None = String(
        "Cluster the sender believes in; null: not checked.", nullable(), tagged(0, since=0), default=None
    )
    replica_id: int = Int32("Id of the replica that asks; -1: not a replica.", default=-1)
    max_bytes: int = Int32("Most bytes wanted, over all partitions.", default=2147483647)
    topics: list[WantedTopicSnapshot] = Array(WantedTopicSnapshot, "The snapshots wanted.")


@struct
class SentSnapshotId(Message):
    """Which snapshot the bytes are of."""

    end_offset: int = Int64("First offset not contained in it.")
    epoch: int = Int32("Epoch of the last record contained.")


@struct
class LeaderIdAndEpoch(Message):
    """The leader now, told so that the replica need not ask."""

    leader_id: int = Int32("Id of the leader; -1: unknown.")
    leader_epoch: int = Int32("Its epoch.")


@struct
class SentPartitionSnapshot(Message):
    """A piece of a snapshot, or why there is none."""

    index: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE; SNAPSHOT_NOT_FOUND: gone, fetch again; POSITION_OUT_OF_RANGE; NOT_LEADER_OR_FOLLOWER or an epoch error."
    )
    snapshot_id: SentSnapshotId = Struct(SentSnapshotId, "The snapshot read.")
    current_leader: LeaderIdAndEpoch = Struct(
        LeaderIdAndEpoch, "The leader, where the error says that it is another; left out otherwise.", tagged(0, since=0)
    )
    size: int = Int64("Length of the whole file in bytes.")
    position: int = Int64("Byte of the file at which this piece begins.")
    unaligned_records: RecordsValue | None = Records("The piece; its ends need not be those of a batch.")


@struct
class SentTopicSnapshot(Message):
    """Pieces of one topic."""

    name: str = String("Topic.")
    partitions: list[SentPartitionSnapshot] = Array(SentPartitionSnapshot, "Its partitions.")


@struct
class NodeEndpoint(Message):
    """Address of a leader named in this answer."""

    node_id: int = Int32("Id of the broker.", since(1))
    host: str = String("Host to connect to.", since(1))
    port: int = UInt16("Port to connect to.", since(1))


@response(59, versions=(0, 1), flexible=0)
class FetchSnapshotResponse(TopLevel):
    """Bytes of snapshots. Version 1 adds addresses of leaders (KIP-853)."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16("NONE or what is wrong with the request as a whole, such as INCONSISTENT_CLUSTER_ID.")
    topics: list[SentTopicSnapshot] = Array(SentTopicSnapshot, "The pieces, by topic.")
    node_endpoints: list[NodeEndpoint] = Array(
        NodeEndpoint, "Addresses of the leaders named.", since(1), tagged(0, since=1)
    )
