"""MODULE DOC"""

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
    """DOC"""

    index: int = Int32("MEANING")
    records: RecordsValue | None = Records("MEANING", nullable())


@struct
class TopicProduceData(Message):
    """DOC"""

    name: str = String("MEANING", until(12))
    topic_id: bytes = Uuid("MEANING", since(13))
    partition_data: list[PartitionProduceData] = Array(PartitionProduceData, "MEANING")


@request(0, versions=(0, 13), flexible=9)
class ProduceRequest(TopLevel):
    """DOC"""

    transactional_id: str | None = String("MEANING", since(3), nullable(3), default=None)
    acks: int = Int16("MEANING")
    timeout_ms: int = Int32("MEANING")
    topic_data: list[TopicProduceData] = Array(TopicProduceData, "MEANING")


@struct
class BatchIndexAndErrorMessage(Message):
    """DOC"""

    batch_index: int = Int32("MEANING", since(8))
    batch_index_error_message: str | None = String("MEANING", since(8), nullable(8), default=None)


@struct
class LeaderIdAndEpoch(Message):
    """DOC"""

    leader_id: int = Int32("MEANING", since(10), default=-1)
    leader_epoch: int = Int32("MEANING", since(10), default=-1)


@struct
class PartitionProduceResponse(Message):
    """DOC"""

    index: int = Int32("MEANING")
    error_code: int = Int16("MEANING")
    base_offset: int = Int64("MEANING")
    log_append_time_ms: int = Int64("MEANING", since(2), default=-1)
    log_start_offset: int = Int64("MEANING", since(5), default=-1)
    record_errors: list[BatchIndexAndErrorMessage] = Array(BatchIndexAndErrorMessage, "MEANING", since(8))
    error_message: str | None = String("MEANING", since(8), nullable(8), default=None)
    current_leader: LeaderIdAndEpoch = Struct(LeaderIdAndEpoch, "MEANING", since(10), tagged(0, since=10))


@struct
class TopicProduceResponse(Message):
    """DOC"""

    name: str = String("MEANING", until(12))
    topic_id: bytes = Uuid("MEANING", since(13))
    partition_responses: list[PartitionProduceResponse] = Array(PartitionProduceResponse, "MEANING")


@struct
class NodeEndpoint(Message):
    """DOC"""

    node_id: int = Int32("MEANING", since(10))
    host: str = String("MEANING", since(10))
    port: int = Int32("MEANING", since(10))
    rack: str | None = String("MEANING", since(10), nullable(10), default=None)


@response(0, versions=(0, 13), flexible=9)
class ProduceResponse(TopLevel):
    """DOC"""

    responses: list[TopicProduceResponse] = Array(TopicProduceResponse, "MEANING")
    throttle_time_ms: int = Int32("MEANING", since(1))
    node_endpoints: list[NodeEndpoint] = Array(NodeEndpoint, "MEANING", since(10), tagged(0, since=10))
