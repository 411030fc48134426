"""The broker settings that classic groups and offsets obey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from kafkaemu.config.profiles import CURRENT, Profile


class _Config(Protocol):
    def __getitem__(self, name: str) -> Any: ...


@attrs.frozen
class GroupSettings:
    """Times in milliseconds, sizes in what their names say; the defaults are Kafka's."""

    min_session_timeout_ms: int = 6_000
    max_session_timeout_ms: int = 1_800_000
    initial_rebalance_delay_ms: int = 3_000
    max_size: int = 2_147_483_647
    #: Longest metadata of a committed offset, in UTF-16 code units as Java counts.
    offset_metadata_units_max: int = 4_096
    offsets_retention_ms: int = 7 * 24 * 60 * 60 * 1000
    offsets_retention_check_interval_ms: int = 600_000
    #: Partitions of `__consumer_offsets` when it is created.
    offsets_partitions: int = 50
    #: Number of the compression of records in `__consumer_offsets`, as batches have it.
    offsets_compression: int = 0
    #: A new member does not know its id yet and cannot send heartbeats; its JoinGroup may wait this long. Fixed in the
    #: reference, too (GroupCoordinatorConfig).
    new_member_join_timeout_ms: int = 5 * 60 * 1000
    #: What past releases did otherwise (`Profile`).
    groups_end_with_their_offsets: bool = False
    ignores_unknown_instances: bool = False
    group_states_are_exact: bool = False
    group_states_have_blanks: bool = False
    assignments_are_of_stable_groups: bool = False

    @classmethod
    def of(cls, config: _Config | Mapping[str, Any], profile: Profile = CURRENT) -> GroupSettings:
        """The settings of a broker configuration, and of the release that the broker passes for."""
        return cls(
            min_session_timeout_ms=config["group.min.session.timeout.ms"],
            max_session_timeout_ms=config["group.max.session.timeout.ms"],
            initial_rebalance_delay_ms=config["group.initial.rebalance.delay.ms"],
            max_size=config["group.max.size"],
            offset_metadata_units_max=config["offset.metadata.max.bytes"],
            offsets_retention_ms=config["offsets.retention.minutes"] * 60 * 1000,
            offsets_retention_check_interval_ms=config["offsets.retention.check.interval.ms"],
            offsets_partitions=config["offsets.topic.num.partitions"],
            offsets_compression=config["offsets.topic.compression.codec"],
            groups_end_with_their_offsets=profile.groups_end_with_their_offsets,
            ignores_unknown_instances=profile.ignores_unknown_instances,
            group_states_are_exact=profile.group_states_are_exact,
            group_states_have_blanks=profile.group_states_have_blanks,
            assignments_are_of_stable_groups=profile.assignments_are_of_stable_groups,
        )
