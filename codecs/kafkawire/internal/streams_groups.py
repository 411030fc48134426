"""Records of ``__consumer_offsets``: groups of Kafka Streams (KIP-1071).

The key's version tells what the record is about (`KEY`); a null value removes it.
"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
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
    record,
    struct,
    tagged,
)


@record(22, versions=(0, 0))
class StreamsGroupCurrentMemberAssignmentKey(TopLevel):
    """Key of the tasks a member has."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@struct
class CurrentTasks(Message):
    """Tasks of one subtopology that a member has."""

    subtopology_id: str = String("Subtopology.")
    partitions: list[int] = Array(Int32, "Partitions: one task for each.")
    assignment_epochs: list[int] | None = Array(
        Int32,
        "For each, the epoch in which the member got it, to fence commits (KIP-1251); null: not recorded.",
        nullable(),
        tagged(0, since=0),
    )


@record(22, versions=(0, 0), flexible=0)
class StreamsGroupCurrentMemberAssignmentValue(TopLevel):
    """The tasks a member has, and how far it is on the way to its target."""

    member_epoch: int = Int32("Epoch it is expected to be in.")
    previous_member_epoch: int = Int32("Epoch before that, accepted too in case an answer was lost.")
    state: int = Int8("1 stable, 2 has tasks to give up, 3 waits for others to give up theirs.")
    active_tasks: list[CurrentTasks] = Array(CurrentTasks, "Tasks it computes.")
    standby_tasks: list[CurrentTasks] = Array(CurrentTasks, "Tasks whose state it keeps up to date.")
    warmup_tasks: list[CurrentTasks] = Array(CurrentTasks, "Tasks whose state it restores.")
    active_tasks_pending_revocation: list[CurrentTasks] = Array(CurrentTasks, "Active tasks it must give up.")
    standby_tasks_pending_revocation: list[CurrentTasks] = Array(CurrentTasks, "Standby tasks it must give up.")
    warmup_tasks_pending_revocation: list[CurrentTasks] = Array(CurrentTasks, "Warm-up tasks it must give up.")


@record(19, versions=(0, 0))
class StreamsGroupMemberMetadataKey(TopLevel):
    """Key of a member."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@struct
class Endpoint(Message):
    """Where interactive queries reach a process."""

    host: str = String("Host to connect to.")
    port: int = UInt16("Port to connect to.")


@struct
class ClientTag(Message):
    """A tag of a member."""

    key: str = String("Tag.")
    value: str = String("Its value.")


@record(19, versions=(0, 0), flexible=0)
class StreamsGroupMemberMetadataValue(TopLevel):
    """A member, as it described itself."""

    instance_id: str | None = String("Name its operator gave it; null for a dynamic member.", nullable())
    rack_id: str | None = String("Rack it stands in, or null.", nullable())
    client_id: str = String("Client id of its requests.")
    client_host: str = String("Address it joined from, such as /127.0.0.1.")
    rebalance_timeout_ms: int = Int32("How long it may take to let go of tasks, in ms; -1: not told.", default=-1)
    topology_epoch: int = Int32("Epoch of the topology it runs.")
    process_id: str = String("Process it runs in, shared by its threads.")
    user_endpoint: Endpoint | None = Struct(
        Endpoint, "Where interactive queries reach it; null: nowhere.", nullable(), default=None
    )
    client_tags: list[ClientTag] = Array(ClientTag, "Tags for the spreading of standbys over racks.")


@record(17, versions=(0, 0))
class StreamsGroupMetadataKey(TopLevel):
    """Key of a Streams group."""

    group_id: str = String("Group.")


@struct
class LastAssignmentConfig(Message):
    """A config the target assignment was made with."""

    key: str = String("Config key.")
    value: str = String("Its value.")


@record(17, versions=(0, 0), flexible=0)
class StreamsGroupMetadataValue(TopLevel):
    """A Streams group."""

    epoch: int = Int32("Grows with every change of members, topics or topology.")
    metadata_hash: int = Int64("Hash of the topics of the topology, by which changes are noticed.")
    validated_topology_epoch: int = Int32(
        "Epoch of the topology whose topics were found to be right; -1: none.", tagged(0, since=0), default=-1
    )
    last_assignment_configs: list[LastAssignmentConfig] | None = Array(
        LastAssignmentConfig,
        "Configs the last assignment was made with; null: not recorded.",
        nullable(),
        tagged(1, since=0),
    )


@record(21, versions=(0, 0))
class StreamsGroupTargetAssignmentMemberKey(TopLevel):
    """Key of the tasks a member shall have."""

    group_id: str = String("Group.")
    member_id: str = String("Id of the member.")


@struct
class TargetTasks(Message):
    """Tasks of one subtopology that a member shall have."""

    subtopology_id: str = String("Subtopology.")
    partitions: list[int] = Array(Int32, "Partitions: one task for each.")


@record(21, versions=(0, 0), flexible=0)
class StreamsGroupTargetAssignmentMemberValue(TopLevel):
    """The tasks a member shall have."""

    active_tasks: list[TargetTasks] = Array(TargetTasks, "Tasks to compute.")
    standby_tasks: list[TargetTasks] = Array(TargetTasks, "Tasks whose state to keep up to date.")
    warmup_tasks: list[TargetTasks] = Array(TargetTasks, "Tasks whose state to restore.")


@record(20, versions=(0, 0))
class StreamsGroupTargetAssignmentMetadataKey(TopLevel):
    """Key of the target assignment of a group."""

    group_id: str = String("Group.")


@record(20, versions=(0, 0), flexible=0)
class StreamsGroupTargetAssignmentMetadataValue(TopLevel):
    """What the target assignment was made for."""

    assignment_epoch: int = Int32("Group epoch it was made for.")
    assignment_timestamp: int = Int64("When it was made, in ms since 1970; 0: not recorded.", tagged(0, since=0))


@record(23, versions=(0, 0))
class StreamsGroupTopologyKey(TopLevel):
    """Key of the topology of a group."""

    group_id: str = String("Group.")


@struct
class TopicConfig(Message):
    """A config of an internal topic."""

    key: str = String("Config key.")
    value: str = String("Its value.")


@struct
class TopicInfo(Message):
    """An internal topic."""

    name: str = String("Topic.")
    partitions: int = Int32("How many partitions; 0: as many as the input needs.")
    replication_factor: int = Int16("Replicas of each partition; 0: the broker's default.")
    topic_configs: list[TopicConfig] = Array(TopicConfig, "Its configs.")


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


@record(23, versions=(0, 0), flexible=0)
class StreamsGroupTopologyValue(TopLevel):
    """The topology in force."""

    epoch: int = Int32("Its epoch.")
    subtopologies: list[Subtopology] = Array(Subtopology, "Its parts.")
