"""Members of classic groups, as the probes of the group APIs need them."""

import struct

from kafkaconform.outcome import Tree
from kafkaconform.session import ProbeFailed, Probing
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol
from kafkawire.messages.offset_fetch import OffsetFetchRequest, OffsetFetchRequestGroup
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupRequestAssignment

#: Within what the broker allows (6 s to 30 min), and far longer than any probe runs.
SESSION_TIMEOUT_MS = 60_000


def subscription(tag: bytes) -> bytes:
    """What a consumer sends along in version 0 of its own protocol: no topics, and ``tag`` as user data.

    Kafka parses it: a group whose members send anything else gets -1 or no answer at all.
    """
    return struct.pack(">hii", 0, 0, len(tag)) + tag


def join(
    group: str,
    member_id: str = "",
    *,
    protocols: tuple[tuple[str, bytes], ...] = (("range", b"meta"),),
    protocol_type: str = "consumer",
    instance: str | None = None,
    session_timeout_ms: int = SESSION_TIMEOUT_MS,
    rebalance_timeout_ms: int = SESSION_TIMEOUT_MS,
) -> JoinGroupRequest:
    """A JoinGroup request; of each protocol the name and the user data of its subscription."""
    return JoinGroupRequest(
        group_id=group,
        session_timeout_ms=session_timeout_ms,
        rebalance_timeout_ms=rebalance_timeout_ms,
        member_id=member_id,
        group_instance_id=instance,
        protocol_type=protocol_type,
        protocols=[JoinGroupRequestProtocol(name=name, metadata=subscription(tag)) for name, tag in protocols],
    )


def sync(
    group: str,
    generation: int,
    member_id: str,
    *assignments: tuple[str, bytes],
    instance: str | None = None,
    protocol_type: str | None = None,
    protocol_name: str | None = None,
) -> SyncGroupRequest:
    """A SyncGroup request; the leader's carries the assignments."""
    return SyncGroupRequest(
        group_id=group,
        generation_id=generation,
        member_id=member_id,
        group_instance_id=instance,
        protocol_type=protocol_type,
        protocol_name=protocol_name,
        assignments=[SyncGroupRequestAssignment(member_id=to, assignment=data) for to, data in assignments],
    )


def by_metadata(answer: dict[str, Tree]) -> dict[str, Tree]:
    """Members by what they sent along: Kafka lists them in the order of a hash map of random ids."""
    answer["members"].sort(key=lambda member: (str(member.get("group_instance_id")), member["metadata"]["bytes"]))
    return answer


def new_member_id(connection: Probing, group: str, **join_options: object) -> str:
    """A member id that the coordinator has handed out and waits to see again; not recorded."""
    answer = connection.quietly(join(group, **join_options), 5)  # type: ignore[arg-type]
    if answer.error_code != 79:
        raise ProbeFailed(f"JoinGroup of a new member: error {answer.error_code}, not 79")
    return str(answer.member_id)


def only_member(connection: Probing, group: str) -> str:
    """Makes a stable group of one member, generation 1, assignment ``mine``; its id. Not recorded."""
    member_id = new_member_id(connection, group)
    joined = connection.quietly(join(group, member_id), 5)
    synced = connection.quietly(sync(group, joined.generation_id, member_id, (member_id, b"mine")), 3)
    if joined.error_code or synced.error_code or joined.generation_id != 1:
        raise ProbeFailed(f"a group of one: errors {joined.error_code} and {synced.error_code}")
    return member_id


def two_members(leader: Probing, follower: Probing, group: str) -> tuple[str, str]:
    """The ids of two members of a new group in generation 2, not yet synced; the follower's join is recorded."""
    leader_id = only_member(leader, group)
    follower_id = new_member_id(follower, group)
    waiting = follower.send(join(group, follower_id), 5)
    leader.quietly(join(group, leader_id), 5)
    waiting.answer()
    return leader_id, follower_id


def everything(group: str) -> OffsetFetchRequest:
    """A request for all offsets of a group, in both forms: alone up to version 7, in a list from 8 on."""
    return OffsetFetchRequest(
        group_id=group, topics=None, groups=[OffsetFetchRequestGroup(group_id=group, topics=None)]
    )
