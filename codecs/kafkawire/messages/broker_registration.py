"""BrokerRegistration (key 62): a broker that starts makes itself known to the controller (KIP-631)."""

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
    UInt16,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class Listener(Message):
    """Where the broker is reached."""

    name: str = String("Name of the listener.")
    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")
    security_protocol: int = Int16("0: PLAINTEXT, 1: SSL, 2: SASL_PLAINTEXT, 3: SASL_SSL.")


@struct
class Feature(Message):
    """Levels of a feature the broker can work with."""

    name: str = String("Name of the feature.")
    min_supported_version: int = Int16("Least level it supports.")
    max_supported_version: int = Int16("Greatest level it supports.")


@request(62, versions=(0, 4), flexible=0)
class BrokerRegistrationRequest(TopLevel):
    """Registers a broker, which stays fenced until its heartbeats show that it caught up.

    Version 1 is for the migration from ZooKeeper, 2 adds log directories (KIP-858), 3 the epoch before
    (KIP-966), 4 allows features down to level 0.
    """

    broker_id: int = Int32("Id of the broker.")
    cluster_id: str = String("Cluster it belongs to; another one: INCONSISTENT_CLUSTER_ID.")
    incarnation_id: bytes = Uuid("Made new whenever the broker process starts.")
    listeners: list[Listener] = Array(Listener, "Its listeners.")
    features: list[Feature] = Array(Feature, "Features it can work with.")
    rack: str | None = String("Rack it stands in, or null.", nullable())
    is_migrating_zk_broker: bool = Bool(
        "Whether a ZooKeeper broker registers for migration; always false since 4.0.", since(1)
    )
    log_dirs: list[bytes] = Array(Uuid, "Ids of its log directories that work.", since(2))
    previous_broker_epoch: int = Int64(
        "Epoch it had before an orderly shutdown; -1: it was none (KIP-966).", since(3), default=-1
    )


@response(62, versions=(0, 4), flexible=0)
class BrokerRegistrationResponse(TopLevel):
    """Whether the broker is registered."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16(
        "NONE; DUPLICATE_BROKER_REGISTRATION, INCONSISTENT_CLUSTER_ID, UNSUPPORTED_VERSION (a feature), INVALID_REGISTRATION."
    )
    broker_epoch: int = Int64(
        "Epoch of the registration, to be told in all later requests; -1 on an error.", default=-1
    )
