"""FindCoordinator (key 10): which broker coordinates a group or a transactional producer."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
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


@request(10, versions=(0, 6), flexible=3)
class FindCoordinatorRequest(TopLevel):
    """Asks for coordinators.

    Version 1 adds transactions, version 4 many keys at once (KIP-699), version 6 share groups (KIP-932).
    """

    key: str = String("Group id or transactional id.", until(3))
    key_type: int = Int8("Kind of key: 0 group, 1 transaction, 2 share (group:topic id:partition).", since(1))
    coordinator_keys: list[str] = Array(String, "The keys, all of one kind.", since(4))


@struct
class Coordinator(Message):
    """The coordinator of one key."""

    key: str = String("The key asked about.", since(4))
    node_id: int = Int32("Its broker; -1 on an error.", since(4))
    host: str = String("Host to connect to.", since(4))
    port: int = Int32("Port to connect to; -1 on an error.", since(4))
    error_code: int = Int16("NONE or why there is none.", since(4))
    error_message: str | None = String("What was wrong, in words; empty if nothing was.", since(4), nullable(4))


@response(10, versions=(0, 6), flexible=3)
class FindCoordinatorResponse(TopLevel):
    """Where the coordinators are.

    Version 1 adds throttle time and message, version 4 one entry per key.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    error_code: int = Int16("NONE or why there is none.", until(3))
    error_message: str | None = String(
        "What was wrong, in words; NONE if nothing was.", since(1), until(3), nullable(1)
    )
    node_id: int = Int32("Its broker; -1 on an error.", until(3))
    host: str = String("Host to connect to.", until(3))
    port: int = Int32("Port to connect to; -1 on an error.", until(3))
    coordinators: list[Coordinator] = Array(Coordinator, "One entry per key asked for.", since(4))
