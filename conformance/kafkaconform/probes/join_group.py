"""JoinGroup: the first half of a rebalance of a classic group."""

from kafkaconform.groups import by_metadata, join, new_member_id, only_member, sync
from kafkaconform.prepare import group_name
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.delete_groups import DeleteGroupsRequest
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.join_group import JoinGroupRequest
from kafkawire.messages.leave_group import LeaveGroupRequest, MemberIdentity


@probe
def first_member_every_version(session: Session) -> None:
    """A new member: up to version 3 it is in at once; from 4 on it is sent away with an id (79) and comes
    back with it.
    """
    connection = session.connect()
    for version in session.versions(JoinGroupRequest):
        group = group_name(session, f"group-{version}")
        answer = connection.ask(join(group), version)
        if answer.error_code == 79:
            connection.ask(join(group, answer.member_id), version)


@probe
def static_member(session: Session) -> None:
    """A member with an instance id is in at once, without 79; coming back without its id it gets another and
    the old one is fenced.
    """
    connection = session.connect()
    for version in (5, 6, 7, 8, 9):
        group = group_name(session, f"group-{version}")
        first = connection.ask(join(group, instance="one"), version)
        connection.ask(sync(group, 1, first.member_id, (first.member_id, b"mine"), instance="one"), 3)
        again = connection.ask(join(group, instance="one"), version, view=by_metadata)
        connection.ask(HeartbeatRequest(group_id=group, generation_id=1, member_id=again.member_id), 3)
        fenced = HeartbeatRequest(group_id=group, generation_id=1, member_id=first.member_id, group_instance_id="one")
        connection.ask(fenced, 3)
        connection.ask(join(group, first.member_id, instance="one"), version)
        connection.ask(join(group, "stranger", instance="one"), version)
        connection.ask(join(group, "stranger", instance="two"), version)


@probe
def static_member_with_another_protocol(session: Session) -> None:
    """A static member that comes back with other metadata: its group rebalances only if that changes the
    chosen protocol.
    """
    connection = session.connect()
    group = group_name(session)
    first = connection.ask(join(group, instance="one"), 5)
    connection.ask(sync(group, 1, first.member_id, (first.member_id, b"mine"), instance="one"), 3)
    connection.ask(join(group, instance="one", protocols=(("range", b"other"),)), 5, view=by_metadata)
    connection.ask(join(group, instance="one", protocols=(("sticky", b"other"),)), 5, view=by_metadata)


@probe
def bad_requests(session: Session) -> None:
    """Group id empty: 24; session timeout out of bounds: 26; no protocols or no protocol type: 23; an id
    nobody knows: 25.
    """
    connection = session.connect()
    group = group_name(session)
    for version in (0, 3, 5, 7, 9):
        connection.ask(join(""), version)
        connection.ask(join(group, session_timeout_ms=5_999), version)
        connection.ask(join(group, session_timeout_ms=1_800_001), version)
        connection.ask(join(group, session_timeout_ms=-1), version)
        connection.ask(join(group, protocols=()), version)
        connection.ask(join(group, protocol_type=""), version)
        connection.ask(join(group, "stranger"), version)


@probe
def inconsistent_protocols(session: Session) -> None:
    """A member whose protocol type or protocols have nothing in common with the group's: 23."""
    connection, other = session.connect(), session.connect()
    group = group_name(session)
    only_member(connection, group)
    for version in (4, 7):
        other.ask(join(group, protocol_type="connect"), version)
        other.ask(join(group, protocols=(("sticky", b""),)), version)
        other.ask(join(group, protocols=()), version)
        other.ask(join(group, "stranger", protocol_type="connect"), version)


