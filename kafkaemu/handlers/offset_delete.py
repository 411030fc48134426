"""OffsetDelete: single offsets of a group are forgotten (KIP-496).

Behavior:
    - The following errors are those of the whole request, without topics. No group id: INVALID_GROUP_ID (24).
      [offset_delete/unknown_group, offset_delete/order_of_checks]
    - Not the coordinator: NOT_COORDINATOR (16). [test:
      tests/unit/groups/test_deletion.py::test_the_group_is_asked_before_the_topics]
    - The coordinator still loads: COORDINATOR_LOAD_IN_PROGRESS (14). [test:
      tests/unit/coordinator/test_runtime.py::test_while_it_loads_events_are_refused_with_14]
    - No such group: GROUP_ID_NOT_FOUND (69). [offset_delete/unknown_group, offset_delete/order_of_checks]
    - The group has members that are no consumers: NON_EMPTY_GROUP (68). [offset_delete/other_protocol_types,
      offset_delete/order_of_checks]
    - At a partition: topic or partition unknown, UNKNOWN_TOPIC_OR_PARTITION (3). [offset_delete/unknown_topics,
      offset_delete/order_of_checks]
    - At a partition: a member subscribes to its topic, GROUP_SUBSCRIBED_TO_TOPIC (86); while the group rebalances that is
      as it was in its last generation. [offset_delete/subscribed, offset_delete/while_rebalancing,
      offset_delete/empty_subscription]
    - An offset that is not there is deleted without an error. [offset_delete/some_of_them]
    - A known topic without partitions is not answered. [offset_delete/no_topics]
    - If anything is unknown, what is comes first and each topic is answered once; else as it was asked.
      [offset_delete/good_and_bad_together, offset_delete/twice_in_one_request]
    - In profiles up to 3.9 each partition that is there is answered once; up to 3.4 others, too, and a topic without partitions
      is not. [test: tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - 0 only (KIP-496). [offset_delete/some_of_them]
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from kafkaemu.coordinator.parking import answer_when_done
from kafkaemu.coordinator.result import CoordinatorError
from kafkaemu.handlers.by_topic import merged, once
from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.errors import ErrorCode
from kafkawire.messages.offset_delete import (
    OffsetDeleteRequest,
    OffsetDeleteRequestTopic,
    OffsetDeleteResponse,
    OffsetDeleteResponsePartition,
    OffsetDeleteResponseTopic,
)


def handle(context: Context, request: Request, body: OffsetDeleteRequest) -> Answer:
    """See the module."""
    unknown: dict[Hashable, OffsetDeleteResponseTopic] = {}
    known = [found for topic in body.topics if (found := _look_at(context, topic, unknown)).partitions]
    if context.profile.offsets_are_told_once:
        known = _once(known)
    if context.profile.offsets_are_told_by_partition:
        unknown = {topic.name: topic for topic in _once(unknown.values())}
    wanted = [(topic.name, partition.partition_index) for topic in known for partition in topic.partitions]
    deferred = context.groups.delete_offsets(body.group_id, wanted)

    def answer() -> OffsetDeleteResponse:
        try:
            codes = iter(deferred.take())
        except CoordinatorError as refused:
            return OffsetDeleteResponse(error_code=refused.code)
        for topic in known:
            for partition in topic.partitions:
                partition.error_code = next(codes)
        return OffsetDeleteResponse(topics=merged(unknown, known, lambda topic: topic.name))

    return answer_when_done([deferred], answer)


def _look_at(
    context: Context, topic: OffsetDeleteRequestTopic, unknown: dict[Hashable, OffsetDeleteResponseTopic]
) -> OffsetDeleteResponseTopic:
    """The partitions of a topic that are there; others go to ``unknown``."""
    image = context.image.topics.get(topic.name)
    there = OffsetDeleteResponseTopic(name=topic.name)
    if image is None:
        unknown.setdefault(topic.name, OffsetDeleteResponseTopic(name=topic.name))
    for partition in topic.partitions:
        answered = OffsetDeleteResponsePartition(partition_index=partition.partition_index)
        if image is not None and 0 <= partition.partition_index < len(image.partitions):
            there.partitions.append(answered)
            continue
        answered.error_code = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        unknown.setdefault(topic.name, OffsetDeleteResponseTopic(name=topic.name)).partitions.append(answered)
    return there


def _once(topics: Iterable[OffsetDeleteResponseTopic]) -> list[OffsetDeleteResponseTopic]:
    """Each topic that has any once, with each of its partitions once."""
    by_name = once((topic.name, topic.partitions) for topic in topics)
    return [OffsetDeleteResponseTopic(name=name, partitions=partitions) for name, partitions in by_name.items()]
