"""How brokers with a ZooKeeper refused changes of configs (AdminManager of 2.8), for profiles of such releases.

A value that is none was INVALID_REQUEST there, with the resource in front of the sentence; only unknown keys of topics, and values
that contradict each other, were INVALID_CONFIG. Names were not looked at: what cannot be a topic's is just not there.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from kafkaemu.config.dynamic import kind_of
from kafkaemu.metadata.config_changes import ConfigChanges, ConfigsChanged, Operation, RefusedChange
from kafkaemu.metadata.image import ResourceType
from kafkawire.errors import ErrorCode

#: Sentences about a topic's configs that go with INVALID_CONFIG.
_ABOUT_THE_TOPIC = ("Unknown topic config name: ", "conflict topic config setting ")
_NO_TOPIC = "The topic '{}' does not exist."
#: Kinds of resources; any other, in a request, is the refusal of all of it.
_WITH_CONFIGS = frozenset({ResourceType.TOPIC, ResourceType.BROKER, ResourceType.BROKER_LOGGER})
_TEXT_OPERATIONS = {Operation.APPEND: "append", Operation.SUBTRACT: "subtract"}


def named_once(asked: Sequence[ConfigChanges]) -> list[ConfigChanges]:
    """Each resource once, as it is named last; so with the keys, where all configs are set at once."""
    latest = {(one.resource_type, one.name): one for one in asked}
    return [
        attrs.evolve(one, changes=list({change[0]: change for change in one.changes}.values())) if one.replace else one
        for one in latest.values()
    ]


def refused_as_a_whole(asked: Sequence[ConfigChanges]) -> list[ConfigsChanged]:
    """The refusal of every resource, as often as it is named, where one is of a kind that has no configs; else nothing."""
    for one in asked:
        if one.resource_type not in _WITH_CONFIGS:
            text = "Unexpected resource type UNKNOWN"
            return [ConfigsChanged(each.resource_type, each.name, ErrorCode.INVALID_REQUEST, text) for each in asked]
    return []


def refused(asked: ConfigChanges, refusal: RefusedChange, *, is_there: bool) -> ConfigsChanged:
    """What a ``refusal`` of the controller of today was then; ``is_there`` tells whether the resource is."""
    code, message = _translated(asked, refusal, is_there)
    return ConfigsChanged(asked.resource_type, asked.name, code, message)


def _translated(asked: ConfigChanges, refusal: RefusedChange, is_there: bool) -> tuple[ErrorCode, str | None]:
    code, message, name = refusal.code, refusal.message or "", asked.name
    if asked.replace and any(value is None for _, _, value in asked.changes):
        return ErrorCode.UNKNOWN_SERVER_ERROR, None
    if message == "/ by zero":
        return ErrorCode.UNKNOWN_SERVER_ERROR, None
    if code == ErrorCode.INVALID_TOPIC_EXCEPTION or (
        asked.resource_type == ResourceType.TOPIC and not name and asked.replace
    ):
        return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, _NO_TOPIC.format(name)
    if code != ErrorCode.INVALID_CONFIG:
        return code, refusal.message
    if asked.replace and message.startswith(_ABOUT_THE_TOPIC):
        return code, refusal.message
    for key, operation, _ in asked.changes:
        if operation not in _TEXT_OPERATIONS or asked.resource_type not in (ResourceType.TOPIC, ResourceType.BROKER):
            continue
        kind = kind_of(asked.resource_type, key)
        if kind is None:
            return ErrorCode.UNKNOWN_SERVER_ERROR, None
        if kind != "LIST":
            text = f"Config value {_TEXT_OPERATIONS[Operation(operation)]} is not allowed for config key: {key}"
            return ErrorCode.INVALID_REQUEST, text
    if asked.resource_type == ResourceType.TOPIC and not is_there:
        return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, _NO_TOPIC.format(name)
    if message.startswith(_ABOUT_THE_TOPIC):
        return code, refusal.message
    resource = f"ConfigResource(type={ResourceType(asked.resource_type).name}, name='{name}')"
    return ErrorCode.INVALID_REQUEST, f"Invalid config value for resource {resource}: {message}"
