"""Byte for byte against an interpreter of Kafka's schemas, both ways: every message and record in every version, those included
that no other library of Python knows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from kafkawire.compiler import decode, encode
from kafkawire.declare import TopLevel
from tests.support.schema_walker import Walker, needs_schemas
from tests.support.wire_messages import FEW, any_version, extremes, top_levels, versions


def compare(message: TopLevel, walker: Walker) -> None:
    values = walker.dict_of(message)
    encoded = encode(message, walker.version)
    assert walker.encode(values) == encoded
    assert walker.decode(encoded) == values
    assert decode(type(message), walker.version, encoded) == message


@needs_schemas
@pytest.mark.parametrize("cls", top_levels(), ids=lambda cls: cls.__name__)
def test_every_version_is_written_and_read_as_the_schemas_say(cls: type[TopLevel]) -> None:
    walkers = {version: Walker(cls.__name__, version) for version in versions(cls)}
    for version, walker in walkers.items():
        for message in extremes(cls, version):
            compare(message, walker)

    @settings(FEW, max_examples=4)
    @given(any_version(cls))
    def run(drawn: tuple[TopLevel, int]) -> None:
        compare(drawn[0], walkers[drawn[1]])

    run()


@needs_schemas
def test_the_interpreter_itself_is_right() -> None:
    """A Heartbeat request by hand, so that a fault shared by both codecs is seen."""
    by_hand = b"\x05abcd" + b"\x00\x00\x00\x07" + b"\x02m" + b"\x00" + b"\x00"
    values = {"GroupId": "abcd", "GenerationId": 7, "MemberId": "m", "GroupInstanceId": None}
    walker = Walker("HeartbeatRequest", 4)
    assert walker.encode(values) == by_hand
    assert walker.decode(by_hand) == values
    old = b"\x00\x04abcd" + b"\x00\x00\x00\x07" + b"\x00\x01m" + b"\xff\xff"
    assert Walker("HeartbeatRequest", 3).encode(values) == old
