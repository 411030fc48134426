"""Checkers of what producers and readers saw: invariants 16 to 21."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from kafkaconform.histories.history import Ending, History, Partition, Read, Send, Violation

TEXT_CHARACTERS_MAX = 40


def acknowledged_records_are_not_missing(history: History) -> Iterator[Violation]:
    """16. What one answer gives from an offset on has every acknowledged record up to its last one.

    For read_committed this speaks of records outside transactions and of committed ones, in a compacted partition of the last record
    of each key.
    """
    superseded = _superseded(history)
    aborted_or_unknown = {one.name for one in history.transactions if not one.is_committed}
    known: dict[Partition, list[tuple[int, Send]]] = defaultdict(list)
    for send in history.sends:
        if send.ending is Ending.DONE and send.offset is not None and send.value not in superseded:
            known[send.partition].append((send.offset, send))
    for sends in known.values():
        sends.sort(key=lambda each: each[0])
    for read in history.reads:
        if not read.records:
            continue
        seen = {record.offset for record in read.records}
        sends = known[read.partition]
        for offset, send in sends[bisect_left(sends, read.from_offset, key=lambda each: each[0]) :]:
            if offset >= read.end:
                break
            if offset not in seen and not (read.is_committed and send.transaction in aborted_or_unknown):
                yield Violation(
                    16,
                    f"{read.reader} read {read.partition} from {read.from_offset} to {read.end - 1} without "
                    f"{_text(send.value)}, which was acknowledged at {offset}",
                )


def retention_leaves_what_it_must(history: History) -> Iterator[Violation]:
    """16. Retention deletes no more than it may: what is left of a partition is at least ``retention.bytes``."""
    for one in history.retained:
        if one.size_bytes < one.retention_bytes:
            yield Violation(
                16,
                f"{one.partition} begins at {one.start_offset} with {one.size_bytes} bytes, "
                f"of which retention leaves {one.retention_bytes}",
            )


def an_offset_has_one_value(history: History) -> Iterator[Violation]:
    """17. Whoever reads an offset, at whatever time, reads what was acknowledged there; and only what somebody sent."""
    values: dict[tuple[Partition, int], bytes] = {}
    sent = {send.value: send for send in history.sends}

    def differs(partition: Partition, offset: int, value: bytes, who: str) -> Iterator[Violation]:
        before = values.setdefault((partition, offset), value)
        if before != value:
            yield Violation(17, f"{partition} at {offset} is {_text(before)}, and {_text(value)} for {who}")

    for send in history.sends:
        if send.ending is Ending.DONE and send.offset is not None:
            yield from differs(send.partition, send.offset, send.value, f"its producer {send.producer}")
    for read in history.reads:
        for offset, value in read.records:
            yield from differs(read.partition, offset, value, read.reader)
            origin = sent.get(value)
            if origin is None or origin.partition != read.partition:
                yield Violation(17, f"{read.partition} has {_text(value)} at {offset}, which nobody sent there")
            elif origin.ending is Ending.REFUSED:
                yield Violation(17, f"{read.partition} has {_text(value)} at {offset}, which was refused")


def nothing_is_there_twice(history: History) -> Iterator[Violation]:
    """18. A record that was sent once, or by an idempotent producer as often as it liked, stands at one offset."""
    offsets: dict[bytes, set[int]] = defaultdict(set)
    for read in history.reads:
        for offset, value in read.records:
            offsets[value].add(offset)
    for value, places in offsets.items():
        if len(places) > 1:
            yield Violation(18, f"{_text(value)} stands at offsets {', '.join(map(str, sorted(places)))}")


def order_is_kept(history: History) -> Iterator[Violation]:
    """19. The records of a producer stand in a partition in the order in which it sent them, and a reader gets them in order."""
    places: dict[bytes, int] = {}
    for read in history.reads:
        last = read.from_offset - 1
        for offset, value in read.records:
            if offset <= last:
                yield Violation(19, f"{read.reader} read {read.partition} at {offset} after {last}")
            last = offset
            places.setdefault(value, offset)
    streams: dict[tuple[str, Partition], list[Send]] = defaultdict(list)
    for send in history.sends:
        streams[send.producer, send.partition].append(send)
    for (producer, partition), sends in streams.items():
        last = -1
        for send in sorted(sends, key=lambda each: each.number):
            offset = places.get(send.value, -1) if send.offset is None else send.offset
            if offset < 0:
                continue
            if offset <= last:
                yield Violation(
                    19,
                    f"{producer} sent {_text(send.value)} to {partition} later than others, "
                    f"and it stands at {offset}, not behind {last}",
                )
            last = offset


def everything_acknowledged_is_seen(history: History) -> Iterator[Violation]:
    """20. In the end somebody has read every acknowledged record, but those of transactions that were not committed, and what
    compaction and retention may take away.
    """
    superseded = _superseded(history)
    starts = {one.partition: one.start_offset for one in history.retained}
    seen = {(read.partition, record.value) for read in history.reads for record in read.records}
    uncommitted = {one.name for one in history.transactions if not one.is_committed}
    for send in history.sends:
        is_due = send.ending is Ending.DONE and send.transaction not in uncommitted and send.value not in superseded
        if send.offset is not None and send.offset < starts.get(send.partition, 0):
            continue
        if is_due and (send.partition, send.value) not in seen:
            yield Violation(
                20, f"nobody ever read {_text(send.value)}, acknowledged in {send.partition} at {send.offset}"
            )


def reads_end_at_the_high_watermark(history: History) -> Iterator[Violation]:
    """21. Nothing is read at or past the high watermark (read_committed: the last stable offset).

    That is the highest which any answer ever tells: Kafka looks it up for an answer before it looks up how far to read, and it may
    rise in between. It never falls, lies above what was acknowledged before it was asked for (13), and never above what there is.
    """
    told: dict[tuple[Partition, bool], int] = defaultdict(int)
    for read in history.reads:
        for is_committed, limit in ((False, read.high_watermark), (True, read.stable_offset)):
            told[read.partition, is_committed] = max(told[read.partition, is_committed], limit)
    ends: dict[Partition, int] = defaultdict(int)
    for read in history.reads:
        ends[read.partition] = max(ends[read.partition], read.end)
    acknowledged: dict[Partition, list[tuple[int, int]]] = defaultdict(list)
    for send in history.sends:
        if send.ending is Ending.DONE and send.offset is not None and send.ended is not None:
            acknowledged[send.partition].append((send.ended, send.offset))
            ends[send.partition] = max(ends[send.partition], send.offset + 1)
    for read in history.reads:
        if read.ended is not None:
            acknowledged[read.partition].append((read.ended, read.high_watermark - 1))
    highest = {partition: _running_maximum(sorted(acks)) for partition, acks in acknowledged.items()}
    for read in history.reads:
        name = "last stable offset" if read.is_committed else "high watermark"
        limit = told[read.partition, read.is_committed]
        if read.end > limit and read.end > read.from_offset:
            yield Violation(21, f"{read.reader} read {read.partition} at {read.end - 1}, and the {name} is {limit}")
        if read.high_watermark > ends[read.partition]:
            yield Violation(
                21, f"{read.partition} has a high watermark of {read.high_watermark} and ends at {ends[read.partition]}"
            )
        yield from _below_watermark(read, highest.get(read.partition, []))


def _superseded(history: History) -> set[bytes]:
    """Values of records behind which stands a later one of the same key, in a compacted partition."""
    keyed: dict[tuple[Partition, bytes], list[tuple[int, bytes]]] = defaultdict(list)
    for send in history.sends:
        if send.key is not None and send.offset is not None:
            keyed[send.partition, send.key].append((send.offset, send.value))
    return {value for records in keyed.values() for _, value in sorted(records)[:-1]}


def _below_watermark(read: Read, highest: list[tuple[int, int]]) -> Iterator[Violation]:
    """Whether what was acknowledged before ``read`` began lies below the high watermark that it shows."""
    place = bisect_left(highest, read.began, key=lambda each: each[0])
    if place and highest[place - 1][1] >= read.high_watermark:
        yield Violation(
            21,
            f"{read.reader} was told that {read.partition} has a high watermark of {read.high_watermark}, "
            f"after offset {highest[place - 1][1]} had been acknowledged, or lain below it",
        )


def _running_maximum(acks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of (tick, offset), sorted, the highest offset up to each tick."""
    highest, result = -1, []
    for tick, offset in acks:
        highest = max(highest, offset)
        result.append((tick, highest))
    return result


def _text(value: bytes) -> str:
    text = value.decode(errors="backslashreplace")
    return text if len(text) <= TEXT_CHARACTERS_MAX else f"{text[:TEXT_CHARACTERS_MAX]}..."
