"""What is different in past releases of Apache Kafka, for their profiles."""

from __future__ import annotations

from collections.abc import Sequence

from kafkaemu.config import past_broker_keys
from kafkaemu.config.profiles import CURRENT, Profile
from kafkaemu.config.table import BROKER, TOPIC, KeyTable, Row
from kafkawire.releases import RELEASES, declared

#: Releases whose recorded answers are kept in ``conformance/goldens``.
TESTED = frozenset({"3.9", "3.3", "2.8"})
#: First release that forms clusters without ZooKeeper in earnest (KIP-833).
_FIRST_KRAFT = "3.3"
#: What ZooKeeper's brokers ask each other: LeaderAndIsr, StopReplica, UpdateMetadata, ControlledShutdown.
_BETWEEN_BROKERS = range(4, 8)
#: What is asked of a quorum of controllers, which there is not beside a ZooKeeper: DescribeQuorum, UnregisterBroker.
_QUORUM = (55, 64)
#: API keys -> first release in which brokers without ZooKeeper have them: delegation tokens, SCRAM credentials.
_KRAFT_LATER = {range(38, 42): "3.6", range(50, 52): "3.5"}

#: What is true of releases before one, or from one on until another.
_TRUE_BEFORE: dict[str, str | tuple[str, str]] = {
    "prints_kafka_server_started": "4.0",
    "has_no_group_configs": "4.0",
    "list_offsets_answers_repetition": "4.0",
    "largest_timestamp_is_shallow": "3.8",
    "counts_replicas_strictly": "3.7",
    "refuses_append_time": "3.6",
    "groups_end_with_their_offsets": "4.0",
    "ignores_unknown_instances": "3.0",
    "group_states_are_exact": "3.8",
    "group_states_have_blanks": "4.0",
    "assignments_are_of_stable_groups": "4.0",
    "tells_empty_protocol_names": "3.7",
    "offsets_are_told_once": "4.0",
    "offsets_are_told_by_partition": "3.5",
    "fetched_offsets_are_told_by_partition": "4.0",
    "unknown_groups_are_past_generations": "4.0",
    "awaits_share_coordinators": "4.0",
    "subscriptions_are_throttled": "4.0",
    "metrics_may_be_of_any_size": "4.0",
    "has_no_client_metrics": "3.7",
    "client_metrics_are_untyped": "4.1",
    "client_metrics_are_texts": "4.0",
    "updates_features_singly": "4.0",
    "features_may_be_nothing": ("3.7", "4.0"),
    "quotas_may_be_nothing": "3.5",
    "quotas_have_64_bits": (_FIRST_KRAFT, "3.5"),
    "cluster_metadata_is_not_authorized": (_FIRST_KRAFT, "3.9"),
    "trips_over_many_partitions": (_FIRST_KRAFT, "3.5"),
    "trips_over_unknown_lists": "4.1",
    "log_dirs_name_every_topic": "3.8",
    "unread_aborted_are_null": "3.0",
    "strangers_read_nothing": "3.0",
    "cuts_first_batches": "3.0",
    "nothing_needs_no_conversion": "3.0",
    "tells_replicas_endpoints": "4.0",
    "withholds_zstd": "4.0",
    "withheld_records_are_null": (_FIRST_KRAFT, "4.0"),
}

#: Release -> newest level of metadata.version that was ready for use.
_METADATA_VERSION = {
    "3.3": 7,
    "3.4": 8,
    "3.5": 11,
    "3.6": 14,
    "3.7": 19,
    "3.8": 20,
    "3.9": 21,
    "4.0": 25,
    "4.1": 27,
    "4.2": 29,
}
_METADATA_VERSION_MIN, _METADATA_VERSION_MIN_SINCE_4 = 1, 7
#: Feature -> by release, from then on: highest level supported, and level of a new cluster.
_FEATURES: dict[str, dict[str, tuple[int, int]]] = {
    "kraft.version": {"3.9": (1, 0), "4.1": (1, 1)},
    "transaction.version": {"4.0": (2, 2)},
    "group.version": {"4.0": (1, 1)},
    "eligible.leader.replicas.version": {"4.0": (1, 0), "4.1": (1, 1)},
    "share.version": {"4.1": (1, 0), "4.2": (1, 1)},
    "streams.version": {"4.2": (1, 1)},
}

#: Topic keys that were internal at first.
_TIERED = ("local.retention.bytes", "local.retention.ms", "remote.storage.enable")
_TIERED_IS_PUBLIC_SINCE = "3.6"
#: Release -> topic keys that came with it.
_TOPIC_KEYS_SINCE = {
    "2.3": ("max.compaction.lag.ms",),
    "3.0": _TIERED,
    "3.6": (
        "message.timestamp.after.max.ms",
        "message.timestamp.before.max.ms",
    ),
    "3.8": ("compression.gzip.level", "compression.lz4.level", "compression.zstd.level"),
    "3.9": ("remote.log.copy.disable", "remote.log.delete.on.disable"),
}
#: Timestamp with a meaning of its own in ListOffsets -> first release that knows it; None for all.
_SPECIAL_TIMESTAMPS = {-1: None, -2: None, -3: "3.0", -4: "3.5"}
_INT64_MAX = "9223372036854775807"
#: Topic keys that went with 4.0, or were otherwise before; those of brokers have ``log.`` before the name.
_KEYS_BEFORE_4: tuple[Row, ...] = (
    ("message.downconversion.enable", "BOOLEAN", "true", "", "LOW", True),
    ("message.timestamp.after.max.ms", "LONG", _INT64_MAX, "[0,...]", "MEDIUM", True),
    ("message.timestamp.difference.max.ms", "LONG", _INT64_MAX, "[0,...]", "MEDIUM", True),
    ("segment.bytes", "INT", "1073741824", "[14,...]", "MEDIUM", True),
)


