"""What a broker keeps of its topics: histories of a topic that is compacted, and of one that outgrows its retention.

When that happens is up to the broker: ``log.cleaner.backoff.ms`` and ``log.retention.check.interval.ms``.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from random import Random

import attrs

from kafkaconform.batches import TIMESTAMP_MS, Record, batch
from kafkaconform.checks import Check, Target
from kafkaconform.histories.history import Ending, History, Partition, Retained, Send
from kafkaconform.histories.judging import NothingToJudge, judged
from kafkaconform.histories.reading import Reader
from kafkaconform.histories.surroundings import Surroundings
from kafkaconform.prepare import make_topic, produce_request
from kafkaconform.session import ProbeFailed, Session
from kafkawire.messages.incremental_alter_configs import (
    ConfigChange,
    IncrementalAlterConfigsRequest,
    ResourceChange,
)
from kafkawire.messages.list_offsets import ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic

BATCHES, RECORDS_PER_BATCH, KEYS = 40, 5, 10
RECORD_BYTES = 200
RETENTION_BYTES = 10_000
#: Records are so far apart in time that each batch begins a segment.
SEGMENT_MS, BATCH_MS = 1000, 10_000
WAIT_S = 3.0
LOOK_S = 0.05

_SEGMENTS = {"segment.ms": str(SEGMENT_MS)}
_COMPACTED = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.01", **_SEGMENTS}
_RETAINED = {"cleanup.policy": "delete", "retention.bytes": "-1", **_SEGMENTS}
_TOPIC_RESOURCE, _SET = 2, 0


@attrs.define
class _Topic:
    """A topic of one partition, what was sent to it, and how many bytes each batch takes, by its first offset."""

    session: Session
    around: Surroundings
    partition: Partition
    batch_bytes: dict[int, int] = attrs.Factory(dict)

    def fill(self, seed: int, *, has_keys: bool) -> None:
        """Send batches of records, whose keys come again and again where they have any."""
        chance = Random(seed)
        history = self.around.history
        for number in range(BATCHES):
            keys = [b"%d" % chance.randrange(KEYS) if has_keys else None for _ in range(RECORDS_PER_BATCH)]
            values = [b"%d/%d" % (number, place) + b"." * RECORD_BYTES for place in range(RECORDS_PER_BATCH)]
            records = [Record(value=value, key=key) for key, value in zip(keys, values, strict=True)]
            data = batch(records, base_timestamp=TIMESTAMP_MS + number * BATCH_MS)
            began = history.tick()
            answer = self.session.service.quietly(produce_request(self.partition.topic, data), 8)
            ended = history.tick()
            result = answer.responses[0].partition_responses[0]
            if result.error_code:
                raise ProbeFailed(f"produce to {self.partition}: error {result.error_code}")
            self.batch_bytes[result.base_offset] = len(data)
            history.sends += [
                Send(
                    began=began,
                    ended=ended,
                    producer="producer",
                    number=number * RECORDS_PER_BATCH + place,
                    partition=self.partition,
                    value=values[place],
                    ending=Ending.DONE,
                    offset=result.base_offset + place,
                    key=keys[place],
                )
                for place in range(RECORDS_PER_BATCH)
            ]

    def limit(self, retention_bytes: int) -> None:
        """Set how many bytes retention leaves."""
        config = ConfigChange(name="retention.bytes", config_operation=_SET, value=str(retention_bytes))
        resource = ResourceChange(resource_type=_TOPIC_RESOURCE, resource_name=self.partition.topic, configs=[config])
        answer = self.session.service.quietly(IncrementalAlterConfigsRequest(resources=[resource]), 1)
        if answer.responses[0].error_code:
            raise ProbeFailed(f"retention.bytes of {self.partition.topic}: error {answer.responses[0].error_code}")

    def left_from(self, start_offset: int, without: int = 0) -> int:
        """How many bytes the batches from there on take, but for the first ``without`` of them."""
        sizes = [size for offset, size in self.batch_bytes.items() if offset >= start_offset]
        return sum(sizes[without:])

    def start_offset(self) -> int:
        """Where the partition begins now."""
        asked = ListOffsetsTopic(
            name=self.partition.topic, partitions=[ListOffsetsPartition(partition_index=0, timestamp=-2)]
        )
        answer = self.session.service.quietly(ListOffsetsRequest(replica_id=-1, topics=[asked]), 5)
        return int(answer.topics[0].partitions[0].offset)

    def count(self) -> int:
        """How many records there are now; looking is no part of the history."""
        around = self.around
        beside = Surroundings(around.host, around.port, around.suffix, 0, 0.0, around.partitions)
        try:
            Reader(beside, "looker").read_all()
        finally:
            beside.close()
        return sum(len(read.records) for read in beside.history.reads)


def _compaction(topic: _Topic) -> None:
    topic.fill(1, has_keys=True)
    # One record of each key, and the newest segment as it is.
    _wait(lambda: topic.count() <= KEYS + RECORDS_PER_BATCH, "log.cleaner.backoff.ms")
    Reader(topic.around, "last-reader").read_all()


def _retention(topic: _Topic) -> None:
    topic.fill(2, has_keys=False)
    # Only now, so that nothing is taken of what is still growing.
    topic.limit(RETENTION_BYTES)
    _wait(lambda: topic.left_from(topic.start_offset(), 1) < RETENTION_BYTES, "log.retention.check.interval.ms")
    start = topic.start_offset()
    topic.around.history.retained.append(
        Retained(
            partition=topic.partition,
            start_offset=start,
            size_bytes=topic.left_from(start),
            retention_bytes=RETENTION_BYTES,
        )
    )
    Reader(topic.around, "last-reader", start).read_all()


def _wait(is_done: Callable[[], bool], config: str) -> None:
    end = time.monotonic() + WAIT_S
    while not is_done():
        if time.monotonic() > end:
            raise NothingToJudge(f"nothing was cleaned in {WAIT_S:.0f} s: start the broker with {config}=200")
        time.sleep(LOOK_S)


def _history(target: Target, configs: Mapping[str, str], play: Callable[[_Topic], None]) -> History:
    suffix = f"-{secrets.token_hex(4)}"
    session = Session(target.host, target.port, suffix=suffix, release=target.release, check_answers=False)
    around = Surroundings(target.host, target.port, suffix, seed=0, duration_s=0.0)
    try:
        name, _ = make_topic(session, "kept", configs=configs)
        around.partitions = (Partition(name, 0),)
        play(_Topic(session, around, around.partitions[0]))
    finally:
        around.close()
        session.close()
    return around.history


KEEPING: tuple[Check, ...] = (
    judged(
        "histories/compaction",
        "Compaction keeps the last record of every key, where it was.",
        lambda target: _history(target, _COMPACTED, _compaction),
    ),
    judged(
        "histories/retention",
        "Retention takes whole segments from the beginning, and leaves retention.bytes.",
        lambda target: _history(target, _RETAINED, _retention),
    ),
)
