"""What each config of the broker changes that is not a topic's default (those are `log_cases`): see `test_effects`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import Listeners, parse_listeners
from kafkawire.declare import ZERO_UUID
from kafkawire.messages.delete_topics import DeleteTopicsRequest, DeleteTopicState
from kafkawire.messages.describe_cluster import DescribeClusterRequest
from kafkawire.messages.describe_log_dirs import DescribeLogDirsRequest
from kafkawire.messages.describe_producers import DescribeProducersRequest
from kafkawire.messages.describe_producers import TopicRequest as ProducersOfTopic
from kafkawire.messages.describe_topic_partitions import DescribeTopicPartitionsRequest
from kafkawire.messages.describe_topic_partitions import TopicRequest as PartitionsOfTopic
from kafkawire.messages.fetch import FetchPartition, FetchRequest, FetchTopic
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.get_telemetry_subscriptions import GetTelemetrySubscriptionsRequest
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
)
from kafkawire.messages.offset_fetch import OffsetFetchRequest, OffsetFetchRequestTopic
from kafkawire.records.record import Record
from tests.support.whole_broker import WholeBroker
from tests.unit.config.log_cases import HOUR_MS, Case

OFFSETS = "__consumer_offsets"
_TWO_LISTENERS = {
    "listeners": "A://broker:9092,B://broker:9093",
    "listener.security.protocol.map": "A:PLAINTEXT,B:PLAINTEXT",
    "inter.broker.listener.name": "A",
}
_OPENS_NONE = "a change is kept, but nothing listens anew"


# Metadata and topics


def metadata_of(broker: WholeBroker, topic: str = "orders") -> Any:
    """Metadata of a topic that may be created."""
    topics = [MetadataRequestTopic(name=topic)]
    return broker.ask(MetadataRequest(topics=topics, allow_auto_topic_creation=True), 12)


def is_made_by_asking(broker: WholeBroker) -> bool:
    """Whether a topic is created by whoever asks about it."""
    metadata_of(broker)
    return "orders" in broker.broker.controller.image.topics


def node_id(broker: WholeBroker) -> int:
    """What clients know the broker by."""
    return int(broker.ask(DescribeClusterRequest(), 2).brokers[0].broker_id)


def partition_count(broker: WholeBroker) -> int:
    """Partitions of a topic that leaves it open."""
    assert broker.topic() == 0
    return len(metadata_of(broker).topics[0].partitions)


def delete_topic(broker: WholeBroker) -> int:
    """The error of deleting a topic."""
    broker.topic()
    request = DeleteTopicsRequest(topics=[DeleteTopicState(name="orders", topic_id=ZERO_UUID)], timeout_ms=1000)
    return int(broker.ask(request, 6).responses[0].error_code)


def described_partitions(broker: WholeBroker) -> int:
    """How many partitions one page of DescribeTopicPartitions has, of five that were asked for."""
    broker.topic(partitions=5)
    request = DescribeTopicPartitionsRequest(topics=[PartitionsOfTopic(name="orders")], response_partition_limit=5)
    return len(broker.ask(request, 0).topics[0].partitions)


def log_dir(broker: WholeBroker) -> str:
    """The directory that DescribeLogDirs tells."""
    return str(broker.ask(DescribeLogDirsRequest(topics=None), 4).results[0].log_dir)


def is_snapshot(broker: WholeBroker) -> bool:
    """Whether the records of the start, and a topic, have made a snapshot due."""
    broker.topic()
    return broker.broker.controller.log.snapshot.end_offset > 0


def new_topic_is_a_snapshot(broker: WholeBroker) -> bool:
    """Whether a new topic makes a snapshot of the metadata due."""
    before = broker.broker.controller.log.snapshot.end_offset
    broker.advance(HOUR_MS // 2)
    broker.topic()
    return broker.broker.controller.log.snapshot.end_offset > before


# Fetching


def fetch(broker: WholeBroker, **fields: Any) -> Any:
    """Fetch from both partitions of orders."""
    partitions = [FetchPartition(partition=i, fetch_offset=0, partition_max_bytes=1 << 20) for i in range(2)]
    topics = [FetchTopic(topic="orders", topic_id=broker.broker.controller.image.topics["orders"].topic_id)]
    topics[0].partitions = partitions
    return broker.ask(FetchRequest(max_wait_ms=0, min_bytes=0, topics=topics, **fields), 13)


def fetched_bytes(broker: WholeBroker) -> int:
    """How many batches of about 2 kB a fetch gets, of four."""
    broker.topic(partitions=2)
    for _ in range(4):
        broker.produce(b"x" * 2000)
    (first, _) = fetch(broker).responses[0].partitions
    return round(len(first.records) / 2000)


def has_session(broker: WholeBroker) -> bool:
    """Whether a fetch that asks for a session gets one."""
    broker.topic(partitions=2)
    return fetch(broker, session_epoch=0).session_id != 0


def is_known_producer(broker: WholeBroker) -> bool:
    """Whether an idempotent producer is remembered an hour after it wrote."""
    broker.topic()
    assert broker.produce(b"a", producer_id=7, producer_epoch=0, base_sequence=0) == 0
    broker.advance(HOUR_MS)
    request = DescribeProducersRequest(topics=[ProducersOfTopic(name="orders", partition_indexes=[0])])
    return bool(broker.ask(request, 0).topics[0].partitions[0].active_producers)


# Compaction and retention


def is_gone_after_a_minute(broker: WholeBroker) -> bool:
    """Whether a record that is out of time at once is gone a minute later."""
    broker.topic(retention_ms="1")
    broker.produce(b"a")
    broker.advance(60_000)
    return broker.log().start_offset > 0


def _compacted(broker: WholeBroker, segments: int, keys: int) -> None:
    """A compacted topic of closed segments with so many keys each, all different."""
    broker.topic(cleanup_policy="compact", min_cleanable_dirty_ratio="0")
    for number in range(segments):
        now_ms = broker.clock.now_ms()
        records = [Record(b"%d-%d" % (number, key), b"v" * 20, (), now_ms) for key in range(keys)]
        assert broker.produce_records(records) == 0
        broker.log().roll(now_ms)


def compacted_soon(broker: WholeBroker) -> bool:
    """Whether a dirty log is compacted half a minute later."""
    _compacted(broker, 1, 1)
    broker.advance(30_000)
    return broker.log().first_dirty_offset > 0


def segments_of_a_pass(broker: WholeBroker) -> int:
    """How many segments, of five keys each, one pass of compaction takes."""
    _compacted(broker, 4, 5)
    broker.advance(15_000)
    return broker.log().first_dirty_offset // 5


def compacted_in_a_second(broker: WholeBroker) -> bool:
    """Whether a pass over some hundred kB is over within a second of real time."""
    _compacted(broker, 3, 2000)
    broker.advance(15_000)
    for _ in range(100):
        broker.advance_real(10)
    return broker.log().first_dirty_offset == broker.log().end_offset


# Groups


def join(broker: WholeBroker, member_id: str = "", session_timeout_ms: int = 10_000) -> Any:
    """Join group g; None while the answer waits."""
    request = JoinGroupRequest(
        group_id="g",
        member_id=member_id,
        session_timeout_ms=session_timeout_ms,
        rebalance_timeout_ms=10_000,
        protocol_type="consumer",
        protocols=[JoinGroupRequestProtocol(name="range", metadata=b"m")],
    )
    return broker.ask(request, 5)


def with_groups(broker: WholeBroker) -> WholeBroker:
    """The same, with a coordinator that is up."""
    broker.ask(FindCoordinatorRequest(key="g"), 2)
    return broker


def code_of_session(session_timeout_ms: int) -> Callable[[WholeBroker], int]:
    """The error of joining with this session timeout."""
    return lambda broker: int(join(with_groups(broker), session_timeout_ms=session_timeout_ms).error_code)


def joins_at_once(broker: WholeBroker) -> bool:
    """Whether the first member of a group has its answer at once."""
    member_id = join(with_groups(broker)).member_id
    return join(broker, member_id) is not None


def code_of_second_member(broker: WholeBroker) -> int:
    """What a second member that joins is told first."""
    first = join(with_groups(broker)).member_id
    join(broker, first)
    return int(join(broker).error_code)


def commit(broker: WholeBroker, metadata: str = "") -> int:
    """Commit offset 5 of group g for orders-0; the error."""
    broker.topic()
    partition = OffsetCommitRequestPartition(partition_index=0, committed_offset=5, committed_metadata=metadata)
    topics = [OffsetCommitRequestTopic(name="orders", partitions=[partition])]
    answer = with_groups(broker).ask(OffsetCommitRequest(group_id="g", topics=topics), 7)
    return int(answer.topics[0].partitions[0].error_code)


def is_committed_after_two_hours(broker: WholeBroker) -> bool:
    """Whether the offset of a group without members is still there."""
    commit(broker)
    broker.advance(2 * HOUR_MS)
    topics = [OffsetFetchRequestTopic(name="orders", partition_indexes=[0])]
    answer = broker.ask(OffsetFetchRequest(group_id="g", topics=topics), 7)
    return bool(answer.topics[0].partitions[0].committed_offset == 5)


def offsets_codec(broker: WholeBroker) -> int:
    """The compression of a commit."""
    commit(broker)
    logs = (broker.log(OFFSETS, index) for index in range(50))
    (codec,) = {int(header.compression) for log in logs for header, _ in log.batches(0)}
    return codec


def offsets_partitions(broker: WholeBroker) -> int:
    """Partitions of the topic of committed offsets."""
    return len(with_groups(broker).broker.controller.image.topics[OFFSETS].partitions)


def has_coordinator(broker: WholeBroker) -> bool:
    """Whether there is a coordinator."""
    return OFFSETS in with_groups(broker).broker.controller.image.topics


def offsets_segment_bytes(broker: WholeBroker) -> int:
    """``segment.bytes`` of the topic of committed offsets."""
    return with_groups(broker).log(OFFSETS).config.segment_bytes


# Connections


def code_after_silence(broker: WholeBroker) -> bool:
    """Whether a connection is closed after a minute of silence."""
    _, core = broker.connect()
    broker.advance_real(60_000)
    return core.closed


def is_closed_for_200_bytes(broker: WholeBroker) -> bool:
    """Whether a frame that announces 200 bytes closes its connection."""
    client, core = broker.connect()
    client.send([(200).to_bytes(4, "big")])
    core.pump()
    return core.closed


def left_of_three(broker: WholeBroker) -> list[bool]:
    """Which of three connections stay open, if they are held to the limit, and whether there is room for one more."""
    opened = []
    for _ in range(3):
        opened.append(broker.connect()[1])
        broker.advance_real(1)
    broker.broker.connections.close_excess()
    quotas = broker.broker.connections.quotas
    return [*(not core.closed for core in opened), quotas is None or quotas.has_slot("PLAINTEXT")]


def refused_address(broker: WholeBroker) -> bool:
    """Whether an address that has two connections may not have a third."""
    for _ in range(2):
        broker.connect()
    quotas = broker.broker.connections.quotas
    return quotas is not None and quotas.refusal("/127.0.0.1") is not None


def unthrottled(broker: WholeBroker) -> int:
    """How many clients connect at once before one has to wait, thirty at most."""
    quotas = broker.broker.connections.quotas
    if quotas is None:
        return 30
    now_ms = broker.clock.real_ms()
    return next((count for count in range(30) if quotas.throttle_ms("PLAINTEXT", now_ms)), 30)


def has_slot_on_b(broker: WholeBroker) -> bool:
    """Whether B takes a connection although A has the only one allowed."""
    broker.connect("A")
    quotas = broker.broker.connections.quotas
    assert quotas is not None
    return quotas.has_slot("B")


def listening(broker: WholeBroker) -> list[int]:
    """The ports listened on."""
    return [bound.port for bound in broker.bound]


def socket_setting(name: str) -> Callable[[WholeBroker], int]:
    """What listening sockets are asked for."""
    return lambda broker: int(getattr(broker.network.settings[0], name))


BROKER_CASES: dict[str, Case] = {
    "advertised.listeners": Case(
        lambda broker: metadata_of(broker).brokers[0].host, {"PLAINTEXT://a:1": "a", "PLAINTEXT://b:1": "b"}
    ),
    "auto.create.topics.enable": Case(is_made_by_asking, {"true": True, "false": False}),
    "broker.id": Case(node_id, {"3": 3, "7": 7}),
    "broker.rack": Case(lambda broker: metadata_of(broker).brokers[0].rack, {"r1": "r1", "r2": "r2"}),
    "connections.max.idle.ms": Case(code_after_silence, {"1000": True, "600000": False, "-1": False}),
    "cordoned.log.dirs": Case(lambda broker: broker.topic(), {"": 0, "*": 38, "/tmp/kafka-logs": 38}, resource="1"),
    "default.replication.factor": Case(lambda broker: broker.topic(), {"1": 0, "2": 38}),
    "delete.topic.enable": Case(delete_topic, {"true": 0, "false": 73}),
    "fetch.max.bytes": Case(fetched_bytes, {"1000000": 4, "1024": 1}),
    "group.initial.rebalance.delay.ms": Case(joins_at_once, {"0": True, "5000": False}),
    "group.max.session.timeout.ms": Case(code_of_session(10_000), {"10000": 79, "9999": 26}),
    "group.max.size": Case(code_of_second_member, {"2": 79, "1": 81}),
    "group.min.session.timeout.ms": Case(code_of_session(5000), {"5000": 79, "5001": 26}),
    "inter.broker.listener.name": Case(
        has_slot_on_b, {"A": False, "B": True}, {**_TWO_LISTENERS, "max.connections": "1"}
    ),
    "listeners": Case(listening, {"PLAINTEXT://broker:1": [1], "PLAINTEXT://broker:2": [2]}, is_at_start=_OPENS_NONE),
    "log.cleaner.backoff.ms": Case(compacted_soon, {"600000": False, "1000": True}),
    "log.cleaner.dedupe.buffer.size": Case(
        segments_of_a_pass, {"134217728": 4, "1048577": 1}, {"log.cleaner.io.buffer.load.factor": "0.0001"}
    ),
    "log.cleaner.enable": Case(compacted_soon, {"true": True, "false": False}),
    "log.cleaner.io.buffer.load.factor": Case(
        segments_of_a_pass, {"0.9": 4, "0.0001": 1}, {"log.cleaner.dedupe.buffer.size": "1048577"}
    ),
    "log.cleaner.io.max.bytes.per.second": Case(compacted_in_a_second, {"1000000000": True, "10000": False}),
    "log.cleaner.threads": Case(
        segments_of_a_pass,
        {"1": 2, "2": 1},
        {"log.cleaner.io.buffer.load.factor": "0.0001", "log.cleaner.dedupe.buffer.size": "2200000"},
    ),
    "log.dir": Case(log_dir, {"/a": "/a", "/b": "/b"}),
    "log.dirs": Case(log_dir, {"/a": "/a", "/b,/c": "/b"}),
    "log.retention.check.interval.ms": Case(is_gone_after_a_minute, {"30000": True, "600000": False}),
    "max.connection.creation.rate": Case(unthrottled, {"2147483647": 30, "1": 10, "2": 20}),
    "max.connections": Case(
        left_of_three, {"2147483647": [True] * 4, "2": [False, True, True, False], "3": [True, True, True, False]}
    ),
    "max.connections.per.ip": Case(refused_address, {"2147483647": False, "2": True, "3": False}),
    "max.connections.per.ip.overrides": Case(
        refused_address, {"": False, "10.0.0.1:1": False, "10.0.0.1:1,127.0.0.1:2": True}
    ),
    "max.incremental.fetch.session.cache.slots": Case(has_session, {"0": False, "10": True}),
    "max.request.partition.size.limit": Case(described_partitions, {"2000": 5, "2": 2}),
    "metadata.log.max.record.bytes.between.snapshots": Case(is_snapshot, {"1000000": False, "1": True}),
    "metadata.log.max.snapshot.interval.ms": Case(
        new_topic_is_a_snapshot, {"0": False, str(HOUR_MS): False, "60000": True}
    ),
    "node.id": Case(node_id, {"3": 3, "7": 7}),
    "num.partitions": Case(partition_count, {"1": 1, "4": 4}),
    "offset.metadata.max.bytes": Case(lambda broker: commit(broker, "12345"), {"5": 0, "4": 12}),
    "offsets.retention.check.interval.ms": Case(
        is_committed_after_two_hours, {"600000": False, str(10 * HOUR_MS): True}, {"offsets.retention.minutes": "60"}
    ),
    "offsets.retention.minutes": Case(is_committed_after_two_hours, {"60": False, "600": True}),
    "offsets.topic.compression.codec": Case(offsets_codec, {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4}),
    "offsets.topic.num.partitions": Case(offsets_partitions, {"50": 50, "3": 3}),
    "offsets.topic.replication.factor": Case(has_coordinator, {"1": True, "2": False}),
    "offsets.topic.segment.bytes": Case(offsets_segment_bytes, {"104857600": 104857600, "2000000": 2000000}),
    "producer.id.expiration.check.interval.ms": Case(
        is_known_producer, {"600000": False, "3600001": True}, {"producer.id.expiration.ms": "1000"}
    ),
    "producer.id.expiration.ms": Case(is_known_producer, {"86400000": True, "1000": False}),
    "quota.window.num": Case(unthrottled, {"11": 10, "6": 5}, {"max.connection.creation.rate": "1"}),
    "quota.window.size.seconds": Case(unthrottled, {"1": 10, "2": 20}, {"max.connection.creation.rate": "1"}),
    "socket.listen.backlog.size": Case(socket_setting("backlog"), {"50": 50, "1024": 1024}),
    "socket.receive.buffer.bytes": Case(socket_setting("receive_buffer_bytes"), {"-1": -1, "4096": 4096}),
    "socket.request.max.bytes": Case(is_closed_for_200_bytes, {"100": True, "200": False}),
    "telemetry.max.bytes": Case(
        lambda broker: broker.ask(GetTelemetrySubscriptionsRequest(), 0).telemetry_max_bytes,
        {"1000": 1000, "2000": 2000},
    ),
    "socket.send.buffer.bytes": Case(socket_setting("send_buffer_bytes"), {"-1": -1, "4096": 4096}),
}


def controllers(listeners: Listeners) -> list[str]:
    """The listeners that are the controller's."""
    return [endpoint.name for endpoint in listeners.controller]


