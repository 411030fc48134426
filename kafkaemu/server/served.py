"""What this broker serves, and what it advertises: computed here and nowhere else (DESIGN 10)."""

from __future__ import annotations

from collections.abc import Iterable

from kafkawire.index import APIS

_PRODUCE = 0
_INIT_PRODUCER_ID = 22

#: API key -> newest version served where it is not the newest declared. Produce from version 12 on belongs to
#: transaction.version 2, which this broker does not have yet; InitProducerId 6 is declared but not stable (apis.tsv).
NEWEST_SERVED: dict[int, int] = {_PRODUCE: 11, _INIT_PRODUCER_ID: 5}
#: API key -> oldest version advertised where it is older than what is served: librdkafka looks for Produce 0 (KAFKA-18659).
OLDEST_ADVERTISED: dict[int, int] = {_PRODUCE: 0}


def served_versions(handlers: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Oldest and newest version answered, by API key, of the APIs that have handlers."""
    return {key: (APIS[key].oldest, NEWEST_SERVED.get(key, APIS[key].last)) for key in sorted(handlers)}


def advertised_versions(handlers: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Oldest and newest version that ApiVersions tells, by API key in ascending order."""
    return {
        key: (OLDEST_ADVERTISED.get(key, oldest), newest) for key, (oldest, newest) in served_versions(handlers).items()
    }
