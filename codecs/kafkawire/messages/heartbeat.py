"""Heartbeat (key 12): a member of a classic group says that it is alive, and hears of rebalances."""

from __future__ import annotations

from kafkawire.declare import Int16, Int32, String, TopLevel, nullable, request, response, since


@request(12, versions=(0, 4), flexible=4)
class HeartbeatRequest(TopLevel):
    """Keeps a member's session open. Version 3 adds static members (KIP-345)."""

    group_id: str = String("Group.")
    generation_id: int = Int32("Generation the member is in.")
    member_id: str = String("Id the coordinator gave it.")
    group_instance_id: str | None = String(
        "Name its operator gave it; null for a dynamic member.", since(3), nullable(3), default=None
    )


@response(12, versions=(0, 4), flexible=4)
class HeartbeatResponse(TopLevel):
    """Whether the member is still in the group. Version 1 adds the throttle time."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    error_code: int = Int16(
        "NONE; REBALANCE_IN_PROGRESS: join again; UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID: it is out."
    )
