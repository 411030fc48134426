"""Every recorded answer of older releases of Kafka, held against our own broker with ``--as-version``.

In each run: the answers that differ from those of 4.3, which is where a profile is at work, of the oldest release that gave them. The
same answers of other releases, probes that wait, those that were answered as by 4.3, and that no probe has been forgotten, are looked
at by `make profiles`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kafkaconform.goldens import Index, golden_path, read_golden
from kafkaconform.registry import Probe, all_probes
from tests.support.broker import Broker, running_broker
from tests.support.goldens import GOLDENS, check_answers, known_list

RELEASES = ("3.9.1", "3.3.2", "2.8.2")

#: Probes that wait for something for a good part of a second, and those of their kind.
WAITING = {
    "incremental_alter_configs/client_metrics",
    "incremental_alter_configs/client_metrics_lists",
    "join_group/second_member",
    "offset_fetch/deleted_topic",
    "scram_credentials/round_trip",
}
#: Controllers are asked in 4.3 only.
PROBES = [probe for probe in all_probes() if not probe.at_controller]
_INDEXES = {release: Index.read(GOLDENS, release) for release in RELEASES}
_known = known_list()
#: Release -> paths of the probes that have been run.
_ran: dict[str, set[str]] = defaultdict(set)


def cases() -> Iterator[object]:
    """Release and probe, oldest first, with those marked that are for `make profiles` only."""
    for probe in PROBES:
        seen = []
        for release in reversed(RELEASES):
            golden = golden_path(GOLDENS, release, probe)
            is_own = golden.exists()
            if not is_own and probe.path not in _INDEXES[release].alike:
                continue
            steps = read_golden(golden)["steps"] if is_own else None
            is_for_each_run = is_own and steps not in seen and probe.path not in WAITING
            seen.append(steps)
            marks = () if is_for_each_run else pytest.mark.profiles
            yield pytest.param(release, probe, id=f"{release}-{probe.path}", marks=marks)


@pytest.fixture(scope="module")
def brokers() -> Iterator[dict[str, Broker]]:
    """A broker for each release."""
    with ExitStack() as stack:
        yield {
            release: stack.enter_context(
                running_broker(
                    "--listeners",
                    "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0",
                    "--as-version",
                    release.rpartition(".")[0],
                )
            )
            for release in RELEASES
        }


@pytest.mark.parametrize(("release", "probe"), list(cases()))
def test_answers_are_those_of_the_release(brokers: dict[str, Broker], release: str, probe: Probe) -> None:
    _ran[release].add(probe.path)
    check_answers(brokers[release], probe, release, _known)


@pytest.mark.profiles
@pytest.mark.parametrize("release", RELEASES)
def test_known_differences_are_needed(release: str) -> None:
    if len(_ran[release]) < len(list((GOLDENS / release).rglob("*/*.json"))):
        pytest.skip("a selection of probes says nothing about the list of known differences")
    assert [entry.reason for entry in _known.unneeded(release, _ran[release], _ran[release])] == []


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
