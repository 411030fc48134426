"""A broker that is unregistered while it runs, answer by answer as Apache Kafka 4.3.1 was seen to give them. (No golden can hold this:
the broker is of no use to any other probe afterwards.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kafkaconform.batches import batch
from kafkaconform.groups import only_member
from kafkaconform.prepare import append, group_name, make_topic, produce_request, topic_spec
from kafkaconform.probes.delete_records import cut
from kafkaconform.probes.fetch import fetch, part
from kafkaconform.probes.list_offsets import LATEST, ask_for
from kafkaconform.session import Session
from kafkawire.declare import TopLevel
from kafkawire.messages.create_partitions import CreatePartitionsRequest, CreatePartitionsTopic
from kafkawire.messages.create_topics import CreateTopicsRequest
from kafkawire.messages.delete_topics import DeleteTopicsRequest
from kafkawire.messages.describe_cluster import DescribeClusterRequest
from kafkawire.messages.describe_producers import DescribeProducersRequest
from kafkawire.messages.describe_producers import TopicRequest as ProducersTopic
from kafkawire.messages.describe_quorum import DescribedPartition, DescribedTopic, DescribeQuorumRequest
from kafkawire.messages.describe_topic_partitions import DescribeTopicPartitionsRequest, TopicRequest
from kafkawire.messages.elect_leaders import ElectLeadersRequest, TopicPartitions
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.init_producer_id import InitProducerIdRequest
from kafkawire.messages.list_groups import ListGroupsRequest
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic
from kafkawire.messages.unregister_broker import UnregisterBrokerRequest
from tests.support.broker import running_broker

NOBODY = "All brokers are currently fenced, or have all their log directories cordoned."


class Forgotten:
    """A broker that led a topic and coordinated a group until it was unregistered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.topic, _ = make_topic(session, "orders")
        self.doomed, _ = make_topic(session, "doomed")
        append(session, self.topic)
        self.group = group_name(session)
        self.member_id = only_member(session.service, self.group)
        self.unregistered = self.ask(UnregisterBrokerRequest(broker_id=1), 0)

    def ask(self, request: TopLevel, version: int) -> Any:
        """The broker's answer."""
        return self._session.service.quietly(request, version)


@pytest.fixture(scope="module")
def broker() -> Iterator[Forgotten]:
    with running_broker() as process:
        session = Session("127.0.0.1", process.port, suffix="", release="4.3.1", check_answers=False)
        yield Forgotten(session)
        session.close()


def test_it_is_unregistered_once(broker: Forgotten) -> None:
    assert (broker.unregistered.error_code, broker.unregistered.error_message) == (0, "")
    again = broker.ask(UnregisterBrokerRequest(broker_id=1), 0)
    assert (again.error_code, again.error_message) == (102, "Broker ID 1 is not currently registered")


@pytest.mark.parametrize(("version", "replicas"), [(0, []), (12, [1])])
def test_nobody_is_told_of_it(broker: Forgotten, version: int, replicas: list[int]) -> None:
    answer = broker.ask(MetadataRequest(topics=[MetadataRequestTopic(name=broker.topic)]), version)
    assert (answer.brokers, answer.controller_id) == ([], -1 if version else answer.controller_id)
    (partition,) = answer.topics[0].partitions
    assert (partition.error_code, partition.leader_id, partition.isr_nodes) == (5, -1, [])
    assert partition.replica_nodes == replicas
    if version:
        assert (partition.leader_epoch, partition.offline_replicas) == (1, [1])
    cluster = broker.ask(DescribeClusterRequest(), 2)
    assert (cluster.error_code, cluster.brokers, cluster.controller_id) == (0, [], -1)


def test_the_last_in_sync_replica_may_lead_again(broker: Forgotten) -> None:
    answer = broker.ask(DescribeTopicPartitionsRequest(topics=[TopicRequest(name=broker.topic)]), 0)
    (one,) = answer.topics[0].partitions
    assert (one.error_code, one.leader_id, one.isr_nodes, one.offline_replicas) == (0, -1, [], [1])
    assert (one.eligible_leader_replicas, one.last_known_elr) == ([1], [1])


def test_it_leads_nothing(broker: Forgotten) -> None:
    topic = broker.topic
    assert broker.ask(produce_request(topic, batch()), 9).responses[0].partition_responses[0].error_code == 6
    assert broker.ask(ask_for(topic, LATEST), 7).topics[0].partitions[0].error_code == 6
    assert broker.ask(cut(topic, 0), 2).topics[0].partitions[0].error_code == 6
    # A consumer may read from a follower, too, and any replica tells of producers.
    (fetched,) = broker.ask(fetch(topic, part()), 11).responses[0].partitions
    assert (fetched.error_code, fetched.high_watermark, bool(fetched.records)) == (0, 1, True)
    producers = broker.ask(DescribeProducersRequest(topics=[ProducersTopic(name=topic, partition_indexes=[0])]), 0)
    assert producers.topics[0].partitions[0].error_code == 0


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        (0, 80, "The preferred leader was not available."),
        (1, 83, "Eligible topic partition leaders are not available."),
    ],
)
def test_nobody_can_be_elected(broker: Forgotten, kind: int, code: int, text: str) -> None:
    wanted = [TopicPartitions(topic=broker.topic, partitions=[0])]
    answer = broker.ask(ElectLeadersRequest(election_type=kind, topic_partitions=wanted, timeout_ms=1000), 2)
    (result,) = answer.replica_election_results[0].partition_result
    assert (result.error_code, result.error_message) == (code, text)


def test_nothing_can_be_placed(broker: Forgotten) -> None:
    created = broker.ask(CreateTopicsRequest(topics=[topic_spec("new")], timeout_ms=1000), 7).topics[0]
    assert (created.error_code, created.error_message) == (
        38,
        f"Unable to replicate the partition 1 time(s): {NOBODY}",
    )
    growth = [CreatePartitionsTopic(name=broker.topic, count=3, assignments=None)]
    grown = broker.ask(CreatePartitionsRequest(topics=growth, timeout_ms=1000), 3).results[0]
    assert (grown.error_code, grown.error_message) == (38, NOBODY)


def test_topics_can_still_be_deleted(broker: Forgotten) -> None:
    answer = broker.ask(DeleteTopicsRequest(topic_names=[broker.doomed], timeout_ms=1000), 5)
    assert [result.error_code for result in answer.responses] == [0]


def test_it_coordinates_nothing(broker: Forgotten) -> None:
    found = broker.ask(FindCoordinatorRequest(key_type=0, coordinator_keys=[broker.group]), 4).coordinators[0]
    assert (found.error_code, found.node_id) == (15, -1)
    beat = HeartbeatRequest(group_id=broker.group, generation_id=1, member_id=broker.member_id)
    assert broker.ask(beat, 3).error_code == 16
    assert broker.ask(ListGroupsRequest(), 4).groups == []


def test_it_gets_no_producer_ids(broker: Forgotten) -> None:
    answer = broker.ask(InitProducerIdRequest(transactional_id=None, transaction_timeout_ms=1000), 4)
    assert (answer.error_code, answer.producer_id) == (14, -1)


def test_it_is_the_controller_all_the_same(broker: Forgotten) -> None:
    topics = [DescribedTopic(topic_name="__cluster_metadata", partitions=[DescribedPartition(partition_index=0)])]
    answer = broker.ask(DescribeQuorumRequest(topics=topics), 2)
    assert (answer.error_code, answer.topics[0].partitions[0].leader_id) == (0, 1)
