"""OffsetCommit: remember up to where a group has read.

Behavior:
    - Topic id unknown: UNKNOWN_TOPIC_ID (100); topic or partition unknown: UNKNOWN_TOPIC_OR_PARTITION (3). What remains
      goes to the group, if anything does. [offset_commit/unknown_topic_or_partition, offset_commit/order_of_checks]
    - The following errors are those of all the group's partitions. Not the coordinator: NOT_COORDINATOR (16). [test:
      tests/unit/groups/test_offsets.py::test_a_commit_of_nothing_asks_no_group]
    - The coordinator still loads: COORDINATOR_LOAD_IN_PROGRESS (14). [test:
      tests/unit/coordinator/test_runtime.py::test_while_it_loads_events_are_refused_with_14]
    - A generation, but no such group: GROUP_ID_NOT_FOUND (69). [offset_commit/members_without_generation,
      offset_commit/without_a_member]
    - Without a generation anybody may commit to a group that has no members, also to one that is not there, and to the
      group ""; that makes the group. [offset_commit/members_without_generation, offset_commit/bad_requests,
      offset_commit/makes_a_group, offset_commit/awaited_member]
    - Neither generation, member id nor instance id, but the group has members: UNKNOWN_MEMBER_ID (25).
      [offset_commit/without_a_member, offset_commit/members_without_generation]
    - An instance id that nobody has: 25; that another member has: FENCED_INSTANCE_ID (82). [offset_commit/static_member,
      offset_commit/members_without_generation]
    - Member id unknown, or given out but not come back: 25. [offset_commit/as_a_member, offset_commit/awaited_member]
    - Another generation: ILLEGAL_GENERATION (22). [offset_commit/as_a_member, offset_commit/order_of_checks]
    - The group waits for its leader's assignment: REBALANCE_IN_PROGRESS (27); while it waits for members the last
      generation may commit. [offset_commit/while_rebalancing]
    - At a partition: metadata longer than `offset.metadata.max.bytes`, counted in UTF-16 units: OFFSET_METADATA_TOO_LARGE
      (12). [offset_commit/bad_requests, offset_commit/metadata_in_characters, offset_commit/order_of_checks]
    - Offsets may be negative. Of several for a partition the last counts. [offset_commit/bad_requests,
      offset_commit/twice_in_one_request]
    - Where nothing is unknown, topics are answered as they were asked, but for those without partitions.
      [offset_commit/good_and_bad_together, offset_commit/no_topics, offset_commit/topics_without_partitions]
    - Else unknown ones come first, and each topic is answered once. [offset_commit/good_and_bad_together,
      offset_commit/twice_in_one_request, offset_commit/topics_without_partitions]
    - In profiles up to 3.9 each partition that is there counts once, as it comes last; up to 3.4 so do others, and a topic
      without any is not answered. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - In profiles up to 3.9 also 0, which is for offsets in ZooKeeper: 35 without one (`kafkaemu.groups.zookeeper_offsets`);
      and 1. [test: tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - 2 to 4 have a retention time, after which the offsets expire. [offset_commit/retention_times]
    - The record then has no leader epoch and no topic id. [test:
      tests/unit/groups/test_offsets.py::test_a_retention_time_is_an_expiry_in_a_record_of_version_1]
    - 6 adds the leader epoch; 8 is flexible. [offset_commit/every_version, offset_fetch/every_version]
    - 7 adds static members (KIP-345). [offset_commit/static_member]
    - 9 answers 69, where it is 22 before. [offset_commit/without_a_member, offset_commit/members_without_generation]
    - 10 has topic ids in place of names (KIP-848). [offset_commit/every_version, offset_commit/unknown_topic_or_partition]
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.groups.offsets import Commit, PartitionCommit
from kafkaemu.handlers.by_topic import merged, once
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestTopic,
    OffsetCommitResponse,
    OffsetCommitResponsePartition,
    OffsetCommitResponseTopic,
)


def handle(context: Context, request: Request, body: OffsetCommitRequest) -> Answer:
    """See the module."""
    by_id = request.version >= 10
    refused: dict[Hashable, OffsetCommitResponseTopic] = {}
    there: list[OffsetCommitResponseTopic] = []
    wanted: list[PartitionCommit] = []
    topics = body.topics
    if context.profile.offsets_are_told_by_partition:
        named = once((topic.name, topic.partitions) for topic in topics)
        topics = [OffsetCommitRequestTopic(name=name, partitions=partitions) for name, partitions in named.items()]
    elif context.profile.offsets_are_told_once:
        topics = _told_once(context, topics)
    for topic in topics:
        answered = _look_at_topic(context, by_id, topic, refused, wanted)
        if answered.partitions:
            there.append(answered)
    places = [partition for topic in there for partition in topic.partitions]

    def answer_with(codes: Sequence[ErrorCode]) -> OffsetCommitResponse:
        for place, code in zip(places, codes, strict=True):
            place.error_code = code
        return OffsetCommitResponse(topics=merged(refused, there, _id_of if by_id else _name_of))

    if request.version == 0 and not context.profile.uses_zookeeper:
        return answer_with([ErrorCode.UNSUPPORTED_VERSION] * len(places))
    if not wanted:
        return answer_with([])
    if request.version == 0:
        return answer_with(context.zookeeper_offsets.commit(body.group_id, wanted))
    deferred = context.groups.commit(
        Commit(
            body.group_id,
            body.member_id,
            body.group_instance_id,
            body.generation_id_or_member_epoch,
            tuple(wanted),
            body.retention_time_ms,
            knows_group_not_found=request.version >= 9 and not context.profile.unknown_groups_are_past_generations,
        )
    )

    def answer() -> OffsetCommitResponse:
        try:
            codes = deferred.take()
        except CoordinatorError as refusal:
            codes = [refusal.code] * len(places)
        return answer_with(codes)

    return answer_when_done([deferred], answer)


def _told_once(context: Context, topics: Sequence[OffsetCommitRequestTopic]) -> list[OffsetCommitRequestTopic]:
    """What is not there as it is asked, then each partition that is, once."""
    known, unknown = [], []
    for topic in topics:
        image = context.image.topics.get(topic.name)
        count = 0 if image is None else len(image.partitions)
        there = [partition for partition in topic.partitions if 0 <= partition.partition_index < count]
        rest = [partition for partition in topic.partitions if not 0 <= partition.partition_index < count]
        known.append((topic.name, there))
        unknown.append(OffsetCommitRequestTopic(name=topic.name, partitions=rest))
    named = once(known)
    return unknown + [OffsetCommitRequestTopic(name=name, partitions=partitions) for name, partitions in named.items()]


def _id_of(topic: OffsetCommitResponseTopic) -> Hashable:
    return topic.topic_id


def _name_of(topic: OffsetCommitResponseTopic) -> Hashable:
    return topic.name


def _look_at_topic(
    context: Context,
    by_id: bool,
    topic: OffsetCommitRequestTopic,
    refused: dict[Hashable, OffsetCommitResponseTopic],
    wanted: list[PartitionCommit],
) -> OffsetCommitResponseTopic:
    """The partitions that are there, which are ``wanted``; others, and topics that are not, go to ``refused``."""
    image = context.image
    known = image.topics_by_id.get(topic.topic_id) if by_id else image.topics.get(topic.name)
    key = topic.topic_id if by_id else topic.name
    if known is None:
        refused.setdefault(key, _answered(topic, by_id))
    there = _answered(topic, by_id)
    for partition in topic.partitions:
        place = OffsetCommitResponsePartition(partition_index=partition.partition_index)
        if known is not None and 0 <= partition.partition_index < len(known.partitions):
            there.partitions.append(place)
            wanted.append(
                PartitionCommit(
                    known.name,
                    known.topic_id,
                    partition.partition_index,
                    partition.committed_offset,
                    partition.committed_leader_epoch,
                    partition.committed_metadata,
                )
            )
            continue
        is_unknown_id = by_id and known is None
        place.error_code = ErrorCode.UNKNOWN_TOPIC_ID if is_unknown_id else ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        refused.setdefault(key, _answered(topic, by_id)).partitions.append(place)
    return there


def _answered(topic: OffsetCommitRequestTopic, by_id: bool) -> OffsetCommitResponseTopic:
    return OffsetCommitResponseTopic(name=topic.name, topic_id=topic.topic_id if by_id else ZERO_UUID)
