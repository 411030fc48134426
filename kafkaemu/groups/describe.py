"""What DescribeGroups and ListGroups tell about the groups of a shard."""

from __future__ import annotations

from collections.abc import Collection

from kafkaemu.groups.classic_group import ClassicGroup, GroupState, Member
from kafkaemu.groups.shard import GroupShard
from kafkawire.errors import ErrorCode
from kafkawire.messages.describe_groups import DescribedGroup, DescribedGroupMember
from kafkawire.messages.list_groups import ListedGroup

CLASSIC = "classic"


def describe(shard: GroupShard, group_id: str) -> DescribedGroup:
    """One group; protocol and metadata are told while it is Stable only. A group that is not there is Dead, with
    GROUP_ID_NOT_FOUND and its text (which versions before 6 do not send)."""
    group = shard.groups.get(group_id)
    if group is None:
        return DescribedGroup(
            error_code=ErrorCode.GROUP_ID_NOT_FOUND,
            error_message=f"Group {group_id} not found.",
            group_id=group_id,
            group_state=GroupState.DEAD.value,
        )
    stable = group.is_in(GroupState.STABLE)
    return DescribedGroup(
        group_id=group_id,
        group_state=group.state.value,
        protocol_type=group.protocol_type or "",
        protocol_data=group.protocol_name or "" if stable else "",
        members=[
            _member(group, member, stable, stable or not shard.settings.assignments_are_of_stable_groups)
            for member in group.members.values()
        ],
    )


def _member(group: ClassicGroup, member: Member, stable: bool, tells_assignment: bool) -> DescribedGroupMember:
    return DescribedGroupMember(
        member_id=member.member_id,
        group_instance_id=member.group_instance_id,
        client_id=member.client_id,
        client_host=member.client_host,
        member_metadata=member.metadata(group.protocol_name or "") if stable else b"",
        # That of the last generation, while the next one is prepared.
        member_assignment=member.assignment if tells_assignment else b"",
    )


def listed(shard: GroupShard, states: Collection[str], types: Collection[str]) -> list[ListedGroup]:
    """The groups in one of these states and of one of these types; an empty filter lets all pass. Case does not matter, nor do
    blanks around a state, but for states in old profiles; a name that is none matches nothing."""
    is_exact = shard.settings.group_states_are_exact
    has_blanks = shard.settings.group_states_have_blanks
    wanted_states = {state if has_blanks else state.strip() for state in states}
    if not is_exact:
        wanted_states = {state.lower() for state in wanted_states}
    wanted_types = {kind.lower() for kind in types}
    if wanted_types and CLASSIC not in wanted_types:
        return []
    return [
        ListedGroup(
            group_id=group.group_id,
            protocol_type=group.protocol_type or "",
            group_state=group.state.value,
            group_type=CLASSIC,
        )
        for group in shard.groups.values()
        if not wanted_states or (group.state.value if is_exact else group.state.value.lower()) in wanted_states
    ]
