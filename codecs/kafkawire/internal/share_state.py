"""Records of ``__share_group_state``: how far delivery is in share-partitions (KIP-932).

A snapshot now and then, and updates between them; a null value removes the share-partition.
"""

from __future__ import annotations

from kafkawire.declare import Array, Int8, Int16, Int32, Int64, Message, String, TopLevel, Uuid, record, struct, tagged


@record(0, versions=(0, 0))
class ShareSnapshotKey(TopLevel):
    """Key of the whole state of a share-partition."""

    group_id: str = String("Group.")
    topic_id: bytes = Uuid("Topic by id.")
    partition: int = Int32("Partition.")


@struct
class SnapshotBatch(Message):
    """Records next to one another in the same state."""

    first_offset: int = Int64("First of them.")
    last_offset: int = Int64("Last of them, inclusive.")
    delivery_state: int = Int8("0 available, 2 acknowledged, 4 archived.")
    delivery_count: int = Int16("How often they have been delivered.")


@record(0, versions=(0, 0), flexible=0)
class ShareSnapshotValue(TopLevel):
    """The whole state of a share-partition."""

    snapshot_epoch: int = Int32("Number of the snapshot; updates carry that of the one they are to.")
    state_epoch: int = Int32("Epoch of the state; grows when it is set back.")
    leader_epoch: int = Int32("Epoch of the leader that wrote last.")
    start_offset: int = Int64("First offset not yet done with; -1: not settled yet.")
    delivery_complete_count: int = Int32(
        "Offsets from start_offset on that are done with (KIP-1226); -1: unknown.", tagged(0, since=0), default=-1
    )
    create_timestamp: int = Int64("When the state was made, in ms since 1970.")
    write_timestamp: int = Int64("When this snapshot was written, in ms since 1970.")
    state_batches: list[SnapshotBatch] = Array(SnapshotBatch, "States of the records from start_offset on.")


@record(1, versions=(0, 0))
class ShareUpdateKey(TopLevel):
    """Key of an update."""

    group_id: str = String("Group.")
    topic_id: bytes = Uuid("Topic by id.")
    partition: int = Int32("Partition.")


@struct
class UpdateBatch(Message):
    """Records next to one another in the same state."""

    first_offset: int = Int64("First of them.")
    last_offset: int = Int64("Last of them, inclusive.")
    delivery_state: int = Int8("0 available, 2 acknowledged, 4 archived.")
    delivery_count: int = Int16("How often they have been delivered.")


@record(1, versions=(0, 0), flexible=0)
class ShareUpdateValue(TopLevel):
    """What changed of a share-partition since its snapshot."""

    snapshot_epoch: int = Int32("Number of the snapshot it is to.")
    leader_epoch: int = Int32("Epoch of the leader that wrote.")
    start_offset: int = Int64("First offset not yet done with; -1: as before.")
    delivery_complete_count: int = Int32(
        "Offsets from start_offset on that are done with (KIP-1226); -1: unknown.", tagged(0, since=0), default=-1
    )
    state_batches: list[UpdateBatch] = Array(UpdateBatch, "States that changed.")
