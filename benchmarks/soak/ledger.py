"""What was sent, acknowledged and seen: every record carries the offset that it must get.

One producer writes each partition, in order, so the offset of a batch is known before it is sent: it is what the producer has
written so far. The first record of each batch says it. A record that is lost, doubled, moved or damaged contradicts its offset.
"""

from __future__ import annotations

from collections import Counter
from struct import Struct

from google_crc32c import value as crc32c

from kafkawire.primitives import Buffer

#: (topic, partition)
TopicPartition = tuple[str, int]

_SIZE_AND_OFFSET = Struct(">qi")
_CRC = Struct(">I")
_COUNT = Struct(">i")
_OFFSET = Struct(">q")
#: Where they stand in a batch.
_CRC_AT, _CHECKED_AT, _LAST_DELTA_AT, BATCH_OVERHEAD = 17, 21, 23, 12


class Ledger:
    """The books of one run."""

    def __init__(self) -> None:
        #: Records sent and acknowledged so far, which is the next offset.
        self.sent: Counter[TopicPartition] = Counter()
        self.acknowledged: Counter[TopicPartition] = Counter()
        #: By group: the offset behind the last record that it has seen without a gap.
        self.seen: dict[str, Counter[TopicPartition]] = {}
        self.batches_checked = 0
        self.done: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        #: Milliseconds from when a request was due to its answer, since somebody took them.
        self.latencies_ms: list[float] = []

    def add_group(self, name: str) -> None:
        """A group that is to see every record."""
        self.seen[name] = Counter()

    def error(self, what: str) -> None:
        """Something that must not happen."""
        self.errors[what] += 1

    @property
    def unacknowledged(self) -> int:
        """Records under way."""
        return self.sent.total() - self.acknowledged.total()

    def lag_share(self, limits: dict[str, int]) -> float:
        """The largest lag of any group on any partition, as a share of the records that its topic may lag."""
        return max(
            (
                (count - seen[key]) / limits[key[0]]
                for seen in self.seen.values()
                for key, count in self.acknowledged.items()
            ),
            default=0.0,
        )

    def missing(self) -> dict[str, int]:
        """By group, the acknowledged records that it has not seen."""
        return {
            group: sum(max(0, count - seen[key]) for key, count in self.acknowledged.items())
            for group, seen in self.seen.items()
        }

    def check(self, group: str, key: TopicPartition, records: Buffer, position: int, value_at: int) -> int:
        """Look at what a group got when it asked for ``position``; returns where it goes on.

        ``value_at`` is where the first value of a batch begins.
        """
        seen = self.seen[group]
        start, end = 0, len(records)
        while end - start > BATCH_OVERHEAD:
            offset, size = _SIZE_AND_OFFSET.unpack_from(records, start)
            stop = start + BATCH_OVERHEAD + size
            if stop > end:
                break
            if crc32c(bytes(records[start + _CHECKED_AT : stop])) != _CRC.unpack_from(records, start + _CRC_AT)[0]:
                self.error(f"{group}: a batch of {key} is damaged")
            if _OFFSET.unpack_from(records, start + value_at)[0] != offset:
                self.error(f"{group}: a record of {key} has not the offset that it was given")
            if offset > position:
                self.error(f"{group}: records of {key} are missing")
            position = offset + _COUNT.unpack_from(records, start + _LAST_DELTA_AT)[0] + 1
            self.batches_checked += 1
            start = stop
        if position > seen[key]:
            seen[key] = position
        return position
