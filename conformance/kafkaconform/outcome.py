"""Decoded messages as trees that can be stored, compared and read.

A tree is made of dicts, lists, strings, numbers, booleans and None. What must differ between two runs (ids,
ports, times) is a `Mark` at first; `Placeholders` turns marks into names numbered in order of appearance, so
that the same id has the same name throughout a probe and two different ones never share a name.
"""

import base64
import re
import time
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

import attrs

from kafkaconform.batches import batch_tree
from kafkaconform.message_sets import is_message, message_tree, size_of
from kafkawire.declare import Field, Message

Tree = Any

#: Field name -> kind of placeholder. Numbers below zero ("none", "unknown") and empty strings stay as they
#: are.
MARKED_FIELDS = {
    "broker_id": "broker",
    "brokers": "broker",
    "cluster_id": "cluster",
    "controller_id": "broker",
    "host": "host",
    "client_host": "client_host",
    "isr_nodes": "broker",
    "leader_id": "broker",
    "node_id": "broker",
    "offline_replicas": "broker",
    "port": "port",
    "preferred_read_replica": "broker",
    "producer_id": "producer_id",
    "replica_nodes": "broker",
    "session_id": "session",
    "log_append_time_ms": "time",
    "log_dir": "directory",
    "path": "directory",
}
#: Fields that are recorded as if they were not set: how a broker was set up, and nothing that it does.
LEFT_OPEN_FIELDS = frozenset({"rack"})
#: Kinds of config resources whose name is the id of a broker: brokers, and their loggers.
BROKER_RESOURCE = 4
BROKER_RESOURCES = (BROKER_RESOURCE, 8)
#: Outcome of a step in a version that the broker does not offer: what it answers to that is no part of what is judged.
NOT_OFFERED = "not offered"
ONE_DAY_S = 86_400
#: Kinds whose values are never told apart: two times may fall together in one run and not in the next.
UNNUMBERED = {"time"}

#: Of an id that a broker gave out, behind the client's own part: a UUID, as Kafka has it, or as many random digits without hyphens.
_RANDOM_PART = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=-)[0-9a-f]{32}(?![0-9a-f])"
)
#: As in "Unexpected broker id, expected 1, but received 4711".
_BROKER_IN_SENTENCE = re.compile(r"(?<=xpected )[0-9]+|(?<= received )[0-9]+")


@attrs.frozen
class Mark:
    """A value that differs from run to run: what kind it is, and what it was this time."""

    kind: str
    value: Any


def tree_of(message: Message, version: int) -> dict[str, Tree]:
    """The fields that ``message`` has in ``version``, in wire order, with marks."""
    fields = {f.name: _value(f, getattr(message, f.name), version) for f in message.FIELDS if f.in_version(version)}
    if message.unknown_tagged_fields:
        fields["unknown_tagged_fields"] = {
            str(tag): {"bytes": data.hex()} for tag, data in message.unknown_tagged_fields.items()
        }
    return fields


def _value(field: Field, value: Any, version: int) -> Tree:
    if field.is_array and value is not None:
        return [_element(field, element, version) for element in value]
    return _element(field, value, version)


def _element(field: Field, value: Any, version: int) -> Tree:
    if value is None:
        return None
    if field.kind == "struct":
        return tree_of(value, version)
    if field.kind == "uuid":
        return Mark("uuid", bytes(value)) if any(value) else "zero uuid"
    if field.kind == "records":
        return records_tree(value)
    if field.kind == "bytes":
        return {"bytes": bytes(value).hex()}
    if field.name in LEFT_OPEN_FIELDS:
        return None
    kind = MARKED_FIELDS.get(field.name)
    return Mark(kind, value) if kind is not None and _is_set(kind, value) else value


def _is_set(kind: str, value: Any) -> bool:
    """Whether a field of a marked kind holds more than its "none": "", -1, and 0 except for brokers."""
    if isinstance(value, str):
        return value != ""
    if kind == "time":
        # A time of the broker's clock; the fixed time of a probe's own records is kept as it is.
        return bool(abs(value / 1000 - time.time()) < ONE_DAY_S)
    return bool(value >= 0 if kind in {"broker", "producer_id"} else value > 0)


