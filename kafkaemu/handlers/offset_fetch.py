"""OffsetFetch: up to where groups have read.

Behavior:
    - A partition without a committed offset, of whatever topic, gets offset -1, leader epoch -1, metadata "" and no error;
      so does every partition of a group that is not there. [offset_fetch/every_version, offset_fetch/unknown_groups,
      offset_fetch/unknown_topics]
    - Offset, leader epoch and metadata come back as they were committed, null metadata as "". [offset_fetch/round_trip]
    - Null topics ask for all that the group has committed; with a topic its offsets go. [offset_fetch/everything,
      offset_fetch/deleted_topic]
    - Topics and partitions are answered in the order and as often as they are asked for.
      [offset_fetch/twice_in_one_request, offset_fetch/unknown_topics]
    - At a partition: topic id unknown, UNKNOWN_TOPIC_ID (100); those topics come last. [offset_fetch/unknown_ids_come_last,
      offset_fetch/unknown_topics]
    - Of a group: not the coordinator, NOT_COORDINATOR (16). [test:
      tests/unit/groups/test_offsets.py::test_errors_of_a_group_stand_where_the_version_has_them]
    - Of a group: the coordinator still loads, COORDINATOR_LOAD_IN_PROGRESS (14). [test:
      tests/unit/coordinator/test_runtime.py::test_while_it_loads_events_are_refused_with_14]
    - Member id and epoch concern the new consumer groups; classic groups do not look at them.
      [offset_fetch/member_and_epoch]
    - In profiles up to 3.9 each partition is answered once, a topic without any is not; up to 3.4 each group is, too. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - In profiles up to 3.9 also 0, which is for offsets in ZooKeeper: 35 without one (`kafkaemu.groups.zookeeper_offsets`); with
      one 3 for what was not committed. [test: tests/wire/test_profiles.py::test_answers_are_those_of_the_release]
    - Up to 1 a group's error stands at each partition; 2 has it at the top, and 8 at each group. [test:
      tests/unit/groups/test_offsets.py::test_errors_of_a_group_stand_where_the_version_has_them]
    - 2 takes null topics. [offset_fetch/everything]
    - 3 adds the throttle time; 5 the leader epoch; 6 is flexible. [offset_fetch/every_version]
    - 7 adds require_stable, which waits for open transactions; there are none. [offset_fetch/require_stable]
    - 8 takes several groups, each with its answer. [offset_fetch/several_groups, offset_fetch/twice_in_one_request]
    - 9 adds member id and epoch (KIP-848). [offset_fetch/member_and_epoch]
    - 10 has topic ids in place of names; the offsets of a topic that was made again are not those of the old one.
      [offset_fetch/every_version, offset_fetch/everything_of_a_recreated_topic]
    - 10 leaves topics that are no longer there out of null topics. [test:
      tests/unit/groups/test_offsets.py::test_an_offset_of_another_topic_of_that_name_is_not_found_by_id]
"""

from __future__ import annotations

from collections.abc import Callable

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError, Deferred
from kafkaemu.groups.coordinator import FetchedOffset
from kafkaemu.groups.records import CommittedOffset
from kafkaemu.handlers.by_topic import once
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode
from kafkawire.messages.offset_fetch import (
    OffsetFetchRequest,
    OffsetFetchRequestGroup,
    OffsetFetchRequestTopics,
    OffsetFetchResponse,
    OffsetFetchResponseGroup,
    OffsetFetchResponsePartition,
    OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic,
    OffsetFetchResponseTopics,
)

_NOTHING = CommittedOffset(-1)
_Make = Callable[[], OffsetFetchResponseGroup]


def handle(context: Context, request: Request, body: OffsetFetchRequest) -> Answer:
    """See the module."""
    version = request.version
    if version >= 8:
        groups = body.groups
        if context.profile.offsets_are_told_by_partition:
            groups = list({group.group_id: group for group in groups}.values())
        asked = [_ask(context, version, group) for group in groups]
        return answer_when_done(
            [deferred for deferred, _ in asked if deferred is not None],
            lambda: OffsetFetchResponse(groups=[make() for _, make in asked]),
        )
    if version == 0 and not context.profile.uses_zookeeper:
        refused = OffsetFetchResponseGroup(group_id=body.group_id, error_code=ErrorCode.UNSUPPORTED_VERSION)
        return _old_answer(version, body, refused)
    if version == 0:
        return _from_zookeeper(context, body)
    topics = None
    if body.topics is not None:
        topics = [
            OffsetFetchRequestTopics(name=topic.name, partition_indexes=topic.partition_indexes)
            for topic in body.topics
        ]
    deferred, make = _ask(context, version, OffsetFetchRequestGroup(group_id=body.group_id, topics=topics))
    return answer_when_done([] if deferred is None else [deferred], lambda: _old_answer(version, body, make()))


