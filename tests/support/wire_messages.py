"""Messages of every declared class and version: hypothesis strategies and hand-made extremes, both made from FIELDS."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

import kafkawire.internal
import kafkawire.messages
from kafkawire.declare import Field, Message, TopLevel
from kafkawire.errors import ErrorCode

BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}
UNSIGNED_BITS = {"uint16": 16, "uint32": 32}
#: Integers that some readers take for a time: kept within what a calendar holds.
TIMES = ("timestamp", "_time", "_ms")


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


def class_versions() -> list[tuple[type[TopLevel], int]]:
    """Every (class, version)."""
    return [(cls, version) for cls in top_levels() for version in range(cls.VERSIONS[0], cls.VERSIONS[1] + 1)]


def class_version_id(value: object) -> str:
    """Names of test parameters."""
    return value.__name__ if isinstance(value, type) else str(value)


def is_time(field: Field) -> bool:
    return field.kind == "int64" and any(part in field.name for part in TIMES)


def _integers(field: Field) -> st.SearchStrategy[int]:
    if "error_code" in field.name:
        return st.sampled_from([code.value for code in ErrorCode])
    if is_time(field):
        return st.integers(-1, 10**12)
    if field.kind in UNSIGNED_BITS:
        return st.integers(0, 2 ** UNSIGNED_BITS[field.kind] - 1)
    half = 2 ** (BITS[field.kind] - 1)
    return st.integers(-half, half - 1)


def _values(field: Field, version: int) -> st.SearchStrategy[Any]:
    """Values of one element of the field."""
    if field.struct is not None:
        return messages(field.struct, version)
    if field.kind in BITS or field.kind in UNSIGNED_BITS:
        return _integers(field)
    return {
        "bool": st.booleans(),
        "float64": st.floats(allow_nan=False, allow_infinity=False),
        "uuid": st.binary(min_size=16, max_size=16),
        "string": st.text(max_size=140),
        "bytes": st.binary(max_size=140),
        "records": st.binary(max_size=300),
    }[field.kind]


@cache
def messages(cls: type[Message], version: int, *, nulls: bool = True) -> st.SearchStrategy[Any]:
    """Messages of a class with any value that ``version`` can carry; what it lacks stays at the default."""
    fields = {}
    for field in cls.FIELDS:
        if not field.in_version(version):
            continue
        values = _values(field, version)
        if field.is_array:
            values = st.lists(values, max_size=3)
        if field.nullable_in(version):
            values = st.one_of(st.none(), values)
        if field.tagged_in(version):
            values = st.one_of(st.just(getattr(cls(), field.name)), values)
        fields[field.name] = values
    return st.builds(cls, **fields)


def extremes(cls: type[Message], version: int) -> Iterator[Any]:
    """Messages at the edges: all defaults, null, empty, least, greatest, long enough for lengths of several bytes."""
    yield cls()
    for name in ("null", "empty", "least", "greatest", "long"):
        yield _extreme(cls, version, name)


def _extreme(cls: type[Message], version: int, which: str) -> Any:
    values = {}
    for field in cls.FIELDS:
        if not field.in_version(version):
            continue
        if which == "null" and field.nullable_in(version):
            values[field.name] = None
        elif field.is_array:
            # Long arrays only at the innermost level, or the message would have millions of elements.
            count = {"null": 1, "empty": 0, "long": 130 if field.struct is None else 2}.get(which, 1)
            values[field.name] = [_extreme_value(field, version, which) for _ in range(count)]
        else:
            values[field.name] = _extreme_value(field, version, which)
    return cls(**values)


def _extreme_value(field: Field, version: int, which: str) -> Any:
    if field.struct is not None:
        return _extreme(field.struct, version, which)
    great = which in ("greatest", "long")
    if "error_code" in field.name:
        return -1 if great else 0
    if is_time(field):
        return 10**12 if great else -1
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
