"""StreamsGroupHeartbeat (key 88): a member of a Kafka Streams group joins, stays or leaves (KIP-1071)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Message,
    String,
    Struct,
    TopLevel,
    UInt16,
    nullable,
    request,
    response,
    struct,
)


@struct
class KeyValue(Message):
    """A key and its value."""

    key: str = String("Key.")
    value: str = String("Its value.")


@struct
class TopicInfo(Message):
    """An internal topic the broker is to make."""

    name: str = String("Topic.")
    partitions: int = Int32("How many partitions; 0: as many as the input needs.")
    replication_factor: int = Int16("Replicas of each partition; 0: the broker's default.")
    topic_configs: list[KeyValue] = Array(KeyValue, "Its configs.")


@struct
class CopartitionGroup(Message):
    """Topics that need the same number of partitions; numbers are positions in the subtopology's lists."""

    source_topics: list[int] = Array(Int16, "Positions in source_topics.")
    source_topic_regex: list[int] = Array(Int16, "Positions in source_topic_regex.")
    repartition_source_topics: list[int] = Array(Int16, "Positions in repartition_source_topics.")


@struct
class Subtopology(Message):
    """Part of a topology that is connected; its partitions are the tasks."""

    subtopology_id: str = String("Subtopology.")
    source_topics: list[str] = Array(String, "Topics it reads from.")
    source_topic_regex: list[str] = Array(String, "Patterns of topics it reads from.")
    state_changelog_topics: list[TopicInfo] = Array(TopicInfo, "Topics that hold its state.")
    repartition_sink_topics: list[str] = Array(String, "Topics for repartitioning that it writes to.")
    repartition_source_topics: list[TopicInfo] = Array(TopicInfo, "Topics for repartitioning that it reads from.")
    copartition_groups: list[CopartitionGroup] = Array(
        CopartitionGroup, "Topics among those it reads from that must be partitioned alike."
    )


@struct
class Topology(Message):
    """What the application computes."""

    epoch: int = Int32("Grows when the application's topology changes.")
    subtopologies: list[Subtopology] = Array(Subtopology, "Its parts.")


@struct
class OwnedTasks(Message):
    """Tasks of one subtopology that the member has."""

    subtopology_id: str = String("Subtopology.")
    partitions: list[int] = Array(Int32, "Partitions: one task for each.")


@struct
class UserEndpoint(Message):
    """Where interactive queries reach the process."""

    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")


@struct
class TaskOffset(Message):
    """How far the changelogs of a task go."""

    subtopology_id: str = String("Subtopology.")
    partition: int = Int32("Partition.")
    offset: int = Int64("The sum, as an offset.")


@request(88, versions=(0, 0), flexible=0)
class StreamsGroupHeartbeatRequest(TopLevel):
    """Keeps a member in its group. Null fields are as they were."""

    group_id: str = String("Group.")
    member_id: str = String("Id the member made for itself; the same for its whole life.")
    member_epoch: int = Int32(
        "Epoch of the assignment it holds; 0: joins, -1: leaves, -2: a static member that will be back."
    )
    endpoint_information_epoch: int = Int32(
        "Epoch of the endpoint table it has; the answer brings the table if there is a newer one."
    )
    instance_id: str | None = String(
        "Name its operator gave it; null: dynamic, or as before.", nullable(), default=None
    )
    rack_id: str | None = String("Rack it stands in; null: none, or as before.", nullable(), default=None)
    rebalance_timeout_ms: int = Int32("How long it may take to let go of tasks, in ms; -1: as before.", default=-1)
    topology: Topology | None = Struct(Topology, "The topology, when joining; else null.", nullable(), default=None)
    active_tasks: list[OwnedTasks] | None = Array(
        OwnedTasks, "Tasks it computes; null: as before.", nullable(), default=None
    )
    standby_tasks: list[OwnedTasks] | None = Array(
        OwnedTasks, "Tasks whose state it keeps up to date; null: as before.", nullable(), default=None
    )
    warmup_tasks: list[OwnedTasks] | None = Array(
        OwnedTasks, "Tasks whose state it restores; null: as before.", nullable(), default=None
    )
    process_id: str | None = String(
        "Process it runs in, shared by its threads; null: as before.", nullable(), default=None
    )
    user_endpoint: UserEndpoint | None = Struct(
        UserEndpoint, "Where interactive queries reach it; null: nowhere, or as before.", nullable(), default=None
    )
    client_tags: list[KeyValue] | None = Array(
        KeyValue, "Tags for the spreading of standbys over racks; null: as before.", nullable(), default=None
    )
    task_offsets: list[TaskOffset] | None = Array(
        TaskOffset, "Sums of the offsets its tasks have restored to; null: as before.", nullable(), default=None
    )
    task_end_offsets: list[TaskOffset] | None = Array(
        TaskOffset, "Sums of the end offsets of their changelogs; null: as before.", nullable(), default=None
    )
    shutdown_application: bool = Bool("Whether all members shall shut down.")


