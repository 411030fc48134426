"""Which levels of cluster features a request may set (FeatureControlManager).

Theory: KIP-584. Of the features that this node has, only eligible leader replicas can go both ways; the reference refuses every way
down from 4.3's metadata.version, because each might lose metadata.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import attrs

from kafkaemu.config.profiles import Profile
from kafkaemu.metadata.features import ELIGIBLE_LEADER_REPLICAS, METADATA_VERSION, supported
from kafkaemu.metadata.image import MetadataImage, ResourceType
from kafkawire.declare import TopLevel
from kafkawire.internal.cluster_metadata import ConfigRecord, FeatureLevelRecord


class UpgradeType(IntEnum):
    """How far a level may go down (FeatureUpdate.UpgradeType)."""

    UPGRADE = 1
    SAFE_DOWNGRADE = 2
    UNSAFE_DOWNGRADE = 3


@attrs.frozen
class FeatureChange:
    """A feature and the level it shall have; ``upgrade_type`` as on the wire."""

    name: str
    level: int
    upgrade_type: int


class InvalidUpdate(Exception):
    """Levels that cannot be; the text is the reference's sentence."""


def plan_features(
    image: MetadataImage,
    node_id: int,
    changes: Sequence[FeatureChange],
    min_insync_replicas: str,
    profile: Profile,
) -> list[TopLevel]:
    """The records for all of ``changes``; raises `InvalidUpdate` for the first that cannot be.

    ``min_insync_replicas`` is what the broker is configured with: eligible leader replicas pin it for the cluster (KIP-966).
    """
    records: list[TopLevel] = []
    for change in changes:
        current = image.features.get(change.name, 0)
        _check(change, current, node_id, profile)
        if change.level == current:
            continue
        records.append(FeatureLevelRecord(name=change.name, feature_level=change.level))
        key = "min.insync.replicas"
        if change.name == ELIGIBLE_LEADER_REPLICAS and key not in image.configs(ResourceType.BROKER, ""):
            records.append(
                ConfigRecord(resource_type=ResourceType.BROKER, resource_name="", name=key, value=min_insync_replicas)
            )
    return records


def _check(change: FeatureChange, current: int, node_id: int, profile: Profile) -> None:
    name, level = change.name, change.level
    if (reason := _refusal(change, current, node_id, profile)) is not None:
        raise InvalidUpdate(f"Invalid update version {level} for feature {name}. {reason}")
    if name == METADATA_VERSION and level < current:
        reason = "Unsafe metadata downgrade is not supported in this version."
        if change.upgrade_type == UpgradeType.SAFE_DOWNGRADE:
            reason = "Refusing to perform the requested downgrade because it might delete metadata information."
        raise InvalidUpdate(f"Unsupported metadata.version downgrade from {current} to {level}. {reason}")


def _refusal(change: FeatureChange, current: int, node_id: int, profile: Profile) -> str | None:
    name, level, upgrade_type = change.name, change.level, change.upgrade_type
    if upgrade_type not in list(UpgradeType):
        return "The controller does not support the given upgrade type."
    if level < 0:
        return "A feature version cannot be less than 0."
    levels = supported(profile)
    if name not in levels:
        if level == 0 and profile.features_may_be_nothing:
            return None
        return f"Local controller {node_id} does not support this feature." if level else f"Feature {name} not found."
    low, high = levels[name]
    if not low <= level <= high:
        return f"Local controller {node_id} only supports versions {low}-{high}"
    if level < current and upgrade_type == UpgradeType.UPGRADE:
        return (
            "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe "
            "downgrade."
        )
    if level > current and upgrade_type != UpgradeType.UPGRADE:
        return "Can't downgrade to a newer version."
    return None
