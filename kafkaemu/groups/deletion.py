"""The end of a group, or of some of its offsets, on request.

A group may go while it is Empty; its offsets go with it. Single offsets may go while it has no members or consumers only, of
topics that none of them subscribes to (KIP-496). Up to 3.9 a group without members went with its last offset.
"""

from __future__ import annotations

from collections.abc import Sequence

from kafkaemu.coordinator.result import CoordinatorError, CoordinatorRecord, Result
from kafkaemu.groups.classic_group import GroupState
from kafkaemu.groups.records import group_tombstone, offset_tombstone
from kafkaemu.groups.shard import GroupShard
from kafkawire.errors import ErrorCode


def delete_groups(shard: GroupShard, group_ids: Sequence[str]) -> Result[list[ErrorCode]]:
    """Delete groups; the answer has one code for each: 69 (no such group), 68 (it has members), 0."""
    codes = []
    records: list[CoordinatorRecord] = []
    for group_id in group_ids:
        group = shard.groups.get(group_id)
        if group is None or group.is_in(GroupState.DEAD):
            codes.append(ErrorCode.GROUP_ID_NOT_FOUND)
        elif not group.is_in(GroupState.EMPTY):
            codes.append(ErrorCode.NON_EMPTY_GROUP)
        else:
            codes.append(ErrorCode.NONE)
            for topic, partitions in shard.offsets.of_group(group_id).items():
                records += [offset_tombstone(group_id, topic, partition) for partition in partitions]
            records.append(group_tombstone(group_id))
    # A group may have more offsets than fit a batch; the group itself goes last.
    return Result(records=records, answer=codes, is_atomic=False)


def delete_offsets(shard: GroupShard, group_id: str, partitions: Sequence[tuple[str, int]]) -> Result[list[ErrorCode]]:
    """Delete offsets of these partitions (topic, index); the answer has one code for each: 86 (somebody reads the topic), 0, also
    where nothing was committed. Raises `CoordinatorError` for all: 69, 68."""
    group = shard.groups.get(group_id)
    if group is None or group.is_in(GroupState.DEAD):
        raise CoordinatorError(ErrorCode.GROUP_ID_NOT_FOUND)
    if not group.is_in(GroupState.EMPTY) and not group.uses_consumer_protocol:
        raise CoordinatorError(ErrorCode.NON_EMPTY_GROUP)
    committed = shard.offsets.of_group(group_id)
    codes = []
    gone = set()
    for topic, partition in partitions:
        if group.is_subscribed_to(topic):
            codes.append(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC)
            continue
        codes.append(ErrorCode.NONE)
        if partition in committed.get(topic, {}):
            gone.add((topic, partition))
    records = [offset_tombstone(group_id, topic, partition) for topic, partition in sorted(gone)]
    is_ended = group.is_in(GroupState.EMPTY) and len(gone) == sum(map(len, committed.values()))
    if is_ended and shard.settings.groups_end_with_their_offsets:
        records.append(group_tombstone(group_id))
    return Result(records=records, answer=codes)
