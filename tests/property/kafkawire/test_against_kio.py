"""Byte for byte against kio, whose declarations were generated from Kafka's by others, both ways, every message and version it has."""

from __future__ import annotations

import dataclasses
import datetime
import importlib
import io
import re
import uuid
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from kio.serial import entity_reader, entity_writer

from kafkawire.compiler import decode, encode
from kafkawire.declare import Message, TopLevel
from kafkawire.messages.headers import RequestHeader, ResponseHeader
from tests.support.wire_messages import FEW, any_version, extremes, top_levels, versions

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MILLISECOND = datetime.timedelta(milliseconds=1)


@cache
def kio_class(cls: type[TopLevel], version: int) -> type[Any] | None:
    """What kio calls the class; None if it lacks the class or the version."""
    name = cls.__name__
    if cls in (RequestHeader, ResponseHeader):
        package, module = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), "header"
    elif name.endswith(("Request", "Response")):
        stem, module = (
            (name[:-7], "request") if name.endswith("Request") else (name.removesuffix("Response"), "response")
        )
        package = re.sub(r"(?<!^)(?=[A-Z])", "_", stem).lower()
    else:
        package, module = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), "data"
    try:
        found = importlib.import_module(f"kio.schema.{package}.v{version}.{module}")
    except ModuleNotFoundError:
        return None
    return getattr(found, name, None)


def covered(cls: type[TopLevel]) -> list[int]:
    """The versions that kio has."""
    return [version for version in versions(cls) if kio_class(cls, version) is not None]


COVERED = [cls for cls in top_levels() if covered(cls)]


def plain(value: Any) -> Any:
    """A value of kio without its types: structs as lists of values, times in ms, ids as bytes."""
    if dataclasses.is_dataclass(value):
        return [plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, uuid.UUID):
        return value.bytes
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // MILLISECOND
    if isinstance(value, datetime.timedelta):
        return value // MILLISECOND
    return value


def ours(value: Any, version: int, theirs: Any) -> Any:
    """The same of a value of ours. kio writes None for what stands for nothing in ids and times; ``theirs`` tells where."""
    if isinstance(value, Message):
        fields = [field for field in value.FIELDS if field.in_version(version)]
        assert len(fields) == len(theirs)
        return [ours(getattr(value, field.name), version, other) for field, other in zip(fields, theirs, strict=True)]
    if isinstance(value, list):
        return [ours(item, version, other) for item, other in zip(value, theirs, strict=True)]
    if theirs is None and value in (bytes(16), -1):
        return None
    return value


def compare(message: TopLevel, version: int) -> None:
    """Encode here, decode and encode there, decode here: all the same."""
    cls = type(message)
    theirs = kio_class(cls, version)
    assert theirs is not None
    encoded = encode(message, version)
    entity, size = entity_reader(theirs)(encoded, 0)
    assert size == len(encoded)
    values = plain(entity)
    assert ours(message, version, values) == values
    with io.BytesIO() as buffer:
        entity_writer(theirs)(buffer, entity)
        assert buffer.getvalue() == encoded
    assert decode(cls, version, encoded) == message


def test_kio_has_what_kafka_4_serves() -> None:
    from kafkawire.index import APIS

    missing = [
        (api.name, version)
        for api in APIS.values()
        for version in range(api.oldest, api.last + 1)
        if kio_class(api.request, version) is None or kio_class(api.response, version) is None
    ]
    assert missing == []


@pytest.mark.parametrize("cls", COVERED, ids=lambda cls: cls.__name__)
def test_messages_are_the_same(cls: type[TopLevel]) -> None:
    for version in covered(cls):
        for message in extremes(cls, version, calendar=True):
            compare(message, version)

    @settings(FEW, max_examples=8)
    @given(any_version(cls, covered(cls), calendar=True))
    def run(drawn: tuple[TopLevel, int]) -> None:
        compare(*drawn)

    run()
