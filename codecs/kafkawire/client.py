"""The client's half of a connection, without I/O: requests into bytes, bytes into answers.

A broker answers the requests of a connection in the order in which they were sent, each with the correlation id of its request; any
number may be under way. `ClientConnection` numbers requests, remembers what was asked in which version, and reads answers
accordingly::

    connection = ClientConnection("my-client")
    connection.negotiate()
    connection.send(MetadataRequest(topics=None), version=4)
    # send connection.take() to the broker, pass what comes back to connection.feed(...)
    while (answer := connection.next_answer()) is not None:
        ...

Whoever drives it sends what `ClientConnection.take` gives after every `send` and after every `next_answer` that returned None (a
negotiation may have to ask again), and receives as `kafkawire.framing.FrameReader` describes.

Which versions the broker serves is asked by `negotiate` (KIP-511): ApiVersions in the newest version known here. A broker that
does not know that version answers UNSUPPORTED_VERSION in the layout of version 0, listing (from Kafka 2.4 on) the versions
of ApiVersions itself; then it is asked once more, in the newest version both know. Afterwards `send` picks versions by itself.

What can go wrong, and what is left then:

- `UnencodableMessage`, `VersionNotServed` from `send`: nothing was queued, the connection is as it was.
- `MalformedMessage` from `next_answer`: this answer cannot be read; the next call goes on with the one behind it.
- `NegotiationFailed` from `next_answer`: no common version of ApiVersions; requests with an explicit version still work.
- `ProtocolViolation` from `next_answer`: the stream makes no sense any more. Every later call raises it again; close the connection.
"""

from __future__ import annotations

import struct
from collections import deque

import attrs

from kafkawire.compiler import raw_decoder, raw_encoder
from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.framing import (
    FrameReader,
    MalformedHeader,
    ProtocolViolation,
    append_frame,
    request_header,
    skip_tags,
)
from kafkawire.index import APIS, Api
from kafkawire.messages.api_versions import ApiVersionsRequest, ApiVersionsResponse
from kafkawire.primitives import Buffer, Malformed, MalformedMessage, Part

#: The longest answer accepted; memory grows with what arrives, not with what is announced.
ANSWER_BYTES_MAX = 2**31 - 1
_CORRELATION_ID_MAX = 2**31 - 1
_PRODUCE = 0
_API_VERSIONS = ApiVersionsRequest.KEY
_unpack_int32 = struct.Struct(">i").unpack_from
_unpack_int16 = struct.Struct(">h").unpack_from


class VersionNotServed(Exception):
    """The broker serves no version of an API that was asked for (or it is not known yet what it serves)."""


class NegotiationFailed(Exception):
    """The broker refused every version of ApiVersions it was asked in."""


class UnexpectedAnswer(ProtocolViolation):
    """An answer that nobody waits for, or to another request than the oldest one unanswered."""


@attrs.define(eq=False)
class Answer:
    """One answer: to the request that `send` numbered ``correlation_id``, in ``version``.

    ``frame`` is what it was read from, its body starts at ``body``; records in ``message`` are views of it.
    """

    correlation_id: int
    version: int
    message: TopLevel
    frame: Buffer
    body: int


@attrs.define(eq=False)
class _Pending:
    """A request under way. ``wire_id`` is its correlation id on the wire, ``known_as`` the one `send` returned."""

    wire_id: int
    known_as: int
    api_key: int
    version: int
    header_version: int
    response: type[TopLevel]
    negotiating: bool = False


