"""DescribeTransactions (key 65): state of transactions (KIP-664)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Int64, Message, String, TopLevel, request, response, struct


@request(65, versions=(0, 0), flexible=0)
class DescribeTransactionsRequest(TopLevel):
    """Asks the coordinator of transactional ids."""

    transactional_ids: list[str] = Array(String, "The transactional ids.")


@struct
class TopicData(Message):
    """Partitions of one topic in a transaction."""

    topic: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Its partitions.")


@struct
class TransactionState(Message):
    """State of one transactional id."""

    error_code: int = Int16("NONE; TRANSACTIONAL_ID_NOT_FOUND, NOT_COORDINATOR, TRANSACTIONAL_ID_AUTHORIZATION_FAILED.")
    transactional_id: str = String("Transactional id of the producer.")
    transaction_state: str = String(
        "Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, PrepareEpochFence or Dead."
    )
    transaction_timeout_ms: int = Int32("How long a transaction may stay open, in ms.")
    transaction_start_time_ms: int = Int64("When it began, in ms since 1970; -1: none is open.")
    producer_id: int = Int64("Id of the producer.")
    producer_epoch: int = Int16("Epoch of the producer id; an older one is fenced.")
    topics: list[TopicData] = Array(TopicData, "Partitions in the open transaction that the client may see.")


@response(65, versions=(0, 0), flexible=0)
class DescribeTransactionsResponse(TopLevel):
    """State of each transactional id."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    transaction_states: list[TransactionState] = Array(TransactionState, "One result per id asked for.")
