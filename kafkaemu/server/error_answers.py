"""One error for a whole request, in the shape of its API (getErrorResponse of the reference's request classes).

Every answer gets the error in its top-level ``error_code``, if it has one. What else an API says is in `SHAPES`: a list of the request
is repeated in the answer, each element with the error and the fields that identify it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from kafkawire.declare import LATEST, Field, Message, TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.index import Api


@attrs.frozen
class Repeat:
    """The elements of list ``source`` of the request (or request element) reappear in list ``target`` of the answer. With no
    target what is ``inside`` of them does, in the answer itself.

    ``identity`` maps fields of an answer's element to fields of the request's; where those are bare values, not structs, the
    only entry maps to None. It holds for versions ``since`` to ``until``. With ``once`` equal elements appear once.
    """

    source: str
    target: str | None
    identity: Mapping[str, str | None]
    inside: tuple[Repeat, ...] = ()
    since: int = 0
    until: int = LATEST
    once: bool = False


_TOPIC = {"name": "name", "topic_id": "topic_id"}
_NAME = {"name": "name"}
_ENTITY = {"entity_type": "entity_type", "entity_name": "entity_name"}
_RESOURCE = {"resource_type": "resource_type", "resource_name": "resource_name"}

#: API key -> what is repeated.
SHAPES: dict[int, tuple[Repeat, ...]] = {
    0: (
        Repeat(
            "topic_data", "responses", _TOPIC, (Repeat("partition_data", "partition_responses", {"index": "index"}),)
        ),
    ),
    1: (
        Repeat(
            "topics",
            "responses",
            {"topic": "topic"},
            (Repeat("partitions", "partitions", {"partition_index": "partition"}),),
            until=12,
        ),
    ),
    2: (
        Repeat(
            "topics",
            "topics",
            _NAME,
            (Repeat("partitions", "partitions", {"partition_index": "partition_index"}),),
        ),
    ),
    3: (Repeat("topics", "topics", _TOPIC),),
    8: (
        Repeat(
            "topics",
            "topics",
            _TOPIC,
            (Repeat("partitions", "partitions", {"partition_index": "partition_index"}),),
        ),
    ),
    9: (
        Repeat(
            "topics",
            "topics",
            _NAME,
            (Repeat("partition_indexes", "partitions", {"partition_index": None}),),
            until=1,
        ),
        Repeat("groups", "groups", {"group_id": "group_id"}, since=8),
    ),
    10: (Repeat("coordinator_keys", "coordinators", {"key": None}, since=4),),
    15: (Repeat("groups", "groups", {"group_id": None}),),
    19: (Repeat("topics", "topics", _NAME),),
    20: (
        Repeat("topic_names", "responses", {"name": None}, until=5),
        Repeat("topics", "responses", _TOPIC, since=6),
    ),
    21: (
        Repeat(
            "topics", "topics", _NAME, (Repeat("partitions", "partitions", {"partition_index": "partition_index"}),)
        ),
    ),
    23: (
        Repeat(
            "topics",
            "topics",
            {"topic": "topic"},
            (Repeat("partitions", "partitions", {"partition": "partition"}),),
        ),
    ),
    30: (Repeat("creations", "results", {}),),
    31: (Repeat("filters", "filter_results", {}),),
    32: (Repeat("resources", "results", _RESOURCE),),
    33: (Repeat("resources", "responses", _RESOURCE),),
    34: (
        Repeat(
            "dirs",
            None,
            {},
            (
                Repeat(
                    "topics",
                    "results",
                    {"topic_name": "name"},
                    (Repeat("partitions", "partitions", {"partition_index": None}),),
                ),
            ),
        ),
    ),
    37: (Repeat("topics", "results", _NAME),),
    42: (Repeat("groups_names", "results", {"group_id": None}),),
    43: (
        Repeat(
            "topic_partitions",
            "replica_election_results",
            {"topic": "topic"},
            (Repeat("partitions", "partition_result", {"partition_id": None}),),
        ),
    ),
    44: (Repeat("resources", "responses", _RESOURCE),),
    45: (
        Repeat(
            "topics",
            "responses",
            _NAME,
            (Repeat("partitions", "partitions", {"partition_index": "partition_index"}),),
        ),
    ),
    46: (Repeat("topics", "topics", _NAME, (Repeat("partition_indexes", "partitions", {"partition_index": None}),)),),
    49: (Repeat("entries", "entries", {}, (Repeat("entity", "entity", _ENTITY),)),),
    50: (Repeat("users", "results", {}),),
    51: (
        Repeat("deletions", "results", {"user": "name"}, once=True),
        Repeat("upsertions", "results", {"user": "name"}, once=True),
    ),
    61: (Repeat("topics", "topics", _NAME, (Repeat("partition_indexes", "partitions", {"partition_index": None}),)),),
    65: (Repeat("transactional_ids", "transaction_states", {"transactional_id": None}),),
    75: (Repeat("topics", "topics", _NAME),),
}
#: Fields that mean "nobody" or "unknown" when there is an error, where Kafka's default would say something else.
_UNKNOWN: dict[str, int | bytes] = {
    "base_offset": -1,
    "high_watermark": -1,
    "node_id": -1,
    "port": -1,
    "committed_offset": -1,
    "low_watermark": -1,
    "records": b"",
}
#: The same in versions in which they may be null.
_UNKNOWN_IF_NULLABLE = frozenset({"protocol_name", "error_message", "entries"})
#: The APIs whose answers have the text of the error, too: FindCoordinator, DescribeConfigs, AlterClientQuotas, DescribeQuorum,
#: UnregisterBroker.
_WITH_TEXT = frozenset({10, 32, 49, 55, 64})
#: API key -> what its answer says besides: InitProducerId, CreateDelegationToken.
_FIXED: dict[int, dict[str, int | str]] = {
    22: {"producer_epoch": -1},
    38: {
        "principal_type": "User",
        "principal_name": "ANONYMOUS",
        "token_requester_principal_type": "User",
        "token_requester_principal_name": "ANONYMOUS",
        "issue_timestamp_ms": -1,
        "expiry_timestamp_ms": -1,
        "max_timestamp_ms": -1,
    },
}


def error_answer(api: Api, version: int, request: Any, code: ErrorCode) -> TopLevel:
    """The answer that says ``code`` to everything in ``request`` (a decoded body, or None if it has none)."""
    answer = api.response()
    text = code.message if api.key in _WITH_TEXT else None
    _mark(answer, version, code, text)
    for name, value in _FIXED.get(api.key, {}).items():
        setattr(answer, name, value)
    if request is not None:
        for repeat in SHAPES.get(api.key, ()):
            _repeat(repeat, request, answer, version, code, text)
    return answer


def _repeat(repeat: Repeat, request: Any, answer: Any, version: int, code: ErrorCode, text: str | None) -> None:
    if not repeat.since <= version <= repeat.until:
        return
    if repeat.target is None:
        for source in getattr(request, repeat.source):
            for inside in repeat.inside:
                _repeat(inside, source, answer, version, code, text)
        return
    fields: tuple[Field, ...] = type(answer).FIELDS
    element_class = next(field.struct for field in fields if field.name == repeat.target)
    assert element_class is not None
    elements = getattr(answer, repeat.target)
    for source in getattr(request, repeat.source) or ():
        element = element_class()
        for name, origin in repeat.identity.items():
            value = source if origin is None else getattr(source, origin)
            setattr(element, name, value)
        _mark(element, version, code, text)
        for inside in repeat.inside:
            _repeat(inside, source, element, version, code, text)
        if not (repeat.once and element in elements):
            elements.append(element)


def _mark(message: Message, version: int, code: ErrorCode, text: str | None) -> None:
    """Set the error, and whatever else must not keep its default."""
    for field in message.FIELDS:
        if field.name == "error_code":
            setattr(message, field.name, code)
        elif field.name in _UNKNOWN:
            setattr(message, field.name, _UNKNOWN[field.name])
        elif field.name == "error_message" and text is not None:
            setattr(message, field.name, text)
        elif field.kind == "string" and not field.is_array and getattr(message, field.name) is None:
            if not field.nullable_in(version):
                setattr(message, field.name, "")
        elif field.name in _UNKNOWN_IF_NULLABLE and field.nullable_in(version):
            setattr(message, field.name, None)
