"""Records of ``__remote_log_metadata``: segments in remote storage (KIP-405).

A record's value is its frame version (1), type and version as unsigned varints, then one of these.
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Bytes,
    Int8,
    Int32,
    Int64,
    Message,
    String,
    Struct,
    TopLevel,
    Uuid,
    nullable,
    record,
    struct,
    tagged,
)


@struct
class SegmentPartition(Message):
    """Partition of a segment."""

    name: str = String("Topic.")
    id: bytes = Uuid("Topic by id.")
    partition: int = Int32("Partition.")


@struct
class SegmentId(Message):
    """A segment in remote storage."""

    topic_id_partition: SegmentPartition = Struct(SegmentPartition, "Its partition.")
    id: bytes = Uuid("Its id; a second attempt to copy gets another.")


@struct
class SegmentEpoch(Message):
    """A leader epoch with records in the segment."""

    leader_epoch: int = Int32("Leader epoch.")
    offset: int = Int64("First offset of it in the segment.")


@record(0, versions=(0, 0), flexible=0)
class RemoteLogSegmentMetadataRecord(TopLevel):
    """A segment is being copied."""

    remote_log_segment_id: SegmentId = Struct(SegmentId, "The segment.")
    start_offset: int = Int64("First offset in it.")
    end_offset: int = Int64("Last offset in it, inclusive.")
    broker_id: int = Int32("Broker that copies it.")
    max_timestamp_ms: int = Int64("Greatest timestamp in it, in ms since 1970.")
    event_timestamp_ms: int = Int64("When that was, in ms since 1970.")
    segment_leader_epochs: list[SegmentEpoch] = Array(SegmentEpoch, "Leader epochs in it.")
    segment_size_in_bytes: int = Int32("Its length in bytes.")
    custom_metadata: bytes | None = Bytes(
        "Whatever the remote storage wants to remember; null: nothing.", nullable(), default=None
    )
    remote_log_segment_state: int = Int8("0 copy started, 1 copied, 2 deletion started, 3 deleted.")
    txn_index_empty: bool = Bool("Whether no transaction in it was aborted.", tagged(0, since=0))


@struct
class SnapshotSegmentEpoch(Message):
    """A leader epoch with records in the segment."""

    leader_epoch: int = Int32("Leader epoch.")
    offset: int = Int64("First offset of it in the segment.")


@record(3, versions=(0, 0), flexible=0)
class RemoteLogSegmentMetadataSnapshotRecord(TopLevel):
    """A segment as it stands, in a snapshot file of one partition."""

    segment_id: bytes = Uuid("Id of the segment.")
    start_offset: int = Int64("First offset in it.")
    end_offset: int = Int64("Last offset in it, inclusive.")
    broker_id: int = Int32("Broker that last changed it.")
    max_timestamp_ms: int = Int64("Greatest timestamp in it, in ms since 1970.")
    event_timestamp_ms: int = Int64("When that was, in ms since 1970.")
    segment_leader_epochs: list[SnapshotSegmentEpoch] = Array(SnapshotSegmentEpoch, "Leader epochs in it.")
    segment_size_in_bytes: int = Int32("Its length in bytes.")
    custom_metadata: bytes | None = Bytes(
        "Whatever the remote storage wants to remember; null: nothing.", nullable(), default=None
    )
    remote_log_segment_state: int = Int8("0 copy started, 1 copied, 2 deletion started, 3 deleted.")
    txn_index_empty: bool = Bool("Whether no transaction in it was aborted.", tagged(0, since=0))


@struct
class UpdatedSegmentPartition(Message):
    """Partition of a segment."""

    name: str = String("Topic.")
    id: bytes = Uuid("Topic by id.")
    partition: int = Int32("Partition.")


@struct
class UpdatedSegmentId(Message):
    """A segment in remote storage."""

    topic_id_partition: UpdatedSegmentPartition = Struct(UpdatedSegmentPartition, "Its partition.")
    id: bytes = Uuid("Its id.")


@record(1, versions=(0, 0), flexible=0)
class RemoteLogSegmentMetadataUpdateRecord(TopLevel):
    """A segment changed its state."""

    remote_log_segment_id: UpdatedSegmentId = Struct(UpdatedSegmentId, "The segment.")
    broker_id: int = Int32("Broker that changed it.")
    event_timestamp_ms: int = Int64("When that was, in ms since 1970.")
    custom_metadata: bytes | None = Bytes(
        "Whatever the remote storage wants to remember; null: nothing.", nullable(), default=None
    )
    remote_log_segment_state: int = Int8("0 copy started, 1 copied, 2 deletion started, 3 deleted.")


@struct
class DeletedPartition(Message):
    """Partition whose segments go."""

    name: str = String("Topic.")
    id: bytes = Uuid("Topic by id.")
    partition: int = Int32("Partition.")


@record(2, versions=(0, 0), flexible=0)
class RemotePartitionDeleteMetadataRecord(TopLevel):
    """The segments of a deleted partition are on their way out."""

    topic_id_partition: DeletedPartition = Struct(DeletedPartition, "The partition.")
    broker_id: int = Int32("Broker or controller that says so.")
    event_timestamp_ms: int = Int64("When that was, in ms since 1970.")
    remote_partition_delete_state: int = Int8("0 marked, 1 started, 2 finished.")
