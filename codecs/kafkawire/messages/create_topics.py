"""MODULE DOC"""

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
    """DOC"""

    partition_index: int = Int32("MEANING")
    broker_ids: list[int] = Array(Int32, "MEANING")


@struct
class CreatableTopicConfig(Message):
    """DOC"""

    name: str = String("MEANING")
    value: str | None = String("MEANING", nullable())


@struct
class CreatableTopic(Message):
    """DOC"""

    name: str = String("MEANING")
    num_partitions: int = Int32("MEANING")
    replication_factor: int = Int16("MEANING")
    assignments: list[CreatableReplicaAssignment] = Array(CreatableReplicaAssignment, "MEANING")
    configs: list[CreatableTopicConfig] = Array(CreatableTopicConfig, "MEANING")


@request(19, versions=(0, 7), flexible=5)
class CreateTopicsRequest(TopLevel):
    """DOC"""

    topics: list[CreatableTopic] = Array(CreatableTopic, "MEANING")
    timeout_ms: int = Int32("MEANING", default=60000)
    validate_only: bool = Bool("MEANING", since(1))


@struct
class CreatableTopicConfigs(Message):
    """DOC"""

    name: str = String("MEANING", since(5))
    value: str | None = String("MEANING", since(5), nullable(5))
    read_only: bool = Bool("MEANING", since(5))
    config_source: int = Int8("MEANING", since(5), default=-1)
    is_sensitive: bool = Bool("MEANING", since(5))


@struct
class CreatableTopicResult(Message):
    """DOC"""

    name: str = String("MEANING")
    topic_id: bytes = Uuid("MEANING", since(7))
    error_code: int = Int16("MEANING")
    error_message: str | None = String("MEANING", since(1), nullable(1))
    topic_config_error_code: int = Int16("MEANING", since(5), tagged(0, since=5))
    num_partitions: int = Int32("MEANING", since(5), default=-1)
    replication_factor: int = Int16("MEANING", since(5), default=-1)
    configs: list[CreatableTopicConfigs] | None = Array(CreatableTopicConfigs, "MEANING", since(5), nullable(5))


@response(19, versions=(0, 7), flexible=5)
class CreateTopicsResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(2))
    topics: list[CreatableTopicResult] = Array(CreatableTopicResult, "MEANING")
