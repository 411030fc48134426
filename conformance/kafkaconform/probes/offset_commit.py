"""OffsetCommit: where a group has come to."""

from kafkaconform.groups import everything, join, new_member_id, only_member, sync
from kafkaconform.prepare import UNKNOWN_UUID, group_name, make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_groups import DescribeGroupsRequest
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
)


def commit(
    group: str,
    topic: str,
    topic_id: bytes = bytes(16),
    *,
    partition: int = 0,
    offset: int = 5,
    epoch: int = -1,
    metadata: str | None = "",
    generation: int = -1,
    member_id: str = "",
    instance: str | None = None,
    retention_time_ms: int = -1,
) -> OffsetCommitRequest:
    """A commit of one partition; without a member, as a client does that assigns partitions itself."""
    entry = OffsetCommitRequestPartition(
        partition_index=partition,
        committed_offset=offset,
        committed_leader_epoch=epoch,
        committed_metadata=metadata,
    )
    return OffsetCommitRequest(
        group_id=group,
        generation_id_or_member_epoch=generation,
        member_id=member_id,
        group_instance_id=instance,
        retention_time_ms=retention_time_ms,
        topics=[OffsetCommitRequestTopic(name=topic, topic_id=topic_id, partitions=[entry])],
    )


@probe
def every_version(session: Session) -> None:
    """A commit without a member, in every version; by id from 10 on."""
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    session.connect().ask_all_versions(commit(group, name, topic_id))


@probe
def as_a_member(session: Session) -> None:
    """A member commits with its generation; another generation is 22, another member 25."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    member_id = only_member(connection, group)
    for version in (2, 5, 7, 9, 10):
        for generation, member in (
            (1, member_id),
            (0, member_id),
            (2, member_id),
            (1, "stranger"),
            (1, ""),
            (-1, member_id),
        ):
            connection.ask(commit(group, name, topic_id, generation=generation, member_id=member), version)


@probe
def without_a_member(session: Session) -> None:
    """A commit that names no member is refused while the group has members: 25; and -1 with a generation
    that is not there: 22.
    """
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    active, empty = group_name(session, "active"), group_name(session, "empty")
    only_member(connection, active)
    for version in (2, 9, 10):
        connection.ask(commit(active, name, topic_id), version)
        connection.ask(commit(empty, name, topic_id, generation=1, member_id="stranger"), version)
        connection.ask(commit(empty, name, topic_id, generation=0), version)


@probe
def static_member(session: Session) -> None:
    """A commit under an instance id that another member holds: 82; that nobody holds: 25."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    joined = connection.quietly(join(group, instance="one"), 5)
    for member, instance in ((joined.member_id, "one"), ("stranger", "one"), (joined.member_id, "two")):
        connection.ask(commit(group, name, topic_id, generation=1, member_id=member, instance=instance), 7)


@probe
def while_rebalancing(session: Session) -> None:
    """Between join and sync a commit of the new generation is told 27; while others join, one of the old
    generation is still taken.
    """
    first, second = session.connect(), session.connect()
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    first_id = only_member(first, group)
    second_id = new_member_id(second, group)
    waiting = second.send(join(group, second_id), 5)
    second.settle()
    first.ask(commit(group, name, topic_id, generation=1, member_id=first_id), 7)
    first.quietly(join(group, first_id), 5)
    waiting.answer()
    first.ask(commit(group, name, topic_id, generation=2, member_id=first_id), 7)
    first.ask(commit(group, name, topic_id, generation=1, member_id=first_id), 7)


@probe
def unknown_topic_or_partition(session: Session) -> None:
    """3 for what is not there by name, 100 by id."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    for version in session.versions(OffsetCommitRequest):
        connection.ask(commit(group, session.name("missing"), UNKNOWN_UUID), version)
        connection.ask(commit(group, name, topic_id, partition=1), version)
    connection.ask(commit(group, name, partition=-1), 7)
    connection.ask(commit(group, name, bytes(16)), 10)


@probe
def bad_requests(session: Session) -> None:
    """Group id empty: 24, or as the broker has it; metadata over 4096 bytes: 12; offsets below zero are
    taken.
    """
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    for version in (2, 9, 10):
        connection.ask(commit("", name, topic_id), version)
    for length in (4096, 4097):
        connection.ask(commit(group, name, metadata="m" * length), 7)
    connection.ask(commit(group, name, metadata=None), 7)
    for offset in (-1, -2, 2**63 - 1):
        connection.ask(commit(group, name, offset=offset), 7)
    connection.ask(commit(group, name, retention_time_ms=1000), 4)


@probe
def no_topics(session: Session) -> None:
    """A commit of nothing is answered with nothing."""
    connection = session.connect()
    group = group_name(session)
    for version in (2, 9, 10):
        connection.ask(OffsetCommitRequest(group_id=group, topics=[]), version)


@probe
def good_and_bad_together(session: Session) -> None:
    """Each partition is answered on its own."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders", 2)
    group = group_name(session)
    request = commit(group, name, topic_id)
    more = commit(group, name, topic_id, partition=7).topics[0].partitions[0]
    long = commit(group, name, topic_id, partition=1, metadata="m" * 5000).topics[0].partitions[0]
    request.topics[0].partitions += [more, long]
    request.topics.insert(0, commit(group, session.name("missing")).topics[0])
    connection.ask(request, 9)


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults the first in this order counts: topic, group and member, generation, metadata."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group = group_name(session)
    member_id = only_member(connection, group)
    long = "m" * 5000
    for request in (
        commit(group, session.name("missing"), generation=9, member_id="stranger", metadata=long),
        commit(group, name, generation=9, member_id="stranger", metadata=long),
        commit(group, name, generation=9, member_id=member_id, metadata=long),
        commit(group, name, generation=1, member_id=member_id, metadata=long),
    ):
        connection.ask(request, 7)


