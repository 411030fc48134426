"""DescribeGroups: state and members of classic groups."""

from kafkaconform.groups import join, new_member_id, only_member
from kafkaconform.prepare import group_name, make_topic
from kafkaconform.probes.leave_group import leave
from kafkaconform.probes.offset_commit import commit
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.describe_groups import DescribeGroupsRequest


def describe(*groups: str, operations: bool = False) -> DescribeGroupsRequest:
    """A request for groups by id."""
    return DescribeGroupsRequest(groups=list(groups), include_authorized_operations=operations)


@probe
def every_version(session: Session) -> None:
    """A stable group of one: its protocol, its member with client id, host, metadata and assignment."""
    connection = session.connect()
    group = group_name(session)
    only_member(connection, group)
    connection.ask_all_versions(describe(group))


@probe
def states(session: Session) -> None:
    """A group while its members join, stable and when it is empty."""
    connection, other = session.connect(), session.connect()
    group = group_name(session)
    # Before that join is taken the group may be told or not: giving out a member id writes nothing.
    connection.quietly(join(group, new_member_id(connection, group)), 5)
    connection.ask(describe(group), 6)
    stable = group_name(session, "stable")
    stable_id = only_member(connection, stable)
    connection.ask(describe(stable), 6)
    other_id = new_member_id(other, stable)
    waiting = other.send(join(stable, other_id), 5)
    other.settle()
    connection.ask(leave(stable, (stable_id, None)), 4)
    waiting.answer()
    connection.ask(leave(stable, (other_id, None)), 4)
    connection.ask(describe(stable), 6)


@probe
def static_member(session: Session) -> None:
    """Instance ids are shown from version 4 on."""
    connection = session.connect()
    group = group_name(session)
    connection.quietly(join(group, instance="one"), 5)
    for version in (3, 4, 6):
        connection.ask(describe(group), version)


@probe
def unknown_groups(session: Session) -> None:
    """A group nobody ever heard of is dead; from version 6 on that is error 69 with a message."""
    connection = session.connect()
    group_name(session)
    connection.ask_all_versions(describe(session.name("nobody")))
    connection.ask(describe(), 6)


@probe
def empty_group_id(session: Session) -> None:
    """The group without a name is a group like others: it may have offsets."""
    connection = session.connect()
    group_name(session)
    name, _ = make_topic(session, "orders")
    session.service.quietly(commit("", name), 7)
    connection.ask_all_versions(describe(""))


@probe
def only_offsets(session: Session) -> None:
    """A group that only has offsets is empty and has no protocol type."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group = group_name(session)
    session.service.quietly(commit(group, name), 7)
    for version in (0, 5, 6):
        connection.ask(describe(group), version)


@probe
def authorized_operations(session: Session) -> None:
    """A bit field where it is asked for."""
    connection = session.connect()
    group = group_name(session)
    only_member(connection, group)
    for version in (3, 5, 6):
        connection.ask(describe(group, operations=True), version)
    connection.ask(describe(session.name("nobody"), operations=True), 6)


@probe
def same_group_twice(session: Session) -> None:
    """A group named twice: recorded as the broker has it."""
    connection = session.connect()
    group = group_name(session)
    only_member(connection, group)
    connection.ask(describe(group, group), 6)