def sorted_where(tree: Tree, fields: Collection[str]) -> Tree:
    """``tree`` with those lists sorted whose elements have one of the fields: where Kafka leaves their order open."""
    if isinstance(tree, dict):
        return {key: sorted_where(value, fields) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    elements = [sorted_where(element, fields) for element in tree]
    for field in fields:
        if all(isinstance(element, dict) and field in element for element in elements):
            elements.sort(key=lambda element: (element[field], element.get("error_code", 0)))
    return elements


def records_tree(records: bytes | memoryview) -> Tree:
    """What a records field holds: its batches and messages, a broken tail as bytes."""
    data = bytes(records)
    found: list[dict[str, Tree]] = []
    while is_message(data):
        found.append(message_tree(data[: size_of(data)]))
        data = data[size_of(data) :]
    return [_with_append_time(entry) for entry in [*found, *batch_tree(data)]]


def _with_append_time(entry: dict[str, Tree]) -> dict[str, Tree]:
    """An entry in which the broker's time is marked."""
    if not entry.get("log_append_time") or "max_timestamp" not in entry:
        return entry
    marked = {**entry, "max_timestamp": Mark("time", entry["max_timestamp"])}
    if "messages" in entry:
        marked["messages"] = [_with_append_time(inner) for inner in entry["messages"]]
    return marked


class Placeholders:
    """Names for what differs from run to run, numbered in order of appearance within one probe.

    Args:
        run_suffix: what `Session.name` puts behind the names of topics and groups; it is taken away again.
        brokers: ids of brokers, which have a placeholder also where they name a resource, and in sentences about them.
    """

    def __init__(self, run_suffix: str, brokers: Collection[int] = ()) -> None:
        self._run_suffix = run_suffix
        self._broker_names = {str(broker): broker for broker in brokers}
        self._numbers: dict[str, dict[Any, int]] = {}
        self._uuid_texts: dict[str, str] = {}

    def name(self, kind: str, value: Any) -> str:
        """The placeholder of ``value``: ``<kind:n>``, the n-th distinct value of its kind."""
        if kind in UNNUMBERED:
            return f"<{kind}>"
        numbers = self._numbers.setdefault(kind, {})
        placeholder = f"<{kind}:{numbers.setdefault(value, len(numbers) + 1)}>"
        if kind == "uuid":
            self._uuid_texts[base64.urlsafe_b64encode(value).rstrip(b"=").decode()] = placeholder
        return placeholder

    def resolve(self, tree: Tree) -> Tree:
        """``tree`` without marks and without anything random inside strings."""
        if isinstance(tree, Mark):
            return self.name(tree.kind, tree.value)
        if isinstance(tree, dict):
            if tree.get("resource_type") in BROKER_RESOURCES and tree.get("resource_name") in self._broker_names:
                tree = {**tree, "resource_name": Mark("broker", self._broker_names[tree["resource_name"]])}
            return {key: self.resolve(value) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self.resolve(value) for value in tree]
        if isinstance(tree, str):
            return self._resolve_text(tree)
        return tree

    def _resolve_text(self, text: str) -> str:
        text = text.replace(self._run_suffix, "")
        for uuid_text, placeholder in self._uuid_texts.items():
            text = text.replace(uuid_text, placeholder)
        if self._broker_names:
            text = _BROKER_IN_SENTENCE.sub(lambda match: self._broker_of(match.group()), text)
        return _RANDOM_PART.sub(lambda match: self.name("random", match.group()), text)

    def _broker_of(self, digits: str) -> str:
        """The placeholder of a broker's id; any other number as it is."""
        return self.name("broker", self._broker_names[digits]) if digits in self._broker_names else digits


_PLACEHOLDER = re.compile(r"<([a-z_]+):(\d+)>")


def renumbered(tree: Tree) -> Tree:
    """A resolved tree with its placeholders numbered anew, as they appear: what is left of two trees can be compared then."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()

    def new_name(found: re.Match[str]) -> str:
        if found[0] not in names:
            counts[found[1]] += 1
            names[found[0]] = f"<{found[1]}:{counts[found[1]]}>"
        return names[found[0]]

    def of(part: Tree) -> Tree:
        if isinstance(part, dict):
            return {key: of(value) for key, value in part.items()}
        if isinstance(part, list):
            return [of(value) for value in part]
        return _PLACEHOLDER.sub(new_name, part) if isinstance(part, str) else part

    return of(tree)


def differences(expected: Tree, actual: Tree, path: str = "") -> list[tuple[str, Tree, Tree]]:
    """Every place where two resolved trees differ: (path, expected, actual). A missing side is
    ``"<absent>"``.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = [*expected, *(key for key in actual if key not in expected)]
        children = [(f"{path}.{key}".lstrip("."), expected.get(key, ABSENT), actual.get(key, ABSENT)) for key in keys]
    elif isinstance(expected, list) and isinstance(actual, list):
        length = max(len(expected), len(actual))
        children = [(f"{path}[{i}]", _item(expected, i), _item(actual, i)) for i in range(length)]
    elif type(expected) is type(actual) and expected == actual:
        return []
    else:
        return [(path, expected, actual)]
    return [difference for child_path, left, right in children for difference in differences(left, right, child_path)]


ABSENT = "<absent>"


def _item(values: list[Tree], index: int) -> Tree:
    return values[index] if index < len(values) else ABSENT


#: A probe's own look at an answer before it is stored: drops what other users of the broker own, sorts what
#: Kafka leaves unordered.
View = Callable[[dict[str, Tree]], dict[str, Tree]]
