"""DeleteGroups and OffsetDelete."""

from __future__ import annotations

import pytest

from kafkaemu.groups.classic_group import GroupState
from kafkawire.compiler import encode
from kafkawire.errors import ErrorCode
from kafkawire.internal.consumer_protocol import ConsumerProtocolSubscription
from kafkawire.messages.delete_groups import DeleteGroupsRequest
from kafkawire.messages.describe_groups import DescribeGroupsRequest
from kafkawire.messages.list_groups import ListGroupsRequest
from kafkawire.messages.offset_delete import (
    OffsetDeleteRequest,
    OffsetDeleteRequestPartition,
    OffsetDeleteRequestTopic,
)
from tests.support.groups import GroupBroker


def broker_with_topic(**config: str) -> GroupBroker:
    """A broker with topic "orders" of two partitions."""
    broker = GroupBroker(**config)
    broker.topic("orders", 2)
    return broker


def delete(broker: GroupBroker, *group_ids: str, version: int = 2) -> dict[str, int]:
    """DeleteGroups; the code of each group."""
    answer = broker.call(DeleteGroupsRequest(groups_names=list(group_ids)), version).answer
    return {result.group_id: result.error_code for result in answer.results}


def forget(broker: GroupBroker, *topics: tuple[str, tuple[int, ...]], group_id: str = "g") -> tuple[int, list[object]]:
    """OffsetDelete; the code of the request, and topics with (partition, code)."""
    request = OffsetDeleteRequest(
        group_id=group_id,
        topics=[
            OffsetDeleteRequestTopic(
                name=name, partitions=[OffsetDeleteRequestPartition(partition_index=index) for index in partitions]
            )
            for name, partitions in topics
        ],
    )
    answer = broker.call(request, 0).answer
    return answer.error_code, [
        (topic.name, [(one.partition_index, one.error_code) for one in topic.partitions]) for topic in answer.topics
    ]


def state_told(broker: GroupBroker, group_id: str = "g") -> str:
    """The state of a group as a client is told."""
    return str(broker.call(DescribeGroupsRequest(groups=[group_id]), 6).answer.groups[0].group_state)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_deleted_group_and_its_offsets_are_gone_also_after_a_restart(version: int) -> None:
    broker = broker_with_topic()
    (member,) = broker.stable()
    for partition in (0, 1):
        broker.commit(5, partition=partition, generation=1, member_id=member.member_id)
    assert delete(broker, "g", version=version) == {"g": ErrorCode.NON_EMPTY_GROUP}
    broker.leave((member.member_id, None))
    assert delete(broker, "g", version=version) == {"g": ErrorCode.NONE}
    assert delete(broker, "g", version=version) == {"g": ErrorCode.GROUP_ID_NOT_FOUND}
    assert state_told(broker) == "Dead"
    assert [record.value for record in broker.records()[-3:]] == [None, None, None]
    for _ in range(2):
        assert (broker.shard().groups, broker.shard().offsets.by_group) == ({}, {})
        assert broker.committed() == -1
        broker.restart()


def test_groups_of_several_partitions_are_answered_in_the_order_of_the_request() -> None:
    broker = broker_with_topic(offsets_topic_num_partitions="7")
    names = [f"group-{number}" for number in range(20)]
    for name in names[::2]:
        broker.commit(1, name)
    assert len({broker.groups.partition_for(name) for name in names}) > 1
    found = delete(broker, *names, *names)
    assert list(found) == names
    assert [found[name] for name in names] == [0, 69] * 10


def test_a_partition_that_is_not_led_here_refuses_its_groups_only() -> None:
    broker = broker_with_topic(offsets_topic_num_partitions="2")
    mine, other = "a", next(name for name in "bcdef" if hash_differs(broker, name))
    broker.commit(1, mine)
    broker.groups.on_resigned(broker.groups.partition_for(other))
    assert delete(broker, other, mine) == {other: ErrorCode.NOT_COORDINATOR, mine: ErrorCode.NONE}


def hash_differs(broker: GroupBroker, name: str) -> bool:
    """Whether a group lives elsewhere than group "a"."""
    return broker.groups.partition_for(name) != broker.groups.partition_for("a")


def test_a_group_that_cannot_be_deleted_stays_as_it_is() -> None:
    broker = broker_with_topic()
    broker.commit(1)
    broker.refuse_appends(ErrorCode.NOT_ENOUGH_REPLICAS)
    assert delete(broker, "g") == {"g": ErrorCode.COORDINATOR_NOT_AVAILABLE}
    assert broker.committed() == 1
    assert "g" in broker.shard().groups


def test_a_group_of_more_offsets_than_fit_a_batch_can_be_deleted() -> None:
    broker = GroupBroker()
    broker.topic("wide", 500)
    for partition in range(500):
        broker.commit(1, topic="wide", partition=partition, metadata="m" * 4096)
    assert delete(broker, "g") == {"g": 0}
    assert broker.shard().offsets.by_group == {}


