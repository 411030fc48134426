"""LeaveGroup: members that go in order."""

from kafkaconform.groups import join, new_member_id, only_member, sync, two_members
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


@probe
def static_member_by_member_id(session: Session) -> None:
    """A static member leaves by its member id alone as well; one put out twice in a request is unknown the second time."""
    connection = session.connect()
    for version in (0, 2, 3, 5):
        group = group_name(session, f"group-{version}")
        joined = connection.quietly(join(group, instance="one"), 5)
        connection.ask(leave(group, (joined.member_id, None)), version)
        connection.ask(beat(group, 1, joined.member_id, "one"), 4)
    group = group_name(session, "twice")
    joined = connection.quietly(join(group, instance="one"), 5)
    connection.ask(leave(group, ("", "one"), ("", "one"), (joined.member_id, "one"), (joined.member_id, None)), 5)


@probe
def order_of_checks(session: Session) -> None:
    """The group id counts first, then the instance id, then the member id; an empty instance id is one like others."""
    connection = session.connect()
    group = group_name(session)
    member_id = only_member(connection, group)
    connection.ask(leave("", ("", "one"), ("stranger", None)), 5)
    connection.ask(leave(""), 5)
    connection.ask(leave(session.name("nobody"), ("", "one"), ("stranger", None)), 5)
    connection.ask(leave(session.name("nobody")), 5)
    connection.ask(leave(group, (member_id, "one"), (member_id, ""), ("", ""), ("", None)), 5)
    connection.ask(beat(group, 1, member_id), 4)


@probe
def reasons(session: Session) -> None:
    """A reason, from version 5 on, may be anything, and is not told to anybody."""
    connection = session.connect()
    for number, reason in enumerate((None, "", "the application stops", "r" * 4096, "ä\n\x00")):
        group = group_name(session, f"group-{number}")
        member_id = only_member(connection, group)
        request = leave(group, (member_id, None))
        request.members[0].reason = reason
        connection.ask(request, 5)


@probe
def others_are_told(session: Session) -> None:
    """Whoever stays is told to rebalance: 27. Where nobody left the group stays as it is."""
    leader, follower = session.connect(), session.connect()
    group = group_name(session)
    leader_id, follower_id = two_members(leader, follower, group)
    leader.quietly(sync(group, 2, leader_id, (leader_id, b"l"), (follower_id, b"f")), 3)
    leader.ask(leave(group, ("stranger", None), ("", "one")), 5)
    leader.ask(beat(group, 2, leader_id), 4)
    follower.ask(leave(group, (follower_id, None)), 5)
    leader.ask(beat(group, 2, leader_id), 4)


@probe
def only_the_awaited_one_leaves(session: Session) -> None:
    """An id that was given out and does not come back is not waited for any more."""
    first, second = session.connect(), session.connect()
    group = group_name(session)
    first_id = only_member(first, group)
    pending = new_member_id(second, group)
    waiting = first.send(join(group, first_id), 5)
    first.settle()
    second.ask(leave(group, (pending, None), (pending, None)), 5)
    waiting.answer()
