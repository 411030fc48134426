"""Groups, as a test is told about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from kafkaemu.testing.errors import RequestRefused, is_told
from kafkaemu.testing.values import TopicPartition
from kafkawire.compiler import raw_decoder
from kafkawire.errors import ErrorCode
from kafkawire.internal.consumer_protocol import ConsumerProtocolAssignment
from kafkawire.messages.describe_groups import DescribeGroupsRequest
from kafkawire.messages.list_groups import ListGroupsRequest
from kafkawire.messages.offset_fetch import OffsetFetchRequest

__tracebackhide__ = is_told
CONSUMER_PROTOCOL = "consumer"
VERSION_BYTES = 2
#: Nobody coordinates a group before the first has come; one that is not there has committed nothing.
_NO_GROUP = {ErrorCode.NOT_COORDINATOR, ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.GROUP_ID_NOT_FOUND}


@attrs.frozen
class Member:
    """A member of a consumer group."""

    member_id: str
    client_id: str
    #: Address as Kafka writes it: ``/127.0.0.1``.
    host: str
    #: What it may read; empty while the group rebalances.
    assignment: tuple[TopicPartition, ...] = ()


@attrs.frozen
class Group:
    """A consumer group, or one that only holds offsets."""

    group_id: str
    #: Empty, PreparingRebalance, CompletingRebalance, Stable or Dead.
    state: str
    #: The assignor in force; empty unless the group is stable.
    protocol: str = ""
    members: tuple[Member, ...] = ()


def read_groups(ask: Callable[..., Any], nodes: Iterable[int]) -> dict[str, Group]:
    """Every group that one of these nodes coordinates, by its id."""
    groups = {}
    for node in nodes:
        listed = ask(ListGroupsRequest(), 4, node=node).groups
        described = (
            {
                one.group_id: one
                for one in ask(DescribeGroupsRequest(groups=[one.group_id for one in listed]), 5, node=node).groups
            }
            if listed
            else {}
        )
        for one in listed:
            found = described[one.group_id]
            if found.error_code != ErrorCode.NONE or found.group_state == "Dead":
                # Of another protocol: no more is told than what it is.
                groups[one.group_id] = Group(one.group_id, one.group_state)
                continue
            is_consumer = found.protocol_type == CONSUMER_PROTOCOL
            members = [
                Member(
                    member.member_id,
                    member.client_id,
                    member.client_host,
                    _assignment(member.member_assignment) if is_consumer else (),
                )
                for member in found.members
            ]
            groups[one.group_id] = Group(one.group_id, found.group_state, found.protocol_data, tuple(members))
    return groups


def _assignment(raw: bytes) -> tuple[TopicPartition, ...]:
    if len(raw) < VERSION_BYTES:
        return ()
    first, last = ConsumerProtocolAssignment.VERSIONS
    version = min(max(int.from_bytes(raw[:VERSION_BYTES], "big"), first), last)
    assignment, _ = raw_decoder(ConsumerProtocolAssignment, version, lenient=True)(raw, VERSION_BYTES)
    return tuple(
        sorted(TopicPartition(one.topic, index) for one in assignment.assigned_partitions for index in one.partitions)
    )


def read_committed(ask: Callable[..., Any], group: str, node: int) -> dict[TopicPartition, int]:
    """The committed offsets of a group."""
    answer = ask(OffsetFetchRequest(group_id=group, topics=None), 7, node=node)
    if answer.error_code != ErrorCode.NONE:
        code = ErrorCode(answer.error_code)
        if code in _NO_GROUP:
            return {}
        raise RequestRefused(f"the offsets of group {group!r} are not told", code)
    return {
        TopicPartition(topic.name, one.partition_index): one.committed_offset
        for topic in answer.topics
        for one in topic.partitions
        if one.error_code == ErrorCode.NONE and one.committed_offset >= 0
    }
