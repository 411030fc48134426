"""A day of simulated time in a broker without sockets: steady load, and everything that has to go does go.

Topic ``aging`` keeps an hour in segments of ten minutes, ``latest`` keeps the newest record of each of a thousand keys, groups commit
every ten seconds, and the groups of the first hours stop doing so and lose their offsets.
"""

from __future__ import annotations

import time
from typing import Any

import attrs
import psutil

from benchmarks.rows import Figures
from kafkaemu.broker import Broker
from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import parse_listeners
from kafkaemu.handlers.context import Peer, Request
from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.server.listeners import Bound
from kafkaemu.world.memory import MemoryDisk, MemoryNetwork, MovedClock, SeededEntropy
from kafkawire.declare import TopLevel
from kafkawire.messages.create_topics import CreatableTopic, CreatableTopicConfig, CreateTopicsRequest
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
)
from kafkawire.messages.offset_fetch import OffsetFetchRequest, OffsetFetchRequestGroup, OffsetFetchRequestTopics
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from kafkawire.records.batch import BatchHeader
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
STEP_MS = 10_000
REAL_STEP_MS = 1000.0
HOURS = 24
#: Per step: records of a kibibyte to each partition of ``aging``, and updates of ``latest``.
RECORDS, VALUE_BYTES, PARTITIONS = 10, 1024, 4
UPDATES, KEYS = 50, 1000
GROUPS = 20
SEGMENT_MS, RETENTION_MS, CHECK_MS = 10 * MINUTE_MS, HOUR_MS, 5 * MINUTE_MS
OFFSETS_RETENTION_MINUTES = 180
#: Growth of the process from the third quarter of the time to the last.
GROWTH_SHARE_MAX = 0.05


@attrs.define
class World:
    """Everything in memory, time moved by hand."""

    clock: MovedClock = attrs.field(factory=MovedClock)
    network: MemoryNetwork = attrs.field(factory=lambda: MemoryNetwork(_no_event))
    disk: MemoryDisk = attrs.field(factory=MemoryDisk)
    entropy: SeededEntropy = attrs.field(factory=SeededEntropy)


def _no_event() -> Any:
    raise AssertionError("nothing waits here")


class Day:
    """The broker, and its only client."""

    def __init__(self) -> None:
        config = BrokerConfig(
            {
                "log.retention.check.interval.ms": str(CHECK_MS),
                "offsets.retention.minutes": str(OFFSETS_RETENTION_MINUTES),
                "offsets.topic.num.partitions": "4",
            }
        )
        self.world = World()
        self.broker = Broker(self.world, config)
        self.broker.start(parse_listeners(config), [Bound("PLAINTEXT", (), ("localhost", 9092))])
        self._peer = Peer("/127.0.0.1", 50_000, "PLAINTEXT")
        self._offset = 0

    def ask(self, body: TopLevel, version: int) -> Any:
        """A request's answer, for which no time passes."""
        dispatcher = self.broker.connections.dispatcher
        request = Request(body.KEY, version, 0, "day", self._peer)
        return dispatcher.route(body.KEY, version).handle(self.broker.context, request, body)

    def prepare(self) -> None:
        """Topics, and a coordinator."""
        configs = {
            "aging": {"retention.ms": RETENTION_MS, "segment.ms": SEGMENT_MS},
            "latest": {"cleanup.policy": "compact", "segment.ms": SEGMENT_MS, "min.cleanable.dirty.ratio": 0.5},
        }
        topics = [
            CreatableTopic(
                name=name,
                num_partitions=PARTITIONS if name == "aging" else 1,
                replication_factor=1,
                configs=[CreatableTopicConfig(name=key, value=str(value)) for key, value in settings.items()],
            )
            for name, settings in configs.items()
        ]
        answer = self.ask(CreateTopicsRequest(topics=topics), 5)
        if any(topic.error_code for topic in answer.topics):
            raise RuntimeError(f"CreateTopics: {answer}")
        self.ask(FindCoordinatorRequest(key_type=0, coordinator_keys=["day"]), 4)

    def step(self, number: int) -> None:
        """Ten seconds: write, commit, and let due what is due."""
        now_ms = self.world.clock.now_ms()
        values = [Record(value=bytes(VALUE_BYTES), timestamp_ms=now_ms) for _ in range(RECORDS)]
        aging = [PartitionProduceData(index=index, records=build_batch(values)) for index in range(PARTITIONS)]
        updates = [
            Record(key=b"key-%d" % ((number * UPDATES + each) % KEYS), value=bytes(100), timestamp_ms=now_ms)
            for each in range(UPDATES)
        ]
        latest = [PartitionProduceData(index=0, records=build_batch(updates))]
        data = [
            TopicProduceData(name="aging", partition_data=aging),
            TopicProduceData(name="latest", partition_data=latest),
        ]
        answer = self.ask(ProduceRequest(transactional_id=None, acks=-1, timeout_ms=1000, topic_data=data), 9)
        if any(part.error_code for topic in answer.responses for part in topic.partition_responses):
            raise RuntimeError(f"Produce: {answer}")
        self._offset += RECORDS
        hour = now_ms // HOUR_MS
        for each in range(GROUPS):
            self._commit(f"always-{each}")
        # A group of this hour only: 180 minutes after its last commit nothing of it is left.
        self._commit(f"hour-{hour}")
        self.world.clock.advance(STEP_MS)
        self.run_due()

    def _commit(self, group: str) -> None:
        partitions = [
            OffsetCommitRequestPartition(partition_index=index, committed_offset=self._offset)
            for index in range(PARTITIONS)
        ]
        topic = OffsetCommitRequestTopic(name="aging", partitions=partitions)
        answer = self.ask(OffsetCommitRequest(group_id=group, topics=[topic]), 8)
        if any(part.error_code for part in answer.topics[0].partitions):
            raise RuntimeError(f"OffsetCommit: {answer}")

    def run_due(self) -> None:
        """What is due by now; the rest of a compaction pass comes on real time, of which some has passed, too."""
        self.broker.moved.run_due(self.world.clock.now_ms())
        self.broker.real.run_due(self.world.clock.real_ms() + REAL_STEP_MS)

    def committed(self, group: str) -> int:
        """The offset of a group in partition 0; -1 for none."""
        topic = OffsetFetchRequestTopics(name="aging", partition_indexes=[0])
        answer = self.ask(OffsetFetchRequest(groups=[OffsetFetchRequestGroup(group_id=group, topics=[topic])]), 8)
        return int(answer.groups[0].topics[0].partitions[0].committed_offset)

    def log(self, topic: str, index: int = 0) -> PartitionLog:
        partition = self.broker.replicas.partition(topic, index)
        assert partition is not None
        return partition.log

    def age_of_oldest_ms(self, index: int) -> int:
        """How old the first record is that can still be read."""
        log = self.log("aging", index)
        _, batch = next(iter(log.batches(log.start_offset)))
        return self.world.clock.now_ms() - BatchHeader.parse(batch).max_timestamp


