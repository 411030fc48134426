"""Profiles: what a release is, out of the facts about it."""

from __future__ import annotations

import pytest

from kafkaemu.config.profiles import CURRENT, profile_of
from kafkaemu.handlers.served import advertised, served
from kafkawire.index import APIS
from kafkawire.releases import RELEASES, UnknownRelease

ZOOKEEPER_KEYS = {4, 5, 6, 7}


def test_the_current_release_is_the_same_object_however_it_is_named() -> None:
    assert profile_of("4.3") is CURRENT
    assert profile_of("4.3.1") is CURRENT


@pytest.mark.parametrize("release", ["2.1", "4.4", "3", "3.9.x", "3.9.1.0", ""])
def test_a_release_there_are_no_facts_on_is_refused(release: str) -> None:
    with pytest.raises(UnknownRelease):
        profile_of(release)


@pytest.mark.parametrize("release", RELEASES)
def test_every_profile_serves_only_versions_that_are_declared_here(release: str) -> None:
    for key, (first, last) in served(profile_of(release)).items():
        assert APIS[key].first <= first <= last <= APIS[key].last


def test_the_patch_number_makes_no_difference() -> None:
    assert profile_of("3.9.1").versions == profile_of("3.9").versions


def test_versions_that_were_not_stable_are_not_served() -> None:
    assert 76 not in (profile_of("3.9").versions or {})
    assert served(profile_of("4.1"))[22] == (0, 5)
    assert served(profile_of("3.6"))[8] == (0, 8)


def test_old_versions_are_served_and_advertised_before_4() -> None:
    profile = profile_of("3.9")
    assert served(profile)[0] == (0, 11)
    assert served(profile)[1] == (0, 17)
    assert advertised({}, profile)[0] == (0, 11)


def test_a_broker_of_4_0_tells_of_produce_0_and_does_not_serve_it() -> None:
    profile = profile_of("4.0")
    assert served(profile)[0] == (3, 12)
    assert advertised({"transaction.version": 2}, profile)[0] == (0, 12)


def test_brokers_with_zookeeper_tell_what_they_ask_each_other() -> None:
    for release, expected in (("2.8", ZOOKEEPER_KEYS), ("3.3", set())):
        profile = profile_of(release)
        assert advertised({}, profile).keys() & ZOOKEEPER_KEYS == expected
        assert not served(profile).keys() & ZOOKEEPER_KEYS
        assert list(advertised({}, profile)) == sorted(advertised({}, profile))
