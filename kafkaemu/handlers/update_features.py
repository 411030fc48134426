"""UpdateFeatures: sets levels of the cluster's features, all of them or none.

Behavior:
    INVALID_UPDATE_VERSION with the sentence of the first feature that cannot be: an unknown upgrade type, a negative level,
    a feature that is not known, a level out of its range, a way down that is not called one, a way up that is called a
    way down, any way down of metadata.version. A level that is already set is no error. A refusal has no results.

Versions:
    1 takes the type of the change, where 0 says whether levels may go down, and can ask for validation only; 2 answers
    without results.
"""

from __future__ import annotations

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
    changes = [
        FeatureChange(update.feature, update.max_version_level, _upgrade_type(update, request.version))
        for update in body.feature_updates
    ]
    try:
        context.controller.update_features(changes, context.clock.now_ms(), validate_only=body.validate_only)
    except InvalidUpdate as error:
        return UpdateFeaturesResponse(
            error_code=ErrorCode.INVALID_UPDATE_VERSION, error_message=f"{_FAILED}{error}", results=[]
        )
    results = [FeatureResult(feature=change.name, error_message="NONE") for change in changes]
    return UpdateFeaturesResponse(error_message=None, results=results if request.version <= 1 else [])


def _upgrade_type(update: FeatureUpdate, version: int) -> int:
    if version >= 1:
        return update.upgrade_type
    return UpgradeType.SAFE_DOWNGRADE if update.allow_downgrade else UpgradeType.UPGRADE
