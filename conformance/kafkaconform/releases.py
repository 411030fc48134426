"""Which versions of which API a release of Apache Kafka serves to a client: what the probes go through, and who is asked."""

from kafkawire.releases import declared


class NotAskable(Exception):
    """A probe asks what a release cannot be asked; says what that is."""


#: The APIs that a controller answers to clients on a listener of its own (KIP-919); it has those of a quorum besides, and closes the
#: connection on all others.
CONTROLLER_APIS = frozenset(
    {17, 18, 19, 20, 29, 30, 31, 32, 33, 37, 38, 39, 40, 41, 43, 44, 45, 46, 49, 50, 51, 55, 57, 60, 64}
)

#: APIs that a broker serves whatever it is set up for, and tells of only where it is set up for them: those of telemetry, which wait
#: for a plugin that takes it.
UNTOLD_APIS = frozenset({71, 72})

#: Where answers are put together from hash maps, so that the order hangs on names or on nothing: API -> what tells the elements of
#: a list apart, topics or partitions -> first release that has an order there, None where 4.0 has none either. Metadata,
#: OffsetCommit, OffsetFetch, AlterPartitionReassignments, OffsetDelete.
_ORDERED_SINCE: dict[int, dict[str, str | None]] = {
    3: {"partition_index": None},
    8: {"name": "3.5", "partition_index": "4.0"},
    9: {"name": "4.0", "partition_index": "4.0"},
    45: {"name": "3.3", "partition_index": "3.3"},
    47: {"name": "4.0", "partition_index": "4.0"},
}


def without_order(release: str, api_key: int) -> frozenset[str]:
    """The fields that tell the elements of those lists apart whose order means nothing in a release's answers of an API."""
    lists = _ORDERED_SINCE.get(api_key, {})
    return frozenset(field for field, since in lists.items() if since is None or is_before(release, since))


def is_before(release: str, other: str) -> bool:
    """Whether a release is older than another: ``3.9.1`` than ``4.0``."""
    return _numbers(release) < _numbers(other)


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


def served_versions(release: str, api_key: int) -> range:
    """The versions of an API that brokers of a release serve, lowest first; none where it has no such API.

    Raises `kafkawire.releases.UnknownRelease`.
    """
    api = declared(release).get(api_key)
    if api is None or not api.on_brokers:
        return range(0)
    return range(api.first, api.last + api.stable)
