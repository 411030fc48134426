"""OffsetDelete: single offsets of a group are forgotten."""

import struct

from kafkaconform.groups import SESSION_TIMEOUT_MS, everything, join, new_member_id, only_member, sync
from kafkaconform.prepare import group_name, make_topic
from kafkaconform.probes.describe_groups import describe
from kafkaconform.probes.leave_group import leave
from kafkaconform.probes.offset_commit import commit
from kafkaconform.registry import probe
from kafkaconform.session import ProbeFailed, Probing, Session
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol
from kafkawire.messages.offset_delete import (
    OffsetDeleteRequest,
    OffsetDeleteRequestPartition,
    OffsetDeleteRequestTopic,
)


def delete(group: str, *topics: tuple[str, tuple[int, ...]]) -> OffsetDeleteRequest:
    """A request for partitions by topic."""
    return OffsetDeleteRequest(
        group_id=group,
        topics=[
            OffsetDeleteRequestTopic(
                name=name, partitions=[OffsetDeleteRequestPartition(partition_index=index) for index in partitions]
            )
            for name, partitions in topics
        ],
    )


def subscribing(group: str, member_id: str, *topics: str) -> JoinGroupRequest:
    """A JoinGroup of a consumer that subscribes to topics."""
    names = b"".join(struct.pack(">h", len(topic)) + topic.encode() for topic in topics)
    metadata = struct.pack(">hi", 0, len(topics)) + names + struct.pack(">i", -1)
    request = join(group, member_id)
    request.protocols = [JoinGroupRequestProtocol(name="range", metadata=metadata)]
    request.session_timeout_ms = SESSION_TIMEOUT_MS
    return request


def subscribed_member(connection: Probing, group: str, *topics: str) -> str:
    """Makes a stable group of one member that subscribes to topics; its id. Not recorded."""
    member_id = new_member_id(connection, group)
    joined = connection.quietly(subscribing(group, member_id, *topics), 5)
    synced = connection.quietly(sync(group, joined.generation_id, member_id, (member_id, b"mine")), 3)
    if joined.error_code or synced.error_code:
        raise ProbeFailed(f"a group of one: errors {joined.error_code} and {synced.error_code}")
    return member_id


@probe
def some_of_them(session: Session) -> None:
    """Offsets that are named are forgotten, others stay; one that is not there can be forgotten, too."""
    connection = session.connect()
    name, _ = make_topic(session, "orders", 3)
    group = group_name(session)
    for partition in range(2):
        connection.quietly(commit(group, name, partition=partition), 7)
    connection.ask(delete(group, (name, (0, 2))), 0)
    connection.ask(everything(group), 8)
    connection.ask(delete(group, (name, (0,))), 0)
    connection.ask(delete(group, (name, (1,))), 0)
    connection.ask(everything(group), 8)
    connection.ask(describe(group), 6)


@probe
def unknown_group(session: Session) -> None:
    """A group that is not there: 69, without topics; the group "": 24."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group_name(session)
    nobody = session.name("nobody")
    connection.ask(delete(nobody, (name, (0,))), 0)
    connection.ask(delete("", (name, (0,))), 0)
    connection.ask(delete(nobody), 0)
    connection.ask(delete(""), 0)


@probe
def unknown_topics(session: Session) -> None:
    """A topic or partition that is not there: 3; but the group is asked first."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    missing = session.name("missing")
    group = group_name(session)
    connection.quietly(commit(group, name), 7)
    connection.ask(delete(group, (missing, (0, 1))), 0)
    connection.ask(delete(group, (name, (1, -1))), 0)
    connection.ask(delete(group, ("a b", (0,)), ("", (0,))), 0)
    connection.ask(delete(session.name("nobody"), (missing, (0,))), 0)
    connection.ask(delete("", (missing, (0,))), 0)


@probe
def good_and_bad_together(session: Session) -> None:
    """What is not there and what is, in one request; and the same with a group that is not there."""
    connection = session.connect()
    first, _ = make_topic(session, "first", 2)
    second, _ = make_topic(session, "second")
    missing = session.name("missing")
    group = group_name(session)
    for topic in (first, second):
        connection.quietly(commit(group, topic), 7)
    topics = ((first, (0, 7, 1)), (missing, (0,)), (second, (0,)))
    connection.ask(delete(session.name("nobody"), *topics), 0)
    connection.ask(delete("", *topics), 0)
    connection.ask(delete(group, *topics), 0)
    connection.ask(everything(group), 8)


