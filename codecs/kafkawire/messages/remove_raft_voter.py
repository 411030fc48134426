"""RemoveRaftVoter (key 81): takes a controller out of the quorum (KIP-853)."""

from __future__ import annotations

from kafkawire.declare import Int16, Int32, String, TopLevel, Uuid, nullable, request, response


@request(81, versions=(0, 0), flexible=0)
class RemoveRaftVoterRequest(TopLevel):
    """Removes a voter."""

    cluster_id: str | None = String("Cluster the sender believes in; null: not checked.", nullable())
    voter_id: int = Int32("Id of the voter.")
    voter_directory_id: bytes = Uuid("Its log directory, so that a replaced disk is not mistaken for it.")


@response(81, versions=(0, 0), flexible=0)
class RemoveRaftVoterResponse(TopLevel):
    """Whether it is out."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16(
        "NONE; VOTER_NOT_FOUND; NOT_LEADER_OR_FOLLOWER; REQUEST_TIMED_OUT; UNSUPPORTED_VERSION: kraft.version is 0."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable())
