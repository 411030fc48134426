"""What requests and answers about partitions of several topics have in common.

``OffsetCommitResponse.Builder`` and ``OffsetDeleteResponse.Builder`` take the coordinator's answer as it is if nothing was refused
before; else they append to the topics that are there already, so that each topic is answered once. Past
releases made maps of what they were asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from operator import attrgetter
from typing import Any, Protocol, TypeVar


class _Topic(Protocol):
    partitions: list[Any]


_T = TypeVar("_T", bound=_Topic)
_P = TypeVar("_P")


def once(
    topics: Iterable[tuple[str, Iterable[_P]]], index_of: Callable[[_P], int] = attrgetter("partition_index")
) -> dict[str, list[_P]]:
    """The partitions by topic, each once, as it comes last; a topic without any is left out."""
    latest: dict[str, dict[int, _P]] = {}
    for name, partitions in topics:
        for partition in partitions:
            latest.setdefault(name, {})[index_of(partition)] = partition
    return {name: list(by_index.values()) for name, by_index in latest.items()}


def merged(refused: dict[Hashable, _T], answered: list[_T], key: Callable[[_T], Hashable]) -> list[_T]:
    """The topics of an answer; ``key`` tells which topics are the same, as ``refused`` has them."""
    if not refused:
        return answered
    topics = dict(refused)
    for topic in answered:
        if (there := topics.setdefault(key(topic), topic)) is not topic:
            there.partitions.extend(topic.partitions)
    return list(topics.values())
