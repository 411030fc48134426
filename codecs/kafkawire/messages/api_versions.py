"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    request,
    response,
    since,
    struct,
    tagged,
)


@request(18, versions=(0, 4), flexible=3)
class ApiVersionsRequest(TopLevel):
    """DOC"""

    client_software_name: str = String("MEANING", since(3))
    client_software_version: str = String("MEANING", since(3))


@struct
class ApiVersion(Message):
    """DOC"""

    api_key: int = Int16("MEANING")
    min_version: int = Int16("MEANING")
    max_version: int = Int16("MEANING")


@struct
class SupportedFeatureKey(Message):
    """DOC"""

    name: str = String("MEANING", since(3))
    min_version: int = Int16("MEANING", since(3))
    max_version: int = Int16("MEANING", since(3))


@struct
class FinalizedFeatureKey(Message):
    """DOC"""

    name: str = String("MEANING", since(3))
    max_version_level: int = Int16("MEANING", since(3))
    min_version_level: int = Int16("MEANING", since(3))


@response(18, versions=(0, 4), flexible=3)
class ApiVersionsResponse(TopLevel):
    """DOC"""

    error_code: int = Int16("MEANING")
    api_keys: list[ApiVersion] = Array(ApiVersion, "MEANING")
    throttle_time_ms: int = Int32("MEANING", since(1))
    supported_features: list[SupportedFeatureKey] = Array(SupportedFeatureKey, "MEANING", since(3), tagged(0, since=3))
    finalized_features_epoch: int = Int64("MEANING", since(3), tagged(1, since=3), default=-1)
    finalized_features: list[FinalizedFeatureKey] = Array(FinalizedFeatureKey, "MEANING", since(3), tagged(2, since=3))
    zk_migration_ready: bool = Bool("MEANING", since(3), tagged(3, since=3))
