"""What holds for every message in every version: round trips, and what becomes of bytes that are no message."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import given, settings

from kafkawire.compiler import decode, encode, raw_decoder
from kafkawire.declare import Message, TopLevel
from kafkawire.primitives import MalformedMessage
from tests.support.wire_messages import FEW, any_version, extremes, top_levels, versions

ALL = pytest.mark.parametrize("cls", top_levels(), ids=lambda cls: cls.__name__)


def corners(cls: type[TopLevel]) -> list[int]:
    """The first and last version and those where the layout changes."""
    return sorted({*cls.VERSIONS, cls.FLEXIBLE_SINCE - 1, cls.FLEXIBLE_SINCE} & {*versions(cls)})


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
def test_messages_come_back_as_they_were(cls: type[TopLevel]) -> None:
    def check(message: TopLevel, version: int) -> None:
        encoded = encode(message, version)
        for buffer in (encoded, bytearray(encoded), memoryview(encoded)):
            assert decode(cls, version, buffer) == message
        assert decode(cls, version, encoded + b"behind", lenient=True) == message
        assert raw_decoder(cls, version)(b"before" + encoded, 6) == (message, 6 + len(encoded))

    for version in versions(cls):
        for message in extremes(cls, version):
            check(message, version)
    settings(FEW, max_examples=8)(given(any_version(cls))(lambda drawn: check(*drawn)))()


@ALL
def test_unknown_tags_come_back_too(cls: type[TopLevel]) -> None:
    tags = {1000: b"", 1001: bytes(200), 2**31 + 5: b"abc"}
    for version in versions(cls):
        if version < cls.FLEXIBLE_SINCE:
            message = cls()
            message.unknown_tagged_fields = {100: b"lost"}
            assert decode(cls, version, encode(message, version)) == cls()
            continue
        for message in extremes(cls, version):
            tag_structs(message, version, tags)
            again = decode(cls, version, encode(message, version))
            assert again == message
            assert again.unknown_tagged_fields == tags


@ALL
def test_a_message_cut_anywhere_is_malformed(cls: type[TopLevel]) -> None:
    for version in versions(cls):
        for message in extremes(cls, version):
            encoded = encode(message, version)
            step = max(1, len(encoded) // 20)
            for length in {*range(0, len(encoded), step), *range(max(0, len(encoded) - 8), len(encoded))}:
                for lenient in (False, True):
                    with pytest.raises(MalformedMessage):
                        decode(cls, version, encoded[:length], lenient=lenient)


@ALL
def test_mutated_messages_are_read_or_malformed(cls: type[TopLevel]) -> None:
    chance = random.Random(cls.__name__)
    for version in corners(cls):
        sources = [encode(message, version)[:600] for message in extremes(cls, version)]
        for _ in range(60):
            for message in read(cls, version, mutated(chance.choice(sources), chance)):
                assert isinstance(message, cls)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few changed, added, removed or overwritten by a great length."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        kind = chance.randrange(4)
        position = chance.randrange(len(changed) + 1)
        if kind == 0 and position < len(changed):
            changed[position] = chance.choice((0, 1, 2, 127, 128, 254, 255, chance.randrange(256)))
        elif kind == 1:
            changed[position:position] = chance.randbytes(chance.randint(1, 6))
        elif kind == 2:
            del changed[position : position + chance.randint(1, 6)]
        else:
            changed[position : position + 5] = b"\xff\xff\xff\xff\x07"
    return bytes(changed)


@ALL
def test_random_bytes_are_read_or_malformed(cls: type[TopLevel]) -> None:
    chance = random.Random(cls.__name__)
    for version in corners(cls):
        for _ in range(20):
            for message in read(cls, version, chance.randbytes(chance.randrange(80))):
                assert isinstance(message, cls)


@ALL
def test_claimed_lengths_take_no_memory(cls: type[TopLevel]) -> None:
    """Places all over a message overwritten by the greatest lengths there are."""
    lies = (b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff\x07", b"\x80\x80\x80\x80\x08", b"\x7f\xff", b"\xff\xff\xff\xff\x0f")
    chance = random.Random(cls.__name__)
    version = cls.VERSIONS[1]
    encoded = encode(list(extremes(cls, version))[4], version)[:250]
    read(cls, version, encoded)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for position in range(0, len(encoded), max(1, len(encoded) // 50)):
            lie = chance.choice(lies)
            read(cls, version, encoded[:position] + lie + encoded[position + len(lie) :])
        assert tracemalloc.get_traced_memory()[1] - before < JUNK_BYTES_MAX
    finally:
        tracemalloc.stop()
