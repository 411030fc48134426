"""What is different in past releases of Apache Kafka, for their profiles."""

from __future__ import annotations

from kafkaemu.config.profiles import CURRENT, Profile
from kafkawire.releases import RELEASES, declared

#: Releases whose recorded answers are kept in ``conformance/goldens``.
TESTED: frozenset[str] = frozenset()
#: First release that forms clusters without ZooKeeper in earnest (KIP-833).
_FIRST_KRAFT = "3.3"
#: What ZooKeeper's brokers ask each other: LeaderAndIsr, StopReplica, UpdateMetadata, ControlledShutdown.
_BETWEEN_BROKERS = range(4, 8)
#: API keys -> first release in which brokers without ZooKeeper have them: delegation tokens, SCRAM credentials.
_KRAFT_LATER = {range(38, 42): "3.6", range(50, 52): "3.5"}

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
    "streams.version": {"4.1": (1, 0), "4.2": (1, 1)},
}


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
    for keys, since in _KRAFT_LATER.items():
        if not uses_zookeeper and _is_before(minor, since):
            for key in keys:
                del versions[key]
    is_before_4 = _is_before(minor, "4.0")
    supported, finalized = _features(minor)
    return Profile(
        release=minor,
        is_tested=minor in TESTED,
        versions=versions,
        advertised_only=between_brokers if uses_zookeeper else {},
        supported_features=supported,
        finalized_features=finalized,
        uses_zookeeper=uses_zookeeper,
        prints_kafka_server_started=is_before_4,
        has_no_group_configs=is_before_4,
        list_offsets_answers_repetition=is_before_4,
        withheld_records_are_null=is_before_4,
    )


def _is_before(release: str, other: str) -> bool:
    return RELEASES.index(release) < RELEASES.index(other)


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
