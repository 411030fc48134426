"""SyncGroup, Heartbeat, LeaveGroup, and the end of sessions."""

from __future__ import annotations

import pytest

from kafkaemu.groups.classic_group import GroupState
from kafkawire.errors import ErrorCode
from tests.support.groups import RANGE, GroupBroker


def test_followers_wait_for_the_leader() -> None:
    broker = GroupBroker()
    leader, follower = broker.joined(RANGE, RANGE)
    waiting = broker.sync(follower.member_id, 2)
    assert waiting.answer is None
    answer = broker.sync(leader.member_id, 2, {leader.member_id: b"L", follower.member_id: b"F"}).answer
    assert (answer.assignment, waiting.answer.assignment) == (b"L", b"F")
    assert broker.group().state is GroupState.STABLE
    assert broker.sync(follower.member_id, 2).answer.assignment == b"F"


def test_a_leader_may_assign_nothing() -> None:
    broker = GroupBroker()
    leader, follower = broker.joined(RANGE, RANGE)
    assert broker.sync(leader.member_id, 2).answer.assignment == b""
    answer = broker.sync(follower.member_id, 2).answer
    assert (answer.error_code, answer.assignment) == (0, b"")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"group_id": ""}, ErrorCode.INVALID_GROUP_ID),
        ({"group_id": "nobody"}, ErrorCode.UNKNOWN_MEMBER_ID),
        ({"member_id": "stranger", "generation": 9}, ErrorCode.UNKNOWN_MEMBER_ID),
        ({"group_instance_id": "i", "generation": 9}, ErrorCode.UNKNOWN_MEMBER_ID),
        ({"generation": 2, "protocol_type": "x"}, ErrorCode.ILLEGAL_GENERATION),
        ({"protocol_type": "x"}, ErrorCode.INCONSISTENT_GROUP_PROTOCOL),
        ({"protocol_name": "x"}, ErrorCode.INCONSISTENT_GROUP_PROTOCOL),
        ({"protocol_type": None, "group_id": ""}, ErrorCode.INCONSISTENT_GROUP_PROTOCOL),
        ({"protocol_name": None, "group_id": ""}, ErrorCode.INCONSISTENT_GROUP_PROTOCOL),
    ],
)
def test_syncs_that_are_refused(fields: dict[str, object], code: ErrorCode) -> None:
    broker = GroupBroker()
    (member,) = broker.joined()
    answer = broker.sync(**{"member_id": member.member_id, "generation": 1, **fields}).answer  # type: ignore[arg-type]
    assert (answer.error_code, answer.protocol_type, answer.protocol_name, answer.assignment) == (code, None, None, b"")


def test_before_version_5_nobody_names_the_protocol() -> None:
    broker = GroupBroker()
    (member,) = broker.joined()
    answer = broker.sync(member.member_id, 1, {member.member_id: b"x"}, version=4, protocol_type=None).answer
    assert (answer.error_code, answer.assignment) == (0, b"x")


def test_a_join_ends_the_wait_for_the_leader() -> None:
    broker = GroupBroker()
    leader, follower = broker.joined(RANGE, RANGE)
    waiting = broker.sync(follower.member_id, 2)
    broker.join(member_id=broker.new_member())
    assert waiting.answer.error_code == ErrorCode.REBALANCE_IN_PROGRESS
    assert broker.sync(leader.member_id, 2).answer.error_code == ErrorCode.REBALANCE_IN_PROGRESS


def test_a_superseded_sync_and_that_of_a_member_that_leaves_are_answered() -> None:
    broker = GroupBroker()
    _, follower = broker.joined(RANGE, RANGE)
    lost = broker.sync(follower.member_id, 2)
    waiting = broker.sync(follower.member_id, 2)
    assert lost.answer.error_code == ErrorCode.REBALANCE_IN_PROGRESS
    broker.leave((follower.member_id, None))
    assert waiting.answer.error_code == ErrorCode.UNKNOWN_MEMBER_ID


def test_members_that_never_sync_are_dropped() -> None:
    broker = GroupBroker()
    leader, follower = broker.joined(RANGE, RANGE)
    assert broker.sync(leader.member_id, 2, {leader.member_id: b"x"}).answer.assignment == b"x"
    for _ in range(2):
        broker.advance(9_000)
        assert broker.heartbeat(leader.member_id, 2) == ErrorCode.NONE
        assert broker.heartbeat(follower.member_id, 2) == ErrorCode.NONE
    broker.advance(2_000)
    assert broker.heartbeat(leader.member_id, 2) == ErrorCode.REBALANCE_IN_PROGRESS
    assert list(broker.group().members) == [leader.member_id]
    assert broker.join(member_id=leader.member_id).answer.generation_id == 3


def test_a_leader_that_never_syncs_is_dropped_and_the_others_rejoin() -> None:
    broker = GroupBroker()
    leader, follower = broker.joined(RANGE, RANGE)
    waiting = broker.sync(follower.member_id, 2)
    broker.advance(9_999)
    assert broker.heartbeat(leader.member_id, 2) == ErrorCode.NONE
    broker.advance(10_001)
    assert waiting.answer.error_code == ErrorCode.REBALANCE_IN_PROGRESS
    told = broker.join(member_id=follower.member_id).answer
    assert (told.leader, told.generation_id) == (follower.member_id, 3)


def test_a_lost_assignment_makes_everybody_rejoin() -> None:
    broker = GroupBroker()
    leader, follower = broker.joined(RANGE, RANGE)
    waiting = broker.sync(follower.member_id, 2)
    broker.refuse_appends(ErrorCode.NOT_ENOUGH_REPLICAS)
    answer = broker.sync(leader.member_id, 2, {leader.member_id: b"L"}).answer
    assert answer.error_code == waiting.answer.error_code == ErrorCode.COORDINATOR_NOT_AVAILABLE
    assert broker.group().state is GroupState.PREPARING_REBALANCE
    assert broker.join("new").answer.error_code == ErrorCode.COORDINATOR_NOT_AVAILABLE
    assert "new" not in broker.shard().groups


