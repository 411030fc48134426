"""All checkers, and what they say of a history."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from kafkaconform.histories import groups, records, transactions
from kafkaconform.histories.history import History, Violation

Checker: TypeAlias = Callable[[History], Iterator[Violation]]

CHECKERS: tuple[Checker, ...] = (
    records.acknowledged_records_are_not_missing,
    records.retention_leaves_what_it_must,
    records.an_offset_has_one_value,
    records.nothing_is_there_twice,
    records.order_is_kept,
    records.everything_acknowledged_is_seen,
    records.reads_end_at_the_high_watermark,
    transactions.no_aborted_read,
    transactions.no_read_before_commit,
    transactions.no_cycle_between_transactions,
    transactions.all_or_nothing,
    transactions.one_marker_for_each_end,
    transactions.nothing_joins_the_next_transaction,
    groups.a_partition_has_one_owner,
    groups.stale_commits_are_refused,
    groups.the_last_commit_counts,
)


def violations(history: History, checkers: Iterable[Checker] = CHECKERS) -> list[Violation]:
    """Every violation in ``history``, checker by checker."""
    return [violation for checker in checkers for violation in checker(history)]
