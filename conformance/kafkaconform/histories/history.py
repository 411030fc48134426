"""What the clients of a workload did and saw: plain data, and nothing of a broker.

Time is counted in ticks that no two moments share: an action that has ended at a smaller tick than another began was over before
it, in real time and for whoever looks. An action whose answer never came has no end: it may take effect at any time, or never.
"""

import itertools
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

import attrs


class Ending(StrEnum):
    """How an action ended: DONE and acknowledged, REFUSED with an error and without effect, or nobody knows."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Partition(NamedTuple):
    """A partition of a topic; topics of a workload never share a name with an earlier one."""

    topic: str
    number: int

    def __str__(self) -> str:
        return f"{self.topic}-{self.number}"


class Seen(NamedTuple):
    """A record as a reader got it."""

    offset: int
    value: bytes


class Marker(NamedTuple):
    """The end of a transaction as it stands in a log."""

    offset: int
    producer_id: int
    producer_epoch: int
    is_commit: bool


@attrs.frozen(kw_only=True)
class Action:
    """Something a client did: from tick ``began`` until ``ended`` (None: an answer never came)."""

    began: int
    ended: int | None

    def is_before(self, other: "Action") -> bool:
        """Whether this was over when ``other`` began."""
        return self.ended is not None and self.ended < other.began


@attrs.frozen(kw_only=True)
class Send(Action):
    """One record that a producer sent, its ``number``-th.

    ``value`` is unlike every other value of the history. Only an idempotent producer sends one more than once. ``offset`` is what the
    broker answered, None if it did not say. ``transaction`` names the `Transaction` it is in.
    ``key`` is there where the partition is compacted: a later record of the same key makes this one superfluous.
    """

    producer: str
    number: int
    partition: Partition
    value: bytes
    ending: Ending
    offset: int | None = None
    transaction: str | None = None
    key: bytes | None = None


@attrs.frozen(kw_only=True)
class Read(Action):
    """One partition of the answer to a Fetch from ``from_offset`` on, without records below it.

    ``reader`` is who read, a transaction's name in ``transaction`` tells that what was read led to what that transaction wrote.
    ``is_committed`` stands for the isolation level read_committed.
    """

    reader: str
    partition: Partition
    from_offset: int
    records: tuple[Seen, ...]
    high_watermark: int
    stable_offset: int
    is_committed: bool = False
    markers: tuple[Marker, ...] = ()
    transaction: str | None = None

    @property
    def end(self) -> int:
        """The offset behind the last thing that was read."""
        offsets = [seen.offset for seen in self.records] + [marker.offset for marker in self.markers]
        return max(offsets, default=self.from_offset - 1) + 1


@attrs.frozen(kw_only=True)
class Assignment(Action):
    """What a member got: ``began`` is when it joined, ``ended`` when it heard of its partitions.

    ``planned`` is what the leader of the generation wanted it to have; None where the leader was never heard of again.
    """

    group: str
    member: str
    generation: int
    partitions: frozenset[Partition]
    planned: frozenset[Partition] | None = None


@attrs.frozen(kw_only=True)
class Commit(Action):
    """One partition of an OffsetCommit, or of a TxnOffsetCommit in ``transaction``."""

    group: str
    member: str
    generation: int
    partition: Partition
    offset: int
    ending: Ending
    transaction: str | None = None


@attrs.frozen(kw_only=True)
class CommittedRead(Action):
    """One partition of the answer to an OffsetFetch; ``offset`` is -1 where nothing was committed."""

    group: str
    partition: Partition
    offset: int


@attrs.frozen(kw_only=True)
class Transaction(Action):
    """The end of a transaction, from its EndTxn to the answer.

    ``is_commit`` is what its producer asked for; with ``ending`` UNKNOWN either may have happened, REFUSED means that it was aborted.
    """

    name: str
    producer_id: int
    producer_epoch: int
    is_commit: bool
    ending: Ending

    @property
    def is_committed(self) -> bool:
        """Whether it was committed for certain."""
        return self.is_commit and self.ending is Ending.DONE

    @property
    def is_aborted(self) -> bool:
        """Whether it was aborted for certain."""
        return self.ending is Ending.REFUSED or (not self.is_commit and self.ending is Ending.DONE)


@attrs.frozen(kw_only=True)
class Retained:
    """What retention has left of a partition: ``size_bytes`` from ``start_offset`` on, where it may go down to ``retention_bytes``."""

    partition: Partition
    start_offset: int
    size_bytes: int
    retention_bytes: int


@attrs.frozen
class Violation:
    """A broken invariant of RELIABILITY: its number, and what happened."""

    invariant: int
    what: str


@attrs.define
class History:
    """Everything that happened. Clients in several threads append to the lists, each in the order of its own doings.

    A history is whole: it ends with a reading of every partition, and of every committed offset, after all clients had ended.
    """

    sends: list[Send] = attrs.Factory(list)
    reads: list[Read] = attrs.Factory(list)
    assignments: list[Assignment] = attrs.Factory(list)
    commits: list[Commit] = attrs.Factory(list)
    committed_reads: list[CommittedRead] = attrs.Factory(list)
    transactions: list[Transaction] = attrs.Factory(list)
    retained: list[Retained] = attrs.Factory(list)
    _ticks: Iterator[int] = attrs.field(factory=itertools.count, init=False, eq=False, repr=False)

    def tick(self) -> int:
        """The time now."""
        return next(self._ticks)