@probe
def twice_in_one_request(session: Session) -> None:
    """Topics and partitions named twice are answered as asked; but if one is unknown, each topic once."""
    connection = session.connect()
    name, _ = make_topic(session, "orders", 2)
    missing = session.name("missing")
    group = group_name(session)
    connection.quietly(commit(group, name), 7)
    connection.ask(delete(group, (name, (0, 0)), (name, (0, 1))), 0)
    connection.ask(delete(group, (missing, (0, 0)), (missing, (0,))), 0)
    connection.ask(delete(group, (name, (5,)), (name, (0,)), (name, (6,))), 0)


@probe
def no_topics(session: Session) -> None:
    """A request without topics, and topics without partitions."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group = group_name(session)
    connection.quietly(commit(group, name), 7)
    connection.ask(delete(group), 0)
    connection.ask(delete(group, (name, ()), (session.name("missing"), ())), 0)


@probe
def subscribed(session: Session) -> None:
    """Offsets of topics that a member subscribes to stay: 86; others go. Nobody subscribes when all have left."""
    connection = session.connect()
    read, _ = make_topic(session, "read", 2)
    other, _ = make_topic(session, "other")
    group = group_name(session)
    member_id = subscribed_member(connection, group, read)
    for topic in (read, other):
        connection.quietly(commit(group, topic, generation=1, member_id=member_id), 7)
    connection.ask(delete(group, (read, (0, 1, 9)), (other, (0,))), 0)
    connection.ask(everything(group), 8)
    connection.quietly(leave(group, (member_id, None)), 4)
    connection.ask(delete(group, (read, (0, 1)), (other, (0,))), 0)
    connection.ask(everything(group), 8)


@probe
def while_rebalancing(session: Session) -> None:
    """Consumers that rebalance are asked what they subscribe to as in their last generation."""
    first, second = session.connect(), session.connect()
    name, _ = make_topic(session, "orders")
    other, _ = make_topic(session, "other")
    group = group_name(session)
    first_id = subscribed_member(first, group, name)
    second_id = new_member_id(second, group)
    waiting = second.send(join(group, second_id), 5)
    second.settle()
    first.ask(delete(group, (name, (0,)), (other, (0,))), 0)
    first.quietly(subscribing(group, first_id, name), 5)
    waiting.answer()
    first.ask(describe(group), 5, view=lambda answer: {"state": answer["groups"][0]["group_state"]})
    first.ask(delete(group, (name, (0,)), (other, (0,))), 0)


@probe
def other_protocol_types(session: Session) -> None:
    """A group of members that are no consumers is refused as long as it has any: 68."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    missing = session.name("missing")
    group = group_name(session)
    member_id = new_member_id(connection, group, protocol_type="connect")
    connection.ask(delete(group, (name, (0,))), 0)
    connection.quietly(join(group, member_id, protocol_type="connect"), 5)
    connection.ask(delete(group, (name, (0,))), 0)
    connection.ask(delete(group, (name, (0,)), (missing, (0,))), 0)
    connection.quietly(sync(group, 1, member_id, (member_id, b"mine")), 3)
    connection.ask(delete(group, (name, (0,))), 0)
    connection.ask(delete(group), 0)
    connection.quietly(leave(group, (member_id, None)), 4)
    connection.ask(delete(group, (name, (0,))), 0)


@probe
def empty_subscription(session: Session) -> None:
    """Consumers whose subscription names no topics read nothing."""
    connection = session.connect()
    name, _ = make_topic(session, "orders")
    group = group_name(session)
    only_member(connection, group)
    connection.ask(delete(group, (name, (0,))), 0)


@probe
def order_of_checks(session: Session) -> None:
    """Of several faults the first in this order counts: group id, group, its members' kind, topic, subscription."""
    connection = session.connect()
    read, _ = make_topic(session, "read")
    missing = session.name("missing")
    workers, readers = group_name(session, "workers"), group_name(session, "readers")
    connection.quietly(
        join(workers, new_member_id(connection, workers, protocol_type="connect"), protocol_type="connect"), 5
    )
    subscribed_member(connection, readers, read)
    for group in ("", session.name("nobody"), workers, readers):
        connection.ask(
            delete(group, (missing, (0,)), (read, (-1, 0, 2_147_483_647)), ("bad name", (0,)), ("", (0,))), 0
        )
        connection.ask(delete(group, (missing, (0,))), 0)
