"""OffsetForLeaderEpoch (key 23): where an epoch ended, to find where two logs part (KIP-101)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Int64, Message, String, TopLevel, request, response, since, struct


@struct
class OffsetForLeaderPartition(Message):
    """An epoch of one partition."""

    partition: int = Int32("Partition.")
    current_leader_epoch: int = Int32(
        "Leader epoch the sender knows; older: FENCED_LEADER_EPOCH, newer: UNKNOWN_LEADER_EPOCH; -1: not checked.",
        since(2),
        default=-1,
    )
    leader_epoch: int = Int32("The epoch asked about.")


@struct
class OffsetForLeaderTopic(Message):
    """Epochs of one topic."""

    topic: str = String("Topic.")
    partitions: list[OffsetForLeaderPartition] = Array(OffsetForLeaderPartition, "Its partitions.")


@request(23, versions=(0, 4), flexible=4)
class OffsetForLeaderEpochRequest(TopLevel):
    """Asks for the end of epochs. Version 2 adds fencing (KIP-320), 3 the replica, 4 is flexible."""

    replica_id: int = Int32(
        "Id of the follower; -1: a consumer, -2: a tool that may see past the high watermark.", since(3), default=-2
    )
    topics: list[OffsetForLeaderTopic] = Array(OffsetForLeaderTopic, "Epochs asked about, by topic.")


@struct
class EpochEndOffset(Message):
    """Where an epoch of one partition ended."""

    error_code: int = Int16("NONE or why the end is unknown.")
    partition: int = Int32("Partition.")
    leader_epoch: int = Int32(
        "Greatest epoch in the log that is not above the one asked about; -1: none.", since(1), default=-1
    )
    end_offset: int = Int64("First offset behind it; -1: none.", default=-1)


@struct
class OffsetForLeaderTopicResult(Message):
    """Ends of epochs of one topic."""

    topic: str = String("Topic.")
    partitions: list[EpochEndOffset] = Array(EpochEndOffset, "Its partitions.")


@response(23, versions=(0, 4), flexible=4)
class OffsetForLeaderEpochResponse(TopLevel):
    """Ends of epochs. Version 1 adds the epoch found, 2 the throttle time."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.", since(2))
    topics: list[OffsetForLeaderTopicResult] = Array(OffsetForLeaderTopicResult, "Ends of epochs, by topic.")
