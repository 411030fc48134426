"""DescribeGroups, ListGroups, FindCoordinator, and where a group lives."""

from __future__ import annotations

from typing import Any

import pytest

from kafkaemu.coordinator.java_hash import hash_map_order, partition_for, string_hash
from kafkaemu.groups.records import TOPIC
from kafkawire.errors import ErrorCode
from kafkawire.messages.delete_groups import DeleteGroupsRequest
from kafkawire.messages.describe_groups import DescribedGroup, DescribeGroupsRequest
from kafkawire.messages.find_coordinator import FindCoordinatorRequest
from kafkawire.messages.list_groups import ListGroupsRequest
from tests.support.groups import RANGE, GroupBroker

INVALID = ErrorCode.INVALID_REQUEST.message


def described(broker: GroupBroker, group_id: str = "g", version: int = 6, operations: bool = False) -> DescribedGroup:
    """DescribeGroups of one group."""
    request = DescribeGroupsRequest(groups=[group_id], include_authorized_operations=operations)
    answer: DescribedGroup = broker.call(request, version).answer.groups[0]
    return answer


def test_a_stable_group_shows_protocol_metadata_and_assignments() -> None:
    broker = GroupBroker()
    leader, follower = broker.stable(2)
    group = described(broker, operations=True)
    assert (group.group_state, group.protocol_type, group.protocol_data) == ("Stable", "consumer", "range")
    assert {(one.member_id, one.member_metadata, one.member_assignment) for one in group.members} == {
        (one.member_id, b"metadata", one.member_id.encode()) for one in (leader, follower)
    }
    assert {(one.client_id, one.client_host) for one in group.members} == {("client", "/127.0.0.1")}
    assert group.authorized_operations == 3400


def test_a_group_that_rebalances_shows_its_members_only() -> None:
    broker = GroupBroker()
    broker.joined(RANGE, RANGE)
    group = described(broker)
    assert (group.group_state, group.protocol_type, group.protocol_data) == ("CompletingRebalance", "consumer", "")
    assert [(one.member_metadata, one.member_assignment) for one in group.members] == [(b"", b"")] * 2
    assert group.authorized_operations == -2147483648
    broker.join(version=3)
    assert described(broker).group_state == "PreparingRebalance"


def test_while_the_next_generation_is_prepared_the_last_assignment_is_shown() -> None:
    broker = GroupBroker()
    (member,) = broker.stable()
    broker.join(version=3)
    group = described(broker)
    assert (group.group_state, group.protocol_data) == ("PreparingRebalance", "")
    shown = {one.member_id: (one.member_metadata, one.member_assignment) for one in group.members}
    assert shown[member.member_id] == (b"", member.member_id.encode())
    assert sorted(shown.values())[0] == (b"", b"")


@pytest.mark.parametrize("version", range(7))
def test_a_group_that_is_not_there_is_dead(version: int) -> None:
    group = described(GroupBroker(), "nobody", version, operations=version >= 3)
    assert (group.group_state, group.protocol_type, group.members) == ("Dead", "", [])
    if version >= 6:
        assert (group.error_code, group.error_message) == (69, "Group nobody not found.")
        assert group.authorized_operations == -2147483648
    else:
        assert (group.error_code, group.error_message) == (0, None)


def test_several_groups_are_described_each_for_itself() -> None:
    broker = GroupBroker()
    broker.stable()
    broker.new_member("empty")
    answer = broker.call(DescribeGroupsRequest(groups=["g", "nobody", "empty", "g"]), 6).answer
    assert [(one.group_id, one.group_state) for one in answer.groups] == [
        ("g", "Stable"),
        ("nobody", "Dead"),
        ("empty", "Empty"),
        ("g", "Stable"),
    ]
    broker.groups.on_resigned(0)
    refused = described(broker)
    assert (refused.error_code, refused.group_state, refused.group_id) == (16, "", "g")


@pytest.mark.parametrize(
    ("states", "types", "expected"),
    [
        ([], [], ["connect", "empty", "simple", "stable"]),
        (["STABLE"], [], ["stable"]),
        (["empty", "CompletingRebalance"], [], ["connect", "empty", "simple"]),
        (["nonsense"], [], []),
        ([], ["Classic"], ["connect", "empty", "simple", "stable"]),
        ([], ["consumer"], []),
        ([], ["nonsense", "classic"], ["connect", "empty", "simple", "stable"]),
        (["stable"], ["share"], []),
    ],
)
def test_groups_are_listed_by_state_and_type(states: list[str], types: list[str], expected: list[str]) -> None:
    broker = GroupBroker(offsets_topic_num_partitions="5")
    broker.topic("orders")
    broker.stable(group_id="stable")
    broker.new_member("empty")
    broker.commit(1, "simple")
    broker.join("connect", version=3, protocol_type="connect")
    answer = broker.call(ListGroupsRequest(states_filter=states, types_filter=types), 5).answer
    assert sorted(one.group_id for one in answer.groups) == expected
    kinds = {(one.group_id, one.protocol_type, one.group_state, one.group_type) for one in answer.groups}
    assert kinds <= {
        ("stable", "consumer", "Stable", "classic"),
        ("empty", "", "Empty", "classic"),
        ("simple", "", "Empty", "classic"),
        ("connect", "connect", "CompletingRebalance", "classic"),
    }


