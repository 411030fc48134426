"""Checkers of groups: invariants 32 to 34."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush

from kafkaconform.histories.history import Assignment, Commit, CommittedRead, Ending, History, Partition, Violation


def a_partition_has_one_owner(history: History) -> Iterator[Violation]:
    """32. In a generation no partition is given to two members, and each gets what the leader wanted it to have."""
    owners: dict[tuple[str, int, Partition], str] = {}
    for got in history.assignments:
        if got.planned is not None and got.planned != got.partitions:
            yield Violation(
                32,
                f"{got.member} of {got.group} was to have {_list(got.planned)} in generation {got.generation} "
                f"and got {_list(got.partitions)}",
            )
        for partition in sorted(got.partitions):
            owner = owners.setdefault((got.group, got.generation, partition), got.member)
            if owner != got.member:
                yield Violation(
                    32,
                    f"{partition} belongs to {owner} and to {got.member} in generation {got.generation} of {got.group}",
                )


def stale_commits_are_refused(history: History) -> Iterator[Violation]:
    """33. Once somebody has heard of a generation, a commit of an earlier one is refused."""
    by_group: dict[str, list[tuple[int, Assignment]]] = defaultdict(list)
    for got in history.assignments:
        if got.ended is not None:
            by_group[got.group].append((got.ended, got))
    newest: dict[str, list[tuple[int, int]]] = {}
    for group, heard in by_group.items():
        generation, newest[group] = -1, []
        for tick, got in sorted(heard, key=lambda each: each[0]):
            generation = max(generation, got.generation)
            newest[group].append((tick, generation))
    for commit in history.commits:
        known = newest.get(commit.group, [])
        place = bisect_left(known, commit.began, key=lambda each: each[0])
        is_accepted = commit.ending is Ending.DONE and commit.generation >= 0
        if is_accepted and place and known[place - 1][1] > commit.generation:
            yield Violation(
                33,
                f"{commit.member} committed {commit.offset} for {commit.partition} in generation {commit.generation} "
                f"of {commit.group}, which was in generation {known[place - 1][1]}",
            )


def the_last_commit_counts(history: History) -> Iterator[Violation]:
    """34. What is read as committed is the last acknowledged commit, or one that was under way.

    Nobody reads an older commit than somebody has read before. Commits inside transactions are judged by 25.
    """
    commits: dict[tuple[str, Partition], list[Commit]] = defaultdict(list)
    for commit in history.commits:
        if commit.ending is not Ending.REFUSED:
            commits[commit.group, commit.partition].append(commit)
    reads: dict[tuple[str, Partition], list[CommittedRead]] = defaultdict(list)
    for read in history.committed_reads:
        reads[read.group, read.partition].append(read)
    for place, asked in reads.items():
        if any(commit.transaction is not None for commit in commits[place]):
            continue
        yield from _judge(place, commits[place], sorted(asked, key=lambda each: each.began))


def _judge(place: tuple[str, Partition], commits: list[Commit], reads: list[CommittedRead]) -> Iterator[Violation]:
    """The reads of one partition's offset as those of a register.

    The floor of a read is the latest beginning of an acknowledged commit that was over before it, or of the commits of which
    one was read before it: what was over before the floor began is overwritten.
    """
    where = f"the offset of {place[0]} for {place[1]}"
    acknowledged = sorted((commit for commit in commits if commit.ended is not None), key=lambda each: each.ended or 0)
    floors, floor = [], -1
    for commit in acknowledged:
        if commit.ending is Ending.DONE:
            floor = max(floor, commit.began)
        floors.append((commit.ended or 0, floor))
    #: When a read had ended, and the floor it set for those that begin later.
    pending: list[tuple[int, int]] = []
    shown = -1
    for read in reads:
        position = bisect_left(floors, read.began, key=lambda each: each[0])
        floor = floors[position - 1][1] if position else -1
        while pending and pending[0][0] < read.began:
            shown = max(shown, heappop(pending)[1])
        floor = max(floor, shown)
        if read.offset == -1:
            if floor >= 0:
                yield Violation(34, f"{where} was read as none after commits had been acknowledged")
            continue
        possible = [
            commit
            for commit in commits
            if commit.offset == read.offset
            and not read.is_before(commit)
            and not (commit.ended is not None and commit.ended < floor)
        ]
        if not possible:
            known = any(commit.offset == read.offset for commit in commits)
            why = "which was overwritten or not begun" if known else "which nobody had acknowledged"
            yield Violation(34, f"{where} was read as {read.offset}, {why}")
        elif read.ended is not None:
            heappush(pending, (read.ended, min(commit.began for commit in possible)))


def _list(partitions: frozenset[Partition]) -> str:
    return ", ".join(map(str, sorted(partitions))) or "nothing"
