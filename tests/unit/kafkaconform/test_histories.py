"""Each checker on histories made by hand: what a correct broker allows, and what it never does."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from kafkaconform.histories.checkers import CHECKERS, violations
from kafkaconform.histories.history import (
    Assignment,
    Commit,
    CommittedRead,
    Ending,
    History,
    Marker,
    Partition,
    Read,
    Retained,
    Seen,
    Send,
    Transaction,
)

P, Q = Partition("orders", 0), Partition("orders", 1)


def sent(number: int, offset: int | None, at: int = 0, **changes: object) -> Send:
    """The ``number``-th record of a producer, acknowledged at ``offset``, or (None) never heard of again."""
    known = {
        "began": at,
        "ended": None if offset is None else at + 1,
        "producer": "p",
        "number": number,
        "partition": P,
        "value": f"p/{number}".encode(),
        "ending": Ending.UNKNOWN if offset is None else Ending.DONE,
        "offset": offset,
    }
    return Send(**{**known, **changes})  # type: ignore[arg-type]


def read(*values: tuple[int, str], at: int = 100, from_offset: int = 0, end: int = 3, **changes: object) -> Read:
    """One answer to a Fetch, of a partition that ends at ``end``."""
    known = {
        "began": at,
        "ended": at + 1,
        "reader": "r",
        "partition": P,
        "from_offset": from_offset,
        "records": tuple(Seen(offset, value.encode()) for offset, value in values),
        "high_watermark": end,
        "stable_offset": end,
    }
    return Read(**{**known, **changes})  # type: ignore[arg-type]


def committed(offset: int, at: int, ending: Ending = Ending.DONE, generation: int = 1, **changes: object) -> Commit:
    """A commit that took from ``at`` to ``at`` + 1, or was never answered."""
    known = {
        "began": at,
        "ended": None if ending is Ending.UNKNOWN else at + 1,
        "group": "g",
        "member": "m",
        "generation": generation,
        "partition": P,
        "offset": offset,
        "ending": ending,
    }
    return Commit(**{**known, **changes})  # type: ignore[arg-type]


def asked(offset: int, at: int) -> CommittedRead:
    """An OffsetFetch that took from ``at`` to ``at`` + 1."""
    return CommittedRead(began=at, ended=at + 1, group="g", partition=P, offset=offset)


def assigned(member: str, generation: int, *partitions: Partition, at: int = 0, plan: bool = True) -> Assignment:
    """A member that got what the leader wanted it to have."""
    got = frozenset(partitions)
    return Assignment(
        began=at,
        ended=at + 1,
        group="g",
        member=member,
        generation=generation,
        partitions=got,
        planned=got if plan else None,
    )


def transaction(
    name: str, at: int, *, commit: bool = True, ending: Ending = Ending.DONE, epoch: int = 0
) -> Transaction:
    """A transaction whose end took from ``at`` to ``at`` + 1."""
    ended = None if ending is Ending.UNKNOWN else at + 1
    return Transaction(
        began=at, ended=ended, name=name, producer_id=7, producer_epoch=epoch, is_commit=commit, ending=ending
    )


THREE = [sent(0, 0), sent(1, 1, 2), sent(2, 2, 4)]
ALL = read((0, "p/0"), (1, "p/1"), (2, "p/2"))
T1, T2 = transaction("t1", 50), transaction("t2", 60, epoch=1)
ABORTED = transaction("t1", 50, commit=False)
UNKNOWN = transaction("t1", 50, ending=Ending.UNKNOWN)
IN_T1 = [sent(0, 0, transaction="t1"), sent(1, 1, 2, transaction="t1")]
END_OF_T1 = Marker(2, 7, 0, True)
BOTH = read((0, "p/0"), (1, "p/1"), is_committed=True, markers=(END_OF_T1,))
NOTHING = read(is_committed=True, markers=(Marker(2, 7, 0, False),))

KEYED = [sent(0, 0, key=b"k"), sent(1, 1, key=b"other"), sent(2, 2, key=b"k")]
LEFT = Retained(partition=P, start_offset=1, size_bytes=100, retention_bytes=100)

GOOD = {
    "compaction takes what is superseded": History(sends=KEYED, reads=[read((1, "p/1"), (2, "p/2"))]),
    "compaction has not come": History(sends=KEYED, reads=[ALL]),
    "retention takes the beginning": History(
        sends=THREE, reads=[read((1, "p/1"), (2, "p/2"), from_offset=1)], retained=[LEFT]
    ),
    "nothing happened": History(),
    "three records are read": History(sends=THREE, reads=[ALL]),
    "they are read in two answers": History(
        sends=THREE, reads=[read((0, "p/0")), read((1, "p/1"), (2, "p/2"), from_offset=1)]
    ),
    "an unknown send is there": History(sends=[sent(0, None)], reads=[read((0, "p/0"), end=1)]),
    "an unknown send is not there": History(sends=[sent(0, None)], reads=[read(end=0)]),
    "a high watermark from before a send ended": History(sends=THREE, reads=[ALL, read((0, "p/0"), at=2, end=1)]),
    "a refused send is not there": History(sends=[sent(0, None, ending=Ending.REFUSED)], reads=[read(end=0)]),
    "a refused commit has no effect": History(
        commits=[committed(5, 0), committed(9, 10, Ending.REFUSED)], committed_reads=[asked(5, 20)]
    ),
    "an unknown commit takes effect late": History(
        commits=[committed(9, 0, Ending.UNKNOWN), committed(5, 10)], committed_reads=[asked(5, 20), asked(9, 30)]
    ),
    "a commit under way is read or not": History(
        commits=[committed(5, 0), committed(9, 10, ended=50)], committed_reads=[asked(5, 20), asked(9, 30)]
    ),
    "partitions change hands": History(
        assignments=[assigned("a", 1, P, Q), assigned("a", 2, P, at=10), assigned("b", 2, Q, at=10, plan=False)],
        commits=[committed(1, 5), committed(2, 20, generation=2), committed(3, 20, Ending.REFUSED)],
    ),
    "a commit races the end of its generation": History(
        assignments=[assigned("a", 1, P), assigned("b", 2, P, at=10)], commits=[committed(1, 10)]
    ),
    "a commit without a generation": History(
        assignments=[assigned("a", 1, P)], commits=[committed(1, 5, generation=-1)]
    ),
    "a committed transaction is read": History(sends=IN_T1, reads=[BOTH], transactions=[T1]),
    "an aborted transaction is not read": History(sends=IN_T1, reads=[NOTHING], transactions=[ABORTED]),
    "an aborted transaction is read uncommitted": History(
        sends=IN_T1, reads=[NOTHING, read((0, "p/0"), (1, "p/1"))], transactions=[ABORTED]
    ),
    "a transaction of unknown end": History(sends=IN_T1, reads=[BOTH], transactions=[UNKNOWN]),
    "a committed transaction commits offsets": History(
        sends=IN_T1,
        reads=[BOTH],
        transactions=[T1],
        commits=[committed(5, 10, transaction="t1")],
        committed_reads=[asked(5, 100)],
    ),
    "a transaction's offsets are overtaken": History(
        sends=IN_T1,
        reads=[BOTH],
        transactions=[T1],
        commits=[committed(5, 10, transaction="t1"), committed(9, 60)],
        committed_reads=[asked(9, 100)],
    ),
    "an aborted transaction's offsets are not in force": History(
        transactions=[ABORTED],
        commits=[committed(1, 0), committed(5, 10, transaction="t1")],
        committed_reads=[asked(1, 100)],
    ),
    "transactions read one after another": History(
        sends=[sent(0, 0, transaction="t1"), sent(1, 1, transaction="t2")],
        reads=[
            read((0, "p/0"), at=52, end=2, is_committed=True, transaction="t2"),
            read((0, "p/0"), (1, "p/1"), end=2, is_committed=True),
        ],
        transactions=[T1, T2],
    ),
    "a transaction ends in a marker": History(
        sends=[*IN_T1, sent(3, 3, 55, transaction="t2")],
        reads=[
            read(
                (0, "p/0"), (1, "p/1"), (3, "p/3"), markers=(END_OF_T1, Marker(4, 7, 1, True)), end=5, is_committed=True
            ),
            read((3, "p/3"), markers=(Marker(4, 7, 1, True),), from_offset=3, end=5),
        ],
        transactions=[T1, T2],
    ),
}

BAD: dict[str, tuple[int, History]] = {
    "compaction takes the last record of a key": (16, History(sends=KEYED, reads=[read((0, "p/0"), (2, "p/2"))])),
    "compaction keeps the older record": (20, History(sends=KEYED, reads=[read((0, "p/0"), (1, "p/1"))])),
    "retention takes too much": (16, History(retained=[attrs.evolve(LEFT, retention_bytes=101)])),
    "retention leaves a hole": (
        20,
        History(sends=THREE, reads=[read((2, "p/2"), from_offset=2)], retained=[LEFT]),
    ),
    "an acknowledged record is skipped": (16, History(sends=THREE, reads=[read((0, "p/0"), (2, "p/2"))])),
    "a committed record is skipped": (
        16,
        History(sends=IN_T1, reads=[read((1, "p/1"), is_committed=True)], transactions=[T1]),
    ),
    "two values at an offset": (17, History(sends=THREE, reads=[ALL, read((0, "p/0"), (1, "p/2"))])),
    "one offset given twice": (17, History(sends=[sent(0, 0), sent(1, 0)], reads=[read((0, "p/0"))])),
    "a value nobody sent": (17, History(reads=[read((0, "x"))])),
    "a value in another partition": (17, History(sends=[sent(0, None, partition=Q)], reads=[read((0, "p/0"))])),
    "a refused record is there": (
        17,
        History(sends=[sent(0, None, ending=Ending.REFUSED)], reads=[read((0, "p/0"))]),
    ),
    "a duplicate": (18, History(sends=THREE, reads=[ALL, read((3, "p/2"), from_offset=3, end=4)])),
    "records stand out of order": (
        19,
        History(sends=[sent(0, 1), sent(1, 0)], reads=[read((0, "p/1"), (1, "p/0"))]),
    ),
    "unacknowledged records stand out of order": (
        19,
        History(sends=[sent(0, None), sent(1, None)], reads=[read((0, "p/1"), (1, "p/0"))]),
    ),
    "an answer out of order": (19, History(sends=THREE, reads=[read((1, "p/1"), (0, "p/0"), (2, "p/2"))])),
    "an answer from below": (19, History(sends=THREE, reads=[ALL, read((1, "p/1"), (2, "p/2"), from_offset=2)])),
    "an acknowledged record is never read": (20, History(sends=THREE, reads=[read((0, "p/0"), (1, "p/1"))])),
    "a record at the high watermark": (
        21,
        History(sends=THREE, reads=[read((0, "p/0"), (1, "p/1"), (2, "p/2"), end=2)]),
    ),
    "a record at the last stable offset": (
        21,
        History(sends=[sent(0, 0)], reads=[read((0, "p/0"), end=1, stable_offset=0, is_committed=True)]),
    ),
    "a high watermark below an acknowledged record": (21, History(sends=THREE, reads=[ALL, read((0, "p/0"), end=1)])),
    "a high watermark above the end": (
        21,
        History(sends=THREE, reads=[read((0, "p/0"), (1, "p/1"), (2, "p/2"), end=4)]),
    ),
    "an aborted read": (22, History(sends=IN_T1, reads=[BOTH], transactions=[ABORTED])),
    "a read before the commit": (
        23,
        History(sends=IN_T1, reads=[attrs.evolve(BOTH, began=10, ended=11)], transactions=[T1]),
    ),
    "two transactions read each other": (
        24,
        History(
            sends=[sent(0, 0, transaction="t1"), sent(1, 1, transaction="t2")],
            reads=[
                read((0, "p/0"), is_committed=True, transaction="t2"),
                read((1, "p/1"), from_offset=1, is_committed=True, transaction="t1"),
            ],
            transactions=[T1, T2],
        ),
    ),
    "half a transaction": (
        25,
        History(sends=IN_T1, reads=[read((0, "p/0"), is_committed=True)], transactions=[UNKNOWN]),
    ),
    "a committed transaction is lost": (25, History(sends=IN_T1, reads=[NOTHING], transactions=[T1])),
    "a committed transaction without its offsets": (
        25,
        History(
            sends=IN_T1,
            reads=[BOTH],
            transactions=[T1],
            commits=[committed(5, 10, transaction="t1")],
            committed_reads=[asked(-1, 100)],
        ),
    ),
    "the offsets of an aborted transaction": (
        25,
        History(
            sends=IN_T1,
            reads=[NOTHING],
            transactions=[ABORTED],
            commits=[committed(5, 10, transaction="t1")],
            committed_reads=[asked(5, 100)],
        ),
    ),
    "two markers": (
        26,
        History(
            sends=IN_T1,
            reads=[read((0, "p/0"), (1, "p/1"), markers=(END_OF_T1, Marker(3, 7, 0, True)), end=4)],
            transactions=[T1],
        ),
    ),
    "a record behind its transaction's end": (
        28,
        History(
            sends=[sent(0, 0, transaction="t1"), sent(1, None, transaction="t1")],
            reads=[read((0, "p/0"), (3, "p/1"), markers=(END_OF_T1,), end=4)],
            transactions=[T1],
        ),
    ),
    "a partition of two": (32, History(assignments=[assigned("a", 1, P, Q), assigned("b", 1, Q)])),
    "another assignment than planned": (
        32,
        History(assignments=[attrs.evolve(assigned("a", 1, P), planned=frozenset({Q}))]),
    ),
    "a stale commit": (
        33,
        History(assignments=[assigned("a", 1, P), assigned("b", 2, P, at=10)], commits=[committed(1, 20)]),
    ),
    "a commit is dropped": (34, History(commits=[committed(5, 0)], committed_reads=[asked(-1, 10)])),
    "an overwritten commit": (
        34,
        History(commits=[committed(5, 0), committed(9, 10)], committed_reads=[asked(5, 20)]),
    ),
    "a commit before it began": (34, History(commits=[committed(5, 20)], committed_reads=[asked(5, 10)])),
    "a commit of nobody": (34, History(committed_reads=[asked(5, 10)])),
    "a refused commit": (34, History(commits=[committed(5, 0, Ending.REFUSED)], committed_reads=[asked(5, 10)])),
    "a commit that comes back": (
        34,
        History(
            commits=[committed(5, 0), committed(9, 10, Ending.UNKNOWN)],
            committed_reads=[asked(9, 20), asked(5, 30)],
        ),
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_a_correct_broker_allows_is_accepted(name: str) -> None:
    assert violations(GOOD[name]) == []


@pytest.mark.parametrize("name", BAD)
def test_what_a_correct_broker_never_does_is_found(name: str) -> None:
    invariant, history = BAD[name]
    assert invariant in {violation.invariant for violation in violations(history)}


def test_every_checker_has_a_bad_history_and_names_its_number() -> None:
    numbers = {int((checker.__doc__ or "").split(".")[0]) for checker in CHECKERS}
    assert numbers == {invariant for invariant, _ in BAD.values()} == {*range(16, 27), 28, 32, 33, 34}


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_a_checker_speaks_of_its_own_invariant_only(checker: Callable[..., object]) -> None:
    number = int((checker.__doc__ or "").split(".")[0])
    found = {one.invariant for _, history in BAD.values() for one in violations(history, [checker])}  # type: ignore[list-item]
    assert found == {number}
