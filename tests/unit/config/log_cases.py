"""What each config of a topic changes, as seen from outside its log: see `test_effects`."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from kafkawire.messages.delete_records import DeleteRecordsPartition, DeleteRecordsRequest, DeleteRecordsTopic
from kafkawire.records.record import Record
from tests.support.whole_broker import WholeBroker

HOUR_MS = 3_600_000
_SECOND = "1000000"
_LONG = "100000000"


@attrs.frozen
class Case:
    """``observe`` gives ``seen[value]`` where the key has that value, None: anything, but never the same twice.

    ``others`` are configs that the topic, or the broker, has besides. ``is_at_start`` is a key that Kafka calls dynamic and that is
    read at start only here, with the reason.
    """

    observe: Callable[[WholeBroker], Any]
    seen: Mapping[str, Any]
    others: Mapping[str, str] = attrs.field(factory=dict)
    is_at_start: str | None = None
    resource: str = ""


def _words(seed: int, count: int) -> bytes:
    chance = random.Random(seed)
    return b" ".join(b"%x" % chance.getrandbits(12) for _ in range(count))


def delete_records(broker: WholeBroker) -> int:
    """The error of deleting all records of orders-0."""
    broker.produce(b"a")
    partition = DeleteRecordsPartition(partition_index=0, offset=-1)
    topics = [DeleteRecordsTopic(name="orders", partitions=[partition])]
    answer = broker.ask(DeleteRecordsRequest(topics=topics, timeout_ms=1000), 2)
    return int(answer.topics[0].partitions[0].error_code)


def stored_codec(broker: WholeBroker) -> int:
    """The compression in which a batch that came uncompressed lies in the log."""
    assert broker.produce(b"a" * 1000) == 0
    (header, _), *_ = broker.log().batches(0)
    return int(header.compression)


def stored_bytes(broker: WholeBroker) -> int:
    """How large a batch of 60 kB of words is in the log."""
    assert broker.produce(_words(1, 16_000)) == 0
    return broker.log().size_bytes


def _close(broker: WholeBroker, *records: tuple[bytes, bytes | None]) -> None:
    now_ms = broker.clock.now_ms()
    broker.produce_records([Record(key, value, (), now_ms) for key, value in records])
    broker.log().roll(now_ms)


def is_compacted_after(milliseconds: int) -> Callable[[WholeBroker], bool]:
    """Whether, so long after it was overwritten, an old value is gone."""

    def observe(broker: WholeBroker) -> bool:
        _close(broker, (b"k", b"1"), (b"k", b"2"))
        broker.advance(milliseconds)
        return sum(header.record_count for header, _ in broker.log().batches(0)) < 2

    return observe


def tombstone_is_kept(broker: WholeBroker) -> bool:
    """Whether, half an hour after it was compacted, a tombstone is still there."""
    _close(broker, (b"k", b"1"), (b"k", None))
    broker.advance(20_000)
    _close(broker, (b"other", b"1"))
    broker.advance(2_000_000)
    return any(header.last_offset == 1 and header.record_count for header, _ in broker.log().batches(0))


def segments_of_ten_batches(broker: WholeBroker) -> int:
    """How many segments ten batches make."""
    for _ in range(10):
        assert broker.produce(b"x" * 100, ahead_ms=0) == 0
        broker.advance(1)
    return len(broker.log().segments)


def code_of_200_bytes(broker: WholeBroker) -> int:
    """The error of a batch of about 200 bytes."""
    return broker.produce(b"x" * 200)


def code_of_time(ahead_ms: int) -> Callable[[WholeBroker], int]:
    """The error of a record so far from now."""
    return lambda broker: broker.produce(b"a", ahead_ms=ahead_ms)


def stored_time(broker: WholeBroker) -> int:
    """How long ago a record that was written five seconds ago lies in the log."""
    broker.produce(b"a", ahead_ms=-5000)
    (header, _), *_ = broker.log().batches(0)
    return broker.clock.now_ms() - int(header.max_timestamp)


def is_trimmed(broker: WholeBroker) -> bool:
    """Whether the older one of two segments is soon gone."""
    for _ in range(2):
        broker.produce(b"a")
        broker.log().roll(broker.clock.now_ms())
    broker.advance(400_000)
    return broker.log().start_offset > 0


def is_gone_after(milliseconds: int) -> Callable[[WholeBroker], bool]:
    """Whether a record is gone so long after it was written."""

    def observe(broker: WholeBroker) -> bool:
        broker.produce(b"a")
        broker.advance(milliseconds)
        return broker.log().start_offset > 0

    return observe


def segments_of_600_kb(broker: WholeBroker) -> int:
    """How many segments three batches of 600 kB make."""
    for _ in range(3):
        assert broker.produce(b"x" * 600_000) == 0
    return len(broker.log().segments)


def segments_after(milliseconds: int) -> Callable[[WholeBroker], int]:
    """How many segments two records make, written so far apart."""

    def observe(broker: WholeBroker) -> int:
        broker.produce(b"a")
        broker.advance(milliseconds)
        broker.produce(b"b")
        return len(broker.log().segments)

    return observe


_COMPACTED = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0"}
_NEVER_DIRTY = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "1"}

#: By topic key; keys of the broker that give its default are shown by the same.
TOPIC_CASES: dict[str, Case] = {
    "cleanup.policy": Case(delete_records, {"delete": 0, "compact": 44, "compact,delete": 0}),
    "compression.gzip.level": Case(stored_bytes, {"1": None, "9": None}, {"compression.type": "gzip"}),
    "compression.lz4.level": Case(stored_bytes, {"1": None, "12": None}, {"compression.type": "lz4"}),
    "compression.type": Case(stored_codec, {"producer": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}),
    "compression.zstd.level": Case(stored_bytes, {"1": None, "19": None}, {"compression.type": "zstd"}),
    "delete.retention.ms": Case(tombstone_is_kept, {_LONG: True, _SECOND: False}, _COMPACTED),
    "index.interval.bytes": Case(segments_of_ten_batches, {"4096": 1, "0": 5}, {"segment.index.bytes": "24"}),
    "max.compaction.lag.ms": Case(is_compacted_after(2_000_000), {_LONG: False, _SECOND: True}, _NEVER_DIRTY),
    "max.message.bytes": Case(code_of_200_bytes, {"1000": 0, "100": 10}),
    "message.timestamp.after.max.ms": Case(code_of_time(5000), {"10000": 0, "1000": 32}),
    "message.timestamp.before.max.ms": Case(code_of_time(-5000), {"10000": 0, "1000": 32}),
    "message.timestamp.type": Case(stored_time, {"CreateTime": 5000, "LogAppendTime": 0}),
    "min.cleanable.dirty.ratio": Case(
        is_compacted_after(20_000), {"1": False, "0.5": True}, {"cleanup.policy": "compact"}
    ),
    "min.compaction.lag.ms": Case(is_compacted_after(20_000), {_LONG: False, "0": True}, _COMPACTED),
    "retention.bytes": Case(is_trimmed, {"-1": False, "1": True}),
    "retention.ms": Case(is_gone_after(2 * HOUR_MS), {str(10 * HOUR_MS): False, str(HOUR_MS): True}),
    "internal.segment.bytes": Case(segments_of_600_kb, {"2097152": 1, "1048576": 3}),
    "segment.bytes": Case(segments_of_600_kb, {"2097152": 1, "1048576": 3}),
    "segment.index.bytes": Case(segments_of_ten_batches, {"10485760": 1, "24": 5}, {"index.interval.bytes": "0"}),
    "segment.jitter.ms": Case(
        segments_after(10 * HOUR_MS - 1), {"0": 1, str(10 * HOUR_MS): 2}, {"segment.ms": str(10 * HOUR_MS)}
    ),
    "segment.ms": Case(segments_after(2 * HOUR_MS), {str(10 * HOUR_MS): 1, str(HOUR_MS): 2}),
}
