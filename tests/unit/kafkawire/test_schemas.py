"""Every declaration against the schemas of Apache Kafka 4.3.1, and of 3.9 for the versions that 4.0 dropped.

The schemas are not part of this repository; the tests are skipped where they do not lie beside it.
"""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from kafkawire.declare import LATEST, Field, Message, TopLevel
from kafkawire.index import APIS
from tests.support.schema_walker import all_schemas, bounds, needs_schemas, schema_of, snake, versions_of, within
from tests.support.wire_messages import top_levels, versions

Shape = dict[str, Any]


def default_of(field: dict[str, Any], kind: str) -> Any:
    """The default a schema gives, as our declarations write it."""
    text = field.get("default")
    if text == "null":
        return None
    if field["type"].startswith("[]"):
        return []
    if kind == "struct":
        return "struct"
    if kind == "bool":
        return str(text).lower() == "true"
    if kind == "float64":
        return float(text or 0)
    if kind == "string":
        return text or ""
    if kind == "bytes":
        return b""
    if kind == "uuid":
        return bytes(16)
    if kind == "records":
        return None
    return int(str(text or 0), 0)


def expected(schema: dict[str, Any], fields: list[dict[str, Any]], version: int, path: str = "") -> list[Shape]:
    """The fields of ``version`` in wire order, structs' fields behind them."""
    structs = {entry["name"]: entry["fields"] for entry in schema.get("commonStructs", [])}
    shapes = []
    for field in fields:
        if not within(version, versions_of(field)):
            continue
        element = field["type"].removeprefix("[]")
        kind = "struct" if element[0].isupper() else element
        name = path + snake(field["name"])
        tagged = "tag" in field and within(version, field["taggedVersions"])
        shapes.append(
            {
                "name": name,
                "kind": kind,
                "array": field["type"].startswith("[]"),
                "nullable": within(version, field.get("nullableVersions", "none")),
                "tag": field["tag"] if tagged else None,
                "default": default_of(field, kind),
                "flexible": field.get("flexibleVersions") != "none",
            }
        )
        if kind == "struct":
            shapes += expected(schema, field.get("fields") or structs[element], version, name + ".")
    return shapes


def plain_default(field: Field) -> Any:
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]
        return [] if field.is_array else "struct"
    return field.default


def actual(cls: type[Message], version: int, path: str = "") -> list[Shape]:
    """The same of a declaration."""
    shapes = []
    for field in cls.FIELDS:
        if not field.in_version(version):
            continue
        name = path + field.name
        shapes.append(
            {
                "name": name,
                "kind": field.kind,
                "array": field.is_array,
                "nullable": field.nullable_in(version),
                "tag": field.tag if field.tagged_in(version) else None,
                "default": plain_default(field),
                "flexible": field.flexible,
            }
        )
        if field.struct is not None:
            shapes += actual(field.struct, version, name + ".")
    return shapes


@needs_schemas
@pytest.mark.parametrize("cls", top_levels(), ids=lambda cls: cls.__name__)
def test_every_version_is_declared_as_the_schemas_say(cls: type[TopLevel]) -> None:
    schemas = all_schemas()[cls.__name__]
    valid = [bounds(schema["validVersions"]) for schema in schemas]
    assert (min(first for first, _ in valid), max(last for _, last in valid)) == cls.VERSIONS
    flexible = schemas[0].get("flexibleVersions", "none")
    assert (LATEST + 1 if flexible == "none" else bounds(flexible)[0]) == cls.FLEXIBLE_SINCE
    key = schemas[0].get("apiKey")
    if key is not None:
        assert key == cls.KEY
    for version in versions(cls):
        schema = schema_of(cls.__name__, version)
        assert actual(cls, version) == expected(schema, schema["fields"], version), f"version {version}"


@needs_schemas
def test_every_schema_with_versions_is_declared() -> None:
    named = {name for name, schemas in all_schemas().items() if schemas[0]["validVersions"] != "none"}
    assert {cls.__name__ for cls in top_levels()} == named


@needs_schemas
def test_the_index_lists_versions_as_served() -> None:
    assert list(APIS) == sorted(APIS)
    for api in APIS.values():
        request = all_schemas()[f"{api.name}Request"][0]
        assert request["apiKey"] == api.key
        assert bounds(request["validVersions"]) == (api.oldest, api.last)
        flexible = request.get("flexibleVersions", "none")
        assert api.flexible == (None if flexible == "none" else bounds(flexible)[0])
        assert (api.first, api.last) == api.request.VERSIONS == api.response.VERSIONS
        assert api.key == api.request.KEY == api.response.KEY


def test_every_field_and_message_says_what_it_means() -> None:
    for cls in structs_of(top_levels()):
        assert cls.__doc__, cls.__name__
        for field in cls.FIELDS:
            assert field.meaning.endswith("."), f"{cls.__name__}.{field.name}"


def structs_of(classes: list[type[TopLevel]]) -> set[type[Message]]:
    """The classes and every struct inside them."""
    found: set[type[Message]] = set()
    left: list[type[Message]] = list(classes)
    while left:
        cls = left.pop()
        found.add(cls)
        left += [field.struct for field in cls.FIELDS if field.struct is not None and field.struct not in found]
    return found
