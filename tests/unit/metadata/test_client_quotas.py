"""Client quotas: kept by entity, whatever the order of its parts; refused ones leave nothing."""

from __future__ import annotations

import pytest

from kafkaemu.metadata.client_quotas import ANY, DEFAULT, EXACT, InvalidQuota, QuotaChanges, find_quotas, quota_key
from kafkaemu.metadata.controller import Controller
from kafkaemu.metadata.image import MetadataImage
from kafkaemu.metadata.snapshot import records_of_image
from tests.support.metadata import NOW_MS, one_broker_controller

ALICE = quota_key([("user", "alice")])
ALICES_APP = quota_key([("user", "alice"), ("client-id", "app")])
ANYBODY = quota_key([("user", None)])


@pytest.fixture
def controller() -> Controller:
    controller = one_broker_controller()
    rate = [("producer_byte_rate", 1000.0)]
    changed = controller.alter_client_quotas([QuotaChanges(e, rate) for e in (ALICE, ALICES_APP, ANYBODY)], NOW_MS)
    assert [one.code for one in changed] == [0, 0, 0]
    return controller


def test_parts_may_come_in_any_order() -> None:
    assert quota_key([("client-id", "app"), ("user", "alice")]) == ALICES_APP


def test_filters(controller: Controller) -> None:
    image = controller.image
    assert [e for e, _ in find_quotas(image, [("user", EXACT, "alice")], False)] == [ALICE, ALICES_APP]
    assert [e for e, _ in find_quotas(image, [("user", EXACT, "alice")], True)] == [ALICE]
    assert [e for e, _ in find_quotas(image, [("user", DEFAULT, None)], False)] == [ANYBODY]
    assert [e for e, _ in find_quotas(image, [("user", ANY, None)], True)] == [ALICE, ANYBODY]
    assert [e for e, _ in find_quotas(image, [], False)] == [ALICE, ALICES_APP, ANYBODY]
    with pytest.raises(InvalidQuota, match="Unknown match type 7"):
        find_quotas(image, [("user", 7, None)], False)


def test_a_removed_quota_is_gone_and_so_is_an_entity_without_any(controller: Controller) -> None:
    controller.alter_client_quotas([QuotaChanges(ALICE, [("producer_byte_rate", None)])], NOW_MS)
    assert ALICE not in controller.image.client_quotas


def test_one_bad_quota_refuses_all_of_its_entity(controller: Controller) -> None:
    offset = controller.image.offset
    changes = [("consumer_byte_rate", 1.0), ("request_percentage", 0.0)]
    (result,) = controller.alter_client_quotas([QuotaChanges(ALICE, changes)], NOW_MS)
    assert (result.code, result.message) == (42, "Quota request_percentage must be greater than 0")
    assert controller.image.offset == offset


def test_of_an_entity_named_twice_the_first_counts(controller: Controller) -> None:
    twice = [QuotaChanges(ALICE, [("producer_byte_rate", rate)]) for rate in (5.0, 6.0)]
    (result,) = controller.alter_client_quotas(twice, NOW_MS)
    assert (result.code, controller.image.client_quotas[ALICE]) == (42, {"producer_byte_rate": 5.0})


def test_only_validated_nothing_changes(controller: Controller) -> None:
    changes = [QuotaChanges(ALICE, [("producer_byte_rate", 9.0)])]
    (result,) = controller.alter_client_quotas(changes, NOW_MS, validate_only=True)
    assert (result.code, controller.image.client_quotas[ALICE]) == (0, {"producer_byte_rate": 1000.0})


def test_log_and_snapshot_give_the_quotas_back(controller: Controller) -> None:
    image = controller.image
    replayed, copied = MetadataImage(image.cluster_id), MetadataImage(image.cluster_id)
    controller.log.replay(replayed)
    for record in records_of_image(image):
        copied.apply(record)
    assert replayed.state() == copied.state() == image.state()
