"""ListOffsets: offsets by timestamp, and the ends of partitions.

Behavior:
    - UNKNOWN_SERVER_ERROR (-1) for every partition if the isolation level is not 0 or 1. [list_offsets/isolation_levels,
      list_offsets/order_of_checks]
    - INVALID_REQUEST (42), once, for a partition that is named twice. [list_offsets/partition_twice,
      list_offsets/topic_twice, list_offsets/order_of_checks]
    - UNSUPPORTED_VERSION (35) for a negative timestamp that the version, or Kafka, does not know.
      [list_offsets/later_special_values, list_offsets/every_kind_every_version, list_offsets/order_of_checks]
    - UNKNOWN_TOPIC_OR_PARTITION (3). [list_offsets/unknown_topic_or_partition, list_offsets/order_of_checks]
    - FENCED_LEADER_EPOCH (74) or UNKNOWN_LEADER_EPOCH (75) for another epoch than the leader's.
      [list_offsets/leader_epochs, list_offsets/order_of_checks]
    - NOT_LEADER_OR_FOLLOWER (6), but for a debugger (replica id -2). [test:
      tests/unit/handlers/test_list_offsets.py::test_only_the_leader_answers_except_for_debugging]
    - Timestamp -1 is the end: the high watermark, or the last stable offset for read_committed.
      [list_offsets/latest_and_earliest, list_offsets/isolation_levels]
    - For a replica it is the end of the log. [test:
      tests/unit/handlers/test_list_offsets.py::test_consumers_see_the_high_watermark_and_replicas_the_end]
    - -2 and -4 are the start. [list_offsets/latest_and_earliest, list_offsets/after_deleted_records]
    - -3 is the first record with the largest timestamp. [list_offsets/largest_timestamp,
      list_offsets/largest_timestamp_twice, list_offsets/log_append_time]
    - -5 and -6 are about tiered storage, which there is not: offset -1. [list_offsets/later_special_values]
    - From 0 on it is the first record with at least this timestamp, also inside of a compressed batch.
      [list_offsets/by_timestamp, list_offsets/inside_compressed_batches, list_offsets/stamped_by_timestamp]
    - No such record, or one at or after the end, is offset -1 without an error. [list_offsets/empty_partition,
      list_offsets/by_timestamp, list_offsets/without_timestamps]
    - OFFSET_NOT_AVAILABLE (78) instead of the end, or of nothing found, while a new leader has not committed anything of
      its own epoch; LEADER_NOT_AVAILABLE (5) before version 5. [test:
      tests/unit/handlers/test_list_offsets.py::test_a_new_leader_does_not_know_the_end_yet]
    - The answer names the epoch of the record found, and its timestamp for -3 and real timestamps.
      [list_offsets/every_kind_every_version]
    - Topics without partitions are left out; a topic in two entries is answered as one. [list_offsets/several,
      list_offsets/topic_twice]
    - Profiles up to 3.9 answer in the shape of the request, every partition as often as it is named, and look at the
      isolation level last. [test: tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - Those before 3.9 look at it before the partition, and take any negative timestamp in any version: -3 has its meaning
      from 3.0 on, -4 from 3.4, the others are times. Up to 3.6 the record of -3 may be only the last one of its batch.
      [test: tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - In profiles up to 3.9 also 0, which tells where segments begin (`kafkaemu.log.segment_offsets`). [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - 2 adds isolation level and throttle time. [list_offsets/isolation_levels, list_offsets/every_kind_every_version]
    - 4 adds leader epochs; 6 is flexible. [list_offsets/leader_epochs, list_offsets/every_kind_every_version]
    - 7 knows timestamp -3, 8 -4, 9 -5, 11 -6. [list_offsets/every_kind_every_version, list_offsets/later_special_values]
    - 10 adds a timeout, which is for tiered storage only. [list_offsets/timeouts]

Source: KafkaApis.handleListOffsetRequest, ReplicaManager.fetchOffset, UnifiedLog.fetchOffsetByTimestamp.
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
            elif not is_known_isolation and context.profile.special_timestamps is not None:
                answer = _failed(asked, ErrorCode.UNKNOWN_SERVER_ERROR)
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

    timestamp, special = asked.timestamp, context.profile.special_timestamps
    if special is None and timestamp < EARLIEST:
        return _failed(asked, ErrorCode.UNSUPPORTED_VERSION)
    if special is not None and timestamp == EARLIEST_LOCAL and timestamp in special:
        timestamp = EARLIEST
    partition = _partition(context, body, topic, asked)
    if isinstance(partition, ErrorCode):
        return _failed(asked, partition)
    found = offsets_before(partition.log, timestamp, asked.max_num_offsets, context.clock.now_ms())
    if body.replica_id == CONSUMER_REPLICA_ID:
        high_watermark = partition.high_watermark
        below = [offset for offset in found if offset <= high_watermark]
        found = found if len(below) == len(found) else [high_watermark, *below]
    return ListOffsetsPartitionResponse(partition_index=asked.partition_index, old_style_offsets=found)


def _look_up(
    context: Context, request: Request, body: ListOffsetsRequest, topic: str, asked: ListOffsetsPartition
) -> ListOffsetsPartitionResponse:
    timestamp, profile = asked.timestamp, context.profile
    is_special = timestamp < 0
    if profile.special_timestamps is not None:
        is_special = timestamp in profile.special_timestamps
    elif is_special and request.version < _SINCE.get(timestamp, request.version + 1):
        return _failed(asked, ErrorCode.UNSUPPORTED_VERSION)
    partition = _partition(context, body, topic, asked)
    if isinstance(partition, ErrorCode):
        return _failed(asked, partition)
    log = partition.log
    if is_special and timestamp in (EARLIEST, EARLIEST_LOCAL):
        return _answer(asked, log.start_offset, -1, log.epoch_at(log.start_offset))
    if is_special and timestamp in (LATEST_TIERED, EARLIEST_PENDING_UPLOAD):
        return _answer(asked, -1, -1, -1)
    limit = _limit(body, partition)
    is_unsettled = body.replica_id == CONSUMER_REPLICA_ID and _is_new_leader(partition)
    if timestamp == LATEST:
        if not is_unsettled:
            return _answer(asked, limit, -1, partition.leader_epoch)
    else:
        if is_special:
            found = log.max_timestamp_offset(is_shallow=profile.largest_timestamp_is_shallow)
        else:
            found = log.offset_for_timestamp(timestamp)
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
