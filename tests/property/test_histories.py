"""The checkers against histories that hypothesis thinks of: a correct broker's pass, and a fault planted in one is found."""

from __future__ import annotations

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from kafkaconform.histories.checkers import violations
from kafkaconform.histories.history import (
    Assignment,
    Commit,
    CommittedRead,
    Ending,
    History,
    Partition,
    Read,
    Seen,
    Send,
)

PARTITIONS = (Partition("orders", 0), Partition("orders", 1))
MEMBERS = ("a", "b")


class Model:
    """A correct broker in a few lines, and clients that ask one after another but hear of it late, or never."""

    def __init__(self) -> None:
        self.history = History()
        self.logs: dict[Partition, list[bytes]] = {partition: [] for partition in PARTITIONS}
        self.committed: dict[Partition, int] = {}
        self.generation = 0

    def send(self, partition: Partition, producer: int, is_heard: bool, arrives: bool) -> None:
        """A record comes, and is acknowledged; or one of the two does not happen."""
        history, log = self.history, self.logs[partition]
        value = f"{len(history.sends)}".encode()
        began = history.tick()
        if arrives:
            log.append(value)
        is_done = is_heard and arrives
        history.sends.append(
            Send(
                began=began,
                ended=history.tick() if is_done else None,
                producer=f"p{producer}",
                number=len(history.sends),
                partition=partition,
                value=value,
                ending=Ending.DONE if is_done else Ending.UNKNOWN,
                offset=len(log) - 1 if is_done else None,
            )
        )

    def read(self, partition: Partition, share: float, count: int) -> None:
        """Some of the records from some offset on."""
        history, log = self.history, self.logs[partition]
        start = int(share * len(log))
        records = tuple(Seen(offset, log[offset]) for offset in range(start, min(start + count, len(log))))
        began = history.tick()
        history.reads.append(
            Read(
                began=began,
                ended=history.tick(),
                reader="r",
                partition=partition,
                from_offset=start,
                records=records,
                high_watermark=len(log),
                stable_offset=len(log),
            )
        )

    def rebalance(self, first: int) -> None:
        """A new generation in which partitions have other owners."""
        self.generation += 1
        for place, member in enumerate(MEMBERS):
            got = frozenset([PARTITIONS[(place + first) % 2]])
            began = self.history.tick()
            self.history.assignments.append(
                Assignment(
                    began=began,
                    ended=self.history.tick(),
                    group="g",
                    member=member,
                    generation=self.generation,
                    partitions=got,
                    planned=got,
                )
            )

    def commit(self, partition: Partition, offset: int, age: int, is_heard: bool, arrives: bool) -> None:
        """A commit of this generation or of one ``age`` generations ago."""
        history = self.history
        generation = self.generation - age
        began = history.tick()
        is_refused = age > 0
        if arrives and not is_refused:
            self.committed[partition] = offset
        is_known = is_heard and arrives
        ending = (Ending.REFUSED if is_refused else Ending.DONE) if is_known else Ending.UNKNOWN
        history.commits.append(
            Commit(
                began=began,
                ended=history.tick() if is_known else None,
                group="g",
                member="a",
                generation=generation,
                partition=partition,
                offset=offset,
                ending=ending,
            )
        )

    def ask(self, partition: Partition) -> None:
        """What is committed."""
        began = self.history.tick()
        offset = self.committed.get(partition, -1)
        self.history.committed_reads.append(
            CommittedRead(began=began, ended=self.history.tick(), group="g", partition=partition, offset=offset)
        )


partition = st.sampled_from(PARTITIONS)
actions = st.one_of(
    st.tuples(st.just("send"), partition, st.integers(0, 1), st.booleans(), st.booleans()),
    st.tuples(st.just("read"), partition, st.floats(0, 1), st.integers(0, 4)),
    st.tuples(st.just("rebalance"), st.integers(0, 1)),
    st.tuples(st.just("commit"), partition, st.integers(0, 5), st.integers(0, 1), st.booleans(), st.booleans()),
    st.tuples(st.just("ask"), partition),
)


def played(steps: list[tuple[object, ...]]) -> History:
    """The whole history of a model: with a reading of everything at its end."""
    model = Model()
    for name, *arguments in steps:
        getattr(model, str(name))(*arguments)
    for each in PARTITIONS:
        model.read(each, 0.0, len(model.logs[each]))
        model.ask(each)
    return model.history


