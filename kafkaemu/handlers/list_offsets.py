"""ListOffsets: offsets by timestamp, and the ends of partitions.

Behavior: in the order of the reference (KafkaApis.handleListOffsetRequest, ReplicaManager.fetchOffset,
UnifiedLog.fetchOffsetByTimestamp).

1. UNKNOWN_SERVER_ERROR for every partition if the isolation level is not 0 or 1.
2. Each partition on its own: INVALID_REQUEST, once, for one that is named twice; UNSUPPORTED_VERSION for a negative timestamp
   that the version, or Kafka, does not know; UNKNOWN_TOPIC_OR_PARTITION; FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH;
   NOT_LEADER_OR_FOLLOWER.
3. Timestamps: -1 the end, which is the high watermark, or the last stable offset for read_committed, or the log's end where the
   asker is a replica; -2 and -4 the start; -3 the record with the largest timestamp; -5 and -6 are about tiered storage,
   which there is not: offset -1. From 0 on: the first record with at least this timestamp. A record at or after the end, or
   none at all, is offset -1 without an error.
4. OFFSET_NOT_AVAILABLE instead of the end, or of nothing found, while a new leader has not committed anything of its own epoch.

Profiles up to 3.9 answer in the shape of the request, every partition as often as it is named, and look at the isolation level last.

The answer names the epoch of the record found, and its timestamp for -3 and real timestamps. Topics without partitions are left out.

Versions: 1 to 11; in profiles up to 3.9 also 0, which tells where segments begin (`kafkaemu.log.segment_offsets`). Isolation level and
throttle time from 2, leader epochs from 4, OFFSET_NOT_AVAILABLE (LEADER_NOT_AVAILABLE before) from 5, timestamp -3 from 7, -4 from 8,
-5 from 9, ``timeout_ms`` (for tiered storage only) from 10, -6 from 11.
"""

from __future__ import annotations

from collections import Counter

from kafkaemu.handlers.context import Answer, Context, Request, log_refusal
from kafkaemu.replica.partition import Partition
from kafkawire.errors import ErrorCode
from kafkawire.messages.list_offsets import (
    ListOffsetsPartition,
    ListOffsetsPartitionResponse,
    ListOffsetsRequest,
    ListOffsetsResponse,
    ListOffsetsTopicResponse,
)

LATEST = -1
EARLIEST = -2
MAX_TIMESTAMP = -3
EARLIEST_LOCAL = -4
LATEST_TIERED = -5
EARLIEST_PENDING_UPLOAD = -6
#: First version that knows each special timestamp.
_SINCE = {
    LATEST: 0,
    EARLIEST: 0,
    MAX_TIMESTAMP: 7,
    EARLIEST_LOCAL: 8,
    LATEST_TIERED: 9,
    EARLIEST_PENDING_UPLOAD: 11,
}

CONSUMER_REPLICA_ID = -1
DEBUGGING_REPLICA_ID = -2
_READ_COMMITTED = 1


def handle(context: Context, request: Request, body: ListOffsetsRequest) -> Answer:
    """Look the offsets up; see the module."""
    is_known_isolation = body.isolation_level in (0, _READ_COMMITTED)
    if not is_known_isolation:
        reason = f"there is no isolation level {body.isolation_level}"
        log_refusal(request, "ListOffsets", ErrorCode.UNKNOWN_SERVER_ERROR, reason)
    named = Counter((topic.name, asked.partition_index) for topic in body.topics for asked in topic.partitions)
    if context.profile.list_offsets_answers_repetition:
        return _answer_in_shape(context, request, body, named, is_known_isolation)
    topics: dict[str, ListOffsetsTopicResponse] = {}
    done = set()
    for topic in body.topics:
        for asked in topic.partitions:
            key = (topic.name, asked.partition_index)
            if not is_known_isolation:
                answer = _failed(asked, ErrorCode.UNKNOWN_SERVER_ERROR)
            elif key in done:
                continue
            elif named[key] > 1:
                answer = _failed(asked, ErrorCode.INVALID_REQUEST)
            else:
                answer = _look_up(context, request, body, topic.name, asked)
            done.add(key)
            if topic.name not in topics:
                topics[topic.name] = ListOffsetsTopicResponse(name=topic.name)
            topics[topic.name].partitions.append(answer)
    return ListOffsetsResponse(topics=list(topics.values()))


