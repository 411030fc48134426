"""Rebalances to the millisecond, with members that do what the test says: joining, leaving, and dying without a word.

The members are raw connections (`raw_member.py`). Stock clients would do the same on clocks of their own: see
docs/time.md.

pip install kafkaemu pytest
"""

from uuid import uuid4

import pytest
from raw_member import RawMember, rebalance

from kafkawire.errors import ErrorCode

pytestmark = pytest.mark.kafka_topics("tables:4")


@pytest.fixture
def member(kafka_broker):
    """Makes members of one group."""
    made, group = [], f"waiters {uuid4()}"

    def make(**settings):
        made.append(RawMember(kafka_broker.bootstrap_servers, group, "tables", **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_second_waiter_takes_over_half_of_the_tables(member):
    first, second = member(), member()
    assert rebalance(first) == [[0, 1, 2, 3]]
    assert first.heartbeat() == ErrorCode.NONE

    assert sorted(rebalance(first, second)) == [[0, 2], [1, 3]]

    assert second.leave() == ErrorCode.NONE
    assert first.heartbeat() == ErrorCode.REBALANCE_IN_PROGRESS
    assert rebalance(first) == [[0, 1, 2, 3]]
    assert first.leave() == ErrorCode.NONE


def test_a_waiter_who_falls_silent_for_45_seconds_loses_the_tables(kafka_broker, member):
    clock = kafka_broker.clock
    silent, busy = member(session_timeout_ms=45_000), member(session_timeout_ms=45_000)
    rebalance(silent)
    rebalance(silent, busy)

    for _ in range(4):
        clock.advance("10 s")
        assert busy.heartbeat() == ErrorCode.NONE
    clock.advance("5 s")
    assert busy.heartbeat() == ErrorCode.REBALANCE_IN_PROGRESS
    assert rebalance(busy) == [[0, 1, 2, 3]]
    assert silent.heartbeat() == ErrorCode.UNKNOWN_MEMBER_ID


def test_who_does_not_join_again_in_time_is_left_out(kafka_broker, member):
    clock = kafka_broker.clock
    slow, quick = member(rebalance_timeout_ms=60_000), member(rebalance_timeout_ms=60_000)
    rebalance(slow)
    quick.join()
    slow.heartbeat_until_rebalance()
    for _ in range(2):
        # Working on, and so not joining: heartbeats keep the session, not the place in the next generation.
        clock.advance("29 s")
        assert slow.heartbeat() == ErrorCode.REBALANCE_IN_PROGRESS
    clock.advance("2 s")
    assert rebalance(quick) == [[0, 1, 2, 3]]
    assert slow.heartbeat() == ErrorCode.UNKNOWN_MEMBER_ID