def _check(day: Day, start_ms: int) -> None:
    """What has to be there is there, and nothing else; raises RuntimeError."""
    now_ms = day.world.clock.now_ms()
    passed_ms = now_ms - start_ms
    for index in range(PARTITIONS):
        age_ms, log = day.age_of_oldest_ms(index), day.log("aging", index)
        # A segment goes when its newest record is past retention, at the check after that.
        longest_ms = RETENTION_MS + SEGMENT_MS + CHECK_MS + 2 * STEP_MS
        if not min(passed_ms, RETENTION_MS) <= age_ms <= longest_ms:
            raise RuntimeError(f"aging-{index}: the oldest record is {age_ms} ms old")
        if log.end_offset != passed_ms // STEP_MS * RECORDS:
            raise RuntimeError(f"aging-{index} ends at {log.end_offset}")
    newest: dict[bytes | None, int] = {}
    log = day.log("latest")
    for _, batch in log.batches(log.start_offset):
        for record in records_of(batch):
            newest[record.key] = record.offset
    if sorted(newest.values()) != list(range(log.end_offset - len(newest), log.end_offset)):
        raise RuntimeError("latest: the newest record of some key is gone")
    hour = now_ms // HOUR_MS
    gone = hour - OFFSETS_RETENTION_MINUTES // 60 - 2
    if passed_ms > 5 * HOUR_MS and day.committed(f"hour-{gone}") != -1:
        raise RuntimeError("offsets that have expired are still there")
    if day.committed("always-0") < 0 or day.committed(f"hour-{hour - 1}") < 0:
        raise RuntimeError("offsets that have not expired are gone")


def _growth(samples: list[int]) -> float:
    quarter = len(samples) // 4
    return sum(samples[-quarter:]) / sum(samples[-2 * quarter : -quarter]) - 1


def retention(hours: int = HOURS) -> Figures:
    """Live through the day, and look each hour. Raises RuntimeError for what is not as it has to be."""
    day = Day()
    day.prepare()
    start_ms, begin, process = day.world.clock.now_ms(), time.perf_counter(), psutil.Process()
    samples: list[tuple[int, int]] = []
    for hour in range(hours):
        for step in range(HOUR_MS // STEP_MS):
            day.step(hour * (HOUR_MS // STEP_MS) + step)
        _check(day, start_ms)
        logs = [partition.log for partition in day.broker.replicas.all_partitions()]
        samples.append((sum(log.allocated_bytes for log in logs), process.memory_info().rss))
    offsets = [day.log("__consumer_offsets", index) for index in range(4)]
    logs_growth, process_growth = (_growth([sample[place] for sample in samples]) for place in (0, 1))
    if process_growth > GROWTH_SHARE_MAX:
        raise RuntimeError(f"memory grows, by {process_growth:.1%} from the third quarter to the last: {samples}")
    figures = {
        "simulated hours": float(hours),
        "real seconds": time.perf_counter() - begin,
        "records written": float(
            sum(day.log("aging", i).end_offset for i in range(PARTITIONS)) + day.log("latest").end_offset
        ),
        "offset records written": float(sum(log.end_offset for log in offsets)),
        "__consumer_offsets at the end, MB": sum(log.size_bytes for log in offsets) / 1e6,
        "aging at the end, MB": sum(day.log("aging", i).size_bytes for i in range(PARTITIONS)) / 1e6,
        "latest at the end, MB": day.log("latest").size_bytes / 1e6,
        "memory of all logs at the end, MB": samples[-1][0] / 1e6,
        "its change from the third quarter to the last, %": logs_growth * 100,
        "the process's change from the third quarter to the last, %": process_growth * 100,
    }
    day.broker.close()
    return figures
