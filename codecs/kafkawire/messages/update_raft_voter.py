"""UpdateRaftVoter (key 82): a voter tells the leader its addresses and what it can run (KIP-853)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Message,
    String,
    Struct,
    TopLevel,
    UInt16,
    Uuid,
    nullable,
    request,
    response,
    struct,
    tagged,
)


@struct
class Listener(Message):
    """One listener of the voter."""

    name: str = String("Name of the listener.")
    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")


@struct
class KRaftVersionFeature(Message):
    """Levels of kraft.version that the voter could run."""

    min_supported_version: int = Int16("Lowest level.")
    max_supported_version: int = Int16("Highest level.")


@request(82, versions=(0, 0), flexible=0)
class UpdateRaftVoterRequest(TopLevel):
    """What is now known of a voter. Between controllers only."""

    cluster_id: str | None = String("Cluster the sender believes in; null: not checked.", nullable())
    current_leader_epoch: int = Int32("Epoch of the leader it is sent to.")
    voter_id: int = Int32("Id of the voter.")
    voter_directory_id: bytes = Uuid("Its log directory.")
    listeners: list[Listener] = Array(Listener, "Its listeners.")
    k_raft_version_feature: KRaftVersionFeature = Struct(KRaftVersionFeature, "What it could run.")


@struct
class CurrentLeader(Message):
    """The leader, so that the voter need not look for it."""

    leader_id: int = Int32("Id of the leader; -1: unknown.", default=-1)
    leader_epoch: int = Int32("Its epoch; -1: unknown.", default=-1)
    host: str = String("Host to reach it at.")
    port: int = Int32("Port to reach it at.")


@response(82, versions=(0, 0), flexible=0)
class UpdateRaftVoterResponse(TopLevel):
    """Whether it was taken in."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16("NONE, NOT_LEADER_OR_FOLLOWER, VOTER_NOT_FOUND, INVALID_UPDATE_VERSION, or an epoch error.")
    current_leader: CurrentLeader = Struct(CurrentLeader, "The leader, if it is known.", tagged(0, since=0))
