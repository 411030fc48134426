"""Messages of every declared class and version: hypothesis strategies and hand-made extremes, both made from FIELDS."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import kafkawire.internal
import kafkawire.messages
from kafkawire.declare import Field, Message, TopLevel
from kafkawire.errors import ErrorCode

BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}
UNSIGNED_BITS = {"uint16": 16, "uint32": 32}
#: Integers that some readers take for a time; ``calendar`` keeps them within what such a reader can hold.
TIMES = ("timestamp", "_time", "_ms")
#: A few examples, as there are hundreds of messages; the suite as a whole draws thousands.
FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def top_levels() -> list[type[TopLevel]]:
    """Every message and record declared, in a fixed order."""
    found = []
    for package in (kafkawire.messages, kafkawire.internal):
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, TopLevel) and value.__module__ == module.__name__:
                    found.append(value)
    return found


def versions(cls: type[TopLevel]) -> range:
    """Every version of a message, also those Kafka no longer serves."""
    return range(cls.VERSIONS[0], cls.VERSIONS[1] + 1)


def class_versions() -> list[tuple[type[TopLevel], int]]:
    """Every (class, version)."""
    return [(cls, version) for cls in top_levels() for version in versions(cls)]


def class_version_id(value: object) -> str:
    """Names of test parameters."""
    return value.__name__ if isinstance(value, type) else str(value)


def is_time(field: Field) -> bool:
    return field.kind == "int64" and any(part in field.name for part in TIMES)


def earliest(field: Field) -> int:
    """The least time a calendar holds: -1, which stands for none, only where it is the default."""
    return -1 if field.default == -1 else 0


def _integers(field: Field, calendar: bool) -> st.SearchStrategy[int]:
    if "error_code" in field.name:
        return st.sampled_from([code.value for code in ErrorCode])
    if calendar and is_time(field):
        return st.integers(earliest(field), 10**12)
    if field.kind in UNSIGNED_BITS:
        return st.integers(0, 2 ** UNSIGNED_BITS[field.kind] - 1)
    half = 2 ** (BITS[field.kind] - 1)
    return st.integers(-half, half - 1)


def _values(field: Field, version: int, calendar: bool) -> st.SearchStrategy[Any]:
    """Values of one element of the field."""
    if field.struct is not None:
        return messages(field.struct, version, calendar=calendar)
    if field.kind in BITS or field.kind in UNSIGNED_BITS:
        return _integers(field, calendar)
    return {
        "bool": st.booleans(),
        "float64": st.floats(allow_nan=False, allow_infinity=False),
        "uuid": st.binary(min_size=16, max_size=16),
        "string": st.text(max_size=140),
        "bytes": st.binary(max_size=140),
        "records": st.binary(max_size=300),
    }[field.kind]


@cache
def messages(cls: type[Message], version: int, *, calendar: bool = False) -> st.SearchStrategy[Any]:
    """Messages of a class with any value that ``version`` can carry; what it lacks stays at the default."""
    fields = {}
    for field in cls.FIELDS:
        if not field.in_version(version):
            continue
        values = _values(field, version, calendar)
        if field.is_array:
            values = st.lists(values, max_size=3)
        if field.nullable_in(version):
            values = st.one_of(st.none(), values)
        if field.tagged_in(version):
            values = st.one_of(st.just(getattr(cls(), field.name)), values)
        fields[field.name] = values
    return st.builds(cls, **fields)


def any_version(
    cls: type[TopLevel], among: Sequence[int] | None = None, *, calendar: bool = False
) -> st.SearchStrategy[tuple[Any, int]]:
    """Messages of a class with the version they are for: of any version, or of those ``among`` which to choose."""
    return st.sampled_from(versions(cls) if among is None else among).flatmap(
        lambda version: st.tuples(messages(cls, version, calendar=calendar), st.just(version))
    )


def extremes(cls: type[Message], version: int, *, calendar: bool = False) -> Iterator[Any]:
    """Messages at the edges: all defaults, null, empty, least, greatest, long enough for lengths of several bytes."""
    yield cls()
    for name in ("null", "empty", "least", "greatest", "long"):
        yield _extreme(cls, version, name, calendar)


def _extreme(cls: type[Message], version: int, which: str, calendar: bool) -> Any:
    values = {}
    for field in cls.FIELDS:
        if not field.in_version(version):
            continue
        if which == "null" and field.nullable_in(version):
            values[field.name] = None
        elif field.is_array:
            # Long arrays only at the innermost level, or the message would have millions of elements.
            count = {"null": 1, "empty": 0, "long": 130 if field.struct is None else 2}.get(which, 1)
            values[field.name] = [_extreme_value(field, version, which, calendar) for _ in range(count)]
        else:
            values[field.name] = _extreme_value(field, version, which, calendar)
    return cls(**values)


def _extreme_value(field: Field, version: int, which: str, calendar: bool) -> Any:
    if field.struct is not None:
        return _extreme(field.struct, version, which, calendar)
    great = which in ("greatest", "long")
    if "error_code" in field.name:
        return -1 if great else 0
    if calendar and is_time(field):
        return 10**12 if great else earliest(field)
    if field.kind in UNSIGNED_BITS:
        return 2 ** UNSIGNED_BITS[field.kind] - 1 if great else 0
    if field.kind in BITS:
        half = 2 ** (BITS[field.kind] - 1)
        return half - 1 if great else -half
    if field.kind == "bool":
        return great
    if field.kind == "float64":
        return 1.7976931348623157e308 if great else -5e-324
    if field.kind == "uuid":
        return b"\xff" * 16 if great else bytes(16)
    size = {"long": 20_000 if field.kind != "string" else 130, "greatest": 127}.get(which, 0)
    return "ä" * (size // 2) if field.kind == "string" else b"\x5a" * size
