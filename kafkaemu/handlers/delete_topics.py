"""DeleteTopics: topics by name or, from version 6 on, by id.

Behavior:
    With ``delete.topic.enable=false``: every topic TOPIC_DELETION_DISABLED (INVALID_REQUEST before version 3). Then
    per entry INVALID_REQUEST for one with neither name nor id, with both, that comes twice, or whose name's topic is
    also meant by an id; UNKNOWN_TOPIC_OR_PARTITION for a name and UNKNOWN_TOPIC_ID for an id that is not there.
    Internal topics may be deleted. Errors come before the topics deleted, each once (the real broker shuffles them).
    A topic is gone when it is answered, so the timeout never strikes.

Versions:
    5 adds the message; 6 takes and answers ids.
"""

from __future__ import annotations

from kafkaemu.handlers.context import Answer, Context, Request
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode
from kafkawire.messages.delete_topics import DeletableTopicResult, DeleteTopicsRequest, DeleteTopicsResponse


def handle(context: Context, request: Request, body: DeleteTopicsRequest) -> Answer:
    """Answer one DeleteTopics request."""
    wanted: list[tuple[str | None, bytes]] = [(name, ZERO_UUID) for name in body.topic_names]
    wanted += [(topic.name, topic.topic_id) for topic in body.topics]
    if not context.config["delete.topic.enable"]:
        code = ErrorCode.INVALID_REQUEST if request.version < 3 else ErrorCode.TOPIC_DELETION_DISABLED
        refused = [DeletableTopicResult(name=name, topic_id=topic_id, error_code=code) for name, topic_id in wanted]
        return DeleteTopicsResponse(responses=refused)
    deleted = context.controller.delete_topics(wanted, context.clock.now_ms())
    return DeleteTopicsResponse(
        responses=[
            DeletableTopicResult(
                name=topic.name, topic_id=topic.topic_id, error_code=topic.code, error_message=topic.message
            )
            for topic in deleted
        ]
    )
