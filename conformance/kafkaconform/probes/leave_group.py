"""LeaveGroup: members that go in order."""

from kafkaconform.groups import join, new_member_id, only_member
from kafkaconform.prepare import group_name
from kafkaconform.probes.heartbeat import beat
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.leave_group import LeaveGroupRequest, MemberIdentity


def leave(group: str, *members: tuple[str, str | None]) -> LeaveGroupRequest:
    """Members by id and instance id; up to version 2 only the first one's id counts."""
    return LeaveGroupRequest(
        group_id=group,
        member_id=members[0][0] if members else "",
        members=[MemberIdentity(member_id=member, group_instance_id=instance) for member, instance in members],
    )


@probe
def every_version(session: Session) -> None:
    """A member leaves; its id is unknown afterwards: 25, from version 3 on for each member in a list."""
    connection = session.connect()
    for version in session.versions(LeaveGroupRequest):
        group = group_name(session, f"group-{version}")
        member_id = only_member(connection, group)
        connection.ask(leave(group, (member_id, None)), version)
        connection.ask(leave(group, (member_id, None)), version)
        connection.ask(beat(group, 1, member_id), 3)


@probe
def errors(session: Session) -> None:
    """Group id empty: 24; an unknown group: 25; an unknown member: 25."""
    connection = session.connect()
    group = group_name(session)
    only_member(connection, group)
    for version in session.versions(LeaveGroupRequest):
        connection.ask(leave("", ("m", None)), version)
        connection.ask(leave(session.name("nobody"), ("m", None)), version)
        connection.ask(leave(group, ("stranger", None)), version)
        connection.ask(leave(group, ("", None)), version)
    connection.ask(leave(group), 3)


@probe
def static_members(session: Session) -> None:
    """A static member may be put out by its instance id alone; the wrong member id for an instance is
    fenced: 82.
    """
    connection = session.connect()
    group = group_name(session)
    joined = connection.quietly(join(group, instance="one"), 5)
    connection.ask(leave(group, ("stranger", "one"), ("", "two")), 4)
    connection.ask(leave(group, ("", "one")), 4)
    connection.ask(beat(group, 1, joined.member_id, "one"), 3)


@probe
def several_at_once(session: Session) -> None:
    """Members and strangers in one request, each answered on its own."""
    connection = session.connect()
    group = group_name(session)
    member_id = only_member(connection, group)
    connection.ask(leave(group, ("stranger", None), (member_id, None), (member_id, None)), 4)


@probe
def pending_member(session: Session) -> None:
    """An id that was handed out but has not joined yet may leave."""
    connection = session.connect()
    group = group_name(session)
    member_id = new_member_id(connection, group)
    connection.ask(leave(group, (member_id, None)), 4)
    connection.ask(join(group, member_id), 5)
