"""SyncGroup: the second half of a rebalance; the leader hands out what the members are to do."""

from kafkaconform.groups import by_metadata, join, new_member_id, only_member, sync, two_members
from kafkaconform.prepare import group_name
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.leave_group import LeaveGroupRequest, MemberIdentity
from kafkawire.messages.sync_group import SyncGroupRequest


@probe
def every_version(session: Session) -> None:
    """The leader's assignment comes back; in version 5 with protocol type and name."""
    connection = session.connect()
    for version in session.versions(SyncGroupRequest):
        group = group_name(session, f"group-{version}")
        member_id = new_member_id(connection, group)
        connection.quietly(join(group, member_id), 5)
        request = sync(group, 1, member_id, (member_id, b"mine"), protocol_type="consumer", protocol_name="range")
        connection.ask(request, version)
        connection.ask(sync(group, 1, member_id, protocol_type="consumer", protocol_name="range"), version)


@probe
def empty_assignment(session: Session) -> None:
    """A leader may assign nothing, to all or to some: they get zero bytes."""
    connection = session.connect()
    group = group_name(session)
    member_id = new_member_id(connection, group)
    connection.quietly(join(group, member_id), 5)
    connection.ask(sync(group, 1, member_id), 3)


@probe
def assignment_for_strangers(session: Session) -> None:
    """An assignment for an id that is no member is not looked at."""
    connection = session.connect()
    group = group_name(session)
    member_id = new_member_id(connection, group)
    connection.quietly(join(group, member_id), 5)
    connection.ask(sync(group, 1, member_id, ("stranger", b"x"), (member_id, b"mine")), 3)


@probe
def errors(session: Session) -> None:
    """Group id empty: 24; unknown group or member: 25; another generation: 22; protocol type or name that is
    not the group's: 23.
    """
    connection = session.connect()
    group = group_name(session)
    member_id = only_member(connection, group)
    for version in (0, 1, 3, 4, 5):
        connection.ask(sync("", 1, member_id), version)
        connection.ask(sync(session.name("nobody"), 1, member_id), version)
        connection.ask(sync(group, 1, "stranger"), version)
        connection.ask(sync(group, 1, ""), version)
        connection.ask(sync(group, 0, member_id), version)
        connection.ask(sync(group, 2, member_id), version)
    connection.ask(sync(group, 1, member_id, protocol_type="connect", protocol_name="range"), 5)
    connection.ask(sync(group, 1, member_id, protocol_type="consumer", protocol_name="sticky"), 5)
    connection.ask(sync(group, 1, member_id, protocol_type="consumer"), 5)
    connection.ask(sync(group, 1, member_id), 5)
    connection.ask(sync(group, 1, member_id, instance="one"), 3)


@probe
def during_a_join(session: Session) -> None:
    """While members are joining a sync is told to join again: 27."""
    first, second = session.connect(), session.connect()
    group = group_name(session)
    first_id = only_member(first, group)
    second_id = new_member_id(second, group)
    waiting = second.send(join(group, second_id), 5)
    second.settle()
    first.ask(sync(group, 1, first_id), 3)
    first.quietly(join(group, first_id), 5)
    waiting.answer()


@probe
def followers_wait(session: Session) -> None:
    """A follower's sync is answered when the leader's has come, with what the leader said."""
    leader, follower = session.connect(), session.connect()
    group = group_name(session)
    leader_id, follower_id = two_members(leader, follower, group)
    synced = follower.send(sync(group, 2, follower_id), 3)
    leader.ask(sync(group, 2, leader_id, (leader_id, b"l"), (follower_id, b"f")), 3)
    synced.answer()
    follower.ask(sync(group, 2, follower_id), 3)
    leader.ask(sync(group, 2, leader_id, (leader_id, b"another")), 3)


