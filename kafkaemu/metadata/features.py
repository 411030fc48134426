"""Versions of cluster features: which this node can run, and which a new cluster starts with.

Only what is built is here: group.version, share.version, streams.version, transaction.version and kraft.version join when their
protocols do, because clients choose what they send by them.
"""

from __future__ import annotations

from collections.abc import Mapping

from kafkaemu.config.profiles import Profile

METADATA_VERSION = "metadata.version"
ELIGIBLE_LEADER_REPLICAS = "eligible.leader.replicas.version"

#: Feature -> (lowest, highest) level that this node supports. 30 is 4.3-IV0.
SUPPORTED: dict[str, tuple[int, int]] = {
    METADATA_VERSION: (7, 30),
    ELIGIBLE_LEADER_REPLICAS: (0, 1),
}

#: Feature -> level of a new cluster.
INITIAL: dict[str, int] = {METADATA_VERSION: 30, ELIGIBLE_LEADER_REPLICAS: 1}


def supported(profile: Profile) -> Mapping[str, tuple[int, int]]:
    """Feature -> (lowest, highest) level that clients of a broker with this profile are told."""
    if profile.supported_features is None:
        return SUPPORTED
    return {name: levels for name, levels in profile.supported_features.items() if name in SUPPORTED}


def initial(profile: Profile) -> Mapping[str, int]:
    """Feature -> level of a new cluster with this profile."""
    if profile.finalized_features is None:
        return INITIAL
    return {name: level for name, level in profile.finalized_features.items() if name in SUPPORTED}
