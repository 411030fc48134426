"""Defects of connections, topics and what the broker tells of itself."""

from __future__ import annotations

from typing import Any

from tests.mutants.registry import alter_answers, mutant, replace


@mutant("connection/answers_in_order")
def answers_are_reordered() -> None:
    """Of requests that come together the last is answered first."""
    from kafkaemu.server.connection import ServerConnection

    def make(handle_some: Any) -> Any:
        def backwards(connection: Any) -> None:
            connection._frames = tuple(reversed(connection._frames))
            handle_some(connection)

        return backwards

    replace(ServerConnection, "_handle_some", make)


@mutant("metadata/unknown_topic")
def error_codes_are_switched() -> None:
    """Metadata says LEADER_NOT_AVAILABLE of a topic that is not there."""

    def change(answer: Any) -> None:
        for topic in answer.topics:
            if topic.error_code == 3:
                topic.error_code = 5

    alter_answers("metadata", change)


@mutant("metadata/unknown_topic")
def topics_are_made_though_nobody_allowed_it() -> None:
    """Metadata makes a topic although the client forbids it."""
    from kafkaemu.handlers import metadata

    def make(handle: Any) -> Any:
        def eager(context: Any, request: Any, body: Any) -> Any:
            body.allow_auto_topic_creation = True
            return handle(context, request, body)

        return eager

    replace(metadata, "handle", make)


@mutant("metadata/no_topics")
def the_throttle_time_is_wrong() -> None:
    """Metadata tells that the client is throttled."""
    alter_answers("metadata", lambda answer: setattr(answer, "throttle_time_ms", 1))


@mutant("metadata/authorized_operations")
def authorized_operations_are_left_out() -> None:
    """Metadata does not tell what a client may do with a topic."""

    def change(answer: Any) -> None:
        for topic in answer.topics:
            topic.topic_authorized_operations = -(1 << 31)

    alter_answers("metadata", change)


@mutant("api_versions/every_version")
def a_range_of_versions_is_too_wide() -> None:
    """ApiVersions tells one version of Fetch too many."""

    def change(answer: Any) -> None:
        for entry in answer.api_keys:
            if entry.api_key == 1:
                entry.max_version += 1

    alter_answers("api_versions", change)


@mutant("create_topics/already_there")
def a_message_has_another_text() -> None:
    """CreateTopics says in its own words that a topic is there."""

    def change(answer: Any) -> None:
        for topic in answer.topics:
            if topic.error_message:
                topic.error_message = topic.error_message.rstrip(".")

    alter_answers("create_topics", change)


@mutant("create_topics/validate_only")
def validation_creates_topics() -> None:
    """CreateTopics makes topics that were only to be checked."""
    from kafkaemu.handlers import create_topics

    def make(handle: Any) -> Any:
        def eager(context: Any, request: Any, body: Any) -> Any:
            body.validate_only = False
            return handle(context, request, body)

        return eager

    replace(create_topics, "handle", make)


@mutant("delete_topics/by_topic_id")
def deleted_topics_stay() -> None:
    """DeleteTopics is acknowledged and does nothing."""
    from kafkaemu.metadata import topic_deletion

    def make(plan_deletion: Any) -> Any:
        def postponed(*arguments: Any) -> Any:
            results, doomed = plan_deletion(*arguments)
            return results + [topic_deletion.DeletedTopic(topic.name, topic.topic_id) for topic in doomed], []

        return postponed

    replace(topic_deletion, "plan_deletion", make)


@mutant("connection/bad_lengths")
def any_length_is_believed() -> None:
    """A frame may announce any length."""
    from kafkawire.framing import FrameReader

    replace(FrameReader, "__init__", lambda begin: lambda reader, *_: begin(reader, 2**31 - 1))
