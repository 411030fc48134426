"""A second opinion on the protocol: encodes and decodes straight from Kafka's JSON schemas, sharing no code with kafkawire.

A message is a dict by the schema's field names; a struct in it likewise. `dict_of` makes one of a message of kafkawire.
The schemas are not part of this repository; what uses this module is skipped where they do not lie beside it.
"""

from __future__ import annotations

import json
import re
import struct
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SCHEMAS = Path(__file__).parents[3] / "shared" / "kafka-4.3.1" / "schemas"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"no schemas of Kafka at {SCHEMAS} (tests/README.md)")
NUMBERS = {
    "int8": ">b",
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "int64": ">q",
    "float64": ">d",
}
#: Stands for "and all later versions".
LATEST = 32767

Schema = dict[str, Any]


@cache
def all_schemas() -> dict[str, list[Schema]]:
    """Every schema by the name in it: that of 4.3 first, then that of 3.9 if it holds other versions."""
    found: dict[str, list[Schema]] = {}
    for path in sorted(SCHEMAS.rglob("*.json"), key=lambda path: "removed" in str(path)):
        schema = json.loads(re.sub(r"(?m)^\s*//.*$", "", path.read_text()))
        found.setdefault(schema["name"], []).append(schema)
    return found


def schema_of(name: str, version: int) -> Schema:
    """The schema that holds the version."""
    return next(s for s in all_schemas()[name] if s["validVersions"] != "none" and within(version, s["validVersions"]))


def bounds(text: str) -> tuple[int, int]:
    """``3``, ``3+``, ``3-5`` and ``none`` as inclusive bounds."""
    if text == "none":
        return (1, 0)
    if text.endswith("+"):
        return int(text[:-1]), LATEST
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def within(version: int, text: str) -> bool:
    """Whether the range holds the version."""
    first, last = bounds(text)
    return first <= version <= last


def versions_of(field: Schema) -> str:
    """Versions that have the field; a field that is always tagged may leave them out."""
    return str(field.get("versions", field.get("taggedVersions")))