class ClientConnection:
    """One connection to a broker, seen from the client. See the module for how it is driven.

    ``client_id`` goes into every request header; ``software_name`` and ``software_version`` into ApiVersions from version 3 on
    (letters, digits, dots and hyphens, or the broker refuses them). ``lenient`` reads answers as a broker reads requests.
    """

    def __init__(
        self,
        client_id: str | None = "kafkawire",
        *,
        software_name: str = "kafkawire",
        software_version: str = "1",
        first_correlation_id: int = 0,
        lenient: bool = False,
    ) -> None:
        self.client_id = client_id
        self.software_name = software_name
        self.software_version = software_version
        #: What the broker serves, API key -> first and last version; None until negotiated.
        self.served: dict[int, tuple[int, int]] | None = None
        #: The answer that ended the negotiation, with its features.
        self.api_versions: ApiVersionsResponse | None = None
        self.failure: ProtocolViolation | None = None
        self._next_id = first_correlation_id
        self._lenient = lenient
        self._reader = FrameReader(ANSWER_BYTES_MAX)
        self._frames: deque[Buffer] = deque()
        self._pending: deque[_Pending] = deque()
        self._buffer = bytearray()
        self._parts: list[Part] = []

    # Requests

    def negotiate(self, version: int | None = None) -> int:
        """Ask what the broker serves, first in ``version`` of ApiVersions (default: the newest known here)."""
        first, last = ApiVersionsRequest.VERSIONS
        newest = last if version is None else version
        if not first <= newest <= last:
            raise ValueError(f"ApiVersions has versions {first} to {last}, not {newest}")
        return self._ask_versions(newest, None)

    def send(self, request: TopLevel, version: int | None = None, *, answered: bool | None = None) -> int:
        """Queue a request; returns its correlation id.

        ``version`` None picks the newest that this side and the broker have in common. ``answered`` False tells that there will be no
        answer; by default that holds for Produce with acks=0 only.
        Raises `VersionNotServed`, `UnencodableMessage`, or ValueError for a version that is not declared.
        """
        self._check()
        api = APIS[request.KEY]
        if version is None:
            version = self.best_version(type(request))
        if answered is None:
            answered = not (api.key == _PRODUCE and getattr(request, "acks", None) == 0)
        return self._queue(api, request, version, answered)

    def send_body(self, request_class: type[TopLevel], version: int, body: bytes) -> int:
        """Queue a request whose body is encoded already, rightly or wrongly; an answer is expected."""
        self._check()
        api = APIS[request_class.KEY]
        header_version = api.request_header_version(version)
        correlation_id = self._number()
        header = bytearray(request_header(api.key, version, header_version, correlation_id, self.client_id))
        header[:4] = struct.pack(">i", len(header) - 4 + len(body))
        self._buffer += header + body
        self._expect(api, correlation_id, correlation_id, version)
        return correlation_id

    def best_version(self, request_class: type[TopLevel]) -> int:
        """The newest version of a request that both sides know; `VersionNotServed` if there is none."""
        if self.served is None:
            raise VersionNotServed(f"{request_class.__name__}: name a version, or negotiate first")
        first, last = request_class.VERSIONS
        served_first, served_last = self.served.get(request_class.KEY, (0, -1))
        version = min(last, served_last)
        if version < max(first, served_first):
            raise VersionNotServed(f"{request_class.__name__}: the broker serves no version of {first} to {last}")
        return version

    def take(self) -> list[Part]:
        """What is to be sent to the broker now, in order; empty if nothing is."""
        parts, self._parts = self._parts, []
        if self._buffer:
            parts.append(self._buffer)
            self._buffer = bytearray()
        return parts

    @property
    def unanswered(self) -> list[int]:
        """Correlation ids of the requests under way, oldest first: what is lost if the connection ends now."""
        return [pending.known_as for pending in self._pending]

    # Answers

    def wants(self) -> memoryview | None:
        """Where to receive to, or None: as `FrameReader.wants`."""
        return self._reader.wants()

    def received(self, count: int) -> None:
        """Note that ``count`` bytes are in the view that `wants` gave."""
        frame = self._reader.received(count)
        if frame is not None:
            self._frames.append(frame)

    def feed(self, buffer: Buffer, length: int | None = None) -> None:
        """Take in the first ``length`` bytes of ``buffer`` (all of them if None), which may be reused afterwards."""
        self._frames.extend(self._reader.feed(buffer, length))

    def next_answer(self) -> Answer | None:
        """The next answer; None until more arrives. What it raises, and what that means, stands at the top of the module."""
        while True:
            self._check()
            if not self._frames:
                if self._reader.failure is not None:
                    raise self._fail(self._reader.failure)
                return None
            answer = self._read(self._frames.popleft())
            if answer is not None:
                return answer

    # Inside

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure

    def _fail(self, failure: ProtocolViolation) -> ProtocolViolation:
        self.failure = failure
        return failure

    def _number(self) -> int:
        number = self._next_id
        self._next_id = 0 if number == _CORRELATION_ID_MAX else number + 1
        return number

    def _queue(self, api: Api, request: TopLevel, version: int, answered: bool, known_as: int | None = None) -> int:
        encoder = raw_encoder(type(request), version)
        header_version = api.request_header_version(version)
        header = request_header(api.key, version, header_version, self._next_id, self.client_id)
        self._buffer = append_frame(self._buffer, self._parts, header, encoder, request)
        wire_id = self._number()
        known_as = wire_id if known_as is None else known_as
        if answered:
            self._expect(api, wire_id, known_as, version)
        return known_as

    def _expect(self, api: Api, wire_id: int, known_as: int, version: int) -> None:
        header_version = api.response_header_version(version)
        self._pending.append(_Pending(wire_id, known_as, api.key, version, header_version, api.response))

    def _ask_versions(self, version: int, known_as: int | None) -> int:
        self._check()
        request = ApiVersionsRequest()
        if version >= 3:
            request.client_software_name = self.software_name
            request.client_software_version = self.software_version
        number = self._queue(APIS[_API_VERSIONS], request, version, True, known_as)
        self._pending[-1].negotiating = True
        return number

    def _read(self, frame: Buffer) -> Answer | None:
        """The answer in ``frame``; None for one that a negotiation used up."""
        if len(frame) < 4:
            raise self._fail(MalformedHeader(f"an answer of {len(frame)} bytes"))
        (wire_id,) = _unpack_int32(frame, 0)
        if not self._pending:
            raise self._fail(UnexpectedAnswer(f"answer {wire_id} without a request"))
        pending = self._pending[0]
        if wire_id != pending.wire_id:
            raise self._fail(UnexpectedAnswer(f"answer {wire_id} where {pending.wire_id} was due"))
        body = 4
        if pending.header_version:
            try:
                body = skip_tags(frame, 4)
            except (IndexError, Malformed) as error:
                raise self._fail(MalformedHeader(f"header of answer {wire_id}: {error}")) from None
        self._pending.popleft()
        if pending.api_key == _API_VERSIONS:
            return self._read_versions(pending, frame, body)
        return self._decode(pending, frame, body, pending.version)

    def _decode(self, pending: _Pending, frame: Buffer, body: int, version: int) -> Answer:
        decode = raw_decoder(pending.response, version, lenient=self._lenient)
        message, end = decode(frame, body)
        if end != len(frame) and not self._lenient:
            reason = f"{len(frame) - end} bytes behind the message"
            raise MalformedMessage(pending.response.__name__, version, "", end, reason)
        return Answer(pending.known_as, version, message, frame, body)

    def _read_versions(self, pending: _Pending, frame: Buffer, body: int) -> Answer | None:
        """An answer to ApiVersions: version 0's layout if the broker does not know the version asked for."""
        unsupported = len(frame) >= body + 2 and _unpack_int16(frame, body)[0] == ErrorCode.UNSUPPORTED_VERSION.value
        answer = self._decode(pending, frame, body, 0 if unsupported else pending.version)
        response = answer.message
        if not pending.negotiating:
            return answer
        assert isinstance(response, ApiVersionsResponse)
        if unsupported:
            if pending.version == 0:
                raise NegotiationFailed("the broker refuses version 0 of ApiVersions")
            offered = [entry.max_version for entry in response.api_keys if entry.api_key == _API_VERSIONS]
            newest = min(offered[0], pending.version - 1) if offered else 0
            self._ask_versions(max(newest, 0), pending.known_as)
            return None
        if response.error_code == ErrorCode.NONE.value:
            self.served = {entry.api_key: (entry.min_version, entry.max_version) for entry in response.api_keys}
            self.api_versions = response
        return answer