def _ask(
    context: Context, version: int, group: OffsetFetchRequestGroup
) -> tuple[Deferred[list[FetchedOffset]] | None, _Make]:
    """The question for one group, and how its answer is made."""
    by_id = version >= 10
    if group.topics is None:
        everything = context.groups.fetch(group.group_id, None)
        return everything, lambda: _everything(context, by_id, group.group_id, everything)
    topics = group.topics
    if context.profile.fetched_offsets_are_told_by_partition:
        named = once(((topic.name, topic.partition_indexes) for topic in topics), int)
        topics = [OffsetFetchRequestTopics(name=name, partition_indexes=indexes) for name, indexes in named.items()]
    image = context.image
    known: list[tuple[OffsetFetchRequestTopics, str]] = []
    unknown: list[OffsetFetchRequestTopics] = []
    for topic in topics:
        if not by_id:
            known.append((topic, topic.name))
        elif (found := image.topics_by_id.get(topic.topic_id)) is not None:
            known.append((topic, found.name))
        else:
            unknown.append(topic)
    missing = [_topic_unknown(topic) for topic in unknown]
    if not known:
        return None, lambda: OffsetFetchResponseGroup(group_id=group.group_id, topics=missing)
    deferred = context.groups.fetch(
        group.group_id,
        [
            (name, topic.topic_id if by_id else ZERO_UUID, partition)
            for topic, name in known
            for partition in topic.partition_indexes
        ],
    )
    return deferred, lambda: _asked_for(group.group_id, [topic for topic, _ in known], missing, deferred)


def _asked_for(
    group_id: str,
    topics: list[OffsetFetchRequestTopics],
    missing: list[OffsetFetchResponseTopics],
    deferred: Deferred[list[FetchedOffset]],
) -> OffsetFetchResponseGroup:
    try:
        fetched = iter(deferred.take())
    except CoordinatorError as refused:
        return OffsetFetchResponseGroup(group_id=group_id, error_code=refused.code)
    answered = [
        OffsetFetchResponseTopics(
            name=topic.name,
            topic_id=topic.topic_id,
            partitions=[_partition(index, next(fetched).committed) for index in topic.partition_indexes],
        )
        for topic in topics
    ]
    return OffsetFetchResponseGroup(group_id=group_id, topics=answered + missing)


def _everything(
    context: Context, by_id: bool, group_id: str, deferred: Deferred[list[FetchedOffset]]
) -> OffsetFetchResponseGroup:
    try:
        fetched = deferred.take()
    except CoordinatorError as refused:
        return OffsetFetchResponseGroup(group_id=group_id, error_code=refused.code)
    topics: dict[str, OffsetFetchResponseTopics] = {}
    for one in fetched:
        topic = topics.setdefault(one.topic, OffsetFetchResponseTopics(name=one.topic))
        topic.partitions.append(_partition(one.partition, one.committed))
        if by_id and one.committed is not None and topic.topic_id == ZERO_UUID:
            current = context.image.topics.get(one.topic)
            topic.topic_id = one.committed.topic_id
            if topic.topic_id == ZERO_UUID and current is not None:
                topic.topic_id = current.topic_id
    answered = [topic for topic in topics.values() if not by_id or topic.topic_id != ZERO_UUID]
    return OffsetFetchResponseGroup(group_id=group_id, topics=answered)


def _partition(index: int, committed: CommittedOffset | None) -> OffsetFetchResponsePartitions:
    found = committed or _NOTHING
    return OffsetFetchResponsePartitions(
        partition_index=index,
        committed_offset=found.offset,
        committed_leader_epoch=found.leader_epoch,
        metadata=found.metadata,
    )


def _topic_unknown(topic: OffsetFetchRequestTopics) -> OffsetFetchResponseTopics:
    partitions = [_partition(index, None) for index in topic.partition_indexes]
    for partition in partitions:
        partition.error_code = ErrorCode.UNKNOWN_TOPIC_ID
    return OffsetFetchResponseTopics(topic_id=topic.topic_id, partitions=partitions)


def _from_zookeeper(context: Context, body: OffsetFetchRequest) -> OffsetFetchResponse:
    response = OffsetFetchResponse()
    for topic in body.topics or ():
        answered = OffsetFetchResponseTopic(name=topic.name)
        response.topics.append(answered)
        for index in topic.partition_indexes:
            found = context.zookeeper_offsets.fetch(body.group_id, topic.name, index)
            partition = OffsetFetchResponsePartition(partition_index=index, committed_offset=-1, metadata="")
            if isinstance(found, ErrorCode):
                partition.error_code = found
            else:
                partition.committed_offset = found
            answered.partitions.append(partition)
    return response


def _old_answer(version: int, body: OffsetFetchRequest, group: OffsetFetchResponseGroup) -> OffsetFetchResponse:
    """The answer for one group in the shape that came before version 8."""
    if group.error_code != ErrorCode.NONE:
        if version >= 2:
            return OffsetFetchResponse(error_code=group.error_code)
        topics = [
            OffsetFetchResponseTopic(
                name=topic.name,
                partitions=[
                    OffsetFetchResponsePartition(
                        partition_index=index, committed_offset=-1, metadata="", error_code=group.error_code
                    )
                    for index in topic.partition_indexes
                ],
            )
            for topic in body.topics or ()
        ]
        return OffsetFetchResponse(topics=topics)
    return OffsetFetchResponse(
        topics=[
            OffsetFetchResponseTopic(
                name=topic.name,
                partitions=[
                    OffsetFetchResponsePartition(
                        partition_index=one.partition_index,
                        committed_offset=one.committed_offset,
                        committed_leader_epoch=one.committed_leader_epoch,
                        metadata=one.metadata,
                        error_code=one.error_code,
                    )
                    for one in topic.partitions
                ],
            )
            for topic in group.topics
        ]
    )
