"""AddPartitionsToTxn (key 24): partitions a transaction is going to write to; brokers also ask whether they belong to
it.
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    request,
    response,
    since,
    struct,
    until,
)


@struct
class AddPartitionsToTxnTopic(Message):
    """Partitions of one topic."""

    name: str = String("Topic by name.")
    partitions: list[int] = Array(Int32, "Partitions to add or verify.")


@struct
class AddPartitionsToTxnTransaction(Message):
    """One transaction, in requests of brokers."""

    transactional_id: str = String("Transactional id of the producer.", since(4))
    producer_id: int = Int64("Id of the producer.", since(4))
    producer_epoch: int = Int16("Epoch of the producer id; an older one is fenced.", since(4))
    verify_only: bool = Bool("Only say whether the partitions belong to the transaction; add none (KIP-890).", since(4))
    topics: list[AddPartitionsToTxnTopic] = Array(
        AddPartitionsToTxnTopic, "Partitions to add or verify, by topic.", since(4)
    )


@request(24, versions=(0, 5), flexible=3)
class AddPartitionsToTxnRequest(TopLevel):
    """Adds partitions to transactions.

    Clients use versions up to 3, for one transaction; brokers those from 4 on, for several, to verify before
    they append (KIP-890). Version 5 knows TRANSACTION_ABORTABLE.
    """

    transactions: list[AddPartitionsToTxnTransaction] = Array(
        AddPartitionsToTxnTransaction, "The transactions.", since(4)
    )
    v3_and_below_transactional_id: str = String("Transactional id of the producer.", until(3))
    v3_and_below_producer_id: int = Int64("Id of the producer.", until(3))
    v3_and_below_producer_epoch: int = Int16("Epoch of the producer id.", until(3))
    v3_and_below_topics: list[AddPartitionsToTxnTopic] = Array(
        AddPartitionsToTxnTopic, "Partitions to add, by topic.", until(3)
    )


@struct
class AddPartitionsToTxnPartitionResult(Message):
    """What became of one partition."""

    partition_index: int = Int32("Partition.")
    partition_error_code: int = Int16("NONE; OPERATION_NOT_ATTEMPTED: another partition failed and none was added.")


@struct
class AddPartitionsToTxnTopicResult(Message):
    """What became of one topic's partitions."""

    name: str = String("Topic by name.")
    results_by_partition: list[AddPartitionsToTxnPartitionResult] = Array(
        AddPartitionsToTxnPartitionResult, "One result per partition asked for."
    )


@struct
class AddPartitionsToTxnResult(Message):
    """What became of one transaction."""

    transactional_id: str = String("Transactional id of the producer.", since(4))
    topic_results: list[AddPartitionsToTxnTopicResult] = Array(
        AddPartitionsToTxnTopicResult, "Results by topic.", since(4)
    )


@response(24, versions=(0, 5), flexible=3)
class AddPartitionsToTxnResponse(TopLevel):
    """What became of every partition."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE or why nothing was looked at, such as CLUSTER_AUTHORIZATION_FAILED.", since(4))
    results_by_transaction: list[AddPartitionsToTxnResult] = Array(
        AddPartitionsToTxnResult, "Results by transaction.", since(4)
    )
    results_by_topic_v3_and_below: list[AddPartitionsToTxnTopicResult] = Array(
        AddPartitionsToTxnTopicResult, "Results by topic, for the one transaction.", until(3)
    )