def test_a_loading_partition_fails_the_list() -> None:
    broker = GroupBroker()
    loads: list[Any] = []
    broker.groups._runtime._schedule_load = loads.append
    broker.groups.on_elected(0, 7)
    answer = broker.call(ListGroupsRequest(), 5).answer
    assert (answer.error_code, answer.groups) == (ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, [])


def test_a_group_of_a_loading_partition_is_refused() -> None:
    broker = GroupBroker()
    broker.stable()
    loads: list[Any] = []
    broker.groups._runtime._schedule_load = loads.append
    broker.groups.on_elected(0, 7)
    refused = described(broker)
    assert (refused.error_code, refused.group_state) == (ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, "")
    deleted = broker.call(DeleteGroupsRequest(groups_names=["g"]), 2).answer.results
    assert [one.error_code for one in deleted] == [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS]


def find(broker: GroupBroker, version: int, key_type: int, *keys: str) -> list[tuple[int, str | None, int, str, int]]:
    """FindCoordinator: (error, text, node, host, port) for each key."""
    request = FindCoordinatorRequest(key=keys[0], key_type=key_type, coordinator_keys=list(keys))
    answer = broker.call(request, version).answer
    if version >= 4:
        assert [one.key for one in answer.coordinators] == list(keys)
    found = answer.coordinators if version >= 4 else [answer]
    return [(one.error_code, one.error_message, one.node_id, one.host, one.port) for one in found]


@pytest.mark.parametrize("version", range(7))
def test_a_groups_coordinator_is_found(version: int) -> None:
    keys = ("g", "", "g") if version >= 4 else ("g",)
    text = "NONE" if version < 4 else ""
    assert find(GroupBroker(), version, 0, *keys) == [(0, text, 1, "broker.example", 9092)] * len(keys)


def test_the_topic_is_made_when_the_first_group_is_asked_for() -> None:
    broker = GroupBroker(offsets_topic_num_partitions="50")
    broker.delete(TOPIC)
    assert find(broker, 6, 0, "g")[0][0] == 0
    topic = broker.controller.image.topics[TOPIC]
    assert len(topic.partitions) == 50
    assert broker.controller.image.configs(2, TOPIC)["cleanup.policy"] == "compact"
    assert sorted(broker.groups._runtime.indexes) == list(range(50))
    assert broker.new_member("some group")


def test_a_client_on_another_listener_has_no_coordinator() -> None:
    broker = GroupBroker()
    broker.peer.listener = "INSIDE"
    assert find(broker, 3, 0, "g") == [(15, "The coordinator is not available.", -1, "", -1)]
    assert find(broker, 4, 0, "g") == [(15, "", -1, "", -1)]


@pytest.mark.parametrize("version", [1, 3, 4, 6])
def test_a_transactional_id_is_refused_for_good_and_says_why(version: int, caplog: pytest.LogCaptureFixture) -> None:
    ((code, text, node, host, port),) = find(GroupBroker(), version, 1, "tx-7")
    assert not ErrorCode(code).retriable
    assert text is not None and "does not support transactions" in text and '"tx-7"' in text
    assert (node, host, port) == (-1, "", -1)
    (line,) = caplog.messages
    assert "Refused FindCoordinator of" in line and '(client id "client")' in line and text in line


@pytest.mark.parametrize("key_type", [-1, 3, 9])
def test_unknown_key_types(key_type: int) -> None:
    for version in (1, 3, 4, 6):
        assert find(GroupBroker(), version, key_type, "g") == [(42, INVALID, -1, "", -1)]


def test_share_groups_are_refused() -> None:
    broker = GroupBroker()
    good = "g:x:AAAAAAAAAAAAAAAAAAAAAQ:0"
    assert find(broker, 3, 2, good) == [(42, INVALID, -1, "", -1)]
    assert find(broker, 5, 2, good) == [(42, "", -1, "", -1)]
    bad = ("g", "g:AAAAAAAAAAAAAAAAAAAAAQ:x", "g:notauuid:0", ":AAAAAAAAAAAAAAAAAAAAAQ:0")
    assert find(broker, 6, 2, *bad) == [(42, "", -1, "", -1)] * 4
    ((code, text, *_),) = find(broker, 6, 2, good)
    assert code == 42 and text is not None and "share groups" in text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0),
        ("a", 97),
        ("my-group", -1906497762),
        ("polygenelubricants", -2147483648),
        ("é€", 15587),
        ("\U0001f600", 1772899),
    ],
)
def test_hashes_are_javas(text: str, value: int) -> None:
    assert string_hash(text) == value


def test_the_partition_of_a_group_is_the_hash_without_sign() -> None:
    assert partition_for("my-group", 50) == 1906497762 % 50
    assert partition_for("polygenelubricants", 50) == 0
    assert partition_for("a", 50) == 97 % 50


def test_hash_maps_grow_with_their_content() -> None:
    few = ["b", "a", "p", "q"]
    assert hash_map_order(few) == ["p", "a", "q", "b"]
    more = "roundrobin range sticky cooperative-sticky uniform custom-a custom-b zz yy xx ww vv uu"
    order = "zz yy xx ww vv uu custom-a custom-b range roundrobin cooperative-sticky uniform sticky"
    assert hash_map_order(more.split()) == order.split()
