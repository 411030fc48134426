"""AlterPartition (key 56): the leader of a partition asks the controller to change the ISR (KIP-497)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int8,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    TopLevel,
    Uuid,
    request,
    response,
    since,
    struct,
    until,
)


@struct
class BrokerState(Message):
    """A replica to be in sync, with proof that it has not restarted since (KIP-903)."""

    broker_id: int = Int32("Broker of the replica.", since(3))
    broker_epoch: int = Int64(
        "Epoch of its registration as the leader saw it in Fetch; -1: not checked.", since(3), default=-1
    )


@struct
class PartitionData(Message):
    """The state the leader wants one partition to have."""

    partition_index: int = Int32("Partition.")
    leader_epoch: int = Int32("Epoch in which the sender leads; older than the controller's: FENCED_LEADER_EPOCH.")
    new_isr: list[int] = Array(Int32, "Replicas in sync, by broker id.", until(2))
    new_isr_with_epochs: list[BrokerState] = Array(
        BrokerState, "Replicas in sync, with the epochs of their brokers.", since(3)
    )
    leader_recovery_state: int = Int8(
        "0: the leader's log is whole; 1: it was elected uncleanly and still recovers (KIP-704).", since(1)
    )
    partition_epoch: int = Int32("Partition epoch the change is based on; any other: INVALID_UPDATE_VERSION.")


@struct
class TopicData(Message):
    """Partitions of one topic."""

    topic_name: str = String("Topic by name.", until(1))
    topic_id: bytes = Uuid("Topic by id.", since(2))
    partitions: list[PartitionData] = Array(PartitionData, "Partitions to change.")


@request(56, versions=(0, 3), flexible=0)
class AlterPartitionRequest(TopLevel):
    """Asks for new ISRs.

    Version 1 adds the recovery state, 2 names topics by id (KIP-841), 3 adds broker epochs (KIP-903).
    """

    broker_id: int = Int32("Leader that asks.")
    broker_epoch: int = Int64("Epoch of its registration; -1: unknown.", default=-1)
    topics: list[TopicData] = Array(TopicData, "Partitions to change, by topic.")


@struct
class PartitionResult(Message):
    """State of one partition, changed or not."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16(
        "NONE; INVALID_UPDATE_VERSION, FENCED_LEADER_EPOCH, NEW_LEADER_ELECTED, INELIGIBLE_REPLICA, INVALID_REQUEST."
    )
    leader_id: int = Int32("Broker that leads it.")
    leader_epoch: int = Int32("Epoch of that leader.")
    isr: list[int] = Array(Int32, "Replicas in sync, by broker id.")
    leader_recovery_state: int = Int8("0: recovered, 1: recovering after an unclean election.", since(1))
    partition_epoch: int = Int32("Partition epoch after the change.")


@struct
class TopicResult(Message):
    """States of one topic's partitions."""

    topic_name: str = String("Topic by name.", until(1))
    topic_id: bytes = Uuid("Topic by id.", since(2))
    partitions: list[PartitionResult] = Array(PartitionResult, "Results by partition.")


@response(56, versions=(0, 3), flexible=0)
class AlterPartitionResponse(TopLevel):
    """What became of every partition."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE or why nothing was changed, such as STALE_BROKER_EPOCH.")
    topics: list[TopicResult] = Array(TopicResult, "Results by topic.")
