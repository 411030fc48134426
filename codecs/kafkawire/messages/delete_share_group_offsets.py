"""DeleteShareGroupOffsets (key 92): makes an empty share group forget topics (KIP-932)."""

from __future__ import annotations

from kafkawire.declare import Array, Int16, Int32, Message, String, TopLevel, Uuid, nullable, request, response, struct


@struct
class ForgottenTopic(Message):
    """A topic to forget."""

    topic_name: str = String("Topic by name.")


@request(92, versions=(0, 0), flexible=0)
class DeleteShareGroupOffsetsRequest(TopLevel):
    """Deletes what the group knows of topics; the group must have no members."""

    group_id: str = String("Group.")
    topics: list[ForgottenTopic] = Array(ForgottenTopic, "The topics.")


@struct
class TopicResult(Message):
    """What became of one topic."""

    topic_name: str = String("Topic by name.")
    topic_id: bytes = Uuid("Topic by id; zeros if there is none.")
    error_code: int = Int16("NONE; UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)


@response(92, versions=(0, 0), flexible=0)
class DeleteShareGroupOffsetsResponse(TopLevel):
    """What became of each topic."""

    throttle_time_ms: int = Int32(
        "How long a quota held this answer back, or (newer versions) bids the client pause, in ms."
    )
    error_code: int = Int16("NONE; NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, or what keeps the coordinator from answering.")
    error_message: str | None = String("What was wrong, in words; null if nothing was.", nullable(), default=None)
    responses: list[TopicResult] = Array(TopicResult, "One result per topic.")
