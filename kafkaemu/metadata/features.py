"""Versions of cluster features: which this node can run, and which a new cluster starts with.

Only what is built is here: group.version, share.version, streams.version, transaction.version and kraft.version join when their
protocols do, because clients choose what they send by them.
"""

from __future__ import annotations

METADATA_VERSION = "metadata.version"
ELIGIBLE_LEADER_REPLICAS = "eligible.leader.replicas.version"

#: Feature -> (lowest, highest) level that this node supports. 30 is 4.3-IV0.
SUPPORTED: dict[str, tuple[int, int]] = {
    METADATA_VERSION: (7, 30),
    ELIGIBLE_LEADER_REPLICAS: (0, 1),
}

#: Feature -> level of a new cluster.
INITIAL: dict[str, int] = {METADATA_VERSION: 30, ELIGIBLE_LEADER_REPLICAS: 1}
