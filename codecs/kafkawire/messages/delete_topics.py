"""MODULE DOC"""

from __future__ import annotations

from kafkawire.declare import (
    Array,
    Int16,
    Int32,
    Message,
    String,
    TopLevel,
    Uuid,
    nullable,
    request,
    response,
    since,
    struct,
    until,
)


@struct
class DeleteTopicState(Message):
    """DOC"""

    name: str | None = String("MEANING", since(6), nullable(6), default=None)
    topic_id: bytes = Uuid("MEANING", since(6))


@request(20, versions=(0, 6), flexible=4)
class DeleteTopicsRequest(TopLevel):
    """DOC"""

    topics: list[DeleteTopicState] = Array(DeleteTopicState, "MEANING", since(6))
    topic_names: list[str] = Array(String, "MEANING", until(5))
    timeout_ms: int = Int32("MEANING")


@struct
class DeletableTopicResult(Message):
    """DOC"""

    name: str | None = String("MEANING", nullable(6))
    topic_id: bytes = Uuid("MEANING", since(6))
    error_code: int = Int16("MEANING")
    error_message: str | None = String("MEANING", since(5), nullable(5), default=None)


@response(20, versions=(0, 6), flexible=4)
class DeleteTopicsResponse(TopLevel):
    """DOC"""

    throttle_time_ms: int = Int32("MEANING", since(1))
    responses: list[DeletableTopicResult] = Array(DeletableTopicResult, "MEANING")
