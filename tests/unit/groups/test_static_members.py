"""Static members (KIP-345, KIP-814): they keep their place over restarts, and fence their twins."""

from __future__ import annotations

import pytest

from kafkaemu.groups.classic_group import GroupState
from kafkawire.errors import ErrorCode
from kafkawire.messages.join_group import JoinGroupResponse
from tests.support.groups import RANGE, GroupBroker


def two_static(broker: GroupBroker) -> tuple[JoinGroupResponse, JoinGroupResponse]:
    """Members "a", who leads, and "b" of a Stable group in generation 2, assigned their instance ids."""
    broker.join(group_instance_id="a")
    second = broker.join(group_instance_id="b")
    first = broker.join(member_id=broker.group().static_members["a"], group_instance_id="a").answer
    given = {first.member_id: b"a", second.answer.member_id: b"b"}
    broker.sync(first.member_id, 2, given, group_instance_id="a")
    broker.sync(second.answer.member_id, 2, group_instance_id="b")
    return first, second.answer


@pytest.mark.parametrize("version", range(5, 10))
def test_a_static_leader_comes_back_without_a_rebalance(version: int) -> None:
    broker = GroupBroker()
    first, second = two_static(broker)
    answer = broker.join(version=version, group_instance_id="a").answer
    new_id = answer.member_id
    assert (answer.error_code, answer.generation_id) == (0, 2)
    assert new_id != first.member_id and broker.group().state is GroupState.STABLE
    if version >= 9:
        assert (answer.skip_assignment, answer.leader) == (True, new_id)
        assert {one.group_instance_id for one in answer.members} == {"a", "b"}
    else:
        assert (answer.skip_assignment, answer.leader, answer.members) == (False, first.member_id, [])
    assert broker.sync(new_id, 2, group_instance_id="a").answer.assignment == b"a"
    assert broker.group().leader_id == new_id
    stored = broker.group().persisted
    assert stored is not None and stored.leader == new_id
    assert [(one.member_id, one.assignment) for one in stored.members] == [(new_id, b"a"), (second.member_id, b"b")]


def test_a_static_follower_comes_back_without_a_rebalance() -> None:
    broker = GroupBroker()
    first, _ = two_static(broker)
    answer = broker.join(group_instance_id="b").answer
    assert (answer.leader, answer.skip_assignment, answer.members) == (first.member_id, False, [])
    assert broker.sync(answer.member_id, 2, group_instance_id="b").answer.assignment == b"b"
    broker.restart()
    assert broker.group().static_members == {"a": first.member_id, "b": answer.member_id}


def test_the_id_that_was_replaced_is_fenced() -> None:
    broker = GroupBroker()
    broker.topic("orders")
    first, _ = two_static(broker)
    broker.join(group_instance_id="a")
    old = first.member_id
    fenced = ErrorCode.FENCED_INSTANCE_ID
    assert broker.heartbeat(old, 2, group_instance_id="a") == fenced
    assert broker.heartbeat(old, 2) == ErrorCode.UNKNOWN_MEMBER_ID
    assert broker.sync(old, 2, group_instance_id="a").answer.error_code == fenced
    assert broker.join(member_id=old, group_instance_id="a").answer.error_code == fenced
    assert broker.leave((old, "a")).members[0].error_code == fenced
    assert broker.commit(1, generation=2, member_id=old, group_instance_id="a") == fenced


def test_a_twin_that_waits_is_fenced_at_once() -> None:
    broker = GroupBroker()
    _, second = two_static(broker)
    joining = broker.join(member_id=second.member_id, group_instance_id="b", protocols=(("range", b"new"),))
    twin = broker.join(group_instance_id="b")
    assert joining.answer.error_code == ErrorCode.FENCED_INSTANCE_ID
    assert joining.answer.member_id == second.member_id
    assert twin.answer is None
    broker.join(member_id=broker.group().static_members["a"], group_instance_id="a")
    assert twin.answer.generation_id == 3
    syncing = broker.sync(twin.answer.member_id, 3, group_instance_id="b")
    broker.join(group_instance_id="b")
    assert syncing.answer.error_code == ErrorCode.FENCED_INSTANCE_ID
    assert broker.group().state is GroupState.PREPARING_REBALANCE


