"""DeleteTopics: topics by name or, from version 6 on, by id (ControllerApis.deleteTopics).

Behavior:
    - With ``delete.topic.enable=false``: every topic TOPIC_DELETION_DISABLED. [test:
      tests/unit/handlers/test_topics.py::test_deletion_can_be_switched_off]
    - An entry with neither name nor id, or with both: INVALID_REQUEST. [delete_topics/odd_entries, delete_topics/name_and_id,
      delete_topics/by_topic_id]
    - A name or an id that comes twice, or a name whose topic is also meant by an id: INVALID_REQUEST, once, and the topic
      stays. [delete_topics/twice_in_one_request, delete_topics/odd_entries]
    - UNKNOWN_TOPIC_ID for an id, UNKNOWN_TOPIC_OR_PARTITION for a name that is not there or could not be.
      [delete_topics/by_topic_id, delete_topics/every_version, delete_topics/several]
    - Internal topics may be deleted. [delete_topics/internal_topic]
    - A topic is gone when it is answered, so the timeout never strikes. [delete_topics/timeouts,
      delete_topics/metadata_forgets]
    - No topics: none. [delete_topics/no_topics]
    - In profiles with ZooKeeper every entry is answered, also one that comes twice, by what it names; one with neither is
      TOPIC_AUTHORIZATION_FAILED (29). [test:
      tests/wire/test_profiles.py::test_answers_are_those_of_the_release]

Versions:
    - 3 adds TOPIC_DELETION_DISABLED, which is INVALID_REQUEST before. [test:
      tests/unit/handlers/test_topics.py::test_deletion_can_be_switched_off]
    - 5 adds the message. [delete_topics/every_version]
    - 6 takes and answers ids. [delete_topics/by_topic_id, delete_topics/every_version]

Differences: errors come before the topics deleted; the real broker shuffles all of them.
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
    if context.profile.uses_zookeeper:
        return DeleteTopicsResponse(responses=_each(context, wanted))
    deleted = context.controller.delete_topics(wanted, context.clock.now_ms())
    return DeleteTopicsResponse(
        responses=[
            DeletableTopicResult(
                name=topic.name, topic_id=topic.topic_id, error_code=topic.code, error_message=topic.message
            )
            for topic in deleted
        ]
    )


def _each(context: Context, wanted: list[tuple[str | None, bytes]]) -> list[DeletableTopicResult]:
    """Every entry's own result, however often it comes (KafkaApis.handleDeleteTopicsRequest of 2.8)."""
    results: dict[tuple[str | None, bytes], DeletableTopicResult] = {}
    for entry in wanted:
        if entry in results:
            continue
        name, topic_id = entry
        if name is None and topic_id == ZERO_UUID:
            code = ErrorCode.TOPIC_AUTHORIZATION_FAILED
            results[entry] = DeletableTopicResult(name=None, topic_id=ZERO_UUID, error_code=code)
            continue
        (deleted,) = context.controller.delete_topics([entry], context.clock.now_ms())
        told = deleted.name if name is None else name
        results[entry] = DeletableTopicResult(name=told, topic_id=topic_id, error_code=deleted.code)
    return [results[entry] for entry in wanted]