histories = st.lists(actions, max_size=25).map(played)

#: What a fault can be planted in, whatever else happens.
ENOUGH: list[tuple[object, ...]] = [
    ("send", PARTITIONS[0], 0, True, True),
    ("send", PARTITIONS[0], 1, True, True),
    ("rebalance", 0),
    ("commit", PARTITIONS[0], 1, 0, True, True),
    ("commit", PARTITIONS[0], 2, 1, True, True),
]
eventful = st.lists(actions, max_size=20).map(lambda steps: played([*ENOUGH, *steps]))


@settings(max_examples=50, deadline=None)
@given(histories)
def test_what_a_correct_broker_does_is_accepted(history: History) -> None:
    assert violations(history) == []


def found(history: History) -> set[int]:
    return {violation.invariant for violation in violations(history)}


@settings(max_examples=50, deadline=None)
@given(eventful, st.data())
def test_a_lost_record_is_found(history: History, data: st.DataObject) -> None:
    acknowledged = [send for send in history.sends if send.ending is Ending.DONE]
    lost = data.draw(st.sampled_from(acknowledged)).value
    history.reads = [
        attrs.evolve(read, records=tuple(seen for seen in read.records if seen.value != lost)) for read in history.reads
    ]
    assert 20 in found(history)


@settings(max_examples=50, deadline=None)
@given(eventful, st.data())
def test_a_duplicate_is_found(history: History, data: st.DataObject) -> None:
    full = [read for read in history.reads if read.records]
    read = data.draw(st.sampled_from(full))
    again = data.draw(st.sampled_from(read.records))
    end = max(each.end for each in history.reads if each.partition == read.partition)
    twice = attrs.evolve(read, from_offset=end, records=(Seen(end, again.value),), high_watermark=end + 1)
    history.reads.append(twice)
    assert 18 in found(history)


@settings(max_examples=50, deadline=None)
@given(eventful, st.data())
def test_swapped_records_are_found(history: History, data: st.DataObject) -> None:
    long = [read for read in history.reads if len(read.records) > 1]
    read = data.draw(st.sampled_from(long))
    first, second, *rest = read.records
    history.reads.append(
        attrs.evolve(
            read, records=(Seen(first.offset, second.value), Seen(second.offset, first.value), *rest), reader="other"
        )
    )
    assert 17 in found(history)


@settings(max_examples=50, deadline=None)
@given(eventful, st.data())
def test_a_high_watermark_off_by_one_is_found(history: History, data: st.DataObject) -> None:
    last = [read for read in history.reads[-2:] if read.high_watermark > 0]
    wrong = data.draw(st.sampled_from(last))
    by = data.draw(st.sampled_from((-1, 1)))
    later = {"began": wrong.ended + 1, "ended": wrong.ended + 2}
    history.reads.append(attrs.evolve(wrong, high_watermark=wrong.high_watermark + by, **later))
    assert 21 in found(history)


@settings(max_examples=50, deadline=None)
@given(eventful)
def test_a_dropped_commit_is_found(history: History) -> None:
    done = [commit for commit in history.commits if commit.ending is Ending.DONE]
    earlier = next(read for read in history.committed_reads if read.partition == done[-1].partition)
    history.committed_reads.append(attrs.evolve(earlier, began=history.tick(), ended=history.tick(), offset=-1))
    assert 34 in found(history)


@settings(max_examples=50, deadline=None)
@given(eventful, st.data())
def test_an_accepted_stale_commit_is_found(history: History, data: st.DataObject) -> None:
    refused = [commit for commit in history.commits if commit.ending is Ending.REFUSED and commit.generation >= 0]
    stale = data.draw(st.sampled_from(refused))
    history.commits[history.commits.index(stale)] = attrs.evolve(stale, ending=Ending.DONE)
    assert 33 in found(history)


@settings(max_examples=50, deadline=None)
@given(eventful, st.data())
def test_a_partition_given_to_two_is_found(history: History, data: st.DataObject) -> None:
    got = data.draw(st.sampled_from(history.assignments))
    other = next(member for member in MEMBERS if member != got.member)
    history.assignments.append(attrs.evolve(got, member=other))
    assert 32 in found(history)