@probe
def second_member(session: Session) -> None:
    """A second member starts a rebalance: the first learns of it by heartbeat (27), joins again, and both
    get generation 2; the leader stays and sees both.
    """
    leader, follower = session.connect(), session.connect()
    for version in (2, 5, 9):
        group = group_name(session, f"group-{version}")
        leader_id = only_member(leader, group)
        follower_id = "" if version < 4 else new_member_id(follower, group)
        waiting = follower.send(join(group, follower_id, protocols=(("range", b"second"),)), version)
        follower.settle()
        leader.ask(HeartbeatRequest(group_id=group, generation_id=1, member_id=leader_id), 3)
        leader.ask(join(group, leader_id), version, view=by_metadata)
        follower_id = waiting.answer().member_id
        leader.ask(HeartbeatRequest(group_id=group, generation_id=2, member_id=leader_id), 3)
        synced = follower.send(sync(group, 2, follower_id), 3)
        leader.ask(sync(group, 2, leader_id, (leader_id, b"first"), (follower_id, b"second")), 3)
        synced.answer()
        for connection, member_id in ((leader, leader_id), (follower, follower_id)):
            connection.ask(HeartbeatRequest(group_id=group, generation_id=2, member_id=member_id), 3)
            connection.ask(HeartbeatRequest(group_id=group, generation_id=1, member_id=member_id), 3)


@probe
def vote(session: Session) -> None:
    """The protocol that all members support and most prefer is chosen; each member's metadata is that of the
    chosen one.
    """
    first, second = session.connect(), session.connect()
    group = group_name(session)
    both = (("a", b"1a"), ("b", b"1b"))
    first_id = new_member_id(first, group, protocols=both)
    first.ask(join(group, first_id, protocols=both), 7, view=by_metadata)
    first.ask(sync(group, 1, first_id, (first_id, b""), protocol_type="consumer", protocol_name="a"), 5)
    only_b = (("c", b"2c"), ("b", b"2b"))
    second_id = new_member_id(second, group, protocols=only_b)
    waiting = second.send(join(group, second_id, protocols=only_b), 7, view=by_metadata)
    second.settle()
    first.ask(join(group, first_id, protocols=both), 7, view=by_metadata)
    waiting.answer()


@probe
def follower_rejoins(session: Session) -> None:
    """In a stable group a follower that joins again with the same metadata is answered at once; with other
    metadata, or as the leader, it starts a rebalance.
    """
    leader, follower = session.connect(), session.connect()
    group = group_name(session)
    leader_id = only_member(leader, group)
    follower_id = new_member_id(follower, group)
    waiting = follower.send(join(group, follower_id, protocols=(("range", b"f"),)), 5)
    follower.settle()
    leader.ask(join(group, leader_id), 5, view=by_metadata)
    waiting.answer()
    leader.ask(sync(group, 2, leader_id, (leader_id, b"l"), (follower_id, b"f")), 3)
    follower.ask(sync(group, 2, follower_id), 3)
    follower.ask(join(group, follower_id, protocols=(("range", b"f"),)), 5)
    waiting = follower.send(join(group, follower_id, protocols=(("range", b"changed"),)), 5)
    follower.settle()
    leader.ask(join(group, leader_id), 5, view=by_metadata)
    waiting.answer()
    leader.ask(sync(group, 3, leader_id, (leader_id, b"l"), (follower_id, b"f")), 3)
    follower.ask(sync(group, 3, follower_id), 3)
    waiting = leader.send(join(group, leader_id), 5, view=by_metadata)
    leader.settle()
    follower.ask(join(group, follower_id, protocols=(("range", b"changed"),)), 5)
    waiting.answer()


@probe
def rejoin_while_completing(session: Session) -> None:
    """Between join and sync a member that joins again unchanged gets the same answer again; the generation
    stays.
    """
    connection = session.connect()
    group = group_name(session)
    member_id = new_member_id(connection, group)
    connection.ask(join(group, member_id), 5)
    connection.ask(join(group, member_id), 5)
    connection.ask(join(group, member_id, protocols=(("range", b"changed"),)), 5)
    connection.ask(HeartbeatRequest(group_id=group, generation_id=1, member_id=member_id), 3)


@probe
def leader_leaves_while_joining(session: Session) -> None:
    """When a member leaves during a rebalance the others do not wait for it."""
    leader, follower = session.connect(), session.connect()
    group = group_name(session)
    leader_id = only_member(leader, group)
    follower_id = new_member_id(follower, group)
    waiting = follower.send(join(group, follower_id), 5)
    follower.settle()
    leaving = LeaveGroupRequest(group_id=group, member_id=leader_id, members=[MemberIdentity(member_id=leader_id)])
    leader.ask(leaving, 2)
    waiting.answer()