def test_a_changed_vote_makes_a_rebalance_of_a_replacement() -> None:
    broker = GroupBroker()
    both = (("range", b""), ("sticky", b""))
    broker.join(group_instance_id="a", protocols=both)
    waiting = broker.join(group_instance_id="b", protocols=both)
    leader = broker.join(member_id=broker.group().static_members["a"], group_instance_id="a", protocols=both).answer
    broker.sync(leader.member_id, 2, group_instance_id="a")
    assert waiting.answer.protocol_name == "range"
    twin = broker.join(group_instance_id="b", protocols=(("sticky", b""),))
    assert twin.answer is None
    assert broker.group().state is GroupState.PREPARING_REBALANCE


def test_a_replacement_that_cannot_be_stored_changes_nothing() -> None:
    broker = GroupBroker()
    first, _ = two_static(broker)
    before = dict(broker.group().static_members)
    broker.refuse_appends(ErrorCode.NOT_ENOUGH_REPLICAS)
    assert broker.join(group_instance_id="a").answer.error_code == ErrorCode.COORDINATOR_NOT_AVAILABLE
    assert broker.group().static_members == before
    assert broker.heartbeat(first.member_id, 2, group_instance_id="a") == ErrorCode.NONE


def test_static_members_keep_their_place_over_a_rebalance_until_their_session_ends() -> None:
    broker = GroupBroker()
    broker.join(group_instance_id="a", session_timeout_ms=60_000)
    joined = broker.join(member_id=broker.new_member())
    broker.advance(20_000)
    assert joined.answer.generation_id == 2
    assert set(broker.group().static_members) == {"a"}
    assert broker.group().leader_id == joined.answer.member_id
    broker.advance(59_999)
    assert set(broker.group().static_members) == {"a"}
    broker.advance(1)
    assert broker.group().static_members == {}


def test_a_rebalance_nobody_joins_goes_on_until_sessions_end() -> None:
    broker = GroupBroker()
    one = broker.join(group_instance_id="a", session_timeout_ms=50_000).answer
    broker.sync(one.member_id, 1, group_instance_id="a")
    dynamic = broker.new_member()
    broker.join(member_id=dynamic)
    broker.leave((dynamic, None))
    assert broker.group().state is GroupState.PREPARING_REBALANCE
    broker.advance(20_000)
    assert (broker.group().state, broker.group().generation) == (GroupState.PREPARING_REBALANCE, 1)
    broker.advance(30_000)
    assert (broker.group().state, broker.group().generation) == (GroupState.EMPTY, 2)


def test_a_pending_member_cannot_turn_static() -> None:
    broker = GroupBroker()
    answer = broker.join(member_id=broker.new_member(), group_instance_id="i").answer
    assert (answer.error_code, answer.member_id) == (ErrorCode.UNKNOWN_SERVER_ERROR, "")


def test_an_administrator_removes_a_static_member_by_its_instance_id() -> None:
    broker = GroupBroker()
    two_static(broker)
    answer = broker.leave(("", "b"))
    assert [(one.member_id, one.group_instance_id, one.error_code) for one in answer.members] == [("", "b", 0)]
    assert set(broker.group().static_members) == {"a"}


def test_rejoining_with_a_known_id_is_no_replacement() -> None:
    broker = GroupBroker()
    _, second = two_static(broker)
    answer = broker.join(member_id=second.member_id, group_instance_id="b", protocols=RANGE).answer
    assert (answer.member_id, answer.generation_id) == (second.member_id, 2)


@pytest.mark.parametrize("timeout_ms", [0, -1])
def test_absent_static_members_without_a_rebalance_timeout_do_not_stop_the_clock(timeout_ms: int) -> None:
    """Their rebalance starts over and over until their session ends, but never twice at the same time."""
    broker = GroupBroker()
    member_id = broker.join(group_instance_id="a", rebalance_timeout_ms=timeout_ms).answer.member_id
    broker.sync(member_id, 1, {member_id: b"a"}, group_instance_id="a")
    other = broker.new_member(rebalance_timeout_ms=timeout_ms)
    waits = broker.join(member_id=other, rebalance_timeout_ms=timeout_ms)
    assert waits.answer is None and broker.group().state is GroupState.PREPARING_REBALANCE
    assert broker.leave((other, None)).members[0].error_code == ErrorCode.NONE
    looks = iter(range(1000))
    next_ms = broker.moved.next_ms

    def counted() -> float | None:
        assert next(looks, None) is not None, "timers that are due at once, for ever"
        return next_ms()

    broker.moved.next_ms = counted  # type: ignore[method-assign]
    for _ in range(5):
        broker.advance(1)
    assert list(broker.group().members) == [member_id]
    broker.advance(10_000)
    assert broker.group().state is GroupState.EMPTY
