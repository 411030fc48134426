"""ShareFetch (key 78): a member of a share group takes records, and acknowledges earlier ones (KIP-932)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Message,
    Records,
    String,
    Struct,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
    until,
)
from kafkawire.primitives import RecordsValue


@struct
class AcknowledgementBatch(Message):
    """What became of records next to one another."""

    first_offset: int = Int64("First of them.")
    last_offset: int = Int64("Last of them, inclusive.")
    acknowledge_types: list[int] = Array(
        Int8, "One for all, or one for each record: 0 gap, 1 accept, 2 release, 3 reject, 4 renew (since version 2)."
    )


@struct
class FetchPartition(Message):
    """What is wanted of one partition."""

    partition_index: int = Int32("Partition.")
    partition_max_bytes: int = Int32("Most bytes of records wanted; 0: only acknowledgements.", until(0))
    acknowledgement_batches: list[AcknowledgementBatch] = Array(
        AcknowledgementBatch, "Acknowledgements of records acquired earlier."
    )


@struct
class FetchTopic(Message):
    """What is wanted of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[FetchPartition] = Array(FetchPartition, "Its partitions.")


@struct
class ForgottenTopic(Message):
    """Partitions to leave out of the session from now on."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[int] = Array(Int32, "Partitions.")


@request(78, versions=(0, 2), flexible=0)
class ShareFetchRequest(TopLevel):
    """Acquires records.

    Version 0 was a preview; 1 counts records, 2 adds the mode (KIP-1206) and renewal (KIP-1222).
    """

    group_id: str | None = String("Group.", nullable(), default=None)
    member_id: str | None = String("Id the member made for itself.", nullable())
    share_session_epoch: int = Int32("Number of this request in the share session; 0: opens one, -1: ends it.")
    max_wait_ms: int = Int32("How long to wait for min_bytes, in ms.")
    min_bytes: int = Int32("Bytes of records to wait for.")
    max_bytes: int = Int32(
        "Most bytes of records in the answer, unless the first batch alone is larger.", default=2147483647
    )
    max_records: int = Int32(
        "Most records to acquire; a batch is acquired whole in mode 0, so that there may be more.", since(1)
    )
    batch_size: int = Int32("Records the client would like to have in one acquired range.", since(1))
    share_acquire_mode: int = Int8("0: whole batches, 1: no more than max_records.", since(2))
    is_renew_ack: bool = Bool("Whether some acknowledgement type is 4, renew; nothing may be fetched then.", since(2))
    topics: list[FetchTopic] = Array(FetchTopic, "What is new in the session or acknowledged, by topic.")
    forgotten_topics_data: list[ForgottenTopic] = Array(ForgottenTopic, "What to leave out of the session.")


@struct
class LeaderIdAndEpoch(Message):
    """The leader now, told along with an error so that the client need not ask."""

    leader_id: int = Int32("Broker that leads; -1: unknown.")
    leader_epoch: int = Int32("Its epoch; -1: unknown.")


@struct
class AcquiredRecords(Message):
    """A range of records that is now reserved for this member."""

    first_offset: int = Int64("First of them.")
    last_offset: int = Int64("Last of them, inclusive.")
    delivery_count: int = Int16("How often they have been delivered, this time included.")


@struct
class PartitionData(Message):
    """Records of one partition, or why there are none."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE or why nothing could be fetched.")
    error_message: str | None = String("The same in words; null without an error.", nullable(), default=None)
    acknowledge_error_code: int = Int16(
        "NONE or why the acknowledgements failed; INVALID_RECORD_STATE: the member does not hold the records."
    )
    acknowledge_error_message: str | None = String(
        "The same in words; null without an error.", nullable(), default=None
    )
    current_leader: LeaderIdAndEpoch = Struct(
        LeaderIdAndEpoch, "The leader, after NOT_LEADER_OR_FOLLOWER or FENCED_LEADER_EPOCH."
    )
    records: RecordsValue | None = Records("Batches; only what acquired_records names is the member's.", nullable(0, 0))
    acquired_records: list[AcquiredRecords] = Array(AcquiredRecords, "The ranges acquired.")


@struct
class ShareFetchableTopicResponse(Message):
    """Records of one topic."""

    topic_id: bytes = Uuid("Topic by id.")
    partitions: list[PartitionData] = Array(PartitionData, "Its partitions.")


@struct
class NodeEndpoint(Message):
    """Address of a leader named in this answer."""

    node_id: int = Int32("Id of the broker.")
    host: str = String("Host to connect to.")
    port: int = Int32("Port to connect to.")
    rack: str | None = String("Rack it stands in, or null.", nullable(), default=None)


@response(78, versions=(0, 2), flexible=0)
class ShareFetchResponse(TopLevel):
    """Records by partition. Version 1 adds the time of the lock."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16(
        "NONE or what is wrong with the session: SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH, or the group."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    acquisition_lock_timeout_ms: int = Int32("How long acquired records stay reserved for the member, in ms.", since(1))
    responses: list[ShareFetchableTopicResponse] = Array(ShareFetchableTopicResponse, "What there is, by topic.")
    node_endpoints: list[NodeEndpoint] = Array(NodeEndpoint, "Addresses of the leaders named.")
