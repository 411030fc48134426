"""DeleteGroups (key 42): deletes groups without members, and their offsets."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Message, String, TopLevel, request, response, struct


@request(42, versions=(0, 2), flexible=2)
class DeleteGroupsRequest(TopLevel):
    """Deletes groups; each succeeds or fails for itself."""

    groups_names: list[str] = Array(String, "The groups.")


@struct
class DeletableGroupResult(Message):
    """What became of one group."""

    group_id: str = String("Group.")
    error_code: int = Int16("NONE; NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, NOT_COORDINATOR.")


@response(42, versions=(0, 2), flexible=2)
class DeleteGroupsResponse(TopLevel):
    """What became of each group."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    results: list[DeletableGroupResult] = Array(DeletableGroupResult, "One result per group.")
