"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
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
    until,
)


@struct
class ListOffsetsPartition(Message):
    """DOC"""

    partition_index: int = Int32("MEANING")
    current_leader_epoch: int = Int32("MEANING", since(4), default=-1)
    timestamp: int = Int64("MEANING")
    max_num_offsets: int = Int32("MEANING", until(0), default=1)


@struct
class ListOffsetsTopic(Message):
    """DOC"""

    name: str = String("MEANING")
    partitions: list[ListOffsetsPartition] = Array(ListOffsetsPartition, "MEANING")


@request(2, versions=(0, 11), flexible=6)
class ListOffsetsRequest(TopLevel):
    """DOC"""

    replica_id: int = Int32("MEANING")
    isolation_level: int = Int8("MEANING", since(2))
    topics: list[ListOffsetsTopic] = Array(ListOffsetsTopic, "MEANING")
    timeout_ms: int = Int32("MEANING", since(10))


@struct
class ListOffsetsPartitionResponse(Message):
    """DOC"""

    partition_index: int = Int32("MEANING")
    error_code: int = Int16("MEANING")
    old_style_offsets: list[int] = Array(Int64, "MEANING", until(0))
    timestamp: int = Int64("MEANING", since(1), default=-1)
    offset: int = Int64("MEANING", since(1), default=-1)
    leader_epoch: int = Int32("MEANING", since(4), default=-1)


@struct
class ListOffsetsTopicResponse(Message):
    """DOC"""

    name: str = String("MEANING")
    partitions: list[ListOffsetsPartitionResponse] = Array(ListOffsetsPartitionResponse, "MEANING")


@response(2, versions=(0, 11), flexible=6)
class ListOffsetsResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(2))
    topics: list[ListOffsetsTopicResponse] = Array(ListOffsetsTopicResponse, "MEANING")
