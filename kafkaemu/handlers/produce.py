"""Produce: append one batch to each partition named (KafkaApis.handleProduceRequest, ReplicaManager.handleProduceAppend).

Behavior:
    - A first batch that is unreadable, of no known magic or too short, fails the whole request: CORRUPT_MESSAGE with a message
      for every partition, and nothing is appended. [produce_checks/unreadable_batch_fails_all]
    - So does a transactional batch without a transactional id: TRANSACTIONAL_ID_AUTHORIZATION_FAILED; a plain batch may come
      with such an id. [produce_checks/transactional_batch_fails_all, produce/forbidden_attributes,
      produce_checks/transactional_id_without_a_transaction]
    - Then each partition on its own. What is not there: UNKNOWN_TOPIC_OR_PARTITION, also where the name could not be a topic's;
      by id UNKNOWN_TOPIC_ID. [produce/unknown_topic_or_partition, produce/bad_topic_names, produce/several_partitions]
    - No batch, several, or an old magic: INVALID_RECORD. [produce/broken_batches, produce/order_of_checks]
    - zstd below version 7: UNSUPPORTED_COMPRESSION_TYPE. [produce_compressed/zstd_below_version_7]
    - INVALID_REQUIRED_ACKS for the partitions left if acks is not -1, 0 or 1. [produce/acks, produce_checks/acks_after_records]
    - INVALID_TOPIC_EXCEPTION for an internal topic, unless the client id is ``__admin_client``. [produce/internal_topic,
      produce_checks/internal_topic_checks]
    - NOT_LEADER_OR_FOLLOWER. [test:
      tests/unit/handlers/test_produce.py::test_who_comes_to_the_wrong_broker_is_told_the_leader_from_version_10]
    - NOT_ENOUGH_REPLICAS for acks=-1. [test:
      tests/unit/handlers/test_produce.py::test_too_few_in_sync_replicas_refuse_acks_all_before_the_append]
    - No more replicas than a partition has need be in sync, whatever min.insync.replicas says.
      [produce/more_in_sync_than_replicas, produce_checks/one_replica_and_min_insync_replicas]
    - MESSAGE_TOO_LARGE above max.message.bytes, before CORRUPT_MESSAGE for a wrong CRC. [produce/too_large,
      produce_checks/faults_of_one_batch, produce/broken_batches]
    - INVALID_RECORD for a control batch, for counts that the records contradict, and for a record with a field that does not
      parse. [produce/forbidden_attributes, produce/broken_counts, produce/broken_records, produce/broken_record_lengths,
      produce_compressed/broken_records]
    - UNKNOWN_SERVER_ERROR for data that does not decompress, and for wrong offset deltas in it.
      [produce_compressed/broken_data, produce_compressed/broken_counts]
    - INVALID_RECORD for records without a key on a compacted topic, INVALID_TIMESTAMP for those that are too early or too late;
      the records are named, with a message. [produce/compacted_topic, produce/timestamps]
    - RECORD_LIST_TOO_LARGE for a batch that no segment of the topic can hold. [produce_checks/larger_than_a_segment]
    - INVALID_RECORD for a producer id without a sequence. [produce_idempotent/half_a_producer]
    - INVALID_PRODUCER_EPOCH for an epoch that is over; OUT_OF_ORDER_SEQUENCE_NUMBER for any sequence but the next one, and for
      what an epoch does not begin with 0. [produce_idempotent/epochs, produce_idempotent/gap,
      produce_idempotent/part_of_a_duplicate, produce_idempotent/wrap_around, produce_idempotent/partitions_count_apart]
    - One of the last five batches sent again is answered as it was, and not appended. [produce_idempotent/duplicates]
    - The log's start offset is -1 with errors that do not come from validation or sequences.
      [produce_checks/start_offset_with_errors]
    - What is appended has the codec and the timestamps that the topic wants. [recompression/*, produce/log_append_time,
      produce_compressed/recompressed_by_the_topic]
    - With acks=-1 the answer waits until the batch is committed: NOT_ENOUGH_REPLICAS_AFTER_APPEND where too few replicas are in
      sync by then, REQUEST_TIMED_OUT after timeout_ms. [test:
      tests/unit/handlers/test_produce.py::test_acks_all_waits_for_the_high_watermark, test:
      tests/unit/handlers/test_produce.py::test_a_batch_that_is_not_committed_is_not_acknowledged]
    - A timeout of 0 or below does not strike where the leader alone is enough. [produce_checks/timeouts]
    - With acks=0 there is no answer, and an error closes the connection. [produce/without_acknowledgement,
      connection/unanswered_between_others, produce/error_without_acknowledgement,
      produce_checks/without_acknowledgement_all_fail_closed]
    - Of a partition named twice the last batch counts; a topic named twice is answered once. [produce/same_partition_twice,
      produce_checks/topic_in_two_entries]
    - Topics without partitions are left out. [produce/no_partitions]

Versions:
    - 0 to 2 are advertised for old clients and close the connection; brokers up to 3.9 take message sets in them, which become
      one batch (`kafkaemu.log.message_sets`). [produce/below_version_3, message_sets/*]
    - 5 adds the log's start offset, 8 messages and record errors. [produce/every_version, produce/timestamps]
    - 10 adds the current leader and its endpoint, told with NOT_LEADER_OR_FOLLOWER. [test:
      tests/unit/handlers/test_produce.py::test_who_comes_to_the_wrong_broker_is_told_the_leader_from_version_10]
    - 13 names topics by id. [produce/topic_id_and_name, produce/every_version]

Differences: null records, which the reference never answers, are INVALID_RECORD. Transactions are not built: a transactional batch
with a transactional id is INVALID_PRODUCER_ID_MAPPING, as for an id that no coordinator knows, with a message that says so.
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
