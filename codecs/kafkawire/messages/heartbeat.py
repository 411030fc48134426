"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import Int16, Int32, String, TopLevel, nullable, request, response, since


@request(12, versions=(0, 4), flexible=4)
class HeartbeatRequest(TopLevel):
    """DOC"""

    group_id: str = String("MEANING")
    generation_id: int = Int32("MEANING")
    member_id: str = String("MEANING")
    group_instance_id: str | None = String("MEANING", since(3), nullable(3), default=None)


@response(12, versions=(0, 4), flexible=4)
class HeartbeatResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(1))
    error_code: int = Int16("MEANING")
