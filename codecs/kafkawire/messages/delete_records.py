"""DeleteRecords (key 21): cuts partitions off at their start (KIP-107)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Int64, Message, String, TopLevel, request, response, struct


@struct
class DeleteRecordsPartition(Message):
    """Where to cut one partition."""

    partition_index: int = Int32("Partition.")
    offset: int = Int64("First offset to keep; -1: the high watermark, so that nothing is left.")


@struct
class DeleteRecordsTopic(Message):
    """Where to cut one topic's partitions."""

    name: str = String("Topic by name.")
    partitions: list[DeleteRecordsPartition] = Array(DeleteRecordsPartition, "Its partitions.")


@request(21, versions=(0, 2), flexible=2)
class DeleteRecordsRequest(TopLevel):
    """Asks the leaders of partitions to raise the start of their logs."""

    topics: list[DeleteRecordsTopic] = Array(DeleteRecordsTopic, "Partitions to cut, by topic.")
    timeout_ms: int = Int32("How long to wait until all replicas have followed, in ms.")


@struct
class DeleteRecordsPartitionResult(Message):
    """What became of one partition."""

    partition_index: int = Int32("Partition.")
    low_watermark: int = Int64("Lowest start of the log over its replicas; -1 on an error.")
    error_code: int = Int16(
        "NONE; OFFSET_OUT_OF_RANGE, NOT_LEADER_OR_FOLLOWER, POLICY_VIOLATION (a compacted topic), REQUEST_TIMED_OUT."
    )


@struct
class DeleteRecordsTopicResult(Message):
    """What became of one topic's partitions."""

    name: str = String("Topic by name.")
    partitions: list[DeleteRecordsPartitionResult] = Array(DeleteRecordsPartitionResult, "Results by partition.")


@response(21, versions=(0, 2), flexible=2)
class DeleteRecordsResponse(TopLevel):
    """What became of every partition."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    topics: list[DeleteRecordsTopicResult] = Array(DeleteRecordsTopicResult, "Results by topic.")
