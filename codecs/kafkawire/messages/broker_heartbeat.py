"""BrokerHeartbeat (key 63): a broker keeps its registration with the controller alive (KIP-631)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Int64,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    tagged,
)


@request(63, versions=(0, 2), flexible=0)
class BrokerHeartbeatRequest(TopLevel):
    """Says that the broker is alive, and how far it has come.

    Version 1 adds failed directories (KIP-858), version 2 those that shall get no new partitions.
    """

    broker_id: int = Int32("Id of the broker.")
    broker_epoch: int = Int64("Epoch of its registration; -1: unknown.", default=-1)
    current_metadata_offset: int = Int64("Offset up to which the broker has applied the metadata log.")
    want_fence: bool = Bool("Asks to be fenced: to lead nothing, though still registered.")
    want_shut_down: bool = Bool("Asks to shut down in an orderly way, once its leaderships have moved.")
    offline_log_dirs: list[bytes] = Array(Uuid, "Ids of log directories that failed.", since(1), tagged(0, since=1))
    cordoned_log_dirs: list[bytes] | None = Array(
        Uuid,
        "Ids of log directories that shall get no new partitions; null: unchanged.",
        since(2),
        nullable(2),
        tagged(1, since=2),
        default=None,
    )


@response(63, versions=(0, 2), flexible=0)
class BrokerHeartbeatResponse(TopLevel):
    """What the broker may do now."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE; STALE_BROKER_EPOCH, BROKER_ID_NOT_REGISTERED: register again.")
    is_caught_up: bool = Bool("Whether the broker has nearly all of the metadata log.")
    is_fenced: bool = Bool("Whether it is fenced, and so not told to clients.", default=True)
    should_shut_down: bool = Bool("Whether it may go: nothing is led by it any more.")