@probe
def late_member_is_dropped(session: Session) -> None:
    """A member that does not join again within the rebalance timeout is out (25), and the others go on
    without it.
    """
    first, second = session.connect(), session.connect()
    group = group_name(session)
    short = {"rebalance_timeout_ms": 500}
    first_id = new_member_id(first, group, **short)
    first.ask(join(group, first_id, rebalance_timeout_ms=500), 5)
    first.ask(sync(group, 1, first_id, (first_id, b"")), 3)
    second_id = new_member_id(second, group, **short)
    second.ask(join(group, second_id, rebalance_timeout_ms=500), 5)
    first.ask(HeartbeatRequest(group_id=group, generation_id=1, member_id=first_id), 3)


@probe
def unsynced_member_is_dropped(session: Session) -> None:
    """A member that joins but never syncs is dropped after its rebalance timeout; those who did sync are
    told to rebalance: 27.
    """
    leader, follower = session.connect(), session.connect()
    group = group_name(session)
    leader_id = new_member_id(leader, group, rebalance_timeout_ms=2_000)
    leader.ask(join(group, leader_id, rebalance_timeout_ms=2_000), 5)
    follower_id = new_member_id(follower, group, rebalance_timeout_ms=2_000)
    second = join(group, follower_id, rebalance_timeout_ms=2_000, protocols=(("range", b"second"),))
    waiting = follower.send(second, 5)
    follower.settle()
    leader.ask(join(group, leader_id, rebalance_timeout_ms=2_000), 5, view=by_metadata)
    waiting.answer()
    leader.ask(sync(group, 2, leader_id, (leader_id, b"l"), (follower_id, b"f")), 3)
    follower.settle(3.0)
    leader.ask(HeartbeatRequest(group_id=group, generation_id=2, member_id=leader_id), 3)
    leader.ask(join(group, leader_id, rebalance_timeout_ms=2_000), 5, view=by_metadata)
    follower.ask(sync(group, 2, follower_id), 3)