@struct
class Status(Message):
    """Something the application should know of its group."""

    status_code: int = Int8(
        "0 stale topology, 1 source topics missing, 2 wrongly partitioned, 3 internal topics missing, 4 shut down, 5 "
        "assignment delayed."
    )
    status_detail: str = String("The same in words, with names of topics.")


@struct
class AssignedTasks(Message):
    """Tasks of one subtopology that the member is given."""

    subtopology_id: str = String("Subtopology.")
    partitions: list[int] = Array(Int32, "Partitions: one task for each.")


@struct
class MemberEndpoint(Message):
    """Where interactive queries reach a process of the group."""

    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")


@struct
class TopicPartitions(Message):
    """Partitions of one topic."""

    topic: str = String("Topic.")
    partitions: list[int] = Array(Int32, "Partitions.")


@struct
class EndpointToPartitions(Message):
    """What a process of the group holds."""

    user_endpoint: MemberEndpoint = Struct(MemberEndpoint, "Where to ask it.")
    active_partitions: list[TopicPartitions] = Array(TopicPartitions, "Source partitions of its active tasks.")
    standby_partitions: list[TopicPartitions] = Array(TopicPartitions, "Source partitions of its standby tasks.")


@response(88, versions=(0, 0), flexible=0)
class StreamsGroupHeartbeatResponse(TopLevel):
    """The member's epoch and tasks, and the state of the group."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    error_code: int = Int16(
        "NONE; UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH: join again; STREAMS_INVALID_TOPOLOGY, "
        "STREAMS_INVALID_TOPOLOGY_EPOCH, STREAMS_TOPOLOGY_FENCED; GROUP_MAX_SIZE_REACHED; an error of the coordinator."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    member_id: str = String("Id of the member.")
    member_epoch: int = Int32("Epoch the member is in now.")
    heartbeat_interval_ms: int = Int32("Time until the next heartbeat in ms.")
    acceptable_recovery_lag: int = Int32("How many offsets a warm-up task may lag and still count as caught up.")
    task_offset_interval_ms: int = Int32("How often the member shall send its tasks' offsets, in ms.")
    status: list[Status] | None = Array(
        Status, "What stands in the way of the group; null or empty: nothing.", nullable()
    )
    active_tasks: list[AssignedTasks] | None = Array(
        AssignedTasks, "Tasks to compute; null: as before.", nullable(), default=None
    )
    standby_tasks: list[AssignedTasks] | None = Array(
        AssignedTasks, "Tasks whose state to keep up to date; null: as before.", nullable(), default=None
    )
    warmup_tasks: list[AssignedTasks] | None = Array(
        AssignedTasks, "Tasks whose state to restore; null: as before.", nullable(), default=None
    )
    endpoint_information_epoch: int = Int32("Epoch of the endpoint table.")
    partitions_by_user_endpoint: list[EndpointToPartitions] | None = Array(
        EndpointToPartitions, "The endpoint table, for interactive queries; null: as before.", nullable(), default=None
    )
