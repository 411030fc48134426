"""What probes need before they begin: topics, records in them, a coordinator that is up. None of it is
recorded.
"""

from collections.abc import Mapping

from kafkaconform.batches import batch
from kafkaconform.session import ProbeFailed, Session, retried
from kafkawire.messages.create_topics import CreatableTopic, CreatableTopicConfig, CreateTopicsRequest
from kafkawire.messages.describe_configs import DescribeConfigsRequest, DescribeConfigsResource
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.init_producer_id import InitProducerIdRequest
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic
from kafkawire.messages.offset_fetch import OffsetFetchRequest, OffsetFetchRequestGroup
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData

UNKNOWN_UUID = bytes(range(16))


def topic_spec(
    name: str, partitions: int = 1, *, replicas: int = 1, configs: Mapping[str, str] | None = None
) -> CreatableTopic:
    """One topic of a CreateTopics request."""
    return CreatableTopic(
        name=name,
        num_partitions=partitions,
        replication_factor=replicas,
        configs=[CreatableTopicConfig(name=key, value=value) for key, value in (configs or {}).items()],
    )


def make_topic(
    session: Session, base: str, partitions: int = 1, configs: Mapping[str, str] | None = None
) -> tuple[str, bytes]:
    """Creates a topic and waits until every partition has a leader that works; its full name and its id.

    Records of the probes carry a fixed old time, so nothing is ever deleted for its age.
    """
    name = session.name(base)
    spec = topic_spec(name, partitions, configs={"retention.ms": "-1", **(configs or {})})
    result = session.service.quietly(CreateTopicsRequest(topics=[spec], timeout_ms=10_000), 7).topics[0]
    if result.error_code:
        raise ProbeFailed(f"topic {name}: error {result.error_code} {result.error_message}")
    topic_id = wait_for_topic(session, name, partitions)
    return name, topic_id


def wait_for_topic(session: Session, name: str, partitions: int = 1) -> bytes:
    """Waits until every partition has a leader that answers; the topic's id.

    Metadata alone does not do: a leader that is already announced may still answer 6 for a moment.
    """
    request = MetadataRequest(topics=[MetadataRequestTopic(name=name)], allow_auto_topic_creation=False)
    seen: list[bytes] = []

    def attempt() -> int:
        topic = session.service.quietly(request, 12).topics[0]
        seen[:] = [bytes(topic.topic_id)]
        ready = [p for p in topic.partitions if p.error_code == 0 and p.leader_id >= 0]
        return topic.error_code or (0 if len(ready) == partitions else -1)

    def leaders_answer() -> int:
        partitions_asked = [ListOffsetsPartition(partition_index=i, timestamp=-1) for i in range(partitions)]
        request = ListOffsetsRequest(replica_id=-1, topics=[ListOffsetsTopic(name=name, partitions=partitions_asked)])
        answer = session.service.quietly(request, 5)
        return max((int(p.error_code) for p in answer.topics[0].partitions), default=0)

    retried(session, "a topic with a leader of each partition", attempt)
    retried(session, "leaders of partitions that answer ListOffsets", leaders_answer)
    return seen[0]


def wait_until_gone(session: Session, name: str) -> None:
    """Waits until the metadata does not know the topic any more."""
    request = MetadataRequest(topics=[MetadataRequestTopic(name=name)], allow_auto_topic_creation=False)

    def attempt() -> int:
        return int(session.service.quietly(request, 12).topics[0].error_code)

    retried(session, "the end of a deleted topic", attempt, wanted=(3,))


#: Source of a config that is set on the very resource, by kind (topic, one broker, client metrics, group).
_OWN_SOURCE = {2: 1, 4: 2, 16: 7, 32: 8}


def wait_for_config(session: Session, kind: int, name: str, key: str, value: str | None) -> None:
    """Waits until a resource has ``key`` set to ``value``, or (None) does not have it set any more: Kafka's broker hears of
    a change a moment after it is answered.
    """
    own = 3 if (kind, name) == (4, "") else _OWN_SOURCE[kind]
    resource = DescribeConfigsResource(resource_type=kind, resource_name=name, configuration_keys=[key])

    def attempt() -> int:
        configs = session.service.quietly(DescribeConfigsRequest(resources=[resource]), 4).results[0].configs
        found = next((config.value for config in configs if config.config_source == own), None)
        return 0 if found == value else -1

    retried(session, f"{key} as it was set", attempt)


def broker_id(session: Session) -> int:
    """The id of a broker of the cluster."""
    return int(session.service.quietly(MetadataRequest(topics=[]), 12).brokers[0].node_id)


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
        request = FindCoordinatorRequest(key=group, key_type=0, coordinator_keys=[group])
        answer = session.service.quietly(request, 4)
        return int(answer.coordinators[0].error_code if answer.coordinators else answer.error_code)

    def loaded() -> int:
        groups = [OffsetFetchRequestGroup(group_id=group, topics=None)]
        answer = session.service.quietly(OffsetFetchRequest(group_id=group, topics=None, groups=groups), 8)
        return int(answer.groups[0].error_code if answer.groups else answer.error_code)

    retried(session, "the coordinator of a group", found)
    # Some brokers know no group that has no member and no offset: 69. That is no sign of loading.
    retried(session, "a group whose coordinator has loaded it", loaded, wanted=(0, 69))
    return group


def new_producer_id(session: Session) -> int:
    """A producer id that nobody else uses. The first ids of a fresh cluster take a moment."""
    seen: list[int] = []

    def attempt() -> int:
        request = InitProducerIdRequest(transactional_id=None, transaction_timeout_ms=60_000)
        answer = session.service.quietly(request, 4)
        seen[:] = [answer.producer_id]
        return int(answer.error_code)

    retried(session, "a producer id", attempt)
    return seen[0]