@probe
def joining_again_ends_a_wait(session: Session) -> None:
    """A leader that joins again instead of syncing: the follower that waits is told to rebalance (27)."""
    leader, follower = session.connect(), session.connect()
    group = group_name(session)
    leader_id, follower_id = two_members(leader, follower, group)
    synced = follower.send(sync(group, 2, follower_id), 3)
    follower.settle()
    rejoined = leader.send(join(group, leader_id, protocols=(("range", b"changed"),)), 5, view=by_metadata)
    synced.answer()
    follower.quietly(join(group, follower_id), 5)
    rejoined.answer()


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults the first in this order counts: no type or name, group id, group, instance id, member id, generation,
    type or name of others, rebalance.
    """
    first, second = session.connect(), session.connect()
    group = group_name(session)
    member_id = first.quietly(join(group, instance="one"), 5).member_id
    ours = {"protocol_type": "consumer", "protocol_name": "range"}
    theirs = {"protocol_type": "connect", "protocol_name": "sticky"}
    first.ask(sync("", 9, "stranger", instance="two", protocol_type="consumer"), 5)
    first.ask(sync("", 9, "stranger", instance="two", protocol_name="range"), 5)
    first.ask(sync("", 9, "stranger", instance="two", **theirs), 5)
    first.ask(sync(session.name("nobody"), 9, "stranger", instance="two", **theirs), 5)
    first.ask(sync(group, 9, member_id, instance="two", **theirs), 5)
    first.ask(sync(group, 9, "stranger", instance="one", **theirs), 5)
    first.ask(sync(group, 9, "", instance="one", **theirs), 5)
    first.ask(sync(group, 9, "stranger", **theirs), 5)
    first.ask(sync(group, 9, member_id, instance="one", **theirs), 5)
    first.ask(sync(group, 1, member_id, instance="one", **theirs), 5)
    first.ask(sync(group, 1, member_id, (member_id, b"mine"), instance="one", **ours), 5)
    second_id = new_member_id(second, group)
    waiting = second.send(join(group, second_id), 5)
    second.settle()
    first.ask(sync(group, 9, member_id, instance="one", **ours), 5)
    first.ask(sync(group, 1, member_id, instance="one", **theirs), 5)
    first.ask(sync(group, 1, member_id, instance="one", **ours), 5)
    first.quietly(join(group, member_id, instance="one"), 5)
    waiting.answer()


@probe
def empty_group(session: Session) -> None:
    """A group that all have left, and an id that was given out and has not come back: 25."""
    connection = session.connect()
    group = group_name(session)
    member_id = only_member(connection, group)
    connection.ask(sync(group, 1, new_member_id(connection, group)), 3)
    connection.quietly(LeaveGroupRequest(group_id=group, members=[MemberIdentity(member_id=member_id)]), 4)
    for generation in (-1, 0, 1, 2):
        connection.ask(sync(group, generation, member_id), 3)


@probe
def member_assigned_twice(session: Session) -> None:
    """Of two assignments for one member the last counts; a follower's assignments are not looked at."""
    leader, follower = session.connect(), session.connect()
    group = group_name(session)
    leader_id, follower_id = two_members(leader, follower, group)
    synced = follower.send(sync(group, 2, follower_id, (follower_id, b"all"), (leader_id, b"none")), 3)
    leader.ask(sync(group, 2, leader_id, (leader_id, b"first"), (leader_id, b"last"), (follower_id, b"f")), 3)
    synced.answer()


@probe
def static_member_comes_back(session: Session) -> None:
    """The id that a static member had before is fenced (82), the new one gets the same assignment."""
    connection = session.connect()
    group = group_name(session)
    first_id = connection.quietly(join(group, instance="one"), 5).member_id
    connection.ask(sync(group, 1, first_id, (first_id, b"mine"), instance="one"), 3)
    again_id = connection.quietly(join(group, instance="one"), 5).member_id
    connection.ask(sync(group, 1, first_id, instance="one"), 3)
    connection.ask(sync(group, 1, first_id), 3)
    connection.ask(sync(group, 1, again_id, instance="one"), 3)
    connection.ask(sync(group, 1, again_id), 3)
