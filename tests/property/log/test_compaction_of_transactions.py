"""Compaction under transactions: a read_committed consumer finds the last committed value of every key, whatever was cleaned.

The consumer here skips as clients do: an aborted transaction begins where the broker says and ends at its marker, if there is one.
"""

from __future__ import annotations

from random import Random

import pytest

from kafkaemu.log.partition_log import PartitionLog
from kafkaemu.log.results import Origin
from kafkawire.records.builder import ControlType, control_type_of, end_transaction_batch
from kafkawire.records.iterate import records_of
from tests.unit.log.building import NOW_MS, append, committed, keyed, log_of

Written = tuple[int, bytes | None]


class Writers:
    """A compacted log, three transactional producers, and what they have committed: the newest offset and value by key."""

    def __init__(self, delete_retention_ms: int) -> None:
        self.now_ms = NOW_MS
        self.log = log_of(
            cleanup_policy=("compact",), min_cleanable_dirty_ratio=0.0, delete_retention_ms=delete_retention_ms
        )
        self.sequences = [0, 0, 0]
        self.open: dict[int, list[tuple[bytes, Written]]] = {}
        self.committed: dict[bytes, Written] = {}

    def write(self, producer: int, wanted: list[tuple[int, bool]]) -> None:
        """Append a batch."""
        base = self.log.end_offset
        pairs = [(b"%d" % key, None if is_null else b"%d" % base) for key, is_null in wanted]
        written = [(key, (base + index, value)) for index, (key, value) in enumerate(pairs)]
        if producer < 0:
            append(self.log, keyed(*pairs, timestamp_ms=self.now_ms), now_ms=self.now_ms)
            self.note(written)
            return
        batch = keyed(
            *pairs,
            timestamp_ms=self.now_ms,
            producer_id=producer,
            producer_epoch=0,
            base_sequence=self.sequences[producer],
            is_transactional=True,
        )
        append(self.log, batch, now_ms=self.now_ms)
        self.sequences[producer] += len(pairs)
        self.open.setdefault(producer, []).extend(written)

    def end(self, producer: int, is_commit: bool) -> None:
        """End the producer's transaction, if there is one."""
        if producer in self.open:
            marker = end_transaction_batch(
                is_commit=is_commit,
                producer_id=producer,
                producer_epoch=0,
                coordinator_epoch=0,
                timestamp_ms=self.now_ms,
            )
            self.log.append_as_leader(marker, 0, self.now_ms, origin=Origin.COORDINATOR)
            committed(self.log)
            written = self.open.pop(producer)
            self.note(written if is_commit else [])

    def note(self, written: list[tuple[bytes, Written]]) -> None:
        """These are committed."""
        for key, one in written:
            self.committed[key] = max(
                one, self.committed.get(key, (-1, None)), key=lambda offset_value: offset_value[0]
            )

    def step(self, random: Random) -> None:
        """Do something."""
        chosen = random.random()
        self.now_ms += random.randrange(10)
        if chosen < 0.5:
            wanted = [(random.randrange(5), random.random() < 0.3) for _ in range(random.randint(1, 3))]
            self.write(random.choice([-1, 0, 1, 2]), wanted)
        elif chosen < 0.7:
            self.end(random.randrange(3), random.random() < 0.5)
        elif chosen < 0.85:
            self.log.roll(self.now_ms)
        else:
            records = random.choice([1, 5, 1000])
            while self.log.compact(self.now_ms, records):
                pass


def consume(log: PartitionLog) -> dict[bytes | None, Written]:
    """What a read_committed consumer that begins at the start has seen last of each key."""
    limit = log.last_stable_offset
    aborted = sorted((one.first_offset, one.producer_id) for one in log.aborted_transactions(0, limit))
    skipped: set[int] = set()
    seen: dict[bytes | None, Written] = {}
    for header, batch in log.batches(0, limit):
        while aborted and aborted[0][0] <= header.last_offset:
            skipped.add(aborted.pop(0)[1])
        records = list(records_of(batch))
        if header.is_control:
            if records and control_type_of(records[0].key) is ControlType.ABORT:
                skipped.discard(header.producer_id)
        elif not (header.is_transactional and header.producer_id in skipped):
            seen.update({record.key: (record.offset, record.value) for record in records})
    return seen


@pytest.mark.parametrize("seed", range(60))
def test_a_consumer_finds_the_last_committed_value_of_every_key(seed: int) -> None:
    random = Random(seed)
    writers = Writers(delete_retention_ms=random.choice([0, 5, 50]))
    for _ in range(100):
        writers.step(random)
    for producer in list(writers.open):
        writers.end(producer, False)
    seen = consume(writers.log)
    for key, (offset, value) in writers.committed.items():
        # A tombstone may be gone, with everything before it.
        assert seen.get(key) == (offset, value) or (value is None and key not in seen), key
    assert set(seen) <= set(writers.committed)