def _answer_in_shape(
    context: Context,
    request: Request,
    body: ListOffsetsRequest,
    named: Counter[tuple[str, int]],
    is_known_isolation: bool,
) -> ListOffsetsResponse:
    """Every partition as often as it is named (KafkaApis.handleListOffsetRequest of 3.9)."""
    response = ListOffsetsResponse()
    for topic in body.topics:
        answered = ListOffsetsTopicResponse(name=topic.name)
        response.topics.append(answered)
        for asked in topic.partitions:
            if request.version == 0:
                answer = _segment_offsets(context, body, topic.name, asked)
            elif named[topic.name, asked.partition_index] > 1:
                answer = _failed(asked, ErrorCode.INVALID_REQUEST)
            else:
                answer = _look_up(context, request, body, topic.name, asked)
                if not is_known_isolation and answer.error_code == ErrorCode.NONE:
                    answer = _failed(asked, ErrorCode.UNKNOWN_SERVER_ERROR)
            answered.partitions.append(answer)
    return response


def _segment_offsets(
    context: Context, body: ListOffsetsRequest, topic: str, asked: ListOffsetsPartition
) -> ListOffsetsPartitionResponse:
    from kafkaemu.log.segment_offsets import offsets_before

    if asked.timestamp < EARLIEST:
        return _failed(asked, ErrorCode.UNSUPPORTED_VERSION)
    partition = _partition(context, body, topic, asked)
    if isinstance(partition, ErrorCode):
        return _failed(asked, partition)
    found = offsets_before(partition.log, asked.timestamp, asked.max_num_offsets, context.clock.now_ms())
    if body.replica_id == CONSUMER_REPLICA_ID:
        high_watermark = partition.high_watermark
        below = [offset for offset in found if offset <= high_watermark]
        found = found if len(below) == len(found) else [high_watermark, *below]
    return ListOffsetsPartitionResponse(partition_index=asked.partition_index, old_style_offsets=found)


def _look_up(
    context: Context, request: Request, body: ListOffsetsRequest, topic: str, asked: ListOffsetsPartition
) -> ListOffsetsPartitionResponse:
    timestamp = asked.timestamp
    if timestamp < 0 and request.version < _SINCE.get(timestamp, request.version + 1):
        return _failed(asked, ErrorCode.UNSUPPORTED_VERSION)
    partition = _partition(context, body, topic, asked)
    if isinstance(partition, ErrorCode):
        return _failed(asked, partition)
    log = partition.log
    if timestamp in (EARLIEST, EARLIEST_LOCAL):
        return _answer(asked, log.start_offset, -1, log.epoch_at(log.start_offset))
    if timestamp in (LATEST_TIERED, EARLIEST_PENDING_UPLOAD):
        return _answer(asked, -1, -1, -1)
    limit = _limit(body, partition)
    is_unsettled = body.replica_id == CONSUMER_REPLICA_ID and _is_new_leader(partition)
    if timestamp == LATEST:
        if not is_unsettled:
            return _answer(asked, limit, -1, partition.leader_epoch)
    else:
        found = log.max_timestamp_offset() if timestamp == MAX_TIMESTAMP else log.offset_for_timestamp(timestamp)
        if found is not None and found.offset < limit:
            return _answer(asked, found.offset, found.timestamp_ms, found.leader_epoch)
        if not is_unsettled:
            return _answer(asked, -1, -1, -1)
    if request.version >= 5:
        return _failed(asked, ErrorCode.OFFSET_NOT_AVAILABLE)
    return _failed(asked, ErrorCode.LEADER_NOT_AVAILABLE)


def _partition(
    context: Context, body: ListOffsetsRequest, topic: str, asked: ListOffsetsPartition
) -> Partition | ErrorCode:
    """The partition if it may be asked here, or why not."""
    partition = context.replicas.partition(topic, asked.partition_index)
    if partition is None:
        known = context.image.topics.get(topic)
        if known is not None and 0 <= asked.partition_index < len(known.partitions):
            return ErrorCode.NOT_LEADER_OR_FOLLOWER
        return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    only_leader = body.replica_id != DEBUGGING_REPLICA_ID
    return partition.access_error(asked.current_leader_epoch, only_leader=only_leader) or partition


def _limit(body: ListOffsetsRequest, partition: Partition) -> int:
    """The offset behind the last one that the asker may learn."""
    if body.replica_id != CONSUMER_REPLICA_ID:
        return partition.log.end_offset
    if body.isolation_level == _READ_COMMITTED:
        return partition.last_stable_offset
    return partition.high_watermark


def _is_new_leader(partition: Partition) -> bool:
    """Whether nothing of the leader's epoch is known to be committed yet, so that the high watermark may still be too low."""
    return partition.is_leader and partition.high_watermark < partition.leader_epoch_start_offset


def _answer(
    asked: ListOffsetsPartition, offset: int, timestamp_ms: int, leader_epoch: int
) -> ListOffsetsPartitionResponse:
    return ListOffsetsPartitionResponse(
        partition_index=asked.partition_index, timestamp=timestamp_ms, offset=offset, leader_epoch=leader_epoch
    )


def _failed(asked: ListOffsetsPartition, code: ErrorCode) -> ListOffsetsPartitionResponse:
    return ListOffsetsPartitionResponse(partition_index=asked.partition_index, error_code=code)
