"""CreateTopics (key 19): makes topics. Any broker passes it on to the controller."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
    tagged,
)


@struct
class CreatableReplicaAssignment(Message):
    """Where the replicas of one partition of a new topic shall live."""

    partition_index: int = Int32("Partition; the assignments of a topic must number 0, 1, 2, … without a gap.")
    broker_ids: list[int] = Array(Int32, "Brokers to hold a replica, the preferred leader first.")


@struct
class CreatableTopicConfig(Message):
    """A config that differs from its default in a new topic."""

    name: str = String("Config key, such as retention.ms.")
    value: str | None = String("Value as text.", nullable())


@struct
class CreatableTopic(Message):
    """One topic to make."""

    name: str = String("Name: at most 249 letters, digits, dots, hyphens and underscores.")
    num_partitions: int = Int32(
        "Number of partitions; -1 with assignments, or (from version 4 on) for the broker's default."
    )
    replication_factor: int = Int16(
        "Replicas per partition; -1 with assignments, or (from version 4 on) for the broker's default."
    )
    assignments: list[CreatableReplicaAssignment] = Array(
        CreatableReplicaAssignment, "Placement of every replica by hand; empty: the controller chooses."
    )
    configs: list[CreatableTopicConfig] = Array(CreatableTopicConfig, "Configs that differ from their defaults.")


@request(19, versions=(0, 7), flexible=5)
class CreateTopicsRequest(TopLevel):
    """Makes topics; each succeeds or fails for itself.

    Version 1 adds dry runs, version 4 the broker's defaults for partitions and replicas (KIP-464). From version 6 on
    the answer may be THROTTLING_QUOTA_EXCEEDED (KIP-599).
    """

    topics: list[CreatableTopic] = Array(CreatableTopic, "The topics; one named twice fails each time.")
    timeout_ms: int = Int32("How long to wait until the topics exist, in ms.", default=60000)
    validate_only: bool = Bool("Check everything and make nothing.", since(1))


@struct
class CreatableTopicConfigs(Message):
    """A config of a topic that was made, with what is in force."""

    name: str = String("Config key.", since(5))
    value: str | None = String("Value in force, or null if it is secret.", since(5), nullable(5))
    read_only: bool = Bool("Whether it can never be changed.", since(5))
    config_source: int = Int8("Where the value comes from; numbers as in DescribeConfigs.", since(5), default=-1)
    is_sensitive: bool = Bool("Whether the value is kept secret.", since(5))


@struct
class CreatableTopicResult(Message):
    """What became of one topic."""

    name: str = String("Its name.")
    topic_id: bytes = Uuid("Its id if it was made, else zeros.", since(7))
    error_code: int = Int16("NONE or why it was not made.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", since(1), nullable(1))
    topic_config_error_code: int = Int16(
        "Why the configs are not told although the topic was made: TOPIC_AUTHORIZATION_FAILED.",
        since(5),
        tagged(0, since=5),
    )
    num_partitions: int = Int32("Partitions it has; -1 if not told.", since(5), default=-1)
    replication_factor: int = Int16("Replicas per partition; -1 if not told.", since(5), default=-1)
    configs: list[CreatableTopicConfigs] | None = Array(
        CreatableTopicConfigs, "Its configs in force, or null if the client may not see them.", since(5), nullable(5)
    )


@response(19, versions=(0, 7), flexible=5)
class CreateTopicsResponse(TopLevel):
    """What became of each topic.

    Version 1 adds messages, version 5 the configs in force (KIP-525), version 7 the topic id (KIP-516).
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(2)
    )
    topics: list[CreatableTopicResult] = Array(CreatableTopicResult, "One result per name asked for.")
