"""JoinGroup: who gets in, and what everybody is told."""

from __future__ import annotations

import pytest

from kafkaemu.groups.classic_group import GroupState
from kafkawire.errors import ErrorCode
from tests.support.groups import RANGE, GroupBroker


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"group_id": "", "session_timeout_ms": 1}, ErrorCode.INVALID_GROUP_ID),
        ({"session_timeout_ms": 5_999}, ErrorCode.INVALID_SESSION_TIMEOUT),
        ({"session_timeout_ms": 1_800_001}, ErrorCode.INVALID_SESSION_TIMEOUT),
        ({"member_id": "stranger"}, ErrorCode.UNKNOWN_MEMBER_ID),
        ({"protocol_type": ""}, ErrorCode.INCONSISTENT_GROUP_PROTOCOL),
        ({"protocols": ()}, ErrorCode.INCONSISTENT_GROUP_PROTOCOL),
    ],
)
@pytest.mark.parametrize("version", [3, 5, 9])
def test_requests_that_are_refused(fields: dict[str, object], code: ErrorCode, version: int) -> None:
    answer = GroupBroker().join(version=version, **fields).answer
    assert (answer.error_code, answer.generation_id, answer.leader) == (code, -1, "")
    assert answer.member_id == fields.get("member_id", "")
    assert answer.protocol_name == (None if version >= 7 else "")


def test_only_its_coordinator_takes_a_group() -> None:
    broker = GroupBroker()
    broker.groups.on_resigned(0)
    answer = broker.join(member_id="known").answer
    assert (answer.error_code, answer.member_id) == (ErrorCode.NOT_COORDINATOR, "")
    assert broker.sync("known", 1).answer.error_code == ErrorCode.NOT_COORDINATOR
    assert broker.heartbeat("known", 1) == ErrorCode.NOT_COORDINATOR
    assert broker.leave(("known", None)).error_code == ErrorCode.NOT_COORDINATOR


def test_a_refused_first_join_leaves_an_empty_group() -> None:
    broker = GroupBroker()
    broker.join(protocol_type="")
    assert broker.group().state is GroupState.EMPTY
    assert len(broker.records()) == 1


def test_member_ids_begin_with_the_client_or_instance_id() -> None:
    broker = GroupBroker()
    assert broker.new_member().startswith("client-")
    static = broker.join("h", group_instance_id="i").answer.member_id
    assert static.startswith("i-") and len(static) == 2 + 36
    assert [len(part) for part in static[2:].split("-")] == [8, 4, 4, 4, 12]


def test_version_0_rebalances_within_the_session_timeout() -> None:
    broker = GroupBroker()
    broker.join(version=0, rebalance_timeout_ms=-1)
    assert broker.group().rebalance_timeout_ms == 10_000


def test_a_second_member_starts_a_rebalance_that_waits_for_the_first() -> None:
    broker = GroupBroker()
    (first,) = broker.stable()
    second = broker.join(member_id=broker.new_member())
    assert second.answer is None
    assert broker.heartbeat(first.member_id, 1) == ErrorCode.REBALANCE_IN_PROGRESS
    again = broker.join(member_id=first.member_id).answer
    assert second.answer.generation_id == again.generation_id == 2
    assert second.answer.leader == again.leader == first.member_id
    assert {one.member_id for one in again.members} == {first.member_id, second.answer.member_id}
    assert second.answer.members == []


def test_an_id_given_out_is_waited_for_until_its_session_ends() -> None:
    broker = GroupBroker()
    (first,) = broker.stable()
    broker.new_member(session_timeout_ms=6_000)
    broker.join(member_id=broker.new_member(rebalance_timeout_ms=60_000), rebalance_timeout_ms=60_000)
    rejoined = broker.join(member_id=first.member_id)
    broker.advance(5_999)
    assert rejoined.answer is None
    broker.advance(1)
    assert rejoined.answer.generation_id == 2


def test_who_does_not_rejoin_within_the_rebalance_timeout_is_dropped() -> None:
    broker = GroupBroker()
    (first,) = broker.stable()
    second = broker.join(member_id=broker.new_member())
    for _ in range(4):
        broker.advance(4_999)
        assert broker.heartbeat(first.member_id, 1) == ErrorCode.REBALANCE_IN_PROGRESS
    broker.advance(4)
    assert second.answer.generation_id == 2
    assert second.answer.leader == second.answer.member_id
    assert broker.heartbeat(first.member_id, 2) == ErrorCode.UNKNOWN_MEMBER_ID


def test_a_follower_that_joins_again_unchanged_is_told_the_generation() -> None:
    broker = GroupBroker()
    leader, follower = broker.stable(2)
    answer = broker.join(member_id=follower.member_id).answer
    assert (answer.generation_id, answer.leader, answer.members) == (2, leader.member_id, [])
    assert broker.group().state is GroupState.STABLE


def test_a_follower_with_new_metadata_starts_a_rebalance() -> None:
    broker = GroupBroker()
    leader, follower = broker.stable(2)
    waiting = broker.join(member_id=follower.member_id, protocols=(("range", b"changed"),))
    assert waiting.answer is None
    told = broker.join(member_id=leader.member_id).answer
    assert {one.metadata for one in told.members} == {b"metadata", b"changed"}
    assert waiting.answer.generation_id == 3


def test_a_leader_that_joins_again_starts_a_rebalance_even_unchanged() -> None:
    broker = GroupBroker()
    leader, follower = broker.stable(2)
    waiting = broker.join(member_id=leader.member_id)
    assert waiting.answer is None
    broker.join(member_id=follower.member_id)
    assert waiting.answer.generation_id == 3


