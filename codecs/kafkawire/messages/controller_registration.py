"""ControllerRegistration (key 70): a controller tells the active one how it is reached and what it supports
(KIP-919).
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    UInt16,
    Uuid,
    nullable,
    request,
    response,
    struct,
)


@struct
class Listener(Message):
    """Where the controller is reached."""

    name: str = String("Name of the listener.")
    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")
    security_protocol: int = Int16("0: PLAINTEXT, 1: SSL, 2: SASL_PLAINTEXT, 3: SASL_SSL.")


@struct
class Feature(Message):
    """Levels of a feature the controller can work with."""

    name: str = String("Name of the feature.")
    min_supported_version: int = Int16("Least level it supports.")
    max_supported_version: int = Int16("Greatest level it supports.")


@request(70, versions=(0, 0), flexible=0)
class ControllerRegistrationRequest(TopLevel):
    """Registers a controller."""

    controller_id: int = Int32("Node id of the controller.")
    incarnation_id: bytes = Uuid("Made new whenever the controller process starts.")
    zk_migration_ready: bool = Bool("Whether it is set up for the migration from ZooKeeper; always false since 4.0.")
    listeners: list[Listener] = Array(Listener, "Its listeners.")
    features: list[Feature] = Array(Feature, "Features it can work with.")


@response(70, versions=(0, 0), flexible=0)
class ControllerRegistrationResponse(TopLevel):
    """Whether it is registered."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE; NOT_CONTROLLER: another one is active.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