@probe
def session_expires(session: Session) -> None:
    """A member that is not heard of within its session timeout is out, its id unknown; the others are told
    to rebalance.
    """
    first, second = session.connect(), session.connect()
    group = group_name(session)
    first_id = new_member_id(first, group, session_timeout_ms=6_000)
    first.ask(join(group, first_id, session_timeout_ms=6_000), 5)
    first.ask(sync(group, 1, first_id, (first_id, b"")), 3)
    second_id = new_member_id(second, group)
    waiting = second.send(join(group, second_id), 5)
    second.settle()
    first.close()
    waiting.answer(timeout_s=20)
    second.ask(HeartbeatRequest(group_id=group, generation_id=1, member_id=first_id), 3)


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults the first in this order counts: group id, session timeout, group, protocols, instance id, member id."""
    connection = session.connect()
    group, nobody = group_name(session), session.name("nobody")
    member_id = connection.quietly(join(group, instance="one"), 5).member_id
    connection.quietly(sync(group, 1, member_id, (member_id, b"mine"), instance="one"), 3)
    for version in (5, 9):
        connection.ask(join("", "stranger", session_timeout_ms=1, protocols=()), version)
        connection.ask(join(group, "stranger", session_timeout_ms=1, protocols=(), instance="one"), version)
        connection.ask(join(nobody, "stranger", session_timeout_ms=1, protocols=()), version)
        connection.ask(join(nobody, "stranger", protocols=(), instance="one"), version)
        connection.ask(join(nobody, "stranger", protocol_type=""), version)
        connection.ask(join(group, "stranger", protocols=(), instance="one"), version)
        connection.ask(join(group, "stranger", protocols=(("sticky", b""),), instance="two"), version)
        connection.ask(join(group, "stranger", instance="one"), version)
        connection.ask(join(group, member_id, instance="two"), version)
        connection.ask(join(group, protocols=(("sticky", b""),)), version)


@probe
def edges_of_session_timeout(session: Session) -> None:
    """The shortest and the longest session are taken, and any rebalance timeout."""
    connection = session.connect()
    for timeout_ms in (6_000, 1_800_000):
        group = group_name(session, f"group-{timeout_ms}")
        connection.ask(join(group, session_timeout_ms=timeout_ms), 3)
    for timeout_ms in (0, -1, -2_147_483_648, 2_147_483_647):
        group = group_name(session, f"rebalance-{timeout_ms}")
        connection.ask(join(group, instance="one", rebalance_timeout_ms=timeout_ms), 5)


@probe
def odd_protocols(session: Session) -> None:
    """Protocol names and types may be anything; the group takes the first of those that count most."""
    connection = session.connect()
    for number, protocols in enumerate(
        (
            (("", b"none"),),
            (("b", b"1"), ("a", b"2")),
            (("ä b", b""),),
            (("p" * 1000, b""),),
        )
    ):
        group = group_name(session, f"group-{number}")
        connection.ask(join(group, instance="one", protocols=protocols), 7)
    for number, protocol_type in enumerate((" ", "Consumer", "t" * 1000)):
        group = group_name(session, f"type-{number}")
        connection.ask(join(group, instance="one", protocol_type=protocol_type), 7)


@probe
def odd_ids(session: Session) -> None:
    """Group and instance ids may be blank or long, an instance id also empty; the member's id begins with the instance's, or
    with that of the client.
    """
    connection = session.connect()
    for base in (" ", "g" * 1000, "ä/:*"):
        connection.ask(join(group_name(session, base), instance="one"), 5)
    for number, instance in enumerate(("", " ", "i" * 1000, "ä/:*")):
        connection.ask(join(group_name(session, f"group-{number}"), instance=instance), 5)
    for number, client_id in enumerate((None, "", "ä b")):
        connection.ask(join(group_name(session, f"client-{number}")), 3, client_id=client_id)


@probe
def static_leader_comes_back(session: Session) -> None:
    """The leader that comes back to a stable group is not told that it leads up to version 8; from 9 on it is, with the
    members, and told to skip the assignment.
    """
    connection, other = session.connect(), session.connect()
    for version in (5, 8, 9):
        group = group_name(session, f"group-{version}")
        leader_id = connection.quietly(join(group, instance="one"), 5).member_id
        connection.quietly(sync(group, 1, leader_id, (leader_id, b"l"), instance="one"), 3)
        waiting = other.send(join(group, instance="two", protocols=(("range", b"two"),)), 5)
        other.settle()
        connection.quietly(join(group, leader_id, instance="one"), 5)
        follower_id = waiting.answer().member_id
        connection.quietly(sync(group, 2, leader_id, (leader_id, b"l"), (follower_id, b"f"), instance="one"), 3)
        connection.ask(join(group, instance="one"), version, view=by_metadata)
        other.ask(join(group, instance="two", protocols=(("range", b"two"),)), version, view=by_metadata)


@probe
def reasons(session: Session) -> None:
    """A reason, from version 8 on, may be anything, and is not told to anybody."""
    connection = session.connect()
    for number, reason in enumerate((None, "", "rejoin", "r" * 4096)):
        request = join(group_name(session, f"group-{number}"), instance="one")
        request.reason = reason
        for version in (8, 9):
            connection.ask(request, version)


@probe
def static_member_of_an_awaited_id(session: Session) -> None:
    """An id that was given out to a dynamic member and comes back with an instance id: -1."""
    connection = session.connect()
    group = group_name(session)
    connection.ask(join(group, new_member_id(connection, group), instance="one"), 5)


@probe
def a_group_that_was_refused(session: Session) -> None:
    """A group is there, and can be deleted, as soon as somebody without an id asks for it, even if refused: protocols that are
    none, a protocol type that is none.
    """
    # Who describes it may or may not see it yet: a refusal writes nothing, and what is told is what was written.
    connection = session.connect()
    for number, options in enumerate(({"protocols": ()}, {"protocol_type": ""}, {"member_id": "stranger"})):
        group = group_name(session, f"group-{number}")
        connection.ask(join(group, **options), 5)  # type: ignore[arg-type]
        connection.ask(DeleteGroupsRequest(groups_names=[group]), 2)
