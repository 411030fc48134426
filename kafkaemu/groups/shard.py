"""The state of one partition of `__consumer_offsets`: its groups and their offsets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kafkaemu.coordinator.result import CoordinatorRecord, Result
from kafkaemu.groups.classic_group import ClassicGroup, GroupState
from kafkaemu.groups.classic_protocol import ClassicProtocol
from kafkaemu.groups.offsets import Offsets
from kafkaemu.groups.records import CommittedOffset, committed_offset
from kafkaemu.groups.settings import GroupSettings
from kafkawire.internal.consumer_offsets import (
    GroupMetadataKey,
    GroupMetadataValue,
    LegacyOffsetCommitKey,
    LegacyOffsetCommitValue,
    OffsetCommitKey,
    OffsetCommitValue,
)

_EXPIRY = "expiry"


class GroupShard:
    """Groups and offsets, folded from the records of one partition (GroupCoordinatorShard of the reference)."""

    def __init__(self, settings: GroupSettings, make_uuid: Callable[[], str]) -> None:
        self.settings = settings
        self._loading = True
        self.groups: dict[str, ClassicGroup] = {}
        self.classic = ClassicProtocol(self.groups, settings, make_uuid)
        self.offsets = Offsets(self.groups, self.classic, settings)

    def replay(self, record: CoordinatorRecord, now_ms: int) -> None:
        """Apply one record: when the log is loaded, and after each append."""
        key, value = record.key, record.value
        if isinstance(key, OffsetCommitKey | LegacyOffsetCommitKey):
            self._replay_offset(key, value)
        elif isinstance(key, GroupMetadataKey):
            assert value is None or isinstance(value, GroupMetadataValue)
            self._replay_group(key.group, value, now_ms)

    def _replay_offset(self, key: OffsetCommitKey | LegacyOffsetCommitKey, value: Any) -> None:
        committed = None
        if isinstance(value, OffsetCommitValue):
            committed = committed_offset(value)
        elif isinstance(value, LegacyOffsetCommitValue):
            committed = CommittedOffset(value.offset, -1, value.metadata, value.commit_timestamp)
        if committed is not None and key.group not in self.groups:
            # A simple group: its commits are all there is of it.
            self.groups[key.group] = ClassicGroup(key.group)
        self.offsets.put(key.group, key.topic, key.partition, committed)

    def _replay_group(self, group_id: str, value: GroupMetadataValue | None, now_ms: int) -> None:
        group = self.groups.get(group_id)
        if value is None:
            if group is not None:
                group.move_to(GroupState.DEAD, now_ms)
                del self.groups[group_id]
        elif group is None or self._loading:
            self.groups[group_id] = ClassicGroup.from_record(group_id, value)
        else:
            # The group wrote this record itself, and follows it when it has been applied.
            group.persisted = value

    def on_loaded(self, now_ms: int) -> Result[Any]:
        """The log has been replayed: groups come to life."""
        self._loading = False
        out: Result[Any] = Result()
        for group in self.groups.values():
            self.classic.on_loaded(group, now_ms, out)
        self._expire_later(out)
        return out

    def _expire_later(self, out: Result[Any]) -> None:
        interval_ms = self.settings.offsets_retention_check_interval_ms
        out.set_timer(_EXPIRY, interval_ms, self._expire, is_periodic=True)

    def _expire(self, now_ms: int) -> Result[Any]:
        out: Result[Any] = Result(records=self.offsets.expire(now_ms), is_atomic=False)
        self._expire_later(out)
        return out
