"""Finding handlers, refusing versions, and the answers that a handler could not give."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from kafkaemu.handlers.context import Peer, Request
from kafkaemu.handlers.index import HANDLERS
from kafkaemu.server.dispatch import Dispatcher
from kafkaemu.server.error_answers import SHAPES, error_answer
from kafkawire.compiler import decode, encode, raw_encoder
from kafkawire.errors import ErrorCode
from kafkawire.framing import UnsupportedVersion
from kafkawire.index import APIS
from kafkawire.messages.alter_client_quotas import AlterClientQuotasRequest, AlterClientQuotasResponse, EntryData
from kafkawire.messages.alter_client_quotas import EntityData as QuotaEntity
from kafkawire.messages.alter_client_quotas import EntryData as QuotaEntry
from kafkawire.messages.alter_replica_log_dirs import (
    AlterReplicaLogDir,
    AlterReplicaLogDirsRequest,
    AlterReplicaLogDirsResponse,
    AlterReplicaLogDirTopic,
)
from kafkawire.messages.alter_user_scram_credentials import (
    AlterUserScramCredentialsRequest,
    AlterUserScramCredentialsResponse,
    ScramCredentialDeletion,
)
from kafkawire.messages.api_versions import ApiVersionsResponse
from kafkawire.messages.delete_records import (
    DeleteRecordsPartition,
    DeleteRecordsRequest,
    DeleteRecordsResponse,
    DeleteRecordsTopic,
)
from kafkawire.messages.describe_client_quotas import DescribeClientQuotasRequest, DescribeClientQuotasResponse
from kafkawire.messages.describe_configs import DescribeConfigsRequest, DescribeConfigsResource, DescribeConfigsResponse
from kafkawire.messages.describe_groups import DescribeGroupsRequest, DescribeGroupsResponse
from kafkawire.messages.elect_leaders import ElectLeadersRequest, ElectLeadersResponse, TopicPartitions
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchResponse, FetchTopic
from kafkawire.messages.find_coordinator import FindCoordinatorRequest, FindCoordinatorResponse
from kafkawire.messages.init_producer_id import InitProducerIdRequest, InitProducerIdResponse
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupResponse
from kafkawire.messages.list_partition_reassignments import (
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    TopicOfInterest,
)
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic, MetadataResponse
from kafkawire.messages.offset_fetch import (
    OffsetFetchRequest,
    OffsetFetchRequestGroup,
    OffsetFetchRequestTopic,
    OffsetFetchResponse,
)
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, ProduceResponse, TopicProduceData
from tests.support.serving import Serving

FAILED = ErrorCode.UNKNOWN_SERVER_ERROR


@pytest.fixture
def dispatcher(monkeypatch: pytest.MonkeyPatch) -> Dispatcher:
    module = ModuleType("made_up.heartbeat")
    module.handle = lambda context, request, body: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up", ModuleType("made_up"))
    monkeypatch.setitem(sys.modules, "made_up.heartbeat", module)
    handlers = {12: "heartbeat", 18: "api_versions"}
    return Dispatcher(Serving({}).context, handlers, {12: (1, 3), 18: (0, 4)}, "made_up")


def test_a_route_is_made_at_the_first_request_and_remembered(dispatcher: Dispatcher) -> None:
    assert dispatcher.routes == {}
    route = dispatcher.route(12, 2)
    assert route.name == "Heartbeat v2"
    assert dispatcher.routes[12 << 16 | 2] is route


@pytest.mark.parametrize(("api_key", "version"), [(12, 0), (12, 4), (12, -1), (3, 1), (0, 9)])
def test_what_is_not_served_is_refused(dispatcher: Dispatcher, api_key: int, version: int) -> None:
    with pytest.raises(UnsupportedVersion, match=f"version {version}"):
        dispatcher.route(api_key, version)
    assert dispatcher.routes == {}


@pytest.mark.parametrize("version", [5, -1, 32767])
def test_api_versions_is_answered_in_any_version(dispatcher: Dispatcher, version: int) -> None:
    route = dispatcher.route(18, version)
    body, _ = route.decode(b"anything", 0)
    request = Request(18, version, 1, "test", Peer("/127.0.0.1", 1, "PLAINTEXT"))
    answer = route.handle(dispatcher.context, request, body)
    assert isinstance(answer, ApiVersionsResponse)
    assert route.encoder(answer) is raw_encoder(ApiVersionsResponse, 0)
    assert len(route.header(0, 1)) == 8, "without tagged fields"
    assert answer.error_code == ErrorCode.UNSUPPORTED_VERSION
    assert [key.api_key for key in answer.api_keys] == [18]
    assert dispatcher.routes == {}, "a client may not fill the memory with versions"


@pytest.mark.parametrize("key", sorted(APIS))
def test_every_api_can_say_that_it_failed_in_every_version(key: int) -> None:
    api = APIS[key]
    for version in range(api.oldest, api.last + 1):
        answer = error_answer(api, version, api.request(), FAILED)
        assert encode(answer, version)


def test_every_api_with_a_handler_says_its_error_somewhere() -> None:
    for key in HANDLERS:
        top = any(field.name == "error_code" for field in APIS[key].response.FIELDS)
        assert top or key in SHAPES, APIS[key].name


def again(key: int, version: int, request: object) -> object:
    """The error answer, over the wire."""
    api = APIS[key]
    return decode(api.response, version, encode(error_answer(api, version, request, FAILED), version))


def test_quotas_and_credentials_fail_for_whom_they_are() -> None:
    entity = [QuotaEntity(entity_type="user", entity_name=None)]
    quotas = again(49, 1, AlterClientQuotasRequest(entries=[QuotaEntry(entity=entity)]))
    assert isinstance(quotas, AlterClientQuotasResponse)
    (entry,) = quotas.entries
    assert (entry.error_code, entry.error_message) == (-1, FAILED.message)
    assert [(part.entity_type, part.entity_name) for part in entry.entity] == [("user", None)]
    change = AlterUserScramCredentialsRequest(deletions=[ScramCredentialDeletion(name="alice", mechanism=1)])
    credentials = again(51, 0, change)
    assert isinstance(credentials, AlterUserScramCredentialsResponse)
    assert [(result.user, result.error_code) for result in credentials.results] == [("alice", -1)]


def test_produce_fails_partition_by_partition() -> None:
    partitions = [PartitionProduceData(index=index) for index in (0, 4)]
    answer = again(0, 9, ProduceRequest(topic_data=[TopicProduceData(name="t", partition_data=partitions)]))
    assert isinstance(answer, ProduceResponse)
    assert answer.responses[0].name == "t"
    assert [(p.index, p.error_code, p.base_offset) for p in answer.responses[0].partition_responses] == [
        (0, -1, -1),
        (4, -1, -1),
    ]


@pytest.mark.parametrize(("version", "named"), [(6, True), (12, True), (13, False)])
def test_fetch_names_partitions_until_topics_have_ids(version: int, named: bool) -> None:
    request = FetchRequest(topics=[FetchTopic(topic="t", partitions=[FetchPartition(partition=3)])])
    answer = again(1, version, request)
    assert isinstance(answer, FetchResponse)
    assert answer.error_code == (-1 if version >= 7 else 0)
    found = [
        (t.topic, p.partition_index, p.error_code, p.high_watermark) for t in answer.responses for p in t.partitions
    ]
    assert found == ([("t", 3, -1, -1)] if named else [])


def test_metadata_fails_topic_by_topic() -> None:
    request = MetadataRequest(topics=[MetadataRequestTopic(name="a"), MetadataRequestTopic(name="b")])
    answer = again(3, 9, request)
    assert isinstance(answer, MetadataResponse)
    assert [(topic.name, topic.error_code) for topic in answer.topics] == [("a", -1), ("b", -1)]


@pytest.mark.parametrize("version", [1, 7, 8])
def test_offset_fetch_fails_where_its_version_says_so(version: int) -> None:
    topics = [OffsetFetchRequestTopic(name="t", partition_indexes=[1, 2])]
    groups = [OffsetFetchRequestGroup(group_id="g")]
    answer = again(9, version, OffsetFetchRequest(group_id="g", topics=topics, groups=groups))
    assert isinstance(answer, OffsetFetchResponse)
    assert [p.error_code for t in answer.topics for p in t.partitions] == ([-1, -1] if version < 2 else [])
    assert answer.error_code == (-1 if 2 <= version < 8 else 0)
    assert [(group.group_id, group.error_code) for group in answer.groups] == ([("g", -1)] if version >= 8 else [])


def test_find_coordinator_fails_key_by_key_from_version_4_on() -> None:
    old = again(10, 3, FindCoordinatorRequest(key="g"))
    assert isinstance(old, FindCoordinatorResponse)
    assert (old.error_code, old.node_id) == (-1, -1)
    new = again(10, 4, FindCoordinatorRequest(coordinator_keys=["g", "h"]))
    assert isinstance(new, FindCoordinatorResponse)
    assert [(c.key, c.error_code, c.node_id) for c in new.coordinators] == [("g", -1, -1), ("h", -1, -1)]


def test_describe_groups_fails_group_by_group() -> None:
    answer = again(15, 5, DescribeGroupsRequest(groups=["g", "h"]))
    assert isinstance(answer, DescribeGroupsResponse)
    assert [(group.group_id, group.error_code) for group in answer.groups] == [("g", -1), ("h", -1)]


def test_moves_between_directories_fail_topic_by_topic() -> None:
    topics = [AlterReplicaLogDirTopic(name=name, partitions=[0, 3]) for name in ("a", "b")]
    request = AlterReplicaLogDirsRequest(dirs=[AlterReplicaLogDir(path="/data", topics=topics)])
    answer = again(34, 2, request)
    assert isinstance(answer, AlterReplicaLogDirsResponse)
    assert [(t.topic_name, p.partition_index, p.error_code) for t in answer.results for p in t.partitions] == [
        ("a", 0, -1),
        ("a", 3, -1),
        ("b", 0, -1),
        ("b", 3, -1),
    ]


def test_a_failed_deletion_of_records_has_no_low_watermark() -> None:
    partitions = [DeleteRecordsPartition(partition_index=4, offset=1)]
    answer = again(21, 1, DeleteRecordsRequest(topics=[DeleteRecordsTopic(name="t", partitions=partitions)]))
    assert isinstance(answer, DeleteRecordsResponse)
    assert [(p.partition_index, p.low_watermark, p.error_code) for p in answer.topics[0].partitions] == [(4, -1, -1)]


@pytest.mark.parametrize("version", [0, 2])
def test_an_election_fails_partition_by_partition(version: int) -> None:
    named = [TopicPartitions(topic="t", partitions=[1])]
    answer = again(43, version, ElectLeadersRequest(topic_partitions=named))
    assert isinstance(answer, ElectLeadersResponse)
    assert [(p.partition_id, p.error_code) for p in answer.replica_election_results[0].partition_result] == [(1, -1)]
    assert again(43, version, ElectLeadersRequest(topic_partitions=None)) is not None


@pytest.mark.parametrize("version", [3, 4, 6])
def test_find_coordinator_says_in_words_what_happened_and_names_nobody(version: int) -> None:
    answer = again(10, version, FindCoordinatorRequest(key="g", coordinator_keys=["g"]))
    assert isinstance(answer, FindCoordinatorResponse)
    said = answer if version < 4 else answer.coordinators[0]
    assert (said.error_message, said.node_id, said.host, said.port) == (FAILED.message, -1, "", -1)


def test_fetch_fails_without_null_records() -> None:
    answer = again(1, 12, FetchRequest(topics=[FetchTopic(topic="t", partitions=[FetchPartition(partition=3)])]))
    assert isinstance(answer, FetchResponse)
    assert answer.responses[0].partitions[0].records == b""


@pytest.mark.parametrize(("version", "protocol"), [(6, ""), (7, None), (9, None)])
def test_join_group_fails_without_a_protocol(version: int, protocol: str | None) -> None:
    answer = again(11, version, JoinGroupRequest())
    assert isinstance(answer, JoinGroupResponse)
    assert (answer.error_code, answer.generation_id, answer.protocol_name) == (-1, -1, protocol)


def test_init_producer_id_fails_without_id_and_epoch() -> None:
    answer = again(22, 5, InitProducerIdRequest())
    assert isinstance(answer, InitProducerIdResponse)
    assert (answer.error_code, answer.producer_id, answer.producer_epoch) == (-1, -1, -1)


def test_describe_configs_says_in_words_what_happened() -> None:
    answer = again(32, 4, DescribeConfigsRequest(resources=[DescribeConfigsResource(resource_type=2)]))
    assert isinstance(answer, DescribeConfigsResponse)
    assert [(one.error_code, one.error_message) for one in answer.results] == [(-1, FAILED.message)]


def test_reassignments_fail_as_if_each_partition_asked_for_were_under_way() -> None:
    topics = [TopicOfInterest(name="t", partition_indexes=[1, 2])]
    answer = again(46, 0, ListPartitionReassignmentsRequest(topics=topics))
    assert isinstance(answer, ListPartitionReassignmentsResponse)
    assert answer.error_code == -1
    assert [(t.name, p.partition_index) for t in answer.topics for p in t.partitions] == [("t", 1), ("t", 2)]


def test_quotas_fail_with_words_where_they_are_changed_and_without_a_list_where_they_are_asked_for() -> None:
    altered = again(49, 1, AlterClientQuotasRequest(entries=[EntryData()]))
    assert isinstance(altered, AlterClientQuotasResponse)
    assert [(one.error_code, one.error_message) for one in altered.entries] == [(-1, FAILED.message)]
    described = again(48, 1, DescribeClientQuotasRequest())
    assert isinstance(described, DescribeClientQuotasResponse)
    assert (described.error_code, described.entries) == (-1, None)
