"""StreamsGroupDescribe (key 89): groups of Kafka Streams with topology and tasks (KIP-1071)."""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Bool,
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


@request(89, versions=(0, 0), flexible=0)
class StreamsGroupDescribeRequest(TopLevel):
    """Asks for groups."""

    group_ids: list[str] = Array(String, "The groups.")
    include_authorized_operations: bool = Bool("Whether to tell what the client may do to each.")


@struct
class KeyValue(Message):
    """A key and its value."""

    key: str = String("Key.")
    value: str = String("Its value.")


@struct
class TopicInfo(Message):
    """An internal topic of the topology."""

    name: str = String("Topic.")
    partitions: int = Int32("How many partitions; 0: as many as the input needs.")
    replication_factor: int = Int16("Replicas of each partition; 0: the broker's default.")
    topic_configs: list[KeyValue] = Array(KeyValue, "Its configs.")


@struct
class Subtopology(Message):
    """Part of a topology that is connected; its partitions are the tasks. Patterns are resolved here."""

    subtopology_id: str = String("Subtopology.")
    source_topics: list[str] = Array(String, "Topics it reads from.")
    repartition_sink_topics: list[str] = Array(String, "Topics for repartitioning that it writes to.")
    state_changelog_topics: list[TopicInfo] = Array(TopicInfo, "Topics that hold its state.")
    repartition_source_topics: list[TopicInfo] = Array(TopicInfo, "Topics for repartitioning that it reads from.")


@struct
class Topology(Message):
    """What the application computes."""

    epoch: int = Int32("Epoch of the topology.")
    subtopologies: list[Subtopology] | None = Array(
        Subtopology,
        "Its parts; null: not ready, because topics are missing or partitioned wrongly.",
        nullable(),
        default=None,
    )


@struct
class Endpoint(Message):
    """Where interactive queries reach a process."""

    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")


@struct
class TaskOffset(Message):
    """How far the changelogs of a task go."""

    subtopology_id: str = String("Subtopology.")
    partition: int = Int32("Partition.")
    offset: int = Int64("The sum, as an offset.")


@struct
class TaskIds(Message):
    """Tasks of one subtopology."""

    subtopology_id: str = String("Subtopology.")
    partitions: list[int] = Array(Int32, "Partitions: one task for each.")


@struct
class Assignment(Message):
    """Tasks of a member."""

    active_tasks: list[TaskIds] = Array(TaskIds, "Tasks it computes.")
    standby_tasks: list[TaskIds] = Array(TaskIds, "Tasks whose state it keeps up to date for a takeover.")
    warmup_tasks: list[TaskIds] = Array(TaskIds, "Tasks whose state it restores, to take them over later.")


@struct
class Member(Message):
    """A member."""

    member_id: str = String("Id it made for itself.")
    member_epoch: int = Int32("Epoch of the assignment it holds.")
    instance_id: str | None = String("Name its operator gave it; null for a dynamic member.", nullable(), default=None)
    rack_id: str | None = String("Rack it stands in, or null.", nullable(), default=None)
    client_id: str = String("Client id of its requests.")
    client_host: str = String("Address it joined from, such as /127.0.0.1.")
    topology_epoch: int = Int32("Epoch of the topology it runs.")
    process_id: str = String("Process it runs in, shared by its threads.")
    user_endpoint: Endpoint | None = Struct(
        Endpoint, "Where interactive queries reach it; null: nowhere.", nullable(), default=None
    )
    client_tags: list[KeyValue] = Array(KeyValue, "Tags for the spreading of standbys over racks.")
    task_offsets: list[TaskOffset] = Array(TaskOffset, "Sums of the offsets its tasks have restored to.")
    task_end_offsets: list[TaskOffset] = Array(TaskOffset, "Sums of the end offsets of the changelogs of its tasks.")
    assignment: Assignment = Struct(Assignment, "Tasks it has.")
    target_assignment: Assignment = Struct(Assignment, "Tasks it shall have once others have let go.")
    is_classic: bool = Bool("Whether it still speaks the classic protocol.")


@struct
class DescribedGroup(Message):
    """One group, or why it cannot be shown."""

    error_code: int = Int16(
        "NONE, GROUP_ID_NOT_FOUND, GROUP_AUTHORIZATION_FAILED, TOPIC_AUTHORIZATION_FAILED, or an error of the "
        "coordinator."
    )
    error_message: str | None = String("What is wrong in words, or null.", nullable(), default=None)
    group_id: str = String("Group.")
    group_state: str = String("Empty, NotReady, Assigning, Reconciling, Stable or Dead; empty on an error.")
    group_epoch: int = Int32("Grows with every change of members, topics or topology.")
    assignment_epoch: int = Int32("Group epoch for which the target assignment was made.")
    topology: Topology | None = Struct(Topology, "Topology in force; null on an error.", nullable(), default=None)
    members: list[Member] = Array(Member, "Its members.")
    authorized_operations: int = Int32(
        "What the client may do to the group, a bit for each operation; the least number: not asked for.",
        default=-2147483648,
    )


@response(89, versions=(0, 0), flexible=0)
class StreamsGroupDescribeResponse(TopLevel):
    """The groups."""

    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    groups: list[DescribedGroup] = Array(DescribedGroup, "One for each asked for.")
