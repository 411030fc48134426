"""The vocabulary in which messages are declared.

A message is a class whose body reads like the protocol::

    @request(0, versions=(0, 13), flexible=9)
    class ProduceRequest(Message):
        \"\"\"Appends record batches to partitions.\"\"\"

        transactional_id: str | None = String("Set by a transactional producer.", since(3), nullable(3), default=None)
        acks: int = Int16("-1: the whole ISR, 1: the leader, 0: nobody answers.")
        topic_data: list[TopicProduceData] = Array(TopicProduceData, "What to append, by topic.")

The decorators turn it into a class with slots, every field optional with Kafka's default, whose constructor takes
keywords (compiled decoders pass the fields in order). Meaning, version range, nullability and tag of every field stay readable as
``ProduceRequest.FIELDS``; `kafkawire.compiler` makes the encode and decode functions of one version from them.
A field that a version lacks keeps its default when decoded and is left out when encoded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, dataclass_transform

import attrs

ZERO_UUID = bytes(16)
#: Highest version number there can be; stands for "and all later ones".
LATEST = 32767

Kind = Literal[
    "bool",
    "int8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "float64",
    "uuid",
    "string",
    "bytes",
    "records",
    "struct",
]
M = TypeVar("M")


@attrs.define(frozen=True, slots=True)
class Field:
    """One field of a message or struct.

    ``kind`` is the wire type, or that of the elements when ``is_array``. Version bounds are inclusive; ``nullable_since`` is
    None for a field that is never null. ``tag_since`` is the first version in which the field is written as a tagged field.
    ``flexible`` is False for the one string that keeps its old layout in flexible versions (client id of the request header).
    """

    name: str
    kind: Kind
    meaning: str
    is_array: bool
    struct: type[Message] | None
    since: int
    until: int
    nullable_since: int | None
    nullable_until: int
    tag: int | None
    tag_since: int
    default: Any
    flexible: bool

    def in_version(self, version: int) -> bool:
        """Whether ``version`` has the field."""
        return self.since <= version <= self.until

    def nullable_in(self, version: int) -> bool:
        """Whether the field may be null in ``version``."""
        return self.nullable_since is not None and self.nullable_since <= version <= self.nullable_until

    def tagged_in(self, version: int) -> bool:
        """Whether the field travels in the tagged section of ``version``."""
        return self.tag is not None and version >= self.tag_since


class Trait:
    """What `since`, `until`, `nullable`, `tagged` and `inflexible` return."""

    __slots__ = ("changes",)

    def __init__(self, **changes: Any) -> None:
        self.changes = changes


def since(version: int) -> Trait:
    """The field exists from this version on."""
    return Trait(since=version)


def until(version: int) -> Trait:
    """The field exists up to and including this version."""
    return Trait(until=version)


def nullable(since: int = 0, until: int = LATEST) -> Trait:
    """The field may be None in these versions (inclusive)."""
    return Trait(nullable_since=since, nullable_until=until)


def tagged(tag: int, since: int = 0) -> Trait:
    """From ``since`` on the field travels in the tagged section, only when it differs from its default."""
    return Trait(tag=tag, tag_since=since)


def inflexible() -> Trait:
    """The field keeps its old layout in flexible versions."""
    return Trait(flexible=False)


class _Spec:
    """A field before it knows its name."""

    __slots__ = ("attributes", "default")

    def __init__(self, kind: Kind, default: Any, traits: tuple[Trait | str, ...], **attributes: Any) -> None:
        self.default = default
        self.attributes: dict[str, Any] = {
            "kind": kind,
            "meaning": "",
            "is_array": False,
            "struct": None,
            "since": 0,
            "until": LATEST,
            "nullable_since": None,
            "nullable_until": LATEST,
            "tag": None,
            "tag_since": 0,
            "flexible": True,
            **attributes,
        }
        for trait in traits:
            if isinstance(trait, str):
                self.attributes["meaning"] = trait
            else:
                self.attributes.update(trait.changes)


def Bool(*traits: Trait | str, default: bool = False) -> Any:
    """True or false, one byte."""
    return _Spec("bool", default, traits)


def Int8(*traits: Trait | str, default: int = 0) -> Any:
    """A signed number of one byte."""
    return _Spec("int8", default, traits)


def Int16(*traits: Trait | str, default: int = 0) -> Any:
    """A signed number of two bytes."""
    return _Spec("int16", default, traits)


def UInt16(*traits: Trait | str, default: int = 0) -> Any:
    """A number of two bytes without a sign."""
    return _Spec("uint16", default, traits)


def Int32(*traits: Trait | str, default: int = 0) -> Any:
    """A signed number of four bytes."""
    return _Spec("int32", default, traits)


def UInt32(*traits: Trait | str, default: int = 0) -> Any:
    """A number of four bytes without a sign."""
    return _Spec("uint32", default, traits)


def Int64(*traits: Trait | str, default: int = 0) -> Any:
    """A signed number of eight bytes."""
    return _Spec("int64", default, traits)


def Float64(*traits: Trait | str, default: float = 0.0) -> Any:
    """A floating-point number of eight bytes (IEEE 754)."""
    return _Spec("float64", default, traits)


def Uuid(*traits: Trait | str, default: bytes = ZERO_UUID) -> Any:
    """Sixteen bytes; `kafkawire.primitives.uuid_text` gives the form Kafka prints."""
    return _Spec("uuid", default, traits)


def String(*traits: Trait | str, default: str | None = "") -> Any:
    """Text: at most 32767 bytes of UTF-8."""
    return _Spec("string", default, traits)


def Bytes(*traits: Trait | str, default: bytes | None = b"") -> Any:
    """Bytes of any meaning, copied when decoded."""
    return _Spec("bytes", default, traits)


def Records(*traits: Trait | str, default: bytes | None = None) -> Any:
    """Record batches: a memoryview of the input when decoded; when encoded any buffer, a `primitives.Region` or a list of
    them, which are sent without being copied."""
    return _Spec("records", default, traits)


def Struct(of: type[Message], *traits: Trait | str, default: Any = attrs.NOTHING) -> Any:
    """A nested struct; its default is one with every field at its default unless ``default=None`` is given."""
    return _Spec("struct", attrs.Factory(of) if default is attrs.NOTHING else default, traits, struct=of)


def Array(of: Callable[..., Any], *traits: Trait | str, default: Any = attrs.NOTHING) -> Any:
    """An array of a struct class, or of one of the primitives above: ``Array(Int32, …)``."""
    value = attrs.Factory(list) if default is attrs.NOTHING else default
    if isinstance(of, type):
        return _Spec("struct", value, traits, struct=of, is_array=True)
    element: _Spec = of()
    return _Spec(element.attributes["kind"], value, traits, is_array=True)


class Message:
    """Base of all messages and structs: comparison and representation by fields.

    ``unknown_tagged_fields`` holds what a newer peer sent in tags this declaration does not know (tag → bytes); it is written
    again when the message is encoded in a flexible version.
    """

    __slots__ = ()
    FIELDS: ClassVar[tuple[Field, ...]] = ()
    if TYPE_CHECKING:
        unknown_tagged_fields: dict[int, bytes] | None

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, f.name) == getattr(other, f.name) for f in self.FIELDS) and (
            (self.unknown_tagged_fields or None) == (other.unknown_tagged_fields or None)
        )

    def __repr__(self) -> str:
        fields = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in self.FIELDS)
        tags = f", unknown_tagged_fields={self.unknown_tagged_fields!r}" if self.unknown_tagged_fields else ""
        return f"{type(self).__name__}({fields}{tags})"


class TopLevel(Message):
    """What can be encoded on its own: a request, a response, a header or a record of an internal topic."""

    __slots__ = ()
    #: API key of a request or response, record type of an internal record, -1 of a header.
    KEY: ClassVar[int] = -1
    #: First and last version declared.
    VERSIONS: ClassVar[tuple[int, int]] = (0, 0)
    #: First version with compact lengths and tagged fields; LATEST + 1 if there is none.
    FLEXIBLE_SINCE: ClassVar[int] = LATEST + 1


def _build(cls: type[M], **constants: Any) -> type[M]:
    """The class with slots for the fields, and a constructor. What attrs.define would make, in a third of the time: the classes
    are made while the first clients wait for a broker that has just been started."""
    kept: dict[str, Any] = {}
    fields: list[Field] = []
    for name, value in vars(cls).items():
        if isinstance(value, _Spec):
            fields.append(Field(name=sys.intern(name), default=value.default, **value.attributes))
        elif name not in ("__dict__", "__weakref__"):
            kept[name] = value
    names = [*(field.name for field in fields), "unknown_tagged_fields"]
    made = type(cls.__name__, cls.__bases__, {**kept, **constants, "__slots__": names, "FIELDS": tuple(fields)})
    made.__init__ = _constructor(made, fields)  # type: ignore[misc]
    return made


def _constructor(cls: type[Message], fields: list[Field]) -> Callable[..., None]:
    """``__init__`` with a parameter per field, in order."""
    scope: dict[str, Any] = {"absent": attrs.NOTHING}
    parameters = []
    lines = []
    for field in fields:
        name = field.name
        default: Any = field.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            scope[f"make_{name}"] = default.factory
            parameters.append(f"{name}=absent")
            lines.append(f" self.{name} = make_{name}() if {name} is absent else {name}")
        else:
            scope[f"default_{name}"] = default
            parameters.append(f"{name}=default_{name}")
            lines.append(f" self.{name} = {name}")
    head = f"def __init__(self, {', '.join([*parameters, 'unknown_tagged_fields=None'])}):"
    exec("\n".join([head, *lines, " self.unknown_tagged_fields = unknown_tagged_fields"]), scope)
    constructor: Callable[..., None] = scope["__init__"]
    constructor.__qualname__ = f"{cls.__qualname__}.__init__"
    constructor.__module__ = cls.__module__
    return constructor


@dataclass_transform(kw_only_default=True)
def struct(cls: type[M]) -> type[M]:
    """A part of a message."""
    return _build(cls)


@dataclass_transform(kw_only_default=True)
def _top_level(key: int, versions: tuple[int, int], flexible: int | None) -> Callable[[type[M]], type[M]]:
    flexible_since = LATEST + 1 if flexible is None else flexible
    return lambda cls: _build(cls, KEY=key, VERSIONS=versions, FLEXIBLE_SINCE=flexible_since)


@dataclass_transform(kw_only_default=True)
def request(key: int, *, versions: tuple[int, int], flexible: int | None = None) -> Callable[[type[M]], type[M]]:
    """A request of API ``key``: first and last version ever declared, and the first flexible one (None: none is)."""
    return _top_level(key, versions, flexible)


@dataclass_transform(kw_only_default=True)
def response(key: int, *, versions: tuple[int, int], flexible: int | None = None) -> Callable[[type[M]], type[M]]:
    """The answer to the request of the same key and version."""
    return _top_level(key, versions, flexible)


@dataclass_transform(kw_only_default=True)
def header(*, versions: tuple[int, int], flexible: int | None = None) -> Callable[[type[M]], type[M]]:
    """A request or response header."""
    return _top_level(-1, versions, flexible)


@dataclass_transform(kw_only_default=True)
def record(key: int, *, versions: tuple[int, int], flexible: int | None = None) -> Callable[[type[M]], type[M]]:
    """The key or value of a record of an internal topic, or the content of an internal file."""
    return _top_level(key, versions, flexible)
