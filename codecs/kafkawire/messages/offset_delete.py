"""OffsetDelete (key 47): takes committed offsets out of a group (KIP-496)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Message, String, TopLevel, request, response, struct


@struct
class OffsetDeleteRequestPartition(Message):
    """A partition whose offset goes."""

    partition_index: int = Int32("Partition.")


@struct
class OffsetDeleteRequestTopic(Message):
    """Partitions of one topic."""

    name: str = String("Topic.")
    partitions: list[OffsetDeleteRequestPartition] = Array(OffsetDeleteRequestPartition, "Its partitions.")


@request(47, versions=(0, 0))
class OffsetDeleteRequest(TopLevel):
    """Deletes committed offsets, of topics that no member is subscribed to."""

    group_id: str = String("Group.")
    topics: list[OffsetDeleteRequestTopic] = Array(OffsetDeleteRequestTopic, "What goes, by topic.")


@struct
class OffsetDeleteResponsePartition(Message):
    """How it went with one partition."""

    partition_index: int = Int32("Partition.")
    error_code: int = Int16("NONE, UNKNOWN_TOPIC_OR_PARTITION, or GROUP_SUBSCRIBED_TO_TOPIC.")


@struct
class OffsetDeleteResponseTopic(Message):
    """How it went with one topic."""

    name: str = String("Topic.")
    partitions: list[OffsetDeleteResponsePartition] = Array(OffsetDeleteResponsePartition, "Its partitions.")


@response(47, versions=(0, 0))
class OffsetDeleteResponse(TopLevel):
    """How it went. Here the error comes before the throttle time."""

    error_code: int = Int16(
        "NONE or what is wrong with the group: GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP, an error of the coordinator."
    )
    throttle_time_ms: int = Int32("How long a quota bids the client pause, in ms.")
    topics: list[OffsetDeleteResponseTopic] = Array(OffsetDeleteResponseTopic, "Results, by topic.")
