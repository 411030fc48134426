"""What holds for every message in every version: round trips, and what becomes of bytes that are no message."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kafkawire.compiler import decode, encode, raw_decoder
from kafkawire.declare import Message, TopLevel
from kafkawire.primitives import MalformedMessage
from tests.support.wire_messages import class_version_id, class_versions, extremes, messages

QUIET = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
ALL = pytest.mark.parametrize(("cls", "version"), class_versions(), ids=class_version_id)
#: The same, but of each class only the first and last version and those where its layout changes.
CORNERS = pytest.mark.parametrize(
    ("cls", "version"),
    [
        (cls, version)
        for cls, version in class_versions()
        if version in (*cls.VERSIONS, cls.FLEXIBLE_SINCE - 1, cls.FLEXIBLE_SINCE)
    ],
    ids=class_version_id,
)
#: Memory that decoding a short piece of junk may take at most, far below what a length of it can claim.
JUNK_BYTES_MAX = 2_000_000


def tag_structs(message: Message, version: int, tags: dict[int, bytes]) -> None:
    """Put unknown tags into a message and every struct in it."""
    message.unknown_tagged_fields = dict(tags)
    for field in message.FIELDS:
        if field.struct is None or not field.in_version(version):
            continue
        value = getattr(message, field.name)
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                tag_structs(item, version, tags)


def read(cls: type[TopLevel], version: int, data: bytes) -> list[TopLevel]:
    """What strict and lenient decoding make of ``data``; anything but a message or MalformedMessage is raised."""
    found = []
    for lenient in (False, True):
        try:
            found.append(decode(cls, version, data, lenient=lenient))
        except MalformedMessage as error:
            assert error.message == cls.__name__
            assert error.version == version
            assert 0 <= error.offset <= len(data)
    return found


@ALL
def test_messages_come_back_as_they_were(cls: type[TopLevel], version: int) -> None:
    def check(message: TopLevel) -> None:
        encoded = encode(message, version)
        for buffer in (encoded, bytearray(encoded), memoryview(encoded)):
            assert decode(cls, version, buffer) == message
        assert decode(cls, version, encoded + b"behind", lenient=True) == message
        assert raw_decoder(cls, version)(b"before" + encoded, 6) == (message, 6 + len(encoded))

    for message in extremes(cls, version):
        check(message)
    QUIET(given(messages(cls, version))(check))()


@ALL
def test_unknown_tags_come_back_too(cls: type[TopLevel], version: int) -> None:
    if version < cls.FLEXIBLE_SINCE:
        message = cls()
        message.unknown_tagged_fields = {100: b"lost"}
        assert decode(cls, version, encode(message, version)) == cls()
        return
    tags = {1000: b"", 1001: bytes(200), 2**31 + 5: b"abc"}
    for message in extremes(cls, version):
        tag_structs(message, version, tags)
        again = decode(cls, version, encode(message, version))
        assert again == message
        assert again.unknown_tagged_fields == tags


@ALL
def test_a_message_cut_anywhere_is_malformed(cls: type[TopLevel], version: int) -> None:
    for message in extremes(cls, version):
        encoded = encode(message, version)
        step = max(1, len(encoded) // 40)
        for length in {*range(0, len(encoded), step), *range(max(0, len(encoded) - 12), len(encoded))}:
            for lenient in (False, True):
                with pytest.raises(MalformedMessage):
                    decode(cls, version, encoded[:length], lenient=lenient)


@CORNERS
def test_mutated_messages_are_read_or_malformed(cls: type[TopLevel], version: int) -> None:
    chance = random.Random(f"{cls.__name__} {version}")
    sources = [encode(message, version) for message in extremes(cls, version)]
    for _ in range(100):
        data = bytearray(chance.choice(sources)[:600])
        for _ in range(chance.randint(1, 4)):
            kind = chance.randrange(4)
            position = chance.randrange(len(data) + 1)
            if kind == 0 and position < len(data):
                data[position] = chance.choice((0, 1, 2, 127, 128, 254, 255, chance.randrange(256)))
            elif kind == 1:
                data[position:position] = chance.randbytes(chance.randint(1, 6))
            elif kind == 2:
                del data[position : position + chance.randint(1, 6)]
            else:
                data[position : position + 5] = b"\xff\xff\xff\xff\x07"
        for message in read(cls, version, bytes(data)):
            assert isinstance(message, cls)


@CORNERS
def test_random_bytes_are_read_or_malformed(cls: type[TopLevel], version: int) -> None:
    @QUIET
    @given(st.binary(max_size=80))
    def run(data: bytes) -> None:
        for message in read(cls, version, data):
            assert isinstance(message, cls)

    run()


@CORNERS
def test_claimed_lengths_take_no_memory(cls: type[TopLevel], version: int) -> None:
    """Every place of a message overwritten by the greatest lengths there are."""
    lies = (b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff\x07", b"\x80\x80\x80\x80\x08", b"\x7f\xff", b"\xff\xff\xff\xff\x0f")
    message = list(extremes(cls, version))[4]
    encoded = encode(message, version)[:250]
    read(cls, version, encoded)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for position in range(len(encoded)):
            for lie in lies:
                read(cls, version, encoded[:position] + lie + encoded[position + len(lie) :])
        assert tracemalloc.get_traced_memory()[1] - before < JUNK_BYTES_MAX
    finally:
        tracemalloc.stop()
