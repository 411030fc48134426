"""Messages of everyday size for `benchmarks.codec`: one topic, three partitions, one record batch, short names.

Each comes in the newest version there is and in the newest one aiokafka has too. Topics have names and ids, of which each version
takes its own.
"""

from __future__ import annotations

from kafkawire.declare import TopLevel
from kafkawire.messages import fetch, join_group, metadata, offset_commit, produce

TOPIC_ID = bytes(range(16))
SUBSCRIPTION = b"\0\1\0\0\0\1\0\6orders\xff\xff\xff\xff\0\0\0\0"
MEMBER = "rdkafka-0f4d3c5e-9a51-4a8f-b5a4-6a2d7f8a1c11"


def produce_samples() -> tuple[TopLevel, TopLevel]:
    """One batch of one record of 100 bytes, and its acknowledgement."""
    partition = produce.PartitionProduceData(index=0, records=bytes(170))
    topic = produce.TopicProduceData(name="orders", topic_id=TOPIC_ID, partition_data=[partition])
    done = produce.PartitionProduceResponse(index=0, base_offset=41, log_append_time_ms=-1, log_start_offset=0)
    answer = produce.TopicProduceResponse(name="orders", topic_id=TOPIC_ID, partition_responses=[done])
    return (
        produce.ProduceRequest(acks=-1, timeout_ms=30_000, topic_data=[topic]),
        produce.ProduceResponse(responses=[answer]),
    )


def fetch_samples() -> tuple[TopLevel, TopLevel]:
    """A first request for three partitions, and the answer with 1000 bytes of one."""
    wanted = [fetch.FetchPartition(partition=index, partition_max_bytes=1 << 20) for index in range(3)]
    topic = fetch.FetchTopic(topic="orders", topic_id=TOPIC_ID, partitions=wanted)
    data = fetch.PartitionData(high_watermark=9, last_stable_offset=9, log_start_offset=0, records=bytes(1000))
    answer = fetch.FetchableTopicResponse(topic="orders", topic_id=TOPIC_ID, partitions=[data])
    return (
        fetch.FetchRequest(max_wait_ms=500, min_bytes=1, max_bytes=50 << 20, session_epoch=0, topics=[topic]),
        fetch.FetchResponse(session_id=7, responses=[answer]),
    )


def metadata_samples() -> tuple[TopLevel, TopLevel]:
    """One topic asked about by name; one broker that leads its three partitions."""
    partitions = [
        metadata.MetadataResponsePartition(partition_index=index, leader_id=1, replica_nodes=[1], isr_nodes=[1])
        for index in range(3)
    ]
    answer = metadata.MetadataResponse(
        brokers=[metadata.MetadataResponseBroker(node_id=1, host="localhost", port=9092)],
        cluster_id="4L6g3nShT-eMCtK--X86sw",
        controller_id=1,
        topics=[metadata.MetadataResponseTopic(name="orders", topic_id=TOPIC_ID, partitions=partitions)],
    )
    return metadata.MetadataRequest(topics=[metadata.MetadataRequestTopic(name="orders")]), answer


def offset_commit_samples() -> tuple[TopLevel, TopLevel]:
    """Three partitions committed by a member of a group."""
    partitions = [
        offset_commit.OffsetCommitRequestPartition(partition_index=index, committed_offset=41, committed_metadata="")
        for index in range(3)
    ]
    topic = offset_commit.OffsetCommitRequestTopic(name="orders", topic_id=TOPIC_ID, partitions=partitions)
    done = [offset_commit.OffsetCommitResponsePartition(partition_index=index) for index in range(3)]
    answer = offset_commit.OffsetCommitResponseTopic(name="orders", topic_id=TOPIC_ID, partitions=done)
    return (
        offset_commit.OffsetCommitRequest(
            group_id="billing", generation_id_or_member_epoch=3, member_id=MEMBER, topics=[topic]
        ),
        offset_commit.OffsetCommitResponse(topics=[answer]),
    )


def join_group_samples() -> tuple[TopLevel, TopLevel]:
    """A member with two assignors; the answer to the leader of a group of two."""
    protocols = [
        join_group.JoinGroupRequestProtocol(name=name, metadata=SUBSCRIPTION) for name in ("range", "roundrobin")
    ]
    members = [join_group.JoinGroupResponseMember(member_id=MEMBER, metadata=SUBSCRIPTION) for _ in range(2)]
    return (
        join_group.JoinGroupRequest(
            group_id="billing",
            session_timeout_ms=45_000,
            rebalance_timeout_ms=300_000,
            member_id=MEMBER,
            protocol_type="consumer",
            protocols=protocols,
        ),
        join_group.JoinGroupResponse(
            generation_id=3,
            protocol_type="consumer",
            protocol_name="range",
            leader=MEMBER,
            member_id=MEMBER,
            members=members,
        ),
    )


#: Samples and the newest version aiokafka has of them.
_OLDER = (
    (produce_samples, 8),
    (fetch_samples, 11),
    (metadata_samples, 5),
    (offset_commit_samples, 3),
    (join_group_samples, 5),
)


def samples() -> list[tuple[TopLevel, int]]:
    """Every message with the versions it is measured in, newest first."""
    return [
        (message, version)
        for make, older in _OLDER
        for message in make()
        for version in (type(message).VERSIONS[1], older)
    ]
