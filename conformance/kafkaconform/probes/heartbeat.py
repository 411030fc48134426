"""Heartbeat: keeps a member of a classic group alive and tells it of a rebalance."""

from kafkaconform.groups import join, new_member_id, only_member, sync
from kafkaconform.prepare import group_name, make_topic
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.leave_group import LeaveGroupRequest, MemberIdentity
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
)


def beat(group: str, generation: int, member_id: str, instance: str | None = None) -> HeartbeatRequest:
    """A heartbeat."""
    return HeartbeatRequest(group_id=group, generation_id=generation, member_id=member_id, group_instance_id=instance)


@probe
def every_version(session: Session) -> None:
    """A member of a stable group: 0."""
    connection = session.connect()
    group = group_name(session)
    member_id = only_member(connection, group)
    connection.ask_all_versions(beat(group, 1, member_id))


@probe
def errors(session: Session) -> None:
    """Group id empty: 24; unknown group or member: 25; another generation: 22; an instance id that nobody
    has: 25.
    """
    connection = session.connect()
    group = group_name(session)
    member_id = only_member(connection, group)
    for version in session.versions(HeartbeatRequest):
        connection.ask(beat("", 1, member_id), version)
        connection.ask(beat(session.name("nobody"), 1, member_id), version)
        connection.ask(beat(group, 1, "stranger"), version)
        connection.ask(beat(group, 1, ""), version)
        connection.ask(beat(group, 0, member_id), version)
        connection.ask(beat(group, 2, member_id), version)
        connection.ask(beat(group, -1, member_id), version)
    connection.ask(beat(group, 1, member_id, "one"), 3)


@probe
def pending_member(session: Session) -> None:
    """An id that was handed out but has not joined yet is not a member: 25."""
    connection = session.connect()
    group = group_name(session)
    only_member(connection, group)
    connection.ask(beat(group, 1, new_member_id(connection, group)), 3)


@probe
def while_completing(session: Session) -> None:
    """Between join and sync a heartbeat is fine."""
    connection = session.connect()
    group = group_name(session)
    member_id = new_member_id(connection, group)
    connection.quietly(join(group, member_id), 5)
    connection.ask(beat(group, 1, member_id), 3)


@probe
def while_joining(session: Session) -> None:
    """While others wait for the group to come together: 27."""
    first, second = session.connect(), session.connect()
    group = group_name(session)
    first_id = only_member(first, group)
    second_id = new_member_id(second, group)
    waiting = second.send(join(group, second_id), 5)
    second.settle()
    first.ask(beat(group, 1, first_id), 3)
    first.quietly(join(group, first_id), 5)
    waiting.answer()


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults the first in this order counts: group id, group, instance id, member id, generation, rebalance."""
    first, second = session.connect(), session.connect()
    group = group_name(session)
    member_id = first.quietly(join(group, instance="one"), 5).member_id
    first.quietly(sync(group, 1, member_id, (member_id, b"mine"), instance="one"), 3)
    first.ask(beat("", -1, "", "two"), 4)
    first.ask(beat(session.name("nobody"), -1, "", "two"), 4)
    first.ask(beat(group, 9, member_id, "two"), 4)
    first.ask(beat(group, 9, "stranger", "one"), 4)
    first.ask(beat(group, 9, "", "one"), 4)
    first.ask(beat(group, 9, "stranger"), 4)
    first.ask(beat(group, 9, member_id, "one"), 4)
    first.ask(beat(group, 1, member_id), 4)
    first.ask(beat(group, 1, member_id, ""), 4)
    second_id = new_member_id(second, group)
    waiting = second.send(join(group, second_id), 5)
    second.settle()
    first.ask(beat(group, 9, member_id, "one"), 4)
    first.ask(beat(group, 1, "stranger", "one"), 4)
    first.ask(beat(group, 1, second_id), 4)
    first.ask(beat(group, 1, member_id, "one"), 4)
    first.quietly(join(group, member_id, instance="one"), 5)
    waiting.answer()


@probe
def empty_group(session: Session) -> None:
    """A group that all have left, or that has only offsets, knows no member: 25, whatever the generation."""
    connection = session.connect()
    left, offsets = group_name(session, "left"), group_name(session, "offsets")
    member_id = only_member(connection, left)
    connection.quietly(LeaveGroupRequest(group_id=left, members=[MemberIdentity(member_id=member_id)]), 4)
    name, _ = make_topic(session, "orders")
    partition = OffsetCommitRequestPartition(partition_index=0, committed_offset=5)
    topics = [OffsetCommitRequestTopic(name=name, partitions=[partition])]
    connection.quietly(OffsetCommitRequest(group_id=offsets, topics=topics), 7)
    for group in (left, offsets):
        for generation in (-1, 0, 1, 2):
            connection.ask(beat(group, generation, member_id), 4)
            connection.ask(beat(group, generation, ""), 4)
