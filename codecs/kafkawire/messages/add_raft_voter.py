"""AddRaftVoter (key 80): an operator, or a controller itself, adds a voter to the metadata quorum (KIP-853)."""

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
    since,
    struct,
)


@struct
class Listener(Message):
    """Where the new voter is reached."""

    name: str = String("Name of the listener.")
    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")


@request(80, versions=(0, 1), flexible=0)
class AddRaftVoterRequest(TopLevel):
    """Adds one voter; only one change of the voters is under way at a time.

    Version 1 lets the answer come before the change is committed.
    """

    cluster_id: str | None = String(
        "Cluster the sender believes in; null: not checked. Another one: INCONSISTENT_CLUSTER_ID.", nullable()
    )
    timeout_ms: int = Int32("How long to wait until the change is committed, in ms.")
    voter_id: int = Int32("Node id of the new voter.")
    voter_directory_id: bytes = Uuid("Directory id of its metadata log.")
    listeners: list[Listener] = Array(Listener, "Its controller listeners.")
    ack_when_committed: bool = Bool(
        "Answer when the change is committed; false: as soon as it is written.", since(1), default=True
    )


@response(80, versions=(0, 1), flexible=0)
class AddRaftVoterResponse(TopLevel):
    """Whether the voter was added."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16(
        "NONE; DUPLICATE_VOTER, REQUEST_TIMED_OUT, or NOT_LEADER_OR_FOLLOWER: not the active controller."
    )
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable())