@probe
def metadata_in_characters(session: Session) -> None:
    """How long metadata is counts in UTF-16 units, not in bytes."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group = group_name(session)
    for metadata in ("ä" * 4096, "ä" * 4097, "\N{GRINNING FACE}" * 2048, "\N{GRINNING FACE}" * 2049):
        connection.ask(commit(group, name, metadata=metadata), 9)


@probe
def twice_in_one_request(session: Session) -> None:
    """A partition, or a topic, that is named twice is answered as often; the last offset counts."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    missing = session.name("missing")
    for version in (2, 9, 10):
        group = group_name(session, f"group-{version}")
        request = commit(group, name, topic_id, offset=1)
        request.topics[0].partitions += commit(group, name, offset=2).topics[0].partitions
        request.topics += commit(group, name, topic_id, offset=3).topics
        request.topics += commit(group, missing, UNKNOWN_UUID).topics * 2
        request.topics += commit(group, name, topic_id, partition=7).topics * 2
        connection.ask(request, version)
        connection.ask(everything(group), 9)


@probe
def topics_without_partitions(session: Session) -> None:
    """A topic without partitions is answered without any, known or not."""
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    group = group_name(session)
    for version in (2, 7, 9, 10):
        for topic, uuid in ((name, topic_id), (session.name("missing"), UNKNOWN_UUID), ("", bytes(16))):
            request = OffsetCommitRequest(
                group_id=group, topics=[OffsetCommitRequestTopic(name=topic, topic_id=uuid, partitions=[])]
            )
            connection.ask(request, version)


@probe
def members_without_generation(session: Session) -> None:
    """No generation, but a member or an instance id: checked like any member's while the group has members, taken in an empty
    one. A generation without a member is refused; so is one of a group that is not there: 22, from version 9 on 69.
    """
    connection = session.connect()
    name, topic_id = make_topic(session, "orders")
    for version in (7, 9, 10):
        active, empty = group_name(session, f"active-{version}"), group_name(session, f"empty-{version}")
        member_id = connection.quietly(join(active, instance="one"), 5).member_id
        connection.quietly(sync(active, 1, member_id, (member_id, b"mine"), instance="one"), 3)
        connection.quietly(commit(empty, name), 7)
        for group in (active, empty, session.name(f"nobody-{version}")):
            for generation, member, instance in (
                (0, "", None),
                (1, "", "one"),
                (1, member_id, ""),
                (1, member_id, None),
                (-1, member_id, None),
                (-1, "stranger", None),
                (-1, "", "one"),
                (-1, "stranger", "one"),
                (-2, "", None),
                (-2, member_id, None),
            ):
                request = commit(group, name, topic_id, generation=generation, member_id=member, instance=instance)
                connection.ask(request, version)


@probe
def awaited_member(session: Session) -> None:
    """An id that was given out and has not come back is no member: 25. While nobody is, a group that only waits for it is
    empty.
    """
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    stable, new = group_name(session, "stable"), group_name(session, "new")
    only_member(connection, stable)
    for group in (stable, new):
        member_id = new_member_id(connection, group)
        for generation in (-1, 0, 1):
            connection.ask(commit(group, name, generation=generation, member_id=member_id), 7)
        connection.ask(commit(group, name), 7)


@probe
def makes_a_group(session: Session) -> None:
    """The first commit makes the group, empty and without a protocol type."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group = group_name(session)
    connection.ask(DescribeGroupsRequest(groups=[group]), 6)
    connection.ask(commit(group, name), 7)
    connection.ask(DescribeGroupsRequest(groups=[group]), 6)


@probe
def retention_times(session: Session) -> None:
    """Versions 2 to 4 have a retention time; any is taken."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group = group_name(session)
    for version in (2, 3, 4):
        for retention_time_ms in (-1, -2, 0, 3_600_000, 2**63 - 1):
            connection.ask(commit(group, name, retention_time_ms=retention_time_ms), version)
