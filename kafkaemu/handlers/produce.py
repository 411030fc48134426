"""Produce: append one batch to each partition named.

Behavior: in the order of the reference (KafkaApis.handleProduceRequest, ReplicaManager.handleProduceAppend).

1. Of the whole request, answered for every partition: CORRUPT_MESSAGE with a message where a first batch is unreadable, and
   TRANSACTIONAL_ID_AUTHORIZATION_FAILED for a transactional batch without a transactional id.
2. Each partition on its own, before anything is appended: UNKNOWN_TOPIC_ID or UNKNOWN_TOPIC_OR_PARTITION; INVALID_RECORD for no batch,
   several, or an old magic; UNSUPPORTED_COMPRESSION_TYPE for zstd below version 7.
3. INVALID_REQUIRED_ACKS for the partitions left if acks is not -1, 0 or 1.
4. For each partition left: INVALID_TOPIC_EXCEPTION for an internal topic, unless the client id is ``__admin_client``;
   NOT_LEADER_OR_FOLLOWER; NOT_ENOUGH_REPLICAS for acks=-1; then what validation, sequence numbers and the log itself
   refuse. Errors of single records come with a message and the records.

With acks=-1 the answer waits until the batch is committed: NOT_ENOUGH_REPLICAS_AFTER_APPEND where too few replicas are in sync by
then, REQUEST_TIMED_OUT after ``timeout_ms``. With acks=0 there is no answer, and an error closes the connection. Of a partition named
twice the last batch counts, in the place of the first. The log's start offset is -1 with errors that do not come from its checks.

Differences: null records, which the reference never answers, are INVALID_RECORD. Transactions are not built: a transactional batch
with a transactional id is INVALID_PRODUCER_ID_MAPPING, as for an id that no coordinator knows, with a message that says so.

Versions: 3 to 13. 0 to 2 are advertised for old clients and close the connection; brokers up to 3.9 take message sets in them, which
become one batch (`kafkaemu.log.message_sets`). The answer has a throttle time from 1, the time of appending from 2, the log's start
offset from 5, messages and record errors from 8, current leader and its endpoint with NOT_LEADER_OR_FOLLOWER from 10; topics go by
id from 13.
"""

from __future__ import annotations

from typing import TypeAlias

from kafkaemu.delayed import Parked
from kafkaemu.handlers.context import NO_ANSWER, Answer, CloseConnection, Context, Request, log_refusal
from kafkaemu.log.errors import LogError
from kafkaemu.log.results import Origin
from kafkaemu.replica.partition import ACKS_ALL, Partition
from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.messages.produce import (
    BatchIndexAndErrorMessage,
    LeaderIdAndEpoch,
    NodeEndpoint,
    PartitionProduceData,
    PartitionProduceResponse,
    ProduceRequest,
    ProduceResponse,
    TopicProduceData,
    TopicProduceResponse,
)
from kafkawire.primitives import uuid_text
from kafkawire.records.batch import BatchHeader
from kafkawire.records.validate import InvalidBatch, check_produce_payload

ADMIN_CLIENT_ID = "__admin_client"
#: First version that takes batches and nothing else; before, whatever the log can make a batch of.
_BATCHES = 3
#: In the second byte of a batch's attributes.
_TRANSACTIONAL_BIT = 0x10
_ATTRIBUTES_LOW = 22
#: The reference's log start offset is unknown where it does not blame the records.
_WITHOUT_START_OFFSET = frozenset(
    {
        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        ErrorCode.NOT_LEADER_OR_FOLLOWER,
        ErrorCode.MESSAGE_TOO_LARGE,
        ErrorCode.RECORD_LIST_TOO_LARGE,
        ErrorCode.CORRUPT_MESSAGE,
        ErrorCode.KAFKA_STORAGE_ERROR,
        ErrorCode.UNKNOWN_TOPIC_ID,
    }
)
_NO_LEADER = LeaderIdAndEpoch()
_NO_TRANSACTIONS = "Transactions are not supported by this broker yet; produce without transactional.id."

#: A batch that is appended: its partition, its answer, the offset that the high watermark has to reach.
_Appended: TypeAlias = "tuple[Partition, PartitionProduceResponse, int]"
#: What the first look at the records of a partition found: an error with its message; else the header, or None if it is unusual;
#: or the origin of message sets.
_Checked: TypeAlias = "tuple[ErrorCode, str | None] | BatchHeader | Origin | None"


