"""Profiles: what a release is, out of the facts about it."""

from __future__ import annotations

import pytest

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.dynamic import validate_broker
from kafkaemu.config.profiles import CURRENT
from kafkaemu.config.releases import profile_of
from kafkaemu.config.values import ConfigError
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


def configured(release: str, **texts: str) -> BrokerConfig:
    config = BrokerConfig({name.replace("_", "."): text for name, text in texts.items()})
    keys = profile_of(release).keys
    assert keys is not None
    config.use_keys(*keys)
    return config


def test_keys_that_have_gone_are_there_with_the_values_that_they_are_given() -> None:
    config = configured("2.8", zookeeper_connect="zk:2181")
    assert config["zookeeper.connect"] == "zk:2181"
    assert config["inter.broker.protocol.version"] == "2.8-IV1"
    assert "port" not in configured("3.3").broker_keys
    with pytest.raises(ConfigError, match="Cannot update these configs dynamically"):
        validate_broker(config, {"zookeeper.connect": "other:2181"}, is_default=False)
    with pytest.raises(ConfigError, match="Not a number of type INT"):
        configured("2.8", zookeeper_session_timeout_ms="soon")


def test_keys_that_came_later_say_how_the_broker_works_and_can_be_set_to_anything() -> None:
    config = configured("2.8", group_coordinator_threads="3")
    assert config["group.coordinator.threads"] == 3
    assert "group.coordinator.threads" not in config.broker_keys
    validate_broker(config, {"group.coordinator.threads": "many", "cordoned.log.dirs": "/nope"}, is_default=True)


@pytest.mark.parametrize(
    ("key", "releases"),
    [
        ("port", "2.2 2.3 2.4 2.5 2.6 2.7 2.8"),
        ("node.id", "3.0 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 4.0 4.1 4.2"),
        ("auto.include.jmx.reporter", "3.4 3.5 3.6 3.7 3.8 3.9"),
        ("remote.log.reader.threads", "3.6 3.7 3.8 3.9 4.0 4.1 4.2"),
        ("group.coordinator.threads", "3.7 3.8 3.9 4.0 4.1 4.2"),
        ("group.consumer.migration.policy", "3.8 4.0 4.1 4.2"),
        ("group.share.max.groups", "3.9 4.0"),
        ("share.coordinator.threads", "4.0 4.1 4.2"),
        ("cordoned.log.dirs", ""),
    ],
)
def test_keys_are_told_by_the_releases_that_told_them(key: str, releases: str) -> None:
    assert [release for release in RELEASES[:-1] if key in set(configured(release).broker_keys)] == releases.split()


@pytest.mark.parametrize(("release", "bytes_max"), [("2.4", 1_000_012), ("2.5", 1_048_588)])
def test_a_default_is_that_of_the_release(release: str, bytes_max: int) -> None:
    assert configured(release)["message.max.bytes"] == bytes_max
    assert configured(release).topic_defaults()["max.message.bytes"] == bytes_max
    assert configured(release, message_max_bytes="7")["message.max.bytes"] == 7


@pytest.mark.parametrize("release", [release for release in RELEASES if release < "4.0"])
def test_a_broker_of_every_release_has_keys(release: str) -> None:
    names = set(configured(release).broker_keys)
    assert {"zookeeper.connect", "log.retention.ms", "inter.broker.protocol.version"} <= names
    assert not {"cordoned.log.dirs", "share.coordinator.threads"} & names
