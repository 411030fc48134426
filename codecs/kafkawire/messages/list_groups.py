"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Message, String, TopLevel, request, response, since, struct


@request(16, versions=(0, 5), flexible=3)
class ListGroupsRequest(TopLevel):
    """DOC"""

    states_filter: list[str] = Array(String, "MEANING", since(4))
    types_filter: list[str] = Array(String, "MEANING", since(5))


@struct
class ListedGroup(Message):
    """DOC"""

    group_id: str = String("MEANING")
    protocol_type: str = String("MEANING")
    group_state: str = String("MEANING", since(4))
    group_type: str = String("MEANING", since(5))


@response(16, versions=(0, 5), flexible=3)
class ListGroupsResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(1))
    error_code: int = Int16("MEANING")
    groups: list[ListedGroup] = Array(ListedGroup, "MEANING")
