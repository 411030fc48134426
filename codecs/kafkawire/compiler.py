"""From a declaration to straight-line functions: (message class, version) -> decode, encode.

Source text is generated once per class, version and mode, on first use, and compiled; it is put into `linecache`, so that a
traceback or a debugger shows it. Nested structs are inlined: fixed-size neighbours are read and written by one `struct` call, and
the first byte of a length joins the run before it.

Errors cost nothing until they happen: every generated line is remembered with the path of the field it handles, and the line
number in the traceback, with the lengths of the lists built so far, gives the place (`MalformedMessage`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from types import TracebackType
from typing import TypeVar, cast

from kafkawire import compile_decode, compile_encode
from kafkawire.declare import TopLevel
from kafkawire.primitives import (
    ELEMENT_BUDGET,
    Buffer,
    Malformed,
    MalformedMessage,
    Part,
    UnencodableMessage,
)
from kafkawire.source import Source

T = TypeVar("T", bound=TopLevel)
F = TypeVar("F", bound=Callable[..., object])

#: (buffer, position) -> (message, position behind it). The message ends at the end of the buffer at the latest.
RawDecoder = Callable[[Buffer, int], tuple[T, int]]
Decoder = Callable[[Buffer], T]
#: (message, bytearray to append to, list for what goes out before it) -> the bytearray to go on with. Large records are not copied:
#: the bytearray so far and the records move to the list, and a fresh bytearray is returned.
RawEncoder = Callable[[T, bytearray, list[Part]], bytearray]

_DECODE_FAILURES = (struct.error, IndexError, Malformed, UnicodeDecodeError)
_ENCODE_FAILURES = (struct.error, AttributeError, TypeError, ValueError)


def cached(function: F) -> F:
    """`functools.cache` that keeps the signature of what it wraps."""
    return cast(F, cache(function))


def _check_version(cls: type[TopLevel], version: int) -> None:
    first, last = cls.VERSIONS
    if not first <= version <= last:
        raise ValueError(f"{cls.__name__} has versions {first} to {last}, not {version}")


def _reason(error: BaseException) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, Malformed):
        return str(error)
    return "the message ends inside the field"


def _own_frame(error: BaseException, filename: str) -> TracebackType:
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename != filename:
        traceback = traceback.tb_next
    assert traceback is not None
    return traceback


def _place(source: Source, error: BaseException) -> tuple[str, int]:
    """Field path and byte offset at which the generated function of ``source`` raised ``error``."""
    traceback = _own_frame(error, source.filename)
    names = traceback.tb_frame.f_locals
    return source.path_at(traceback.tb_lineno, names), names.get("pos", 0)


@cached
def raw_decoder(
    cls: type[T], version: int, *, lenient: bool = False, element_budget: int = ELEMENT_BUDGET
) -> RawDecoder[T]:
    """The decoder of one version that may start anywhere in a buffer and leave bytes behind the message unread.

    Lenient decoding accepts what the reference broker accepts: negative lengths as null, repeated or unordered tags, a size of a known
    tagged field that is not its size, any non-zero byte for true, names that are not UTF-8. Raises `MalformedMessage`.
    """
    _check_version(cls, version)

    def large(buffer: Buffer, position: int) -> tuple[T, int]:
        return _counting_decoder(cls, version, lenient, element_budget)(buffer, position)

    return _compile_decoder(cls, version, lenient, element_budget, large=large)


@cached
def _counting_decoder(cls: type[T], version: int, lenient: bool, element_budget: int) -> RawDecoder[T]:
    """The decoder for buffers that could hold more elements than the budget allows."""
    return _compile_decoder(cls, version, lenient, element_budget, large=None)


def _compile_decoder(
    cls: type[T], version: int, lenient: bool, element_budget: int, *, large: RawDecoder[T] | None
) -> RawDecoder[T]:
    source = compile_decode.generate(cls, version, lenient, element_budget, budgeted=large is None)

    def fail(error: BaseException) -> MalformedMessage:
        path, offset = _place(source, error)
        return MalformedMessage(cls.__name__, version, path, offset, _reason(error))

    return cast("RawDecoder[T]", source.compile("decode", failures=_DECODE_FAILURES, fail=fail, large=large))


@cached
def decoder(cls: type[T], version: int, *, lenient: bool = False, element_budget: int = ELEMENT_BUDGET) -> Decoder[T]:
    """The decoder of one version for a whole buffer. Bytes behind the message are an error unless ``lenient``."""
    raw = raw_decoder(cls, version, lenient=lenient, element_budget=element_budget)

    def decode(buffer: Buffer) -> T:
        message, position = raw(buffer, 0)
        if position != len(buffer) and not lenient:
            reason = f"{len(buffer) - position} bytes behind the message"
            raise MalformedMessage(cls.__name__, version, "", position, reason)
        return message

    return decode


@cached
def raw_encoder(cls: type[T], version: int) -> RawEncoder[T]:
    """The encoder of one version, for a caller that gathers several messages into one send. Raises `UnencodableMessage`;
    what was appended by then is to be thrown away."""
    _check_version(cls, version)
    source = compile_encode.generate(cls, version)

    def fail(error: BaseException) -> UnencodableMessage:
        path, _ = _place(source, error)
        return UnencodableMessage(f"{cls.__name__} v{version}: {path or 'message'}: {error}")

    return cast("RawEncoder[T]", source.compile("encode", failures=_ENCODE_FAILURES, fail=fail))


def encode(message: TopLevel, version: int) -> bytes:
    """The bytes of ``message`` in ``version``, without a header. Raises `UnencodableMessage`."""
    parts: list[Part] = []
    parts.append(raw_encoder(type(message), version)(message, bytearray(), parts))
    return b"".join(parts)  # type: ignore[arg-type]


def decode(cls: type[T], version: int, buffer: Buffer, *, lenient: bool = False) -> T:
    """The message of class ``cls`` that ``buffer`` holds. Raises `MalformedMessage`."""
    return decoder(cls, version, lenient=lenient)(buffer)


def source_of(cls: type[TopLevel], version: int, *, encoding: bool = False, lenient: bool = False) -> str:
    """The generated source, for reading."""
    if encoding:
        return compile_encode.generate(cls, version).text()
    return compile_decode.generate(cls, version, lenient, ELEMENT_BUDGET, budgeted=False).text()
