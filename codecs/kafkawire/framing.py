"""The server's half of a connection, without I/O: bytes into frames, frames into request heads, answers into bytes.

A connection carries frames: four bytes of length (big-endian, signed), then that many bytes. A frame from a client is a request:
its header (what is asked, in which version, by whom), then its body. A frame to a client is an answer: the correlation id of the
request, then its body. Requests are answered in the order in which they came.

Reading. The caller receives into a buffer that it may share between all its connections, and passes it to `FrameReader.feed`,
which hands out every complete frame as `bytes` and keeps no more than a short incomplete tail: a connection that says nothing
costs no buffer. Only for an incomplete frame above `OWN_BUFFER_FROM_BYTES` does the reader make a buffer of the frame's size, into
which the caller should receive directly: `FrameReader.wants`, `FrameReader.received`. That buffer grows with what arrived, not with
what the length claims. A frame ends where its buffer ends, so decoders need no other bound.

After a bad length there is no way to find the next frame: the reader keeps the error in `FrameReader.failure`, to be acted upon
after the frames before it have been answered.

`parse_request_head` reads the header of a frame; the body starts at `RequestHead.body`. Everything it raises is a
`ProtocolViolation`: the connection must be closed without an answer. It does not judge the version, since one API answers whatever
version it is asked in (ApiVersions); `check_version` does.

Writing. `append_frame` appends a length, a header and a body, and patches the length when the size of the body is known. Short
answers go into one `bytearray`; large records are not copied but put between such buffers in a list of parts.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import attrs

from kafkawire.index import APIS
from kafkawire.primitives import Malformed, read_signed, read_uvarint

if TYPE_CHECKING:
    from kafkawire.compiler import RawEncoder
    from kafkawire.declare import TopLevel
    from kafkawire.primitives import Buffer, Part

#: Default of ``socket.request.max.bytes``: the longest frame a broker accepts.
REQUEST_BYTES_MAX = 104_857_600
#: The longest frame a broker accepts from a client that has yet to authenticate (BrokerSecurityConfigs, 512 KiB).
UNAUTHENTICATED_REQUEST_BYTES_MAX = 524_288
#: An incomplete frame longer than this gets a buffer of its own.
OWN_BUFFER_FROM_BYTES = 2048
#: Size of such a buffer at first, at most; it grows fourfold each time it is full.
OWN_BUFFER_FIRST_BYTES = 65_536

_unpack_length = struct.Struct(">i").unpack_from
_unpack_key = struct.Struct(">h").unpack_from
_unpack_head = struct.Struct(">hhih").unpack_from
_pack_length_into = struct.Struct(">i").pack_into
_ids_only = struct.Struct(">ii").pack
_ids_and_tags = struct.Struct(">iix").pack
_request_ids = struct.Struct(">ihhih").pack

#: API key -> first version whose requests carry header version 2.
FLEXIBLE_SINCE: dict[int, int] = {key: 32768 if api.flexible is None else api.flexible for key, api in APIS.items()}


class ProtocolViolation(Exception):
    """What a peer sent cannot be answered: the connection must be closed. The text says why, for the log."""


#: Content type and major version of the first record that a TLS client sends.
_TLS_HANDSHAKE = 0x1603
_HTTP_METHODS = frozenset(int.from_bytes(method, "big") for method in (b"GET ", b"HEAD", b"POST", b"PUT ", b"OPTI"))


class InvalidFrameLength(ProtocolViolation):
    """A frame whose length is negative or above the limit; ``length`` and ``limit`` in bytes."""

    def __init__(self, length: int, limit: int) -> None:
        beyond = f" larger than {limit}" if length > limit else ""
        super().__init__(f"Invalid receive (size = {length}{beyond}){_other_protocol(length)}")
        self.length = length
        self.limit = limit


def _other_protocol(length: int) -> str:
    """What the four bytes of a frame length say if they are the beginning of something else; empty if they are not."""
    if length >> 16 == _TLS_HANDSHAKE:
        return ": the beginning of a TLS handshake, not of a Kafka request"
    if length in _HTTP_METHODS:
        return ": the beginning of an HTTP request, not of a Kafka request"
    return ""


class MalformedHeader(ProtocolViolation):
    """A request header that ends early or claims more than there is."""


class UnknownApiKey(ProtocolViolation):
    """A request of an API that is not known here."""

    def __init__(self, api_key: int) -> None:
        super().__init__(f"Unexpected api key: {api_key}")
        self.api_key = api_key


class UnsupportedVersion(ProtocolViolation):
    """A request in a version that is not served, of an API other than ApiVersions."""

    def __init__(self, api_key: int, version: int) -> None:
        super().__init__(
            f"Received request for api with key {api_key} ({_api_name(api_key)}) and unsupported version {version}"
        )
        self.api_key = api_key
        self.version = version


def _api_name(api_key: int) -> str:
    api = APIS.get(api_key)
    return api.name if api is not None else "unknown"


@attrs.define
class RequestHead:
    """The header of a request. ``body`` is where the body starts in the frame; ``client_id`` is empty if the client sent null,
    which the reference does not tell apart."""

    api_key: int
    version: int
    correlation_id: int
    client_id: str
    body: int


def parse_request_head(frame: Buffer, flexible_since: Mapping[int, int] = FLEXIBLE_SINCE) -> RequestHead:
    """The header of the request that ``frame`` holds.

    ``flexible_since`` tells which APIs are known, and from which version on their requests have tagged fields in the header (those
    are skipped). Raises `UnknownApiKey` or `MalformedHeader`; any version of a known API is accepted.
    """
    return RequestHead(*split_request_head(frame, flexible_since))


def split_request_head(
    frame: Buffer, flexible_since: Mapping[int, int] = FLEXIBLE_SINCE
) -> tuple[int, int, int, str, int]:
    """As `parse_request_head`: the fields of a `RequestHead`, for a caller that makes something else of them."""
    try:
        api_key, version, correlation_id, length = _unpack_head(frame, 0)
        flexible = flexible_since[api_key]
        position = 10
        client_id = ""
        if length > 0:
            position += length
            if position > len(frame):
                raise Malformed(f"a client id of {length} bytes")
            client_id = str(frame[10:position], "utf-8", "replace")
        if version >= flexible:
            if frame[position] == 0:
                position += 1
            else:
                position = skip_tags(frame, position)
    except KeyError:
        raise UnknownApiKey(api_key) from None
    except (struct.error, IndexError, Malformed) as error:
        key = _unpack_key(frame)[0] if len(frame) > 1 else -1
        if key not in flexible_since and len(frame) > 1:
            raise UnknownApiKey(key) from None
        reason = str(error) if isinstance(error, Malformed) else "the frame ends inside it"
        guess = "Error parsing request header. Our best guess of the apiKeyId is:"
        raise MalformedHeader(f"{guess} {key} ({reason})") from None
    return api_key, version, correlation_id, client_id, position


def skip_tags(frame: Buffer, position: int) -> int:
    """The position behind the tagged section that starts at ``position``; read as leniently as the reference reads it."""
    count, position = read_signed(frame, position)
    if count > (len(frame) - position) // 2:
        raise Malformed(f"{count} tagged fields")
    for _ in range(count):
        _, position = read_uvarint(frame, position)
        size, position = read_signed(frame, position)
        if not 0 <= size <= len(frame) - position:
            raise Malformed(f"a tagged field of {size} bytes")
        position += size
    return position


def check_version(head: RequestHead, served: Mapping[int, tuple[int, int]]) -> None:
    """Raise `UnsupportedVersion` unless ``served`` (API key -> first and last version) has the request's version.

    Not for ApiVersions, whose requests of unknown versions are answered (KIP-511), in the layout of version 0.
    """
    first, last = served.get(head.api_key, (0, -1))
    if not first <= head.version <= last:
        raise UnsupportedVersion(head.api_key, head.version)


class FrameReader:
    """Cuts a byte stream, which may arrive split anywhere, into frames.

    ``max_frame_bytes`` is the longest frame accepted and may be changed at any time (raised after authentication); it holds for
    frames whose length has not been read yet. ``failure`` is set once a length was invalid; from then on everything is ignored.
    """

    __slots__ = ("_filled", "_frame", "_size", "_tail", "_view", "failure", "max_frame_bytes")

    def __init__(self, max_frame_bytes: int = REQUEST_BYTES_MAX) -> None:
        self.max_frame_bytes = max_frame_bytes
        self.failure: InvalidFrameLength | None = None
        self._tail = b""
        #: The long frame under way: its buffer so far, how much of that is filled, its final size.
        self._frame: bytearray | None = None
        self._view: memoryview | None = None
        self._filled = 0
        self._size = 0

    @property
    def idle(self) -> bool:
        """Whether the stream stands between two frames: a peer that leaves here leaves in order."""
        return not self._tail and self._frame is None

    def wants(self) -> memoryview | None:
        """Where the rest of a long frame should be received to; then call `received`.

        None: receive into any buffer and call `feed`. The view is writable, never empty and may be shorter than what the frame
        lacks; let go of it before calling `received`.
        """
        frame = self._frame
        if frame is None:
            return None
        self._view = memoryview(frame)[self._filled :]
        return self._view

    def received(self, count: int) -> bytearray | None:
        """Note that ``count`` bytes are in the view that `wants` gave; the frame, if it is complete now."""
        frame = self._frame
        assert frame is not None, "received() without wants()"
        if self._view is not None:
            self._view.release()
            self._view = None
        self._filled += count
        capacity = len(frame)
        assert self._filled <= capacity, "more received than wanted"
        if self._filled < capacity:
            return None
        if capacity < self._size:
            frame += bytes(min(3 * capacity, self._size - capacity))
            return None
        self._frame = None
        return frame

    def feed(self, buffer: Buffer, length: int | None = None) -> list[Buffer]:
        """The frames that are complete with the first ``length`` bytes of ``buffer`` (all of them if None).

        The buffer may be reused as soon as this returns. Frames are `bytes`, except that one continued here although `wants` asked
        for it is a `bytearray`.
        """
        end = len(buffer) if length is None else length
        frames: list[Buffer] = []
        position = 0
        if self._frame is not None:
            position = self._continue(buffer, end, frames)
        elif self._tail:
            buffer = self._tail + bytes(memoryview(buffer)[:end])
            end = len(buffer)
            self._tail = b""
        if self.failure is not None:
            return frames
        view = buffer if buffer.__class__ is memoryview else memoryview(buffer)
        limit = self.max_frame_bytes
        while end - position >= 4:
            (size,) = _unpack_length(buffer, position)
            if not 0 <= size <= limit:
                self.failure = InvalidFrameLength(size, limit)
                return frames
            position += 4
            stop = position + size
            if stop > end:
                self._begin(view[position - 4 : end], size)
                return frames
            frames.append(bytes(view[position:stop]))
            position = stop
        if position < end:
            self._tail = bytes(view[position:end])
        return frames

    def _begin(self, incomplete: memoryview, size: int) -> None:
        """Keep a frame of ``size`` bytes of which ``incomplete`` (length included) is here."""
        if size <= OWN_BUFFER_FROM_BYTES:
            self._tail = bytes(incomplete)
            return
        present = len(incomplete) - 4
        self._frame = bytearray(min(size, max(OWN_BUFFER_FIRST_BYTES, 2 * present)))
        self._frame[:present] = incomplete[4:]
        self._filled = present
        self._size = size

    def _continue(self, buffer: Buffer, end: int, frames: list[Buffer]) -> int:
        """Copy the start of ``buffer`` into the long frame under way; the position behind what was copied."""
        position = 0
        while position < end and (target := self.wants()) is not None:
            count = min(len(target), end - position)
            target[:count] = memoryview(buffer)[position : position + count]
            position += count
            frame = self.received(count)
            if frame is not None:
                frames.append(frame)
        return position


def append_frame(
    buffer: bytearray, parts: list[Part], header: bytes, encoder: RawEncoder[TopLevel], message: TopLevel
) -> bytearray:
    """Append one frame: ``header`` (with four bytes in front for the length) and ``message``.

    Returns the buffer to append the next frame to: ``buffer``, or a new one if records too large to copy were put into ``parts``
    together with ``buffer``. To send: the parts, then the buffer. Raises `UnencodableMessage` and leaves both as they were.
    """
    start = len(buffer)
    first_part = len(parts)
    buffer += header
    try:
        last = encoder(message, buffer, parts)
    except BaseException:
        del buffer[start:]
        del parts[first_part:]
        raise
    length = len(buffer) - start - 4
    if last is not buffer:
        length += len(last)
        for index in range(first_part + 1, len(parts)):
            length += len(parts[index])
    _pack_length_into(buffer, start, length)
    return last


def append_response(
    buffer: bytearray,
    parts: list[Part],
    correlation_id: int,
    header_version: int,
    encoder: RawEncoder[TopLevel],
    message: TopLevel,
) -> bytearray:
    """Append one answer; as `append_frame`. ``header_version`` is that of `kafkawire.index.Api.response_header_version`,
    ``encoder`` that of the message's class and version (`kafkawire.compiler.raw_encoder`)."""
    return append_frame(buffer, parts, response_header(header_version)(0, correlation_id), encoder, message)


def response_header(header_version: int) -> Callable[[int, int], bytes]:
    """The function that makes answer headers of a version, with four bytes in front for the length: of 0 and a correlation id."""
    return _ids_and_tags if header_version else _ids_only


def request_header(
    api_key: int, version: int, header_version: int, correlation_id: int, client_id: str | None
) -> bytes:
    """A request header of version 1 or 2, with four bytes in front for the length."""
    tags = b"\0" if header_version >= 2 else b""
    if client_id is None:
        return _request_ids(0, api_key, version, correlation_id, -1) + tags
    name = client_id.encode()
    return _request_ids(0, api_key, version, correlation_id, len(name)) + name + tags


def unsent(parts: list[Part], sent: int) -> list[Part]:
    """What is left of ``parts`` after their first ``sent`` bytes; nothing is copied."""
    for index, part in enumerate(parts):
        if sent < len(part):
            if not sent:
                return parts[index:]
            rest = part[sent:] if isinstance(part, memoryview) else memoryview(part)[sent:]  # type: ignore[arg-type]
            return [rest, *parts[index + 1 :]]
        sent -= len(part)
    return []
