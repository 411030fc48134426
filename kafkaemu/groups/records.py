"""The records of `__consumer_offsets` that classic groups and offsets write, in the versions in which Kafka 4.3 writes them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from kafkaemu.coordinator.record_format import RecordFormat
from kafkaemu.coordinator.result import CoordinatorRecord
from kafkaemu.log.internal_topics import CONSUMER_OFFSETS
from kafkawire.declare import ZERO_UUID
from kafkawire.internal.consumer_offsets import (
    GroupMetadataKey,
    GroupMetadataValue,
    LegacyOffsetCommitKey,
    LegacyOffsetCommitValue,
    OffsetCommitKey,
    OffsetCommitValue,
)

TOPIC = CONSUMER_OFFSETS
RECORD_FORMAT = RecordFormat(
    (
        (LegacyOffsetCommitKey, LegacyOffsetCommitValue),
        (OffsetCommitKey, OffsetCommitValue),
        (GroupMetadataKey, GroupMetadataValue),
    )
)
GROUP_VALUE_VERSION = 3
"""Version 4 is declared but not written by 4.3."""


@attrs.frozen
class CommittedOffset:
    """An offset as it was committed for one partition."""

    offset: int
    leader_epoch: int = -1
    metadata: str = ""
    commit_timestamp_ms: int = -1
    #: When it expires, as old clients ask for (retention time of OffsetCommit 2 to 4); -1: by the broker's retention.
    expire_timestamp_ms: int = -1
    topic_id: bytes = ZERO_UUID


def offset_record(group_id: str, topic: str, partition: int, committed: CommittedOffset) -> CoordinatorRecord:
    """A commit. A record with an expiry has version 1, which has no place for leader epoch and topic id; others version 4, or 3
    where the topic id is not known."""
    version = 4
    if committed.expire_timestamp_ms != -1:
        version = 1
    elif committed.topic_id == ZERO_UUID:
        version = 3
    value = OffsetCommitValue(
        offset=committed.offset,
        leader_epoch=committed.leader_epoch,
        metadata=committed.metadata,
        commit_timestamp=committed.commit_timestamp_ms,
        expire_timestamp=committed.expire_timestamp_ms,
        topic_id=committed.topic_id,
    )
    return CoordinatorRecord(OffsetCommitKey(group=group_id, topic=topic, partition=partition), value, version)


def offset_tombstone(group_id: str, topic: str, partition: int) -> CoordinatorRecord:
    """A commit is forgotten."""
    return CoordinatorRecord(OffsetCommitKey(group=group_id, topic=topic, partition=partition), None)


def committed_offset(value: OffsetCommitValue) -> CommittedOffset:
    """What a commit record says."""
    return CommittedOffset(
        value.offset,
        value.leader_epoch,
        value.metadata,
        value.commit_timestamp,
        value.expire_timestamp,
        value.topic_id,
    )


def group_record(group_id: str, value: GroupMetadataValue) -> CoordinatorRecord:
    """A group as it is now."""
    return CoordinatorRecord(GroupMetadataKey(group=group_id), value, GROUP_VALUE_VERSION)


def new_group_record(group_id: str, now_ms: int) -> CoordinatorRecord:
    """A group that has never had a member."""
    return group_record(group_id, GroupMetadataValue(protocol=None, leader=None, current_state_timestamp=now_ms))


def group_tombstone(group_id: str) -> CoordinatorRecord:
    """A group is forgotten."""
    return CoordinatorRecord(GroupMetadataKey(group=group_id), None)


OffsetsByPartition = Mapping[str, Mapping[int, CommittedOffset]]
"""Committed offsets of a group: topic -> partition -> offset."""