def past_profile(release: str) -> Profile:
    """The profile of a release of `RELEASES` with or without its patch number. Raises `UnknownRelease`."""
    versions = {}
    for api in declared(release).values():
        last = api.last if api.stable else api.last - 1
        if api.on_brokers and last >= api.first:
            versions[api.key] = (api.first, last)
    minor = ".".join(release.split(".")[:2])
    if minor == CURRENT.release:
        return CURRENT
    between_brokers = {key: versions.pop(key) for key in _BETWEEN_BROKERS if key in versions}
    uses_zookeeper = _is_before(minor, _FIRST_KRAFT)
    if uses_zookeeper:
        for key in _QUORUM:
            versions.pop(key, None)
    for keys, since in _KRAFT_LATER.items():
        if not uses_zookeeper and _is_before(minor, since):
            for key in keys:
                del versions[key]
    supported, finalized = _features(minor)
    facts: dict[str, bool] = {name: _holds(minor, since_and_end) for name, since_and_end in _TRUE_BEFORE.items()}
    return Profile(
        release=minor,
        is_tested=minor in TESTED,
        versions=versions,
        advertised_only=between_brokers if uses_zookeeper else {},
        supported_features=supported,
        finalized_features=finalized,
        keys=_keys(minor),
        uses_zookeeper=uses_zookeeper,
        special_timestamps=_special_timestamps(minor),
        **facts,
    )


def _holds(release: str, bounds: str | tuple[str, str]) -> bool:
    since, end = (RELEASES[0], bounds) if isinstance(bounds, str) else bounds
    return _is_before(release, end) and not _is_before(release, since)


def _is_before(release: str, other: str) -> bool:
    return RELEASES.index(release) < RELEASES.index(other)


def _special_timestamps(release: str) -> frozenset[int] | None:
    """None once the version of the request decides."""
    if not _is_before(release, "3.9"):
        return None
    return frozenset(
        timestamp for timestamp, since in _SPECIAL_TIMESTAMPS.items() if since is None or not _is_before(release, since)
    )


def _keys(release: str) -> tuple[KeyTable, KeyTable]:
    if not _is_before(release, "4.0"):
        return _broker_keys(release, ()), TOPIC
    absent = frozenset(
        name for since, names in _TOPIC_KEYS_SINCE.items() if _is_before(release, since) for name in names
    )
    once_internal = frozenset(_TIERED if _is_before(release, _TIERED_IS_PUBLIC_SINCE) else ()) - absent
    changed = [*_KEYS_BEFORE_4]
    # It never changed again after 3.0.
    format_version = past_broker_keys.PROTOCOL_VERSION[release if _is_before(release, "3.0") else "3.0"]
    broker: list[Row] = [(f"log.{name}", *rest) for name, *rest in changed]  # type: ignore[misc]
    broker.append(("log.message.format.version", "STRING", format_version, "", "MEDIUM", False))
    changed.append(("message.format.version", "STRING", format_version, "", "MEDIUM", True))
    topic = [row for row in changed if row[0] not in absent]
    return _broker_keys(release, broker), TOPIC.of_release(absent, tuple(topic), once_internal=once_internal)


def _broker_keys(release: str, changed: Sequence[Row]) -> KeyTable:
    absent = frozenset(
        name for since, names in past_broker_keys.SINCE.items() if _is_before(release, since) for name in names.split()
    )
    untold = {
        name for bounds, names in past_broker_keys.UNTOLD.items() if _holds(release, bounds) for name in names.split()
    }
    # What has another default than in 4.3 says how logs work, also before it could be set.
    untold.update(row[0] for row in changed if row[0] in absent)
    rows = [*changed]
    if (protocol_version := past_broker_keys.PROTOCOL_VERSION.get(release)) is not None:
        rows.append(("inter.broker.protocol.version", "STRING", protocol_version, "", "MEDIUM", False))
    # Of several rows of a key the oldest that still held counts, which is the last.
    for end in reversed(past_broker_keys.UNTIL):
        if _is_before(release, end):
            rows += past_broker_keys.UNTIL[end]
    return BROKER.of_release(absent - untold, tuple(rows), frozenset(untold))


def _features(release: str) -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
    """Supported ranges and the levels of a new cluster; none where ZooKeeper holds the cluster's metadata."""
    supported: dict[str, tuple[int, int]] = {}
    finalized: dict[str, int] = {}
    newest = _METADATA_VERSION.get(release)
    if newest is not None:
        lowest = _METADATA_VERSION_MIN if _is_before(release, "4.0") else _METADATA_VERSION_MIN_SINCE_4
        supported["metadata.version"] = (lowest, newest)
        finalized["metadata.version"] = newest
    for name, history in _FEATURES.items():
        levels = [levels for since, levels in history.items() if not _is_before(release, since)]
        if levels:
            highest, initial = levels[-1]
            supported[name] = (0, highest)
            if initial:
                finalized[name] = initial
    return supported, finalized
