"""Every recorded answer of older releases of Kafka, held against our own broker with ``--as-version``.

In each run: the answers that differ from those of 4.3, which is where a profile is at work. The others, and that no probe has been
forgotten, are looked at by `make profiles`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kafkaconform.goldens import Index, golden_path
from kafkaconform.registry import Probe, all_probes
from tests.support.broker import Broker, running_broker
from tests.support.goldens import GOLDENS, Known, check_answers

RELEASES = ("3.9.1",)

#: Of every older release.
EVERYWHERE = [
    Known(
        "api_versions/*", "*.api_keys.*", "an API that is not built yet is absent, never half there", only_absent=True
    ),
]
#: Of releases before 4.0.
BEFORE_4 = [
    Known("api_versions/*", "*_features*", "features are told with the APIs that need them"),
    Known("*alter_configs/*", "*.error_message", "the sentence of 4.3"),
    Known("create_partitions/*", "*.partition_index", "the order of partitions in an answer means nothing"),
    Known("create_topics/bad_replication_factor", "*.error_message", "the sentence of 4.3"),
    Known("incremental_alter_configs/*", "*", "brokers and client metrics have the config keys of 4.3"),
    Known("offset_commit/good_and_bad_together", "*", "the order of partitions in an answer means nothing"),
    Known("update_features/*", "*", "features are refused together, as 4.3 does, not one by one"),
    Known("offset_delete/*", "*", "groups are those of the coordinator of 4.3"),
]
KNOWN: dict[str, list[Known]] = {
    "3.9.1": [
        *BEFORE_4,
        Known("fetch/as_a_replica", "*.node_endpoints*", "replicas are not told where the leader is"),
    ],
}

#: Controllers are asked in 4.3 only.
PROBES = [probe for probe in all_probes() if not probe.at_controller]
_INDEXES = {release: Index.read(GOLDENS, release) for release in RELEASES}
_needed: dict[str, set[int]] = defaultdict(set)


def cases() -> Iterator[object]:
    """Release and probe; those that say the same as 4.3 are for `make profiles`."""
    for release in RELEASES:
        for probe in PROBES:
            name = f"{release}-{probe.path}"
            if golden_path(GOLDENS, release, probe).exists():
                yield pytest.param(release, probe, id=name)
            elif probe.path in _INDEXES[release].alike:
                yield pytest.param(release, probe, id=name, marks=pytest.mark.profiles)


@pytest.fixture(scope="module")
def brokers() -> Iterator[dict[str, Broker]]:
    """A broker for each release."""
    with ExitStack() as stack:
        yield {
            release: stack.enter_context(running_broker("--as-version", release.rpartition(".")[0]))
            for release in RELEASES
        }


@pytest.mark.parametrize(("release", "probe"), list(cases()))
def test_answers_are_those_of_the_release(brokers: dict[str, Broker], release: str, probe: Probe) -> None:
    _needed[release] |= check_answers(brokers[release], probe, release, EVERYWHERE + KNOWN[release])


@pytest.mark.parametrize("release", RELEASES)
def test_known_differences_are_needed(request: pytest.FixtureRequest, release: str) -> None:
    ran = [item for item in request.session.items if "test_answers_are_those_of_the_release" in item.name]
    expected = sum(len(list((GOLDENS / each).rglob("*/*.json"))) for each in RELEASES)
    if len(ran) < expected:
        pytest.skip("a selection of probes says nothing about the list of known differences")
    first = len(EVERYWHERE)
    unneeded = [known.reason for i, known in enumerate(KNOWN[release]) if i + first not in _needed[release]]
    assert unneeded == []


@pytest.mark.profiles
@pytest.mark.parametrize("release", RELEASES)
def test_every_probe_is_recorded_or_left_out_with_its_reason(release: str) -> None:
    index = _INDEXES[release]
    recorded = {probe.path for probe in PROBES if golden_path(GOLDENS, release, probe).exists()}
    assert recorded | index.alike | set(index.left_out) == {probe.path for probe in PROBES}
    assert all(index.left_out.values())


def test_goldens_of_the_profiles_have_their_probes() -> None:
    known = {probe.path for probe in PROBES}
    stale = [
        path.relative_to(GOLDENS)
        for release in RELEASES
        for path in (GOLDENS / release).rglob("*/*.json")
        if path.relative_to(GOLDENS / release).with_suffix("").as_posix() not in known
    ]
    assert stale == []
