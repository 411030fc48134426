"""Vote (key 52): a replica asks voters for their vote in the metadata quorum (KIP-595)."""

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
    tagged,
)


@struct
class Candidacy(Message):
    """The candidate and how far its log goes."""

    partition_index: int = Int32("Partition.")
    replica_epoch: int = Int32("Epoch it stands for, or in a pre-vote the one it is in.")
    replica_id: int = Int32("Id of the candidate.")
    replica_directory_id: bytes = Uuid("Its log directory.", since(1))
    voter_directory_id: bytes = Uuid("Log directory of the voter asked; another one must not vote.", since(1))
    last_offset_epoch: int = Int32("Epoch of the last record in the candidate's log.")
    last_offset: int = Int64("End of the candidate's log: first offset that is not in it.")
    pre_vote: bool = Bool(
        "Whether it only asks if it would be elected (KIP-996); nothing is remembered then.", since(2)
    )


@struct
class CandidacyTopic(Message):
    """Candidacies in one topic."""

    topic_name: str = String("Topic; in practice __cluster_metadata.")
    partitions: list[Candidacy] = Array(Candidacy, "Its partitions.")


@request(52, versions=(0, 2), flexible=0)
class VoteRequest(TopLevel):
    """Asks for a vote. Version 1 names directories (KIP-853), version 2 adds the pre-vote (KIP-996)."""

    cluster_id: str | None = String("Cluster the sender believes in; null: not checked.", nullable(), default=None)
    voter_id: int = Int32("Id of the voter asked; -1: not checked.", since(1), default=-1)
    topics: list[CandidacyTopic] = Array(CandidacyTopic, "Candidacies, by topic.")


@struct
class Ballot(Message):
    """The vote for one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE or why there was no vote at all: INVALID_REQUEST, INCONSISTENT_VOTER_SET, an epoch error."
    )
    leader_id: int = Int32("Leader the voter knows; -1: none.")
    leader_epoch: int = Int32("Newest epoch the voter knows.")
    vote_granted: bool = Bool("Whether the candidate got the vote.")


@struct
class BallotTopic(Message):
    """Votes in one topic."""

    topic_name: str = String("Topic.")
    partitions: list[Ballot] = Array(Ballot, "Its partitions.")


@struct
class NodeEndpoint(Message):
    """Address of a leader named in this answer."""

    node_id: int = Int32("Id of the broker.", since(1))
    host: str = String("Host to connect to.", since(1))
    port: int = UInt16("Port to connect to.", since(1))


@response(52, versions=(0, 2), flexible=0)
class VoteResponse(TopLevel):
    """The votes. Version 1 adds addresses of leaders."""

    error_code: int = Int16("NONE or what is wrong with the request as a whole, such as INCONSISTENT_CLUSTER_ID.")
    topics: list[BallotTopic] = Array(BallotTopic, "Votes, by topic.")
    node_endpoints: list[NodeEndpoint] = Array(
        NodeEndpoint, "Addresses of the leaders named.", since(1), tagged(0, since=1)
    )
