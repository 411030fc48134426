"""Which topics a DeleteTopics request may delete (ControllerApis.deleteTopics of the reference). Pure.

Names and ids that come twice are refused, as are entries with both or neither, and a name whose topic is also meant by an id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from kafkaemu.metadata.image import MetadataImage, TopicImage
from kafkawire.declare import ZERO_UUID
from kafkawire.errors import ErrorCode


@attrs.frozen
class DeletedTopic:
    """What became of one topic that was to be deleted."""

    name: str | None
    topic_id: bytes
    code: ErrorCode = ErrorCode.NONE
    message: str | None = None


def _invalid(name: str | None, topic_id: bytes, message: str) -> DeletedTopic:
    return DeletedTopic(name, topic_id, ErrorCode.INVALID_REQUEST, message)


def plan_deletion(
    image: MetadataImage, wanted: Sequence[tuple[str | None, bytes]]
) -> tuple[list[DeletedTopic], list[TopicImage]]:
    """Refused entries, and the topics to delete. ``wanted`` are names with a zero id, or ids with no name."""
    refused: list[DeletedTopic] = []
    names: list[str] = []
    ids: list[bytes] = []
    for name, topic_id in wanted:
        if name is None and topic_id == ZERO_UUID:
            refused.append(_invalid(None, ZERO_UUID, "Neither topic name nor id were specified."))
        elif name is None:
            ids.append(topic_id)
        elif topic_id == ZERO_UUID:
            names.append(name)
        else:
            refused.append(_invalid(name, topic_id, "You may not specify both topic name and topic id."))
    name_counts, id_counts = Counter(names), Counter(ids)
    refused += [_invalid(n, ZERO_UUID, "Duplicate topic name.") for n, count in name_counts.items() if count > 1]
    refused += [_invalid(None, i, "Duplicate topic id.") for i, count in id_counts.items() if count > 1]
    doomed: dict[bytes, TopicImage] = {}
    for topic_id, count in id_counts.items():
        topic = image.topics_by_id.get(topic_id)
        if topic is not None and count == 1:
            doomed[topic_id] = topic
        elif count == 1:
            refused.append(_absent(None, topic_id, ErrorCode.UNKNOWN_TOPIC_ID))
    for name, count in name_counts.items():
        topic = image.topics.get(name)
        if count > 1:
            continue
        if topic is None:
            refused.append(_absent(name, ZERO_UUID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION))
        elif topic.topic_id in id_counts:
            message = "The provided topic name maps to an ID that was already supplied."
            refused.append(_invalid(name, topic.topic_id, message))
            doomed.pop(topic.topic_id, None)
        else:
            doomed[topic.topic_id] = topic
    return refused, list(doomed.values())


def _absent(name: str | None, topic_id: bytes, code: ErrorCode) -> DeletedTopic:
    return DeletedTopic(name, topic_id, code, code.message)
