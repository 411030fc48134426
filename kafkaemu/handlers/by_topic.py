"""What answers of several partitions have in common, where Kafka puts those that it refuses itself before the coordinator's.

``OffsetCommitResponse.Builder`` and ``OffsetDeleteResponse.Builder`` take the coordinator's answer as it is if nothing was refused
before; else they append to the topics that are there already, so that each topic is answered once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar


class _Topic(Protocol):
    partitions: list[Any]


_T = TypeVar("_T", bound=_Topic)


def merged(refused: dict[Hashable, _T], answered: list[_T], key: Callable[[_T], Hashable]) -> list[_T]:
    """The topics of an answer; ``key`` tells which topics are the same, as ``refused`` has them."""
    if not refused:
        return answered
    topics = dict(refused)
    for topic in answered:
        if (there := topics.setdefault(key(topic), topic)) is not topic:
            there.partitions.extend(topic.partitions)
    return list(topics.values())
