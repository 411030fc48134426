"""Checkers of transactions: invariants 22 to 26, and 28."""

from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from kafkaconform.histories.history import Ending, History, Marker, Partition, Transaction, Violation


def no_aborted_read(history: History) -> Iterator[Violation]:
    """22. A read_committed reader never gets a record of a transaction that was aborted."""
    transactions = _by_name(history)
    for reader, partition, value, name, _ in _committed_reads(history):
        if transactions[name].is_aborted:
            yield Violation(22, f"{reader} read {value} of {partition}, of the aborted transaction {name}")


def no_read_before_commit(history: History) -> Iterator[Violation]:
    """23. A read_committed reader gets nothing of a transaction before its producer has asked to commit it."""
    transactions = _by_name(history)
    for reader, partition, value, name, ended in _committed_reads(history):
        if ended is not None and ended < transactions[name].began:
            yield Violation(23, f"{reader} read {value} of {partition} before {name} was to be committed")


def no_cycle_between_transactions(history: History) -> Iterator[Violation]:
    """24. Transactions that read each other's records, read_committed, do so in an order.

    Only reads order transactions: the records of two open ones may stand in a partition in any order.
    """
    writer = {(send.partition, send.value): send.transaction for send in history.sends if send.transaction}
    after: dict[str, set[str]] = defaultdict(set)
    for read in history.reads:
        if read.transaction is None or not read.is_committed:
            continue
        for record in read.records:
            origin = writer.get((read.partition, record.value))
            if origin is not None and origin != read.transaction:
                after[read.transaction].add(origin)
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        cycle = error.args[1]
        yield Violation(24, f"in {', '.join(cycle)} each transaction is read by the next one, in a circle")


def all_or_nothing(history: History) -> Iterator[Violation]:
    """25. Of a transaction either everything can be read in the end, or nothing, and its offsets are committed, or are not."""
    seen = {(read.partition, record.value) for read in history.reads if read.is_committed for record in read.records}
    records: dict[str, list[bool]] = defaultdict(list)
    for send in history.sends:
        if send.transaction is not None and send.ending is Ending.DONE:
            records[send.transaction].append((send.partition, send.value) in seen)
    offsets = _offsets_applied(history)
    for transaction in history.transactions:
        found, applied = records[transaction.name], offsets[transaction.name]
        if any(found) and not all(found):
            yield Violation(25, f"{sum(found)} of {len(found)} records of {transaction.name} can be read")
        elif transaction.is_committed and not all([*found, *applied]):
            yield Violation(25, f"{transaction.name} was committed, and of its records or offsets something is missing")
        elif found and any(found) and not all(applied):
            yield Violation(25, f"the records of {transaction.name} can be read, and its offsets are not committed")
        elif transaction.is_aborted and any(applied):
            yield Violation(25, f"{transaction.name} was aborted, and its offsets are committed")


def _offsets_applied(history: History) -> dict[str, list[bool]]:
    """Of each transaction whether each of its offsets was in force in the end, as far as can be told."""
    last = {
        (read.group, read.partition): read.offset for read in sorted(history.committed_reads, key=lambda r: r.began)
    }
    others: dict[tuple[str, Partition, int], set[str | None]] = defaultdict(set)
    for commit in history.commits:
        others[commit.group, commit.partition, commit.offset].add(commit.transaction)
    applied: dict[str, list[bool]] = defaultdict(list)
    for commit in history.commits:
        place = (commit.group, commit.partition)
        if commit.transaction is None or commit.ending is not Ending.DONE or place not in last:
            continue
        if others[*place, last[place]] == {commit.transaction}:
            applied[commit.transaction].append(True)
        elif last[place] < commit.offset:
            # Offsets of a group only grow, but for what was never in force.
            applied[commit.transaction].append(False)
    return applied


def one_marker_for_each_end(history: History) -> Iterator[Violation]:
    """26. A partition has one marker for each producer id and epoch, which every transaction of KIP-890 has for itself."""
    offsets: dict[tuple[Partition, int, int], set[int]] = defaultdict(set)
    for partition, marker in _markers(history):
        offsets[partition, marker.producer_id, marker.producer_epoch].add(marker.offset)
    for (partition, producer_id, epoch), places in offsets.items():
        if len(places) > 1:
            yield Violation(
                26, f"{partition} ends producer {producer_id}, epoch {epoch}, at {', '.join(map(str, sorted(places)))}"
            )


def nothing_joins_the_next_transaction(history: History) -> Iterator[Violation]:
    """28. No record of a transaction stands behind that transaction's end: there it would belong to the next one (KIP-890)."""
    transactions = _by_name(history)
    ends = {
        (partition, marker.producer_id, marker.producer_epoch): marker.offset for partition, marker in _markers(history)
    }
    named = {(send.partition, send.value): send.transaction for send in history.sends}
    told = set()
    for read in history.reads:
        for record in read.records:
            name = named.get((read.partition, record.value))
            if name is None or (read.partition, record.offset) in told:
                continue
            transaction = transactions[name]
            end = ends.get((read.partition, transaction.producer_id, transaction.producer_epoch))
            if end is not None and record.offset > end:
                told.add((read.partition, record.offset))
                yield Violation(
                    28, f"a record of {name} stands in {read.partition} at {record.offset}, its end at {end}"
                )


def _by_name(history: History) -> dict[str, Transaction]:
    return {transaction.name: transaction for transaction in history.transactions}


def _markers(history: History) -> Iterator[tuple[Partition, Marker]]:
    return ((read.partition, marker) for read in history.reads for marker in read.markers)


def _committed_reads(history: History) -> Iterator[tuple[str, Partition, str, str, int | None]]:
    """What read_committed readers got of transactions: reader, partition, value, transaction, and when they had it."""
    named = {(send.partition, send.value): send.transaction for send in history.sends if send.transaction}
    for read in history.reads:
        if read.is_committed:
            for record in read.records:
                name = named.get((read.partition, record.value))
                if name is not None:
                    yield read.reader, read.partition, record.value.decode(errors="replace"), name, read.ended
