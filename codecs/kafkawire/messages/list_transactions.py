"""ListTransactions (key 66): transactional ids a coordinator holds (KIP-664)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    since,
    struct,
)


@request(66, versions=(0, 2), flexible=0)
class ListTransactionsRequest(TopLevel):
    """Asks one broker for the transactions it coordinates.

    Version 1 adds the duration (KIP-994), version 2 the pattern (KIP-1152).
    """

    state_filters: list[str] = Array(String, "States wanted, such as Ongoing; empty: all.")
    producer_id_filters: list[int] = Array(Int64, "Producer ids wanted; empty: all.")
    duration_filter: int = Int64("Only transactions open for longer than this, in ms; -1: all.", since(1), default=-1)
    transactional_id_pattern: str | None = String(
        "Regular expression (RE2) the transactional id must match; null or empty: all.",
        since(2),
        nullable(2),
        default=None,
    )


@struct
class ListedTransaction(Message):
    """A transactional id."""

    transactional_id: str = String("Its name.")
    producer_id: int = Int64("Producer id in use with it.")
    transaction_state: str = String(
        "Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, PrepareEpochFence or Dead."
    )


@response(66, versions=(0, 2), flexible=0)
class ListTransactionsResponse(TopLevel):
    """What matches, as far as the client may see it."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16("NONE, an error of the coordinator, or INVALID_REGULAR_EXPRESSION.")
    unknown_state_filters: list[str] = Array(String, "States asked for that do not exist.")
    transaction_states: list[ListedTransaction] = Array(ListedTransaction, "The transactional ids.")