def snake(name: str) -> str:
    """A field's name as Python writes it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.replace("KRaft", "K_raft")).lower()


class Walker:
    """One version of one schema."""

    def __init__(self, name: str, version: int) -> None:
        self.version = version
        self.schema = schema_of(name, version)
        self.structs = {entry["name"]: entry["fields"] for entry in self.schema.get("commonStructs", [])}
        self.flexible = within(version, self.schema.get("flexibleVersions", "none"))
        self.data = b""
        self.position = 0

    def fields(self, fields: list[Schema]) -> list[Schema]:
        """Those of the fields that the version has."""
        return [field for field in fields if within(self.version, versions_of(field))]

    def of_struct(self, field: Schema) -> list[Schema]:
        """Fields of the struct (or of an array's elements); an empty list if it is neither."""
        kind = field["type"].removeprefix("[]")
        return self.fields(field.get("fields") or self.structs.get(kind, []))

    def nullable(self, field: Schema) -> bool:
        return within(self.version, field.get("nullableVersions", "none"))

    def tag(self, field: Schema) -> int | None:
        return int(field["tag"]) if within(self.version, field.get("taggedVersions", "none")) else None

    def default(self, field: Schema) -> Any:
        text, kind = field.get("default"), field["type"]
        if text == "null":
            return None
        if kind.startswith("[]"):
            return []
        if kind[0].isupper():
            return {inner["name"]: self.default(inner) for inner in self.of_struct(field)}
        plain: dict[str, Any] = {"string": text or "", "bytes": b"", "uuid": bytes(16), "records": None}
        if kind in plain:
            return plain[kind]
        if kind == "bool":
            return str(text).lower() == "true"
        return float(text or 0) if kind == "float64" else int(str(text or 0), 0)

    def dict_of(self, message: Any, fields: list[Schema] | None = None) -> dict[str, Any]:
        """A message of kafkawire as a dict, with the fields of the version only."""
        values = {}
        for field in self.fields(self.schema["fields"]) if fields is None else fields:
            value = getattr(message, snake(field["name"]))
            inner = self.of_struct(field)
            if inner and value is not None:
                value = (
                    [self.dict_of(item, inner) for item in value]
                    if isinstance(value, list)
                    else self.dict_of(value, inner)
                )
            values[field["name"]] = bytes(value) if isinstance(value, memoryview) else value
        return values

    # Writing

    def encode(self, values: dict[str, Any]) -> bytes:
        return self._write_struct(self.fields(self.schema["fields"]), values)

    def _write_struct(self, fields: list[Schema], values: dict[str, Any]) -> bytes:
        out, tagged = b"", {}
        for field in fields:
            value, tag = values[field["name"]], self.tag(field)
            if tag is None:
                out += self._write(field, value)
            elif value != self.default(field):
                tagged[tag] = self._write(field, value)
        if self.flexible:
            out += self._varint(len(tagged))
            for tag in sorted(tagged):
                out += self._varint(tag) + self._varint(len(tagged[tag])) + tagged[tag]
        return out

    def _write(self, field: Schema, value: Any) -> bytes:
        kind = field["type"]
        if not kind.startswith("[]"):
            return self._write_one(field, kind, value, nullable=self.nullable(field))
        if value is None:
            return self._write_length(None, ">i", self.flexible)
        return self._write_length(len(value), ">i", self.flexible) + b"".join(
            self._write_one(field, kind[2:], item, nullable=False) for item in value
        )

    def _write_one(self, field: Schema, kind: str, value: Any, *, nullable: bool) -> bytes:
        if kind in NUMBERS:
            return struct.pack(NUMBERS[kind], value)
        if kind == "bool":
            return b"\x01" if value else b"\x00"
        if kind == "uuid":
            return bytes(value)
        if kind in ("string", "bytes", "records"):
            compact = self.flexible and field.get("flexibleVersions") != "none"
            length = ">h" if kind == "string" else ">i"
            if value is None:
                return self._write_length(None, length, compact)
            data = value.encode() if kind == "string" else bytes(value)
            return self._write_length(len(data), length, compact) + data
        if value is None:
            return b"\xff"
        return (b"\x01" if nullable else b"") + self._write_struct(self.of_struct(field), value)

    def _write_length(self, length: int | None, form: str, compact: bool) -> bytes:
        if compact:
            return self._varint(0 if length is None else length + 1)
        return struct.pack(form, -1 if length is None else length)

    @staticmethod
    def _varint(value: int) -> bytes:
        out = bytearray()
        while value >= 128:
            out.append(value % 128 + 128)
            value //= 128
        return bytes([*out, value])

    # Reading

    def decode(self, data: bytes) -> dict[str, Any]:
        """The message in ``data``, which must hold nothing else."""
        self.data, self.position = data, 0
        values = self._read_struct(self.fields(self.schema["fields"]))
        assert self.position == len(data)
        return values

    def _read_struct(self, fields: list[Schema]) -> dict[str, Any]:
        values = {
            field["name"]: self._read(field) if self.tag(field) is None else self.default(field) for field in fields
        }
        tags = {self.tag(field): field for field in fields if self.tag(field) is not None}
        for _ in range(self._read_varint() if self.flexible else 0):
            tag, size = self._read_varint(), self._read_varint()
            end = self.position + size
            values[tags[tag]["name"]] = self._read(tags[tag])
            assert self.position == end
        return values

    def _read(self, field: Schema) -> Any:
        kind = field["type"]
        if not kind.startswith("[]"):
            return self._read_one(field, kind, nullable=self.nullable(field))
        count = self._read_length(">i", self.flexible)
        return None if count < 0 else [self._read_one(field, kind[2:], nullable=False) for _ in range(count)]

    def _read_one(self, field: Schema, kind: str, *, nullable: bool) -> Any:
        if kind in NUMBERS:
            return struct.unpack(NUMBERS[kind], self._take(struct.calcsize(NUMBERS[kind])))[0]
        if kind == "bool":
            return self._take(1) != b"\x00"
        if kind == "uuid":
            return self._take(16)
        if kind in ("string", "bytes", "records"):
            compact = self.flexible and field.get("flexibleVersions") != "none"
            length = self._read_length(">h" if kind == "string" else ">i", compact)
            data = self._take(max(0, length))
            return None if length < 0 else data.decode() if kind == "string" else data
        if nullable and self._take(1) == b"\xff":
            return None
        return self._read_struct(self.of_struct(field))

    def _read_length(self, form: str, compact: bool) -> int:
        return self._read_varint() - 1 if compact else int(struct.unpack(form, self._take(struct.calcsize(form)))[0])

    def _read_varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._take(1)[0]
            value += byte % 128 << shift
            shift += 7
            if byte < 128:
                return value

    def _take(self, size: int) -> bytes:
        taken = self.data[self.position : self.position + size]
        assert len(taken) == size
        self.position += size
        return taken
