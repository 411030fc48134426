"""UpdateFeatures: sets levels of the cluster's features, all of them or none.

Behavior:
    - INVALID_UPDATE_VERSION (95) with the sentence of the first feature that cannot be, in the order of a hash map; then
      nothing is changed, and there are no results. Of one feature the first of the following counts.
      [update_features/refused, update_features/order_of_checks, at_controller/update_features/*]
    - An upgrade type that there is not. [update_features/downgrades, update_features/order_of_checks]
    - A negative level. [update_features/refused, update_features/order_of_checks]
    - A feature that is not known. [update_features/refused, update_features/order_of_checks]
    - A level out of its range. [update_features/refused, update_features/order_of_checks]
    - A way down that is not called one, or a way up that is called a way down. [update_features/downgrades]
    - Any way down of metadata.version: it might lose metadata. [update_features/refused, update_features/order_of_checks]
    - A level that is already set is no error. Of several for a feature the last counts. [update_features/downgrades,
      update_features/several_succeed]
    - In profiles up to 3.9 each feature has its own result, and the request as a whole no error; level 0 can be had of any
      feature. [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - 0 says whether levels may go down; 1 takes the type of the change, and can ask for validation only; both tell every
      feature. [update_features/refused, update_features/downgrades, update_features/several_succeed]
    - 2 answers without results. [update_features/refused, update_features/downgrades]
"""

from __future__ import annotations

from collections.abc import Iterable

from kafkaemu.coordinator.java_hash import hash_map_order
from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.metadata.feature_updates import FeatureChange, InvalidUpdate, UpgradeType
from kafkawire.errors import ErrorCode
from kafkawire.messages.update_features import (
    FeatureResult,
    FeatureUpdate,
    UpdateFeaturesRequest,
    UpdateFeaturesResponse,
)

_FAILED = "The update failed for all features since the following feature had an error: "


def handle(context: Context, request: Request, body: UpdateFeaturesRequest) -> Answer:
    """Answer one UpdateFeatures request."""
    by_name = {
        update.feature: FeatureChange(update.feature, update.max_version_level, _upgrade_type(update, request.version))
        for update in body.feature_updates
    }
    # The first that cannot be is the first in a hash map of the reference.
    if context.profile.updates_features_singly:
        return _one_by_one(context, body, [by_name[name] for name in sorted(by_name)])
    changes = [by_name[name] for name in hash_map_order(by_name)]
    try:
        context.controller.update_features(changes, context.clock.now_ms(), validate_only=body.validate_only)
    except InvalidUpdate as error:
        return UpdateFeaturesResponse(
            error_code=ErrorCode.INVALID_UPDATE_VERSION, error_message=f"{_FAILED}{error}", results=[]
        )
    results = [FeatureResult(feature=update.feature, error_message="NONE") for update in body.feature_updates]
    return UpdateFeaturesResponse(error_message=None, results=results if request.version <= 1 else [])


def _one_by_one(
    context: Context, body: UpdateFeaturesRequest, changes: Iterable[FeatureChange]
) -> UpdateFeaturesResponse:
    """Each feature succeeds or fails for itself, and the request never does."""
    uses_zookeeper = context.profile.uses_zookeeper
    code = ErrorCode.INVALID_REQUEST if uses_zookeeper else ErrorCode.INVALID_UPDATE_VERSION
    results = {}
    for change in changes:
        result = results[change.name] = FeatureResult(feature=change.name, error_message=None)
        try:
            context.controller.update_features([change], context.clock.now_ms(), validate_only=body.validate_only)
        except InvalidUpdate as error:
            result.error_code, result.error_message = code, str(error)
    return UpdateFeaturesResponse(error_message=None if uses_zookeeper else "", results=list(results.values()))


def _upgrade_type(update: FeatureUpdate, version: int) -> int:
    if version >= 1:
        return update.upgrade_type
    return UpgradeType.SAFE_DOWNGRADE if update.allow_downgrade else UpgradeType.UPGRADE
