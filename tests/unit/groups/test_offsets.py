"""OffsetCommit, OffsetFetch, and the end of offsets and groups."""

from __future__ import annotations

from typing import Any

import pytest

from kafkaemu.coordinator.result import CoordinatorRecord
from kafkaemu.groups.classic_group import GroupState
from kafkaemu.groups.records import RECORD_FORMAT, TOPIC
from kafkawire.compiler import encode
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode
from kafkawire.internal.consumer_offsets import (
    LegacyOffsetCommitKey,
    LegacyOffsetCommitValue,
    OffsetCommitKey,
    OffsetCommitValue,
)
from kafkawire.internal.consumer_protocol import ConsumerProtocolSubscription
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
)
from kafkawire.messages.offset_fetch import (
    OffsetFetchRequest,
    OffsetFetchRequestGroup,
    OffsetFetchRequestTopic,
    OffsetFetchRequestTopics,
)
from kafkawire.records.builder import build_batch
from tests.support.groups import GroupBroker

DAY_MS = 24 * 60 * 60 * 1000


def broker_with_topic(**config: str) -> GroupBroker:
    """A broker with topic "orders" of two partitions."""
    broker = GroupBroker(**config)
    broker.topic("orders", 2)
    return broker


@pytest.mark.parametrize("version", range(2, 11))
def test_a_commit_without_a_member_makes_a_simple_group(version: int) -> None:
    broker = broker_with_topic()
    assert broker.commit(5, "s", version=version, metadata=None) == ErrorCode.NONE
    assert broker.committed("s") == 5
    group = broker.group("s")
    assert (group.state, group.protocol_type, group.persisted) == (GroupState.EMPTY, None, None)
    record = broker.records()[-1]
    assert isinstance(record.value, OffsetCommitValue)
    assert (record.value.metadata, record.value_version) == ("", 4)
    assert record.value.topic_id == broker.controller.image.topics["orders"].topic_id


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"group_id": "nobody", "generation": 0}, ErrorCode.GROUP_ID_NOT_FOUND),
        ({"group_id": "nobody", "generation": 0, "version": 8}, ErrorCode.ILLEGAL_GENERATION),
        ({"generation": 1, "member_id": "stranger"}, ErrorCode.UNKNOWN_MEMBER_ID),
        ({"generation": 2}, ErrorCode.ILLEGAL_GENERATION),
        ({"generation": 0}, ErrorCode.ILLEGAL_GENERATION),
        ({"generation": -1}, ErrorCode.ILLEGAL_GENERATION),
        ({"generation": -1, "member_id": ""}, ErrorCode.UNKNOWN_MEMBER_ID),
        ({"generation": 1, "member_id": ""}, ErrorCode.UNKNOWN_MEMBER_ID),
        ({"generation": 1, "group_instance_id": "i"}, ErrorCode.UNKNOWN_MEMBER_ID),
        ({"generation": 1, "metadata": "é" * 4097}, ErrorCode.OFFSET_METADATA_TOO_LARGE),
        ({"generation": 1, "metadata": "\U0001f600" * 2049}, ErrorCode.OFFSET_METADATA_TOO_LARGE),
        ({"generation": 1, "metadata": "é" * 4096}, ErrorCode.NONE),
        ({"generation": 1, "topic": "nothing"}, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
        ({"generation": 1, "topic": "nothing", "version": 10}, ErrorCode.UNKNOWN_TOPIC_ID),
        ({"generation": 9, "partition": 2}, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
        ({"generation": 9, "partition": -1}, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
    ],
)
def test_commits_that_are_refused(fields: dict[str, Any], code: ErrorCode) -> None:
    broker = broker_with_topic()
    (member,) = broker.stable()
    assert broker.commit(5, **{"member_id": member.member_id, **fields}) == code
    assert broker.committed(fields.get("group_id", "g")) == (-1 if code else 5)


def test_a_commit_waits_for_no_assignment_but_is_told_of_it() -> None:
    broker = broker_with_topic()
    (member,) = broker.joined()
    assert broker.commit(5, generation=1, member_id=member.member_id) == ErrorCode.REBALANCE_IN_PROGRESS
    broker.sync(member.member_id, 1)
    broker.join(member_id=broker.new_member())
    assert broker.group().state is GroupState.PREPARING_REBALANCE
    assert broker.commit(5, generation=1, member_id=member.member_id) == ErrorCode.NONE


def test_a_commit_with_a_stale_generation_is_refused() -> None:
    broker = broker_with_topic()
    leader, follower = broker.stable(2)
    assert broker.commit(5, generation=2, member_id=follower.member_id) == ErrorCode.NONE
    broker.leave((leader.member_id, None))
    broker.join(member_id=follower.member_id)
    broker.sync(follower.member_id, 3)
    assert broker.commit(4, generation=2, member_id=follower.member_id) == ErrorCode.ILLEGAL_GENERATION
    assert broker.committed() == 5


def test_the_empty_group_may_commit_and_negative_offsets_are_stored() -> None:
    broker = broker_with_topic()
    assert broker.commit(-5, "") == ErrorCode.NONE
    assert broker.committed("") == -5


def partitions_of(answer: Any) -> list[tuple[int, int]]:
    """Index and error of the first topic's partitions."""
    return [(one.partition_index, one.error_code) for one in answer.topics[0].partitions]


def test_unknown_partitions_come_first_and_the_last_commit_of_a_partition_counts() -> None:
    broker = broker_with_topic()
    partitions = [
        OffsetCommitRequestPartition(partition_index=index, committed_offset=offset)
        for index, offset in ((0, 1), (7, 1), (0, 2), (1, 3), (8, 1))
    ]
    request = OffsetCommitRequest(group_id="s", topics=[OffsetCommitRequestTopic(name="orders", partitions=partitions)])
    answer = broker.call(request, 8).answer
    assert partitions_of(answer) == [(7, 3), (8, 3), (0, 0), (0, 0), (1, 0)]
    assert (broker.committed("s"), broker.committed("s", partition=1)) == (2, 3)


def test_a_commit_of_nothing_asks_no_group() -> None:
    broker = broker_with_topic()
    assert broker.call(OffsetCommitRequest(group_id="nobody", generation_id_or_member_epoch=7), 9).answer.topics == []
    broker.groups.on_resigned(0)
    assert broker.commit(1, topic="nothing") == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    assert broker.commit(1) == ErrorCode.NOT_COORDINATOR


def test_leader_epoch_metadata_and_topic_id_come_back() -> None:
    broker = broker_with_topic()
    topic_id = broker.controller.image.topics["orders"].topic_id
    partition = OffsetCommitRequestPartition(
        partition_index=1, committed_offset=42, committed_leader_epoch=7, committed_metadata="é\U0001f600"
    )
    request = OffsetCommitRequest(
        group_id="s", topics=[OffsetCommitRequestTopic(topic_id=topic_id, partitions=[partition])]
    )
    assert broker.call(request, 10).answer.topics[0].topic_id == topic_id
    asked = OffsetFetchRequestTopics(topic_id=topic_id, partition_indexes=[1, 0])
    unknown = OffsetFetchRequestTopics(topic_id=b"?" * 16, partition_indexes=[3])
    groups = [
        OffsetFetchRequestGroup(group_id="s", topics=[unknown, asked]),
        OffsetFetchRequestGroup(group_id="s", topics=None),
        OffsetFetchRequestGroup(group_id="nobody", topics=None),
        OffsetFetchRequestGroup(group_id="s", topics=[unknown]),
    ]
    first, everything, nobody, nothing = broker.call(OffsetFetchRequest(groups=groups), 10).answer.groups
    found, missing, refused = [one for topic in first.topics for one in topic.partitions]
    assert (found.committed_offset, found.committed_leader_epoch, found.metadata) == (42, 7, "é\U0001f600")
    assert (missing.partition_index, missing.committed_offset, missing.metadata, missing.error_code) == (0, -1, "", 0)
    assert (refused.partition_index, refused.committed_offset, refused.error_code) == (3, -1, 100)
    assert [(topic.topic_id, len(topic.partitions)) for topic in everything.topics] == [(topic_id, 1)]
    assert (nobody.topics, nobody.error_code) == ([], 0)
    assert nothing.topics[0].partitions == [refused]


@pytest.mark.parametrize("version", range(1, 11))
def test_errors_of_a_group_stand_where_the_version_has_them(version: int) -> None:
    broker = broker_with_topic()
    broker.groups.on_resigned(0)
    topic_id = broker.controller.image.topics["orders"].topic_id
    request = OffsetFetchRequest(
        group_id="g",
        topics=[OffsetFetchRequestTopic(name="orders", partition_indexes=[0])],
        groups=[
            OffsetFetchRequestGroup(
                group_id="g",
                topics=[OffsetFetchRequestTopics(name="orders", topic_id=topic_id, partition_indexes=[0])],
            ),
            OffsetFetchRequestGroup(group_id="g", topics=None),
        ],
    )
    answer = broker.call(request, version).answer
    if version >= 8:
        assert [(group.error_code, group.topics) for group in answer.groups] == [(16, []), (16, [])]
    elif version >= 2:
        assert (answer.error_code, answer.topics) == (16, [])
    else:
        (partition,) = answer.topics[0].partitions
        assert (partition.error_code, partition.committed_offset, partition.metadata) == (16, -1, "")


def test_null_topics_ask_for_everything() -> None:
    broker = broker_with_topic()
    broker.topic("other")
    broker.commit(1)
    broker.commit(2, partition=1)
    broker.commit(3, topic="other")
    answer = broker.call(OffsetFetchRequest(group_id="g", topics=None, require_stable=True), 7).answer
    found = {
        (topic.name, one.partition_index): one.committed_offset for topic in answer.topics for one in topic.partitions
    }
    assert found == {("orders", 0): 1, ("orders", 1): 2, ("other", 0): 3}


def test_offsets_go_with_their_topic() -> None:
    broker = broker_with_topic()
    broker.topic("other")
    broker.commit(1)
    broker.commit(2, "h", partition=1)
    broker.commit(3, topic="other")
    broker.delete("orders")
    broker.topic("orders", 2)
    assert (broker.committed(), broker.committed("h", partition=1), broker.committed(topic="other")) == (-1, -1, 3)
    assert [record.value for record in broker.records()[-2:]] == [None, None]
    broker.restart()
    assert (broker.committed(), broker.committed(topic="other")) == (-1, 3)


def test_an_offset_of_another_topic_of_that_name_is_not_found_by_id() -> None:
    broker = broker_with_topic()
    broker.commit(1)
    offsets = broker.shard().offsets
    assert offsets.of_partition("g", "orders", b"?" * 16, 0) is None
    assert offsets.of_partition("g", "orders", ZERO_UUID, 0) is not None


def test_a_retention_time_is_an_expiry_in_a_record_of_version_1() -> None:
    broker = broker_with_topic(offsets_retention_check_interval_ms="1000")
    assert broker.commit(5, version=4, retention_time_ms=10_000) == ErrorCode.NONE
    record = broker.records()[-1]
    assert isinstance(record.value, OffsetCommitValue) and record.value_version == 1
    assert record.value.expire_timestamp == broker.clock.now_ms() + 10_000
    broker.advance(9_000)
    broker.advance(999)
    assert broker.committed() == 5
    broker.advance(1_000)
    assert broker.committed() == -1


def test_a_retention_time_beyond_all_time_is_over_at_once() -> None:
    broker = broker_with_topic(offsets_retention_check_interval_ms="1000")
    assert broker.commit(5, version=4, retention_time_ms=2**63 - 1) == ErrorCode.NONE
    record = broker.records()[-1]
    assert isinstance(record.value, OffsetCommitValue) and record.value.expire_timestamp < -1
    broker.advance(1_000)
    assert broker.committed() == -1


def test_a_simple_groups_offsets_expire_one_by_one_after_their_commit() -> None:
    broker = broker_with_topic()
    broker.commit(1)
    broker.advance(DAY_MS)
    broker.commit(2, partition=1)
    broker.advance(6 * DAY_MS)
    broker.advance(600_000)
    assert (broker.committed(), broker.committed(partition=1)) == (-1, 2)
    assert "g" in broker.shard().groups
    broker.advance(DAY_MS)
    assert broker.committed(partition=1) == -1
    assert broker.shard().groups == {}
    assert broker.shard().offsets.by_group == {}


def test_more_offsets_expire_at_once_than_fit_a_batch() -> None:
    broker = broker_with_topic()
    for number in range(5000):
        assert broker.commit(number, group_id="g" * 200 + str(number)) == ErrorCode.NONE
    broker.advance(7 * DAY_MS)
    broker.advance(600_000)
    assert broker.shard().offsets.by_group == {}
    assert broker.shard().groups == {}


def test_offsets_of_a_deleted_topic_go_however_many_they_are() -> None:
    broker = broker_with_topic()
    for number in range(5000):
        assert broker.commit(number, group_id="g" * 200 + str(number)) == ErrorCode.NONE
    broker.groups.on_partitions_deleted([("orders", 0)])
    assert broker.shard().offsets.by_group == {}


def test_an_empty_groups_offsets_expire_together_after_its_last_member_left() -> None:
    broker = broker_with_topic()
    (member,) = broker.stable()
    broker.commit(1, generation=1, member_id=member.member_id)
    for _ in range(3):
        broker.advance(9_000)
        assert broker.heartbeat(member.member_id, 1) == ErrorCode.NONE
    broker.leave((member.member_id, None))
    broker.advance(6 * DAY_MS)
    broker.advance(600_000)
    assert broker.committed() == 1
    broker.advance(DAY_MS)
    assert broker.committed() == -1
    assert broker.records()[-1].value is None
    broker.restart()
    assert broker.shard().groups == {}


def test_a_live_groups_offsets_stay_unless_nobody_subscribes_to_their_topic() -> None:
    broker = broker_with_topic(offsets_retention_minutes="1")
    broker.topic("other")
    subscription = b"\x00\x01" + encode(ConsumerProtocolSubscription(topics=["orders"]), 1)
    protocols = (("range", subscription),)
    long = {"session_timeout_ms": 600_000, "protocols": protocols}
    member_id = broker.join(version=3, **long).answer.member_id
    broker.sync(member_id, 1)
    assert broker.group().subscribed_topics == {"orders"}
    for topic in ("orders", "other"):
        broker.commit(1, topic=topic, generation=1, member_id=member_id)
    for _ in range(3):
        broker.advance(300_000)
        assert broker.heartbeat(member_id, 1) == ErrorCode.NONE
    assert (broker.committed(), broker.committed(topic="other")) == (1, -1)


def test_unreadable_metadata_and_other_protocol_types_keep_all_offsets_of_a_live_group() -> None:
    broker = broker_with_topic(offsets_retention_minutes="1")
    broker.join("broken", version=3, session_timeout_ms=900_000, protocols=(("range", b"\x00\x01\x7f"),))
    broker.join("connect", version=3, session_timeout_ms=900_000, protocol_type="connect")
    for group_id in ("broken", "connect"):
        (member_id,) = broker.group(group_id).members
        name = broker.group(group_id).protocol_type
        assert broker.sync(member_id, 1, group_id=group_id, protocol_type=name).answer.error_code == 0
        assert broker.commit(1, group_id, generation=1, member_id=member_id) == ErrorCode.NONE
    broker.advance(601_000)
    assert (broker.committed("broken"), broker.committed("connect")) == (1, 1)


def test_an_empty_group_without_offsets_is_forgotten_at_the_next_check() -> None:
    broker = GroupBroker()
    broker.new_member()
    broker.advance(599_999)
    assert "g" in broker.shard().groups
    broker.advance(1)
    assert broker.shard().groups == {}
    assert [record.value is None for record in broker.records()] == [False, True]


def test_records_of_old_brokers_are_understood() -> None:
    broker = broker_with_topic()
    key = LegacyOffsetCommitKey(group="old", topic="orders", partition=0)
    value = LegacyOffsetCommitValue(offset=9, metadata="m", commit_timestamp=5)
    newer = OffsetCommitKey(group="old", topic="orders", partition=1)
    records = [
        RECORD_FORMAT.encode(CoordinatorRecord(key, value), 0),
        RECORD_FORMAT.encode(CoordinatorRecord(newer, OffsetCommitValue(offset=8), 0), 0),
    ]
    broker.manager.append_internal(TOPIC, 0, build_batch(records))
    broker.restart()
    assert (broker.committed("old"), broker.committed("old", partition=1)) == (9, 8)


def test_twenty_thousand_commits_leave_one_offset_in_the_state() -> None:
    broker = broker_with_topic()
    for offset in range(20_000):
        broker.commit(offset, "s")
    assert broker.committed("s") == 19_999
    assert len(broker.shard().offsets.by_group["s"]["orders"]) == 1
    assert len(broker.waiting) == 0
    assert len(broker.moved) == 1, "only the check for expired offsets"


def compact(broker: GroupBroker) -> None:
    """What the broker's timer does, to the end."""
    while broker.manager.compact(broker.clock.now_ms(), 10_000):
        pass


def test_compaction_keeps_the_log_small_and_its_fold_the_same() -> None:
    broker = broker_with_topic(offsets_topic_segment_bytes="1048576")
    members = broker.stable(2, group_id="live")
    broker.stable(group_id="left")
    broker.leave((next(iter(broker.group("left").members)), None), group_id="left")
    for offset in range(30_000):
        broker.commit(offset, f"g{offset % 3}", partition=offset % 2)
        if offset % 1_000 == 0:
            broker.advance(1_000)
            compact(broker)
            assert broker.heartbeat(members[0].member_id, 2, "live") == ErrorCode.NONE
            assert broker.heartbeat(members[1].member_id, 2, "live") == ErrorCode.NONE
    log = broker.partition(TOPIC).log
    assert log.size_bytes < 2_300_000, "a few segments, whatever the number of commits"
    assert log.end_offset > 30_000
    before = broker.shard()
    broker.restart()
    after = broker.shard()
    assert after.offsets.by_group == before.offsets.by_group
    assert {key: group.persisted for key, group in after.groups.items()} == {
        key: group.persisted for key, group in before.groups.items()
    }
    assert broker.heartbeat(members[0].member_id, 2, "live") == ErrorCode.NONE