def test_a_member_id_given_out_by_a_deleted_group_is_worth_nothing() -> None:
    broker = broker_with_topic()
    member_id = broker.new_member()
    assert delete(broker, "g") == {"g": 0}
    assert broker.join(member_id=member_id).answer.error_code == ErrorCode.UNKNOWN_MEMBER_ID
    (again,) = broker.stable()
    broker.advance(9_000)
    assert broker.heartbeat(again.member_id, 1) == ErrorCode.NONE
    broker.advance(9_000)
    assert broker.group().state is GroupState.STABLE


def test_an_offset_that_is_deleted_is_gone_and_others_stay() -> None:
    broker = broker_with_topic()
    broker.commit(1)
    broker.commit(2, partition=1)
    assert forget(broker, ("orders", (0, 0))) == (0, [("orders", [(0, 0), (0, 0)])])
    assert (broker.committed(), broker.committed(partition=1)) == (-1, 2)
    written = len(broker.records())
    assert forget(broker, ("orders", (0,))) == (0, [("orders", [(0, 0)])])
    assert len(broker.records()) == written
    broker.restart()
    assert (broker.committed(), broker.committed(partition=1)) == (-1, 2)


def test_the_group_is_asked_before_the_topics() -> None:
    broker = broker_with_topic()
    asked = (("orders", (0,)), ("missing", (0,)))
    assert forget(broker, *asked, group_id="") == (ErrorCode.INVALID_GROUP_ID, [])
    assert forget(broker, *asked, group_id="nobody") == (ErrorCode.GROUP_ID_NOT_FOUND, [])
    broker.groups.on_resigned(0)
    assert forget(broker, *asked) == (ErrorCode.NOT_COORDINATOR, [])


def test_what_is_unknown_comes_first_and_each_topic_once() -> None:
    broker = broker_with_topic()
    broker.topic("other")
    broker.commit(1)
    assert forget(broker, ("other", (0,)), ("orders", (0, 7)), ("missing", (3,)), ("orders", (1,))) == (
        0,
        [("orders", [(7, 3), (0, 0), (1, 0)]), ("missing", [(3, 3)]), ("other", [(0, 0)])],
    )


def test_offsets_of_a_topic_that_is_subscribed_to_stay() -> None:
    broker = broker_with_topic()
    broker.topic("other")
    subscription = b"\x00\x01" + encode(ConsumerProtocolSubscription(topics=["orders"]), 1)
    member_id = broker.join(version=3, protocols=(("range", subscription),)).answer.member_id
    assert broker.sync(member_id, 1).answer.error_code == 0
    for topic in ("orders", "other"):
        broker.commit(5, topic=topic, generation=1, member_id=member_id)
    asked = (("orders", (0,)), ("other", (0,)))
    assert forget(broker, *asked) == (0, [("orders", [(0, 86)]), ("other", [(0, 0)])])
    assert (broker.committed(), broker.committed(topic="other")) == (5, -1)
    broker.leave((member_id, None))
    assert forget(broker, *asked) == (0, [("orders", [(0, 0)]), ("other", [(0, 0)])])
    assert broker.committed() == -1


def test_members_that_are_no_consumers_keep_all_offsets() -> None:
    broker = broker_with_topic()
    broker.join(version=3, protocol_type="connect")
    (member_id,) = broker.group().members
    assert forget(broker, ("orders", (0,))) == (ErrorCode.NON_EMPTY_GROUP, [])
    broker.leave((member_id, None))
    assert forget(broker, ("orders", (0,))) == (0, [("orders", [(0, 0)])])


def test_a_group_is_empty_then_dead_once_its_last_offset_has_expired() -> None:
    broker = broker_with_topic(offsets_retention_minutes="1", offsets_retention_check_interval_ms="1000")

    def listed() -> list[tuple[str, str]]:
        answer = broker.call(ListGroupsRequest(), 5).answer
        return [(group.group_id, group.group_state) for group in answer.groups]

    broker.commit(1, "simple")
    (member,) = broker.stable()
    assert listed() == [("simple", "Empty"), ("g", "Stable")]
    broker.commit(1, generation=1, member_id=member.member_id)
    broker.leave((member.member_id, None))
    assert listed() == [("simple", "Empty"), ("g", "Empty")]
    broker.advance(59_000)
    assert listed() == [("simple", "Empty"), ("g", "Empty")]
    broker.advance(2_000)
    assert listed() == []
    assert (state_told(broker), state_told(broker, "simple")) == ("Dead", "Dead")
    broker.stable()
    assert state_told(broker) == "Stable"
    assert broker.group().generation == 1
