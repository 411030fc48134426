"""Levels of features: what may change does, as a whole; eligible leader replicas pin the smallest ISR."""

from __future__ import annotations

import pytest

from kafkaemu.metadata.config_changes import ConfigChanges, Operation
from kafkaemu.metadata.feature_updates import FeatureChange, InvalidUpdate, UpgradeType
from kafkaemu.metadata.image import ResourceType
from tests.support.metadata import NOW_MS, one_broker_controller

ELR = "eligible.leader.replicas.version"
OFF = FeatureChange(ELR, 0, UpgradeType.SAFE_DOWNGRADE)
ON = FeatureChange(ELR, 1, UpgradeType.UPGRADE)


def test_a_feature_goes_off_and_on_again_and_pins_the_smallest_isr() -> None:
    c = one_broker_controller(min_insync_replicas="2")
    c.update_features([OFF], NOW_MS)
    assert ELR not in c.image.features
    removal = ConfigChanges(ResourceType.BROKER, "", [("min.insync.replicas", Operation.DELETE, None)])
    assert [one.code for one in c.alter_configs([removal], NOW_MS)] == [0]
    c.update_features([ON], NOW_MS)
    assert (c.image.features[ELR], dict(c.image.configs(ResourceType.BROKER, ""))) == (1, {"min.insync.replicas": "2"})
    assert [one.code for one in c.alter_configs([removal], NOW_MS)] == [40]


def test_one_bad_level_refuses_all() -> None:
    c = one_broker_controller()
    bad = FeatureChange("metadata.version", 29, UpgradeType.SAFE_DOWNGRADE)
    with pytest.raises(InvalidUpdate, match="downgrade from 30 to 29"):
        c.update_features([OFF, bad], NOW_MS)
    assert c.image.features[ELR] == 1


def test_only_validated_nothing_changes() -> None:
    c = one_broker_controller()
    c.update_features([OFF], NOW_MS, validate_only=True)
    assert c.image.features[ELR] == 1