def protocol(listeners: Listeners) -> str:
    """The security protocol of the first listener."""
    return listeners.broker[0].security_protocol


_A_AND_B = {"listeners": "A://broker:1,B://broker:2", "listener.security.protocol.map": "A:PLAINTEXT,B:PLAINTEXT"}
#: Keys of which the broker does not start with more than one value, shown by what its listeners come to: what is looked at, value
#: -> what is seen, other configs.
LISTENER_CASES: dict[str, tuple[Callable[[Listeners], Any], dict[str, Any], dict[str, str]]] = {
    "controller.listener.names": (
        controllers,
        {"A": ["A"], "C": []},
        {
            **_A_AND_B,
            "inter.broker.listener.name": "B",
            "listener.security.protocol.map": "A:PLAINTEXT,B:PLAINTEXT,C:PLAINTEXT",
        },
    ),
    "listener.security.protocol.map": (
        protocol,
        {"A:PLAINTEXT": "PLAINTEXT", "A:SSL": "SSL"},
        {"listeners": "A://broker:1", "inter.broker.listener.name": "A"},
    ),
    "security.inter.broker.protocol": (
        lambda listeners: listeners.inter_broker,
        {"PLAINTEXT": "PLAINTEXT", "SSL": "SSL"},
        {"listeners": "PLAINTEXT://broker:1,SSL://broker:2"},
    ),
}


def listeners_of(configs: dict[str, str]) -> Listeners:
    """The listeners of a configuration."""
    return parse_listeners(BrokerConfig(configs))
