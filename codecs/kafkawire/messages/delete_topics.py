"""DeleteTopics (key 20): removes topics with all their records."""

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
    """One topic to remove, by name or by id."""

    name: str | None = String("Name, or null if the id is given.", since(6), nullable(6), default=None)
    topic_id: bytes = Uuid("Id, or zeros if the name is given.", since(6))


@request(20, versions=(0, 6), flexible=4)
class DeleteTopicsRequest(TopLevel):
    """Removes topics; each succeeds or fails for itself.

    Version 6 names them in structs, by name or by id (KIP-516). From version 5 on the answer may be
    THROTTLING_QUOTA_EXCEEDED.
    """

    topics: list[DeleteTopicState] = Array(DeleteTopicState, "The topics.", since(6))
    topic_names: list[str] = Array(String, "The topics by name.", until(5))
    timeout_ms: int = Int32("How long to wait until they are gone, in ms.")


@struct
class DeletableTopicResult(Message):
    """What became of one topic."""

    name: str | None = String("Its name; null if it was given by id and is unknown or may not be seen.", nullable(6))
    topic_id: bytes = Uuid("Its id; zeros if it was given by name and is unknown.", since(6))
    error_code: int = Int16("NONE or why it was not removed.")
    error_message: str | None = String(
        "What was wrong, in words; null if nothing was.", since(5), nullable(5), default=None
    )


@response(20, versions=(0, 6), flexible=4)
class DeleteTopicsResponse(TopLevel):
    """What became of each topic.

    Version 3 adds the error TOPIC_DELETION_DISABLED, version 5 messages, version 6 ids.
    """

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms.", since(1)
    )
    responses: list[DeletableTopicResult] = Array(DeletableTopicResult, "One result per topic asked for.")
