"""ShareAcknowledge (key 79): a member of a share group says what became of records (KIP-932)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    Struct,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
)


@struct
class AcknowledgementBatch(Message):
    """What became of records next to one another."""

    first_offset: int = Int64("First of them.")
    last_offset: int = Int64("Last of them, inclusive.")
    acknowledge_types: list[int] = Array(
        Int8, "One for all, or one for each record: 0 gap, 1 accept, 2 release, 3 reject, 4 renew (since version 2)."
    )


@struct
class AcknowledgePartition(Message):
    """Acknowledgements of one partition."""

    partition_index: int = Int32("Partition.")
    acknowledgement_batches: list[AcknowledgementBatch] = Array(AcknowledgementBatch, "The batches.")


@struct
class AcknowledgeTopic(Message):
    """Acknowledgements of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[AcknowledgePartition] = Array(AcknowledgePartition, "Its partitions.")


@request(79, versions=(0, 2), flexible=0)
class ShareAcknowledgeRequest(TopLevel):
    """Acknowledges records that a ShareFetch acquired.

    Version 0 was a preview; version 2 can renew the lock (KIP-1222).
    """

    group_id: str | None = String("Group.", nullable(), default=None)
    member_id: str | None = String("Id the member made for itself.", nullable())
    share_session_epoch: int = Int32("Number of this request in the share session, 1 or more; -1: ends the session.")
    is_renew_ack: bool = Bool("Whether some type is 4, renew.", since(2))
    topics: list[AcknowledgeTopic] = Array(AcknowledgeTopic, "Acknowledgements, by topic.")


@struct
class LeaderIdAndEpoch(Message):
    """The leader now, told along with an error so that the client need not ask."""

    leader_id: int = Int32("Broker that leads; -1: unknown.")
    leader_epoch: int = Int32("Its epoch; -1: unknown.")


@struct
class PartitionResult(Message):
    """How it went with one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE; INVALID_RECORD_STATE: the member does not hold them any more; NOT_LEADER_OR_FOLLOWER; UNKNOWN_TOPIC_ID."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    current_leader: LeaderIdAndEpoch = Struct(
        LeaderIdAndEpoch, "The leader, after NOT_LEADER_OR_FOLLOWER or FENCED_LEADER_EPOCH."
    )


@struct
class ShareAcknowledgeTopicResponse(Message):
    """How it went with one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionResult] = Array(PartitionResult, "Its partitions.")


@struct
class NodeEndpoint(Message):
    """Address of a leader named in this answer."""

    node_id: int = Int32("Id of the broker.")
    host: str = String("Host to connect to.")
    port: int = Int32("Port to connect to.")
    rack: str | None = String("Rack it stands in, or null.", nullable(), default=None)


@response(79, versions=(0, 2), flexible=0)
class ShareAcknowledgeResponse(TopLevel):
    """How it went, by topic. Version 2 adds the time of the lock."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16(
        "NONE or what is wrong with the session: SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH, or the group."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    acquisition_lock_timeout_ms: int = Int32("How long acquired records stay reserved for the member, in ms.", since(2))
    responses: list[ShareAcknowledgeTopicResponse] = Array(ShareAcknowledgeTopicResponse, "Results, by topic.")
    node_endpoints: list[NodeEndpoint] = Array(NodeEndpoint, "Addresses of the leaders named.")