@pytest.mark.parametrize(
    ("member", "generation", "instance", "group_id", "code"),
    [
        (None, 2, None, "", ErrorCode.INVALID_GROUP_ID),
        (None, 2, None, "nobody", ErrorCode.UNKNOWN_MEMBER_ID),
        ("stranger", 9, None, "g", ErrorCode.UNKNOWN_MEMBER_ID),
        (None, 9, "i", "g", ErrorCode.UNKNOWN_MEMBER_ID),
        (None, 1, None, "g", ErrorCode.ILLEGAL_GENERATION),
        (None, 3, None, "g", ErrorCode.ILLEGAL_GENERATION),
        (None, 2, None, "g", ErrorCode.NONE),
    ],
)
def test_heartbeats(member: str | None, generation: int, instance: str | None, group_id: str, code: ErrorCode) -> None:
    broker = GroupBroker()
    leader, _ = broker.stable(2)
    assert broker.heartbeat(member or leader.member_id, generation, group_id, group_instance_id=instance) == code


def test_while_the_coordinator_loads_heartbeats_are_taken_blindly() -> None:
    broker = GroupBroker()
    loads: list[object] = []
    broker.groups._runtime._schedule_load = loads.append
    broker.groups.on_elected(0, 7)
    assert broker.heartbeat("anyone", 5) == ErrorCode.NONE
    assert broker.join().answer.error_code == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
    assert broker.sync("anyone", 5).answer.error_code == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
    assert broker.leave(("anyone", None)).error_code == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS


def test_a_session_ends_after_its_timeout_and_the_group_rebalances() -> None:
    broker = GroupBroker()
    leader, follower = broker.stable(2)
    broker.advance(9_999)
    assert broker.heartbeat(leader.member_id, 2) == ErrorCode.NONE
    broker.advance(1)
    assert broker.heartbeat(follower.member_id, 2) == ErrorCode.UNKNOWN_MEMBER_ID
    assert broker.heartbeat(leader.member_id, 2) == ErrorCode.REBALANCE_IN_PROGRESS


def test_commits_keep_a_session() -> None:
    broker = GroupBroker()
    broker.topic("orders")
    (member,) = broker.stable()
    for _ in range(3):
        broker.advance(9_999)
        assert broker.commit(1, generation=1, member_id=member.member_id) == ErrorCode.NONE
    broker.advance(10_000)
    assert broker.group().state is GroupState.EMPTY


def test_whoever_waits_for_an_answer_keeps_its_session() -> None:
    broker = GroupBroker()
    leader, follower = broker.joined(RANGE, RANGE)
    waiting = broker.sync(follower.member_id, 2)
    broker.advance(9_000)
    broker.heartbeat(leader.member_id, 2)
    broker.advance(9_000)
    assert broker.heartbeat(leader.member_id, 2) == ErrorCode.NONE
    broker.sync(leader.member_id, 2, {follower.member_id: b"F"})
    assert waiting.answer.assignment == b"F"
    broker.advance(9_999)
    assert broker.heartbeat(follower.member_id, 2) == ErrorCode.NONE


@pytest.mark.parametrize("version", range(3))
def test_one_member_leaves_with_its_error_at_the_top(version: int) -> None:
    broker = GroupBroker()
    (member,) = broker.stable()
    assert broker.leave(("stranger", None), version=version).error_code == ErrorCode.UNKNOWN_MEMBER_ID
    assert broker.leave(("stranger", None), group_id="no", version=version).error_code == ErrorCode.UNKNOWN_MEMBER_ID
    assert broker.leave(("", None), group_id="", version=version).error_code == ErrorCode.INVALID_GROUP_ID
    assert broker.leave((member.member_id, None), version=version).error_code == ErrorCode.NONE
    assert broker.group().state is GroupState.EMPTY


def test_several_members_leave_each_with_its_error() -> None:
    broker = GroupBroker()
    joined = broker.stable(3)
    pending = broker.new_member()
    static = broker.join("s", group_instance_id="i").answer.member_id
    answer = broker.leave((joined[0].member_id, None), ("stranger", None), (pending, None), ("", "i"), ("", None))
    assert [one.error_code for one in answer.members] == [0, 25, 0, 25, 25]
    assert broker.heartbeat(joined[1].member_id, 3) == ErrorCode.REBALANCE_IN_PROGRESS
    assert broker.join(member_id=pending).answer.error_code == ErrorCode.UNKNOWN_MEMBER_ID
    answer = broker.leave(("other", "i"), (static, "j"), ("", "i"), group_id="s")
    assert [one.error_code for one in answer.members] == [82, 25, 0]
    assert broker.group("s").state is GroupState.EMPTY


def test_a_leave_may_end_the_wait_of_the_others() -> None:
    broker = GroupBroker()
    first, second = broker.stable(2)
    waiting = broker.join(member_id=first.member_id)
    broker.leave((second.member_id, None))
    assert (waiting.answer.generation_id, waiting.answer.leader) == (3, first.member_id)


def test_the_last_leave_writes_an_empty_generation() -> None:
    broker = GroupBroker()
    (member,) = broker.stable()
    broker.advance(5)
    broker.leave((member.member_id, None))
    value = broker.group().persisted
    assert value is not None
    assert (value.generation, value.protocol, value.leader, value.members) == (2, None, None, [])
    assert (value.protocol_type, value.current_state_timestamp) == ("consumer", broker.clock.now_ms())
