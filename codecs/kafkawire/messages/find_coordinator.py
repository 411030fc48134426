"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int8,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    nullable,
    request,
    response,
    since,
    struct,
    until,
)


@request(10, versions=(0, 6), flexible=3)
class FindCoordinatorRequest(TopLevel):
    """DOC"""

    key: str = String("MEANING", until(3))
    key_type: int = Int8("MEANING", since(1))
    coordinator_keys: list[str] = Array(String, "MEANING", since(4))


@struct
class Coordinator(Message):
    """DOC"""

    key: str = String("MEANING", since(4))
    node_id: int = Int32("MEANING", since(4))
    host: str = String("MEANING", since(4))
    port: int = Int32("MEANING", since(4))
    error_code: int = Int16("MEANING", since(4))
    error_message: str | None = String("MEANING", since(4), nullable(4))


@response(10, versions=(0, 6), flexible=3)
class FindCoordinatorResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(1))
    error_code: int = Int16("MEANING", until(3))
    error_message: str | None = String("MEANING", since(1), until(3), nullable(1))
    node_id: int = Int32("MEANING", until(3))
    host: str = String("MEANING", until(3))
    port: int = Int32("MEANING", until(3))
    coordinators: list[Coordinator] = Array(Coordinator, "MEANING", since(4))