def test_while_completing_an_unchanged_leader_is_told_the_members_again() -> None:
    broker = GroupBroker()
    leader, follower = broker.joined(RANGE, RANGE)
    told = broker.join(member_id=leader.member_id).answer
    assert (told.generation_id, len(told.members)) == (2, 2)
    assert broker.join(member_id=follower.member_id).answer.members == []
    waiting = broker.join(member_id=follower.member_id, protocols=(("range", b"changed"),))
    assert waiting.answer is None and broker.group().state is GroupState.PREPARING_REBALANCE


def test_a_superseded_join_is_answered_too() -> None:
    broker = GroupBroker()
    first, second = broker.stable(2)
    lost = broker.join(member_id=first.member_id)
    kept = broker.join(member_id=first.member_id)
    assert lost.answer.error_code == ErrorCode.REBALANCE_IN_PROGRESS
    broker.join(member_id=second.member_id)
    assert kept.answer.generation_id == 3


def test_protocols_without_a_common_one_are_refused() -> None:
    broker = GroupBroker()
    broker.stable()
    assert broker.join(protocols=(("other", b""),)).answer.error_code == ErrorCode.INCONSISTENT_GROUP_PROTOCOL
    assert broker.join(protocol_type="connect").answer.error_code == ErrorCode.INCONSISTENT_GROUP_PROTOCOL


@pytest.mark.parametrize(
    ("first", "second", "third", "chosen"),
    [
        ("a b", "a b", "b a", "a"),
        ("a b c", "c b a", "c a b", "c"),
        ("x a", "a", "a x", "a"),
        # Ties, as the reference settles them.
        ("range roundrobin", "roundrobin range", "", "range"),
        ("a b", "b a", "", "a"),
        ("range cooperative-sticky", "cooperative-sticky range", "", "range"),
        ("sticky zz", "zz sticky", "", "zz"),
        ("zz sticky", "sticky zz", "", "zz"),
    ],
)
def test_the_protocol_is_voted_for(first: str, second: str, third: str, chosen: str) -> None:
    lists = [[(name, b"") for name in names.split()] for names in (first, second, third) if names]
    joined = GroupBroker().joined(*lists)
    assert {one.protocol_name for one in joined} == {chosen}


def test_a_full_group_takes_nobody() -> None:
    broker = GroupBroker(group_max_size="2")
    broker.stable(2)
    answer = broker.join().answer
    assert (answer.error_code, answer.member_id) == (ErrorCode.GROUP_MAX_SIZE_REACHED, "")
    assert broker.group().state is GroupState.STABLE


def test_a_loaded_group_over_the_limit_rebalances_to_it() -> None:
    broker = GroupBroker()
    members = [one.member_id for one in broker.stable(3)]
    broker.config._values["group.max.size"] = 2
    broker.restart()
    assert broker.group().state is GroupState.PREPARING_REBALANCE
    first, second = (broker.join(member_id=one) for one in members[:2])
    assert broker.join(member_id=members[2]).answer.error_code == ErrorCode.GROUP_MAX_SIZE_REACHED
    broker.advance(20_000)
    assert first.answer.error_code == second.answer.error_code == 0
    assert set(broker.group().members) == set(members[:2])


def test_a_first_rebalance_waits_for_company_and_longer_while_members_come() -> None:
    broker = GroupBroker(group_initial_rebalance_delay_ms="3000")
    first = broker.join(member_id=broker.new_member(rebalance_timeout_ms=7_000), rebalance_timeout_ms=7_000)
    broker.advance(2_000)
    second = broker.join(member_id=broker.new_member(), rebalance_timeout_ms=7_000)
    broker.advance(1_000)
    broker.advance(2_999)
    assert first.answer is None and second.answer is None
    broker.advance(1)
    assert first.answer.generation_id == second.answer.generation_id == 1
    assert broker.group().state is GroupState.COMPLETING_REBALANCE


def test_a_first_rebalance_waits_no_longer_than_the_rebalance_timeout() -> None:
    broker = GroupBroker(group_initial_rebalance_delay_ms="3000")
    answers = [broker.join(version=3, rebalance_timeout_ms=7_000)]
    for _ in range(6):
        broker.advance(1_000)
        answers.append(broker.join(version=3, rebalance_timeout_ms=7_000))
    assert answers[0].answer is None
    broker.advance(1_000)
    assert {answer.answer.generation_id for answer in answers} == {1}


def test_a_group_whose_members_left_before_its_first_generation_is_empty() -> None:
    broker = GroupBroker(group_initial_rebalance_delay_ms="3000")
    member_id = broker.new_member()
    waiting = broker.join(member_id=member_id)
    broker.leave((member_id, None))
    assert waiting.answer.error_code == ErrorCode.UNKNOWN_MEMBER_ID
    broker.advance(3_000)
    assert (broker.group().state, broker.group().generation) == (GroupState.EMPTY, 1)


def test_a_new_member_that_is_kept_waiting_is_let_go_after_five_minutes() -> None:
    broker = GroupBroker(group_initial_rebalance_delay_ms="600000")
    waiting = broker.join(version=3, rebalance_timeout_ms=1_200_000)
    broker.advance(299_999)
    assert waiting.answer is None
    broker.advance(1)
    assert waiting.answer.error_code == ErrorCode.UNKNOWN_MEMBER_ID


def test_a_client_that_went_away_while_waiting_leaves_no_waiter() -> None:
    broker = GroupBroker()
    (first,) = broker.stable()
    broker.join(member_id=broker.new_member())
    assert len(broker.waiting) == 1
    broker.advance(30_000)
    assert broker.group().generation == 2
    assert first.member_id not in broker.group().members
    assert len(broker.waiting) == 0
