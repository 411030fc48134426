"""DeleteGroups: groups without members, and their offsets."""

from kafkaconform.groups import everything, join, new_member_id, only_member
from kafkaconform.outcome import Tree
from kafkaconform.prepare import group_name, make_topic
from kafkaconform.probes.describe_groups import describe
from kafkaconform.probes.leave_group import leave
from kafkaconform.probes.list_groups import ours
from kafkaconform.probes.offset_commit import commit
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.delete_groups import DeleteGroupsRequest
from kafkawire.messages.list_groups import ListGroupsRequest


def delete(*groups: str) -> DeleteGroupsRequest:
    """A request for groups by id."""
    return DeleteGroupsRequest(groups_names=list(groups))


def in_order(answer: dict[str, Tree]) -> dict[str, Tree]:
    """By group: Kafka answers in the order of a hash map of coordinators' partitions."""
    answer["results"].sort(key=lambda group: (str(group["group_id"]), group["error_code"]))
    return answer


@probe
def every_version(session: Session) -> None:
    """A group that only has offsets, in every version; asked again it is unknown: 69."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    for version in session.versions(DeleteGroupsRequest):
        group = group_name(session, f"group-{version}")
        connection.quietly(commit(group, name), 7)
        connection.ask(delete(group), version)
        connection.ask(delete(group), version)


@probe
def everything_is_gone(session: Session) -> None:
    """A group that had a member is gone with its offsets: it is Dead, in no list, and its offsets are unknown."""
    connection = session.connect()
    name, _ = make_topic(session, "orders", 2)
    group = group_name(session)
    member_id = only_member(connection, group)
    for partition in range(2):
        connection.quietly(commit(group, name, partition=partition, generation=1, member_id=member_id), 7)
    connection.quietly(leave(group, (member_id, None)), 4)
    connection.ask(describe(group), 6)
    connection.ask(delete(group), 2)
    connection.ask(describe(group), 6)
    connection.ask(describe(group), 5)
    connection.ask(ListGroupsRequest(), 5, view=ours(session))
    connection.ask(everything(group), 8)
    connection.ask(join(group, member_id), 5)


@probe
def groups_with_members(session: Session) -> None:
    """A group that is stable, completes or prepares a rebalance is refused, and stays: 68."""
    first, second = session.connect(), session.connect()
    stable, completing, preparing = (group_name(session, base) for base in ("stable", "completing", "preparing"))
    only_member(first, stable)
    first.quietly(join(completing, new_member_id(first, completing)), 5)
    preparing_id = only_member(first, preparing)
    waiting = second.send(join(preparing, new_member_id(second, preparing)), 5)
    second.settle()
    for version in session.versions(DeleteGroupsRequest):
        first.ask(delete(stable, completing, preparing), version, view=in_order)
    first.ask(describe(stable), 6)
    first.quietly(join(preparing, preparing_id), 5)
    waiting.answer()


@probe
def a_member_id_given_out(session: Session) -> None:
    """A group that has given out a member id and has no member yet can be deleted; the id is unknown afterwards."""
    connection = session.connect()
    group = group_name(session)
    # Described it may be there or not: giving out a member id writes nothing.
    member_id = new_member_id(connection, group)
    connection.ask(delete(group), 2)
    connection.ask(join(group, member_id), 5)
    connection.ask(describe(group), 6)


@probe
def several(session: Session) -> None:
    """Each group is answered on its own; one that is named twice is answered once."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    stable, offsets = group_name(session, "stable"), group_name(session, "offsets")
    only_member(connection, stable)
    connection.quietly(commit(offsets, name), 7)
    connection.ask(delete(session.name("nobody"), stable, offsets, offsets), 2, view=in_order)
    connection.ask(delete(session.name("nobody"), session.name("nobody")), 2, view=in_order)


@probe
def empty_group_id(session: Session) -> None:
    """The group without a name can be deleted like others."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group_name(session)
    connection.quietly(commit("", name), 7)
    connection.ask(delete(""), 2)
    connection.ask(delete(""), 2)
    connection.ask(delete(""), 0)


@probe
def no_groups(session: Session) -> None:
    """An empty request gets an empty answer."""
    session.connect().ask_all_versions(delete())


@probe
def a_group_comes_back(session: Session) -> None:
    """A group id may be used again; the group begins with generation 1."""
    connection = session.connect()
    group = group_name(session)
    member_id = only_member(connection, group)
    connection.quietly(leave(group, (member_id, None)), 4)
    connection.ask(delete(group), 2)
    only_member(connection, group)
    connection.ask(describe(group), 6)