class _WholeRequestFailed(Exception):
    """The error goes to every partition of the request."""

    def __init__(self, code: ErrorCode, message: str | None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def handle(context: Context, request: Request, body: ProduceRequest) -> Answer:
    """Append and answer; see the module."""
    topics = body.topic_data
    answer = ProduceResponse([])  # type: ignore[call-arg]
    done: list[_Appended] = []
    try:
        if len(topics) == 1 and len(topics[0].partition_data) == 1:
            # Pipelining clients send nothing else: without loops it costs a twentieth less.
            topic, data = topics[0], topics[0].partition_data[0]
            checked = _check(request, body, topic, data)
            result = _append(context, request, body, topic, data, checked, context.clock.now_ms(), done)
            if result.error_code:
                _name_leader(context, request, topic, result, answer)
            answer.responses.append(TopicProduceResponse(topic.name, topic.topic_id, [result]))  # type: ignore[call-arg]
        else:
            _append_several(context, request, body, answer, done)
    except _WholeRequestFailed as failure:
        return _refuse_all(request, body, failure)
    acks = body.acks
    pending: list[_Appended] = []
    if acks == ACKS_ALL:
        pending = [each for each in done if each[0].log.high_watermark < each[2]]
    for partition, _, _ in done:
        context.waiting.touch(partition)
    if acks == 0:
        if any(result.error_code for topic in answer.responses for result in topic.partition_responses):
            raise CloseConnection(_summary(request, answer))
        return NO_ANSWER
    if pending:
        return _await_commit(context, request, body, answer, pending)
    return answer


def _append_several(
    context: Context, request: Request, body: ProduceRequest, answer: ProduceResponse, done: list[_Appended]
) -> None:
    """Append to any number of partitions, as `handle` does to one: all are looked at before anything is appended."""
    topics = _without_repetition(body.topic_data)
    checked = iter([_check(request, body, topic, data) for topic in topics for data in topic.partition_data])
    now_ms = context.clock.now_ms()
    for topic in topics:
        results = []
        for data in topic.partition_data:
            result = _append(context, request, body, topic, data, next(checked), now_ms, done)
            if result.error_code:
                _name_leader(context, request, topic, result, answer)
            results.append(result)
        if results:
            answer.responses.append(TopicProduceResponse(topic.name, topic.topic_id, results))  # type: ignore[call-arg]


def _without_repetition(topics: list[TopicProduceData]) -> list[TopicProduceData]:
    """The request with each topic and each partition named once."""
    by_topic: dict[tuple[str, bytes], dict[int, PartitionProduceData]] = {}
    for topic in topics:
        by_index = by_topic.setdefault((topic.name, topic.topic_id), {})
        for data in topic.partition_data:
            by_index[data.index] = data
    return [
        TopicProduceData(name=name, topic_id=topic_id, partition_data=list(by_index.values()))
        for (name, topic_id), by_index in by_topic.items()
    ]


def _check(request: Request, body: ProduceRequest, topic: TopicProduceData, data: PartitionProduceData) -> _Checked:
    """Look at the records of one partition as a whole, before anything is appended. Raises `_WholeRequestFailed`."""
    records = data.records
    try:
        header = check_produce_payload(records, request.version)  # type: ignore[arg-type]
    except InvalidBatch as invalid:
        if request.version < _BATCHES and not invalid.fails_request and records is not None:
            return Origin.OLD_CLIENT
        what = f"Produce to {topic.name or uuid_text(topic.topic_id)}-{data.index}"
        log_refusal(request, what, invalid.error_code, invalid.reason)
        if invalid.fails_request:
            raise _WholeRequestFailed(invalid.error_code, invalid.error_message) from invalid
        return invalid.error_code, None
    if records[_ATTRIBUTES_LOW] & _TRANSACTIONAL_BIT:  # type: ignore[index]
        if body.transactional_id is None:
            code = ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
            log_refusal(request, "Produce", code, "a transactional batch without a transactional id")
            raise _WholeRequestFailed(code, None)
        return ErrorCode.INVALID_PRODUCER_ID_MAPPING, _NO_TRANSACTIONS
    return header


def _append(
    context: Context,
    request: Request,
    body: ProduceRequest,
    topic: TopicProduceData,
    data: PartitionProduceData,
    checked: _Checked,
    now_ms: int,
    done: list[_Appended],
) -> PartitionProduceResponse:
    """Append the batch of one partition, unless something speaks against it; what is appended goes to ``done``."""
    replicas = context.replicas
    if request.version >= 13:
        hosted = replicas.topics_by_id.get(topic.topic_id)
    else:
        hosted = replicas.topics.get(topic.name)
    partition = None if hosted is None else hosted.partitions.get(data.index)
    if partition is None:
        return _failed(data.index, _absent(context, request, topic, data.index))
    if checked.__class__ is tuple:
        return _failed(data.index, *checked)
    acks = body.acks
    if not -1 <= acks <= 1:
        log_refusal(request, f"Produce to {partition.log.name}", ErrorCode.INVALID_REQUIRED_ACKS, f"acks is {acks}")
        return _failed(data.index, ErrorCode.INVALID_REQUIRED_ACKS)
    if hosted.is_internal and request.client_id != ADMIN_CLIENT_ID:  # type: ignore[union-attr]
        reason = "clients do not write to internal topics"
        log_refusal(request, f"Produce to {partition.log.name}", ErrorCode.INVALID_TOPIC_EXCEPTION, reason)
        return _failed(data.index, ErrorCode.INVALID_TOPIC_EXCEPTION)
    try:
        if checked is Origin.OLD_CLIENT:
            from kafkaemu.log.message_sets import is_empty

            if is_empty(data.records):  # type: ignore[arg-type]
                return PartitionProduceResponse(index=data.index, base_offset=-1)
            info = partition.append(data.records, acks, now_ms, origin=checked)  # type: ignore[arg-type]
        else:
            info = partition.append(data.records, acks, now_ms, is_checked=True, header=checked)  # type: ignore[arg-type]
    except LogError as refusal:
        log_refusal(request, f"Produce to {partition.log.name}", refusal.code, refusal.reason)
        answer = _failed(data.index, refusal.code, refusal.message)
        if refusal.code not in _WITHOUT_START_OFFSET:
            answer.log_start_offset = partition.log.start_offset
        answer.record_errors = [
            BatchIndexAndErrorMessage(batch_index=each.batch_index, batch_index_error_message=each.message)
            for each in refusal.record_errors
        ]
        return answer
    # In the order of the fields: with keywords this takes twice as long.
    answer = PartitionProduceResponse(  # type: ignore[call-arg]
        data.index, 0, info.base_offset, info.log_append_time_ms, info.log_start_offset, [], None, _NO_LEADER
    )
    done.append((partition, answer, info.last_offset + 1))
    return answer


def _absent(context: Context, request: Request, topic: TopicProduceData, index: int) -> ErrorCode:
    """Why a partition is not here."""
    image = context.image
    if request.version >= 13:
        known = image.topics_by_id.get(topic.topic_id)
        if known is None:
            return ErrorCode.UNKNOWN_TOPIC_ID
    else:
        known = image.topics.get(topic.name)
    if known is not None and 0 <= index < len(known.partitions):
        return ErrorCode.NOT_LEADER_OR_FOLLOWER
    return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION


def _failed(index: int, code: ErrorCode, message: str | None = None) -> PartitionProduceResponse:
    return PartitionProduceResponse(index=index, error_code=code, base_offset=-1, error_message=message)


def _refuse_all(request: Request, body: ProduceRequest, failure: _WholeRequestFailed) -> ProduceResponse:
    answer = ProduceResponse(
        responses=[
            TopicProduceResponse(
                name=topic.name,
                topic_id=topic.topic_id,
                partition_responses=[
                    _failed(data.index, failure.code, failure.message) for data in topic.partition_data
                ],
            )
            for topic in _without_repetition(body.topic_data)
        ]
    )
    if body.acks == 0:
        raise CloseConnection(_summary(request, answer))
    return answer


def _name_leader(
    context: Context,
    request: Request,
    topic: TopicProduceData,
    appended: PartitionProduceResponse,
    answer: ProduceResponse,
) -> None:
    """If the client has come to the wrong broker, tell who leads the partition, and where that one is."""
    if appended.error_code != ErrorCode.NOT_LEADER_OR_FOLLOWER or request.version < 10:
        return
    name = topic.name or context.replicas.topic_name(topic.topic_id) or ""
    leader = context.leader_of(request, name, appended.index)
    appended.current_leader = LeaderIdAndEpoch(leader_id=leader.leader_id, leader_epoch=leader.leader_epoch)
    if leader.endpoint is not None and all(node.node_id != leader.leader_id for node in answer.node_endpoints):
        host, port, rack = leader.endpoint
        answer.node_endpoints.append(NodeEndpoint(node_id=leader.leader_id, host=host, port=port, rack=rack))


def _await_commit(
    context: Context, request: Request, body: ProduceRequest, answer: ProduceResponse, pending: list[_Appended]
) -> Parked[TopLevel]:
    """Answer once every batch is committed, or cannot be any more (DelayedProduce)."""
    waiting = list(pending)

    def try_complete() -> ProduceResponse | None:
        waiting[:] = [each for each in waiting if not is_decided(*each)]
        return None if waiting else answer

    def is_decided(partition: Partition, response: PartitionProduceResponse, required_offset: int) -> bool:
        if partition.is_deleted:
            response.error_code = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        elif not partition.is_leader:
            response.error_code = ErrorCode.NOT_LEADER_OR_FOLLOWER
        elif partition.high_watermark < required_offset:
            return False
        elif not partition.has_enough_replicas:
            response.error_code = ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND
        return True

    def on_expire() -> ProduceResponse:
        for _, response, _ in waiting:
            response.error_code = ErrorCode.REQUEST_TIMED_OUT
        return answer

    keys = tuple(dict.fromkeys(partition for partition, _, _ in pending))
    return Parked(keys, try_complete, max(body.timeout_ms, 0), on_expire)


def _summary(request: Request, answer: ProduceResponse) -> str:
    errors = [
        f"{topic.name}-{partition.index}: {ErrorCode(partition.error_code).name}"
        for topic in answer.responses
        for partition in topic.partition_responses
        if partition.error_code
    ]
    return f"error during produce request with correlation id {request.correlation_id} and ack=0: {', '.join(errors)}"
