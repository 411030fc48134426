"""What probes need before they begin: topics, records in them, a coordinator that is up. None of it is
recorded.
"""

from kafkawire.messages.create_topics import CreatableTopic, CreatableTopicConfig, CreateTopicsRequest
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic
from kafkawire.messages.offset_fetch import OffsetFetchRequest, OffsetFetchRequestGroup
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData

from kafkaconform.batches import batch
from kafkaconform.session import ProbeFailed, Session, retried

UNKNOWN_UUID = bytes(range(16))


def topic_spec(name: str, partitions: int = 1, *, replicas: int = 1, **configs: str) -> CreatableTopic:
    """One topic of a CreateTopics request; a config's dots are written as underscores."""
    return CreatableTopic(
        name=name,
        num_partitions=partitions,
        replication_factor=replicas,
        configs=[
            CreatableTopicConfig(name=key.replace("_", "."), value=value) for key, value in configs.items()
        ],
    )


def make_topic(session: Session, base: str, partitions: int = 1, **configs: str) -> tuple[str, bytes]:
    """Creates a topic and waits until every partition has a leader; its full name and its id.

    Records of the probes carry a fixed old time, so nothing is ever deleted for its age.
    """
    name = session.name(base)
    configs.setdefault("retention_ms", "-1")
    spec = topic_spec(name, partitions, **configs)
    result = session.service.quietly(CreateTopicsRequest(topics=[spec], timeout_ms=10_000), 7).topics[0]
    if result.error_code:
        raise ProbeFailed(f"topic {name}: error {result.error_code} {result.error_message}")
    wait_for_topic(session, name, partitions)
    return name, bytes(result.topic_id)


def wait_for_topic(session: Session, name: str, partitions: int = 1) -> bytes:
    """Waits until the metadata shows ``partitions`` partitions with a leader; the topic's id."""
    request = MetadataRequest(topics=[MetadataRequestTopic(name=name)], allow_auto_topic_creation=False)
    seen: list[bytes] = []

    def attempt() -> int:
        topic = session.service.quietly(request, 12).topics[0]
        seen[:] = [bytes(topic.topic_id)]
        ready = [p for p in topic.partitions if p.error_code == 0 and p.leader_id >= 0]
        return topic.error_code or (0 if len(ready) == partitions else -1)

    retried(attempt)
    return seen[0]


def produce_request(
    topic: str = "",
    records: bytes | None = b"",
    *,
    topic_id: bytes = bytes(16),
    partition: int = 0,
    acks: int = -1,
) -> ProduceRequest:
    """A Produce request for one partition; name for versions up to 12, id from 13 on."""
    data = PartitionProduceData(index=partition, records=records)
    return ProduceRequest(
        acks=acks,
        timeout_ms=10_000,
        topic_data=[TopicProduceData(name=topic, topic_id=topic_id, partition_data=[data])],
    )


def append(session: Session, topic: str, *batches: bytes, partition: int = 0) -> None:
    """Produces batches, each in a request of its own, with acks=all."""
    for records in batches or (batch(),):
        answer = session.service.quietly(produce_request(topic, records, partition=partition), 9)
        code = answer.responses[0].partition_responses[0].error_code
        if code:
            raise ProbeFailed(f"produce to {topic}-{partition}: error {code}")


def group_name(session: Session, base: str = "group") -> str:
    """A group id whose coordinator is up and has loaded."""
    group = session.name(base)

    def found() -> int:
        request = FindCoordinatorRequest(key_type=0, coordinator_keys=[group])
        return int(session.service.quietly(request, 4).coordinators[0].error_code)

    def loaded() -> int:
        request = OffsetFetchRequest(groups=[OffsetFetchRequestGroup(group_id=group, topics=None)])
        return int(session.service.quietly(request, 8).groups[0].error_code)

    retried(found)
    retried(loaded)
    return group
