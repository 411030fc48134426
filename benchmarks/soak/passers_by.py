"""What else clients do: look around and leave, leave in the middle of something, make topics and delete them."""

from __future__ import annotations

from itertools import count

from benchmarks.raw import frame
from benchmarks.soak.ledger import Ledger
from benchmarks.soak.pipe import connected
from kafkawire.errors import ErrorCode
from kafkawire.messages.api_versions import ApiVersionsRequest
from kafkawire.messages.create_topics import CreatableTopic, CreateTopicsRequest
from kafkawire.messages.delete_topics import DeleteTopicsRequest, DeleteTopicState
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from kafkawire.records.builder import build_batch
from kafkawire.records.record import Record

LATEST = -1
_numbers = count()


async def visit(address: tuple[str, int], ledger: Ledger, topic: str) -> None:
    """Connect, ask what an application asks when it starts; every second one leaves while a fetch waits."""
    number = next(_numbers)
    async with connected(*address) as pipe:
        versions = await pipe.call(ApiVersionsRequest(client_software_name="soak", client_software_version="1"), 3)
        metadata = await pipe.call(MetadataRequest(topics=[MetadataRequestTopic(name=topic)]), 9)
        offsets = await pipe.call(
            ListOffsetsRequest(
                replica_id=-1,
                topics=[ListOffsetsTopic(name=topic, partitions=[ListOffsetsPartition(timestamp=LATEST)])],
            ),
            6,
        )
        latest = offsets.topics[0].partitions[0]
        for what, code in (
            ("ApiVersions", versions.error_code),
            ("Metadata", metadata.topics[0].error_code),
            ("ListOffsets", latest.error_code),
        ):
            if code:
                ledger.error(f"{what}: {ErrorCode(code).name}")
        if number % 2:
            # From the end, for more than will come: whoever asks is gone long before.
            partition = FetchPartition(fetch_offset=latest.offset, partition_max_bytes=1 << 20)
            request = FetchRequest(
                max_wait_ms=600_000, min_bytes=1 << 29, topics=[FetchTopic(topic=topic, partitions=[partition])]
            )
            pipe.put(frame(1, 12, request), lambda answer, _: None)
            await pipe.flush()
    ledger.done["visits"] += 1


async def make_and_remove_topic(address: tuple[str, int], ledger: Ledger) -> None:
    """A topic's whole life."""
    name = f"short-lived-{next(_numbers)}"
    async with connected(*address) as pipe:
        wanted = CreatableTopic(name=name, num_partitions=3, replication_factor=1)
        created = await pipe.call(CreateTopicsRequest(topics=[wanted]), 5)
        batch = build_batch([Record(value=bytes(1000), timestamp_ms=1)])
        data = TopicProduceData(name=name, partition_data=[PartitionProduceData(index=2, records=batch)])
        produced = await pipe.call(
            ProduceRequest(transactional_id=None, acks=-1, timeout_ms=30_000, topic_data=[data]), 9
        )
        removed = await pipe.call(DeleteTopicsRequest(topics=[DeleteTopicState(name=name)], timeout_ms=30_000), 6)
    for what, code in (
        ("CreateTopics", created.topics[0].error_code),
        ("Produce to a new topic", produced.responses[0].partition_responses[0].error_code),
        ("DeleteTopics", removed.responses[0].error_code),
    ):
        if code:
            ledger.error(f"{what}: {ErrorCode(code).name}")
    ledger.done["topics made and removed"] += 1


async def look_around(address: tuple[str, int], ledger: Ledger) -> None:
    """Metadata of everything."""
    async with connected(*address) as pipe:
        answer = await pipe.call(MetadataRequest(topics=None), 9)
    if any(topic.error_code for topic in answer.topics):
        ledger.error("Metadata of all topics")
    ledger.done["metadata of all"] += 1
