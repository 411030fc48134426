"""UpdateFeatures (key 57): switches features such as metadata.version to a level (KIP-584)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    since,
    struct,
    until,
)


@struct
class FeatureUpdate(Message):
    """A feature and its new level."""

    feature: str = String("Name of the feature.")
    max_version_level: int = Int16("The new level; 0: off.")
    allow_downgrade: bool = Bool("Whether the level may be lower than now.", until(0))
    upgrade_type: int = Int8(
        "1 upgrade, 2 downgrade if nothing is lost, 3 downgrade even if something is.", since(1), default=1
    )


@request(57, versions=(0, 2), flexible=0)
class UpdateFeaturesRequest(TopLevel):
    """Changes levels, all or none. Version 1 adds the type and the dry run, 2 the answer without results."""

    timeout_ms: int = Int32("How long the controller may take, in ms.", default=60000)
    feature_updates: list[FeatureUpdate] = Array(FeatureUpdate, "The new levels.")
    validate_only: bool = Bool("Whether to check only.", since(1))


@struct
class FeatureResult(Message):
    """How it went with one feature."""

    feature: str = String("Name of the feature.")
    error_code: int = Int16("NONE, FEATURE_UPDATE_FAILED or INVALID_UPDATE_VERSION.")
    error_message: str | None = String("What is wrong in words, or null.", nullable())


@response(57, versions=(0, 2), flexible=0)
class UpdateFeaturesResponse(TopLevel):
    """How it went. From version 2 on there is only the error of the whole."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16(
        "NONE or why nothing changed: FEATURE_UPDATE_FAILED, INVALID_UPDATE_VERSION, NOT_CONTROLLER."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable())
    results: list[FeatureResult] = Array(FeatureResult, "One result for each feature.", until(1))
