"""A whole broker inside the test, whose clock is moved by days: how groups and offsets live and end."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from kafkaemu.broker import Broker
from kafkaemu.config.broker import BrokerConfig
from kafkaemu.config.listeners import parse_listeners
from kafkaemu.server.listeners import Bound
from kafkaemu.world.memory import MemoryDisk, MemoryNetwork, MovedClock, SeededEntropy
from kafkawire.compiler import encode
from kafkawire.declare import TopLevel
from kafkawire.internal.consumer_protocol import ConsumerProtocolSubscription
from kafkawire.messages.delete_groups import DeleteGroupsRequest, DeleteGroupsResponse
from kafkawire.messages.describe_groups import DescribeGroupsRequest, DescribeGroupsResponse
from kafkawire.messages.find_coordinator import FindCoordinatorRequest, FindCoordinatorResponse
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse
from kafkawire.messages.join_group import JoinGroupRequest, JoinGroupRequestProtocol, JoinGroupResponse
from kafkawire.messages.leave_group import LeaveGroupRequest, LeaveGroupResponse, MemberIdentity
from kafkawire.messages.list_groups import ListGroupsRequest, ListGroupsResponse
from kafkawire.messages.offset_commit import (
    OffsetCommitRequest,
    OffsetCommitRequestPartition,
    OffsetCommitRequestTopic,
    OffsetCommitResponse,
)
from kafkawire.messages.offset_fetch import (
    OffsetFetchRequest,
    OffsetFetchRequestGroup,
    OffsetFetchResponse,
)
from kafkawire.messages.sync_group import SyncGroupRequest, SyncGroupRequestAssignment, SyncGroupResponse
from tests.support.serving import Client, NoEvent, framed

MINUTE_MS = 60 * 1000
DAY_MS = 24 * 60 * MINUTE_MS
SESSION_TIMEOUT_MS = 30 * MINUTE_MS


@attrs.define
class MovedWorld:
    """Everything in memory."""

    clock: MovedClock = attrs.field(factory=MovedClock)
    network: MemoryNetwork = attrs.field(factory=lambda: MemoryNetwork(NoEvent))
    disk: MemoryDisk = attrs.field(factory=MemoryDisk)
    entropy: SeededEntropy = attrs.field(factory=SeededEntropy)


class MovedBroker:
    """A broker with topics "orders" and "other", and one client."""

    def __init__(self, **overrides: str) -> None:
        config = BrokerConfig({key.replace("_", "."): value for key, value in overrides.items()})
        self.world = MovedWorld()
        self.broker = Broker(self.world, config, topics=[("orders", 1), ("other", 1)])
        self.broker.start(parse_listeners(config), [Bound("PLAINTEXT", (), ("localhost", 9092))])
        self.client = Client(self.broker)  # type: ignore[arg-type]
        self.ask(FindCoordinatorRequest(key_type=0, coordinator_keys=["g"]), FindCoordinatorResponse, 4)

    def ask(self, request: TopLevel, response: type[TopLevel], version: int) -> Any:
        """A request over the wire, and its answer, for which no time passes."""
        self.client.send(framed(request, version))
        self.client.run()
        ((_, answer),) = self.client.answers(response, version)
        return answer

    def advance(self, milliseconds: int, step_ms: int = 10 * MINUTE_MS) -> None:
        """Move the clock in steps, and run what becomes due."""
        while milliseconds > 0:
            self.world.clock.advance(min(step_ms, milliseconds))
            self.broker.moved.run_due(self.world.clock.now_ms())
            milliseconds -= step_ms

    def commit(self, offset: int, group: str, topic: str = "orders", version: int = 8, **fields: Any) -> int:
        """OffsetCommit; its error."""
        partition = OffsetCommitRequestPartition(partition_index=0, committed_offset=offset)
        topics = [OffsetCommitRequestTopic(name=topic, partitions=[partition])]
        request = OffsetCommitRequest(group_id=group, topics=topics, **fields)
        answer = self.ask(request, OffsetCommitResponse, version)
        return int(answer.topics[0].partitions[0].error_code)

    def committed(self, group: str) -> dict[str, int]:
        """OffsetFetch of everything, by topic."""
        request = OffsetFetchRequest(groups=[OffsetFetchRequestGroup(group_id=group, topics=None)])
        answer = self.ask(request, OffsetFetchResponse, 8)
        return {topic.name: topic.partitions[0].committed_offset for topic in answer.groups[0].topics}

    def listed(self, *states: str) -> dict[str, str]:
        """ListGroups: state by group."""
        answer = self.ask(ListGroupsRequest(states_filter=list(states)), ListGroupsResponse, 5)
        return {group.group_id: group.group_state for group in answer.groups}

    def described(self, group: str, version: int = 6) -> tuple[str, int]:
        """DescribeGroups: state and error."""
        (answer,) = self.ask(DescribeGroupsRequest(groups=[group]), DescribeGroupsResponse, version).groups
        return answer.group_state, answer.error_code

    def join(self, group: str, member_id: str = "") -> JoinGroupResponse:
        """JoinGroup of a consumer of "orders"."""
        subscription = b"\x00\x01" + encode(ConsumerProtocolSubscription(topics=["orders"]), 1)
        request = JoinGroupRequest(
            group_id=group,
            member_id=member_id,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            rebalance_timeout_ms=SESSION_TIMEOUT_MS,
            protocol_type="consumer",
            protocols=[JoinGroupRequestProtocol(name="range", metadata=subscription)],
        )
        answer = self.ask(request, JoinGroupResponse, 5)
        assert isinstance(answer, JoinGroupResponse)
        return answer

    def sync(self, group: str, member_id: str, generation: int) -> int:
        """SyncGroup of the leader; its error."""
        assignments = [SyncGroupRequestAssignment(member_id=member_id, assignment=b"mine")]
        request = SyncGroupRequest(
            group_id=group, generation_id=generation, member_id=member_id, assignments=assignments
        )
        return int(self.ask(request, SyncGroupResponse, 3).error_code)

    def heartbeat(self, group: str, member_id: str, generation: int) -> int:
        """Heartbeat; its error."""
        request = HeartbeatRequest(group_id=group, generation_id=generation, member_id=member_id)
        return int(self.ask(request, HeartbeatResponse, 3).error_code)

    def leave(self, group: str, member_id: str) -> int:
        """LeaveGroup; its error."""
        members = [MemberIdentity(member_id=member_id)]
        answer = self.ask(LeaveGroupRequest(group_id=group, members=members), LeaveGroupResponse, 4)
        return int(answer.members[0].error_code)


@pytest.fixture
def broker() -> MovedBroker:
    return MovedBroker(group_initial_rebalance_delay_ms="0")


def test_the_whole_life_of_a_group(broker: MovedBroker) -> None:
    assert broker.described("g") == ("Dead", 69)
    assert broker.described("g", version=5) == ("Dead", 0)
    member_id = broker.join("g").member_id
    assert broker.described("g") == ("Empty", 0)
    assert broker.join("g", member_id).generation_id == 1
    assert broker.described("g") == ("CompletingRebalance", 0)
    assert broker.sync("g", member_id, 1) == 0
    assert broker.described("g") == ("Stable", 0)
    assert broker.commit(5, "g", generation_id_or_member_epoch=1, member_id=member_id) == 0
    second_id = broker.join("g").member_id
    waiting = Client(broker.broker)  # type: ignore[arg-type]
    request = JoinGroupRequest(
        group_id="g",
        member_id=second_id,
        session_timeout_ms=SESSION_TIMEOUT_MS,
        rebalance_timeout_ms=SESSION_TIMEOUT_MS,
        protocol_type="consumer",
        protocols=[JoinGroupRequestProtocol(name="range", metadata=b"")],
    )
    waiting.send(framed(request, 5))
    waiting.run()
    assert broker.described("g") == ("PreparingRebalance", 0)
    assert broker.listed("preparingrebalance") == {"g": "PreparingRebalance"}
    assert (broker.leave("g", second_id), broker.leave("g", member_id)) == (0, 0)
    assert broker.described("g") == ("Empty", 0)
    broker.advance(7 * DAY_MS - 20 * MINUTE_MS)
    assert (broker.listed(), broker.committed("g")) == ({"g": "Empty"}, {"orders": 5})
    broker.advance(30 * MINUTE_MS)
    assert (broker.listed(), broker.listed("Dead"), broker.committed("g")) == ({}, {}, {})
    assert broker.described("g") == ("Dead", 69)
    again = broker.join("g").member_id
    assert broker.join("g", again).generation_id == 1


def test_a_group_whose_member_falls_silent_ends_after_the_retention(broker: MovedBroker) -> None:
    member_id = broker.join("g").member_id
    broker.join("g", member_id)
    broker.sync("g", member_id, 1)
    broker.commit(5, "g", generation_id_or_member_epoch=1, member_id=member_id)
    broker.advance(SESSION_TIMEOUT_MS)
    assert broker.listed() == {"g": "Empty"}
    assert broker.heartbeat("g", member_id, 1) == 25
    broker.advance(7 * DAY_MS - 20 * MINUTE_MS)
    assert broker.committed("g") == {"orders": 5}
    broker.advance(30 * MINUTE_MS)
    assert (broker.listed(), broker.committed("g")) == ({}, {})


def test_a_group_that_reads_for_weeks_keeps_what_it_reads_and_loses_the_rest(broker: MovedBroker) -> None:
    member_id = broker.join("g").member_id
    broker.join("g", member_id)
    broker.sync("g", member_id, 1)
    for topic in ("orders", "other"):
        assert broker.commit(5, "g", topic, generation_id_or_member_epoch=1, member_id=member_id) == 0
    for day in range(14):
        for _ in range(72):
            broker.advance(20 * MINUTE_MS)
            assert broker.heartbeat("g", member_id, 1) == 0
        expected = {"orders": 5, "other": 5} if day < 6 else {"orders": 5}
        assert broker.committed("g") == expected
    assert broker.listed("STABLE") == {"g": "Stable"}


def test_an_offset_without_a_group_expires_after_its_own_time_or_the_brokers(broker: MovedBroker) -> None:
    assert broker.commit(5, "old", version=4, retention_time_ms=DAY_MS) == 0
    assert broker.commit(6, "new") == 0
    broker.advance(DAY_MS - 20 * MINUTE_MS)
    assert broker.listed() == {"old": "Empty", "new": "Empty"}
    broker.advance(30 * MINUTE_MS)
    assert (broker.listed(), broker.committed("old")) == ({"new": "Empty"}, {})
    broker.advance(3 * DAY_MS)
    assert broker.commit(7, "new") == 0
    broker.advance(4 * DAY_MS)
    assert broker.committed("new") == {"orders": 7}
    broker.advance(4 * DAY_MS)
    assert (broker.listed(), broker.committed("new")) == ({}, {})


def test_the_retention_is_as_configured() -> None:
    broker = MovedBroker(offsets_retention_minutes="5", offsets_retention_check_interval_ms="1000")
    broker.commit(5, "g")
    broker.advance(5 * MINUTE_MS - 1000, step_ms=1000)
    assert broker.listed() == {"g": "Empty"}
    broker.advance(2000, step_ms=1000)
    assert broker.listed() == {}


def test_expired_offsets_are_gone_when_the_group_is_deleted_and_comes_back(broker: MovedBroker) -> None:
    broker.commit(5, "g")
    broker.advance(6 * DAY_MS)
    answer = broker.ask(DeleteGroupsRequest(groups_names=["g"]), DeleteGroupsResponse, 2)
    assert [(result.group_id, result.error_code) for result in answer.results] == [("g", 0)]
    broker.commit(1, "g")
    broker.advance(2 * DAY_MS)
    assert broker.committed("g") == {"orders": 1}
