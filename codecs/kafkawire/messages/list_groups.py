"""ListGroups (key 16): the groups that a broker coordinates."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Message, String, TopLevel, request, response, since, struct


@request(16, versions=(0, 5), flexible=3)
class ListGroupsRequest(TopLevel):
    """Asks one broker for its groups. Version 4 adds a filter by state (KIP-518), version 5 one by type (KIP-848)."""

    states_filter: list[str] = Array(String, "States wanted, such as Stable; empty: all.", since(4))
    types_filter: list[str] = Array(String, "Types wanted: classic, consumer, share, streams; empty: all.", since(5))


@struct
class ListedGroup(Message):
    """One group."""

    group_id: str = String("Its id.")
    protocol_type: str = String("Kind of protocol: consumer, connect; empty for a group that only holds offsets.")
    group_state: str = String("Its state.", since(4))
    group_type: str = String("Its type.", since(5))


@response(16, versions=(0, 5), flexible=3)
class ListGroupsResponse(TopLevel):
    """The broker's groups. Version 1 adds the throttle time, version 4 states, version 5 types."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    error_code: int = Int16("NONE, or COORDINATOR_LOAD_IN_PROGRESS and the like.")
    groups: list[ListedGroup] = Array(ListedGroup, "The groups.")
