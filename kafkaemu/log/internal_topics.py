"""The topics that hold a broker's own state, by Kafka's names (org.apache.kafka.common.internals.Topic)."""

from __future__ import annotations

CLUSTER_METADATA = "__cluster_metadata"
CONSUMER_OFFSETS = "__consumer_offsets"
SHARE_GROUP_STATE = "__share_group_state"
TRANSACTION_STATE = "__transaction_state"

#: Topics whose records are the broker's own state; the bound on memory takes nothing from them.
INTERNAL_TOPICS = frozenset({CLUSTER_METADATA, CONSUMER_OFFSETS, SHARE_GROUP_STATE, TRANSACTION_STATE})
