"""WriteTxnMarkers (key 27): the transaction coordinator ends transactions in the logs (KIP-98)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    request,
    response,
    since,
    struct,
)


@struct
class WritableTxnMarkerTopic(Message):
    """Partitions of one topic that get a marker."""

    name: str = String("Topic.")
    partition_indexes: list[int] = Array(Int32, "Partitions.")


@struct
class WritableTxnMarker(Message):
    """The end of one transaction."""

    producer_id: int = Int64("Producer of the transaction.")
    producer_epoch: int = Int16("Its epoch; markers of an older one are refused with INVALID_PRODUCER_EPOCH.")
    transaction_result: bool = Bool("Whether it was committed; false: aborted.")
    topics: list[WritableTxnMarkerTopic] = Array(WritableTxnMarkerTopic, "Partitions that get the marker, by topic.")
    coordinator_epoch: int = Int32(
        "Leader epoch of the coordinator's partition; older: TRANSACTION_COORDINATOR_FENCED."
    )
    transaction_version: int = Int8(
        "Level of transaction.version of the transaction; from 2 on the marker must carry a raised epoch.", since(2)
    )


@request(27, versions=(0, 2), flexible=1)
class WriteTxnMarkersRequest(TopLevel):
    """Writes commit and abort markers. Between brokers only. Version 1 is flexible, 2 adds the level (KIP-1228)."""

    markers: list[WritableTxnMarker] = Array(WritableTxnMarker, "One for each transaction.")


@struct
class WritableTxnMarkerPartitionResult(Message):
    """How it went with one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE, INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED, NOT_LEADER_OR_FOLLOWER, or why it was not "
        "written."
    )


@struct
class WritableTxnMarkerTopicResult(Message):
    """How it went with one topic."""

    name: str = String("Topic.")
    partitions: list[WritableTxnMarkerPartitionResult] = Array(WritableTxnMarkerPartitionResult, "Its partitions.")


@struct
class WritableTxnMarkerResult(Message):
    """How it went with one transaction."""

    producer_id: int = Int64("Producer of the transaction.")
    topics: list[WritableTxnMarkerTopicResult] = Array(WritableTxnMarkerTopicResult, "Results, by topic.")


@response(27, versions=(0, 2), flexible=1)
class WriteTxnMarkersResponse(TopLevel):
    """How it went, by transaction. Versions as in the request."""

    markers: list[WritableTxnMarkerResult] = Array(WritableTxnMarkerResult, "One result for each transaction.")
