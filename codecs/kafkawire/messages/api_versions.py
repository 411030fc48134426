"""ApiVersions (key 18): which APIs and versions a broker serves. The first thing a client asks."""

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
    """Asks what the broker serves. May be sent before authentication, and more than once.

    Version 3 says which client is asking. A broker that does not know the version answers UNSUPPORTED_VERSION in the
    layout of version 0 (KIP-511), so any version may be tried first.
    """

    client_software_name: str = String(
        "Name of the client library; letters, digits, dots and hyphens, or INVALID_REQUEST.", since(3)
    )
    client_software_version: str = String("Its version, of the same characters.", since(3))


@struct
class ApiVersion(Message):
    """One API that the broker serves to this client."""

    api_key: int = Int16("Which API.")
    min_version: int = Int16("Oldest version served.")
    max_version: int = Int16("Newest version served.")


@struct
class SupportedFeatureKey(Message):
    """A feature that the broker could run at any of these levels (KIP-584)."""

    name: str = String("Name of the feature, such as metadata.version.", since(3))
    min_version: int = Int16(
        "Lowest level supported. Features with 0 here are left out before version 4, whose readers fail on it.",
        since(3),
    )
    max_version: int = Int16("Highest level supported.", since(3))


@struct
class FinalizedFeatureKey(Message):
    """A feature that the whole cluster has switched on, and its level (KIP-584)."""

    name: str = String("Name of the feature.", since(3))
    max_version_level: int = Int16("The level in force.", since(3))
    min_version_level: int = Int16(
        "The lowest level that was in force with it; equal to the level in force today.", since(3)
    )


@response(18, versions=(0, 4), flexible=3)
class ApiVersionsResponse(TopLevel):
    """What the broker serves.

    Its header is always version 0, since its reader may not know yet what the broker speaks. Version 1 adds the
    throttle time, version 3 the features (as tagged fields), version 4 lists features whose lowest level is 0.
    """

    error_code: int = Int16("NONE, UNSUPPORTED_VERSION (the layout is then that of version 0) or INVALID_REQUEST.")
    api_keys: list[ApiVersion] = Array(
        ApiVersion, "What is served, by API; after UNSUPPORTED_VERSION only the versions of this API."
    )
    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    supported_features: list[SupportedFeatureKey] = Array(
        SupportedFeatureKey, "What this broker could run.", since(3), tagged(0, since=3)
    )
    finalized_features_epoch: int = Int64(
        "Grows with every change of the finalized features; -1: unknown.", since(3), tagged(1, since=3), default=-1
    )
    finalized_features: list[FinalizedFeatureKey] = Array(
        FinalizedFeatureKey,
        "What the cluster runs; meaningful only with an epoch of 0 or more.",
        since(3),
        tagged(2, since=3),
    )
    zk_migration_ready: bool = Bool(
        "Once told whether a KRaft controller could take over from ZooKeeper; false since 4.0.",
        since(3),
        tagged(3, since=3),
    )
