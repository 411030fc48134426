"""Byte for byte against aiokafka, for the versions that Kafka 4.0 dropped and kio therefore lacks: its classes are written by hand,
one per version."""

from __future__ import annotations

import importlib
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from kafkawire.compiler import decode, encode
from kafkawire.declare import TopLevel
from kafkawire.index import APIS
from tests.support.wire_messages import class_version_id, extremes, messages

#: Where aiokafka keeps an API, and what it calls it where it differs.
MODULES = {
    0: ("produce", "Produce"),
    1: ("fetch", "Fetch"),
    2: ("offset", "Offset"),
    8: ("commit", "OffsetCommit"),
    9: ("commit", "OffsetFetch"),
    19: ("admin", "CreateTopics"),
    20: ("admin", "DeleteTopics"),
    32: ("admin", "DescribeConfigs"),
}
OLD = [
    (message, version)
    for api in APIS.values()
    if api.key in MODULES
    for version in range(api.first, api.oldest)
    for message in (api.request, api.response)
]


def aiokafka_class(cls: type[TopLevel], version: int) -> Any:
    module, name = MODULES[cls.KEY]
    kind = "Request" if cls.__name__.endswith("Request") else "Response"
    return getattr(importlib.import_module(f"aiokafka.protocol.{module}"), f"{name}{kind}_v{version}")


def compare(message: TopLevel, version: int) -> None:
    encoded = encode(message, version)
    buffer = io.BytesIO(encoded)
    theirs = aiokafka_class(type(message), version).decode(buffer)
    assert buffer.read() == b""
    assert theirs.encode() == encoded
    assert decode(type(message), version, encoded) == message


@pytest.mark.parametrize(("cls", "version"), OLD, ids=class_version_id)
def test_dropped_versions_are_the_same(cls: type[TopLevel], version: int) -> None:
    for message in extremes(cls, version):
        compare(message, version)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(messages(cls, version))
    def run(message: TopLevel) -> None:
        compare(message, version)

    run()
