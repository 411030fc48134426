"""A group from its first member to its last, through the handlers, and over a restart."""

from __future__ import annotations

import pytest

from kafkaemu.groups.classic_group import GroupState
from kafkawire.errors import ErrorCode
from kafkawire.internal.consumer_offsets import GroupMetadataValue, OffsetCommitValue
from tests.support.groups import GroupBroker


@pytest.mark.parametrize("version", range(10))
def test_a_lone_member_of_every_version_goes_from_join_to_leave(version: int) -> None:
    broker = GroupBroker()
    broker.topic("orders")
    joined = broker.join(version=version).answer
    if version >= 4:
        assert (joined.error_code, joined.generation_id) == (ErrorCode.MEMBER_ID_REQUIRED, -1)
        assert joined.protocol_name == (None if version >= 7 else "")
        joined = broker.join(version=version, member_id=joined.member_id).answer
    assert (joined.error_code, joined.generation_id, joined.protocol_name) == (0, 1, "range")
    assert joined.leader == joined.member_id
    assert [(one.member_id, one.metadata) for one in joined.members] == [(joined.member_id, b"metadata")]
    member_id = joined.member_id
    synced = broker.sync(member_id, 1, {member_id: b"mine", "ghost": b"?"}, version=min(version, 5)).answer
    assert (synced.error_code, synced.assignment, synced.protocol_type) == (0, b"mine", "consumer")
    assert broker.heartbeat(member_id, 1) == ErrorCode.NONE
    assert broker.commit(7, generation=1, member_id=member_id, version=max(2, version)) == ErrorCode.NONE
    assert broker.committed() == 7
    assert broker.leave((member_id, None), version=min(version, 5)).error_code == 0
    assert broker.group().state is GroupState.EMPTY
    values = [record.value for record in broker.records()]
    assert [type(value) for value in values] == [
        GroupMetadataValue,
        GroupMetadataValue,
        OffsetCommitValue,
        GroupMetadataValue,
    ]
    assert [value.generation for value in values if isinstance(value, GroupMetadataValue)] == [0, 1, 2]
    assert [record.value_version for record in broker.records()] == [3, 3, 4, 3]


def test_a_group_goes_on_after_a_restart_of_its_coordinator() -> None:
    broker = GroupBroker()
    broker.topic("orders")
    joined = broker.stable(3)
    generation = joined[0].generation_id
    assert broker.commit(5, generation=generation, member_id=joined[1].member_id) == ErrorCode.NONE
    broker.restart()
    assert broker.committed() == 5
    assert broker.group().state is GroupState.STABLE
    for one in joined:
        assert broker.heartbeat(one.member_id, generation) == ErrorCode.NONE
        assert broker.sync(one.member_id, generation).answer.assignment == one.member_id.encode()
    broker.advance(9_999)
    assert broker.heartbeat(joined[0].member_id, generation) == ErrorCode.NONE
    broker.advance(1)
    assert list(broker.group().members) == [joined[0].member_id]
    assert broker.heartbeat(joined[0].member_id, generation) == ErrorCode.REBALANCE_IN_PROGRESS
