"""ListGroups: the groups of a broker."""

from kafkaconform.groups import join, new_member_id, only_member
from kafkaconform.outcome import Tree, View
from kafkaconform.prepare import group_name, make_topic
from kafkaconform.probes.describe_groups import describe
from kafkaconform.probes.leave_group import leave
from kafkaconform.probes.offset_commit import commit
from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.list_groups import ListGroupsRequest


def ours(session: Session) -> View:
    """Only groups of this run, by name: Kafka leaves the order open."""

    def view(answer: dict[str, Tree]) -> dict[str, Tree]:
        mine = [group for group in answer["groups"] if session.is_ours(group["group_id"])]
        answer["groups"] = sorted(mine, key=lambda group: str(group["group_id"]))
        return answer

    return view


def three_groups(session: Session) -> None:
    """A stable group, one that completes a rebalance, and one that only has offsets."""
    connection = session.connect()
    only_member(connection, group_name(session, "stable"))
    completing = group_name(session, "completing")
    member_id = new_member_id(connection, completing)
    connection.quietly(join(completing, member_id), 5)
    name, _ = make_topic(session, "orders")
    session.service.quietly(commit(group_name(session, "offsets"), name), 7)


@probe
def every_version(session: Session) -> None:
    """States from version 4 on, types from 5 on."""
    three_groups(session)
    session.connect().ask_all_versions(ListGroupsRequest(), view=ours(session))


@probe
def by_state(session: Session) -> None:
    """A filter of states, from 4 on, whatever the case of its letters; a state that does not exist matches
    nothing.
    """
    three_groups(session)
    connection = session.connect()
    for states in (["Stable"], ["Empty"], ["stable", "EMPTY"], ["CompletingRebalance"], ["Dead"], ["Nonsense"], [""]):
        for version in (4, 5):
            connection.ask(ListGroupsRequest(states_filter=states), version, view=ours(session))


@probe
def by_type(session: Session) -> None:
    """A filter of types, from 5 on; one that does not exist matches nothing."""
    three_groups(session)
    connection = session.connect()
    for types in (["classic"], ["Classic"], ["consumer"], ["share"], ["classic", "consumer"], ["nonsense"], [""]):
        connection.ask(ListGroupsRequest(types_filter=types), 5, view=ours(session))
    both = ListGroupsRequest(states_filter=["Stable"], types_filter=["classic"])
    connection.ask(both, 5, view=ours(session))


@probe
def while_preparing(session: Session) -> None:
    """A group that waits for its members, in every version and by its state; so do groups whose members do not consume."""
    connection, other = session.connect(), session.connect()
    group = group_name(session, "preparing")
    member_id = only_member(connection, group)
    other_id = new_member_id(other, group)
    waiting = other.send(join(group, other_id), 5)
    other.settle()
    workers = group_name(session, "workers")
    connection.quietly(
        join(workers, new_member_id(connection, workers, protocol_type="connect"), protocol_type="connect"), 5
    )
    asking = session.connect()
    asking.ask_all_versions(ListGroupsRequest(), view=ours(session))
    for states in (
        ["PreparingRebalance"],
        ["preparingrebalance"],
        ["Preparing"],
        ["CompletingRebalance", "Stable"],
        ["Assigning"],
    ):
        for types in ([], ["classic"], ["consumer"], ["unknown"], ["streams", "classic"]):
            asking.ask(ListGroupsRequest(states_filter=states, types_filter=types), 5, view=ours(session))
    for each in (group, workers):
        asking.ask_all_versions(describe(each, operations=True), view=oldest_first, first=3)
    connection.quietly(leave(group, (member_id, None)), 4)
    waiting.answer()


def oldest_first(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Members by whether they have an assignment: Kafka lists them in the order of a hash map of random ids."""
    for group in answer["groups"]:
        group["members"].sort(key=lambda member: member["member_assignment"]["bytes"], reverse=True)
    return answer


@probe
def filters_that_do_not_agree(session: Session) -> None:
    """Both filters have to match; a name that is none matches nothing beside others that do."""
    three_groups(session)
    connection = session.connect()
    for states, types in (
        (["Stable", "Nonsense"], ["classic", "nonsense"]),
        (["Nonsense"], ["classic"]),
        (["Stable"], ["consumer"]),
        (["Stable", "Stable"], ["classic", "CLASSIC"]),
        ([" stable"], []),
        (["\tEmpty\n"], []),
        (["Sta ble"], []),
        (["Completing Rebalance", "completing_rebalance"], []),
        ([], [" classic"]),
        ([], ["classic "]),
        (["unknown"], []),
        ([], ["unknown"]),
    ):
        connection.ask(ListGroupsRequest(states_filter=states, types_filter=types), 5, view=ours(session))


@probe
def awaited_members_only(session: Session) -> None:
    """A group that has given out an id is there, and empty; one that was asked for and never joined is not."""
    connection = session.connect()
    new_member_id(connection, group_name(session, "awaits"))
    group_name(session, "asked")
    connection.ask_all_versions(ListGroupsRequest(), view=ours(session))
    connection.ask(ListGroupsRequest(states_filter=["Empty"]), 5, view=ours(session))
