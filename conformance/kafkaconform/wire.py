"""A raw connection: exact bytes out, whole frames in, nothing retried and nothing hidden."""

import socket
import struct
from typing import TypeVar

from kafkawire import compiler
from kafkawire.declare import TopLevel

R = TypeVar("R", bound=TopLevel)

CLIENT_ID = "kafkaconform"
API_VERSIONS_KEY = 18
#: Far beyond any answer of a probe; a broker that takes longer has hung.
ANSWER_TIMEOUT_S = 20.0
FRAME_BYTES_MAX = 64 << 20


class ConnectionClosed(Exception):
    """The broker closed the connection where an answer was due."""


class NoAnswer(Exception):
    """Nothing came within the time allowed."""


class NotReproduced(Exception):
    """An answer of the reference does not re-encode to the bytes it came in: the declaration is wrong."""


def parse_address(address: str) -> tuple[str, int]:
    """Host and port; the host without its brackets. Raises ValueError, with a sentence, for what is not one address."""
    host, _, port = address.rpartition(":")
    if not host or any(each in host for each in ",/ ") or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise ValueError(f"{address!r} is not HOST:PORT.")
    return host.removeprefix("[").removesuffix("]"), int(port)


def address_of(host: str, port: int) -> str:
    """``host:port`` as clients take it: an IPv6 address stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def request_frame(
    api_key: int,
    version: int,
    body: bytes,
    *,
    flexible: bool,
    correlation_id: int,
    client_id: str | None = CLIENT_ID,
) -> bytes:
    """A whole request frame: length, header, body."""
    encoded = b"" if client_id is None else client_id.encode()
    header = struct.pack(">hhih", api_key, version, correlation_id, -1 if client_id is None else len(encoded)) + encoded
    if flexible:
        header += b"\x00"
    return struct.pack(">i", len(header) + len(body)) + header + body


def frame_of(message: TopLevel, version: int, *, correlation_id: int, client_id: str | None = CLIENT_ID) -> bytes:
    """The frame of a declared request."""
    return request_frame(
        message.KEY,
        version,
        compiler.encode(message, version),
        flexible=version >= message.FLEXIBLE_SINCE,
        correlation_id=correlation_id,
        client_id=client_id,
    )


class RawConnection:
    """One TCP connection to a broker. Answers are read in the order in which they come."""

    def __init__(self, host: str, port: int, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._socket = socket.create_connection((host, port), timeout=timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()

    def send(self, data: bytes) -> None:
        """Sends bytes as they are.

        Raises:
            ConnectionClosed: the broker has closed its end.
        """
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise ConnectionClosed from None

    def receive_frame(self, timeout_s: float = ANSWER_TIMEOUT_S) -> bytes:
        """The next frame without its length.

        Raises:
            ConnectionClosed: the broker closed the connection first.
            NoAnswer: nothing complete came within ``timeout_s``.
        """
        self._socket.settimeout(timeout_s)
        self._fill(4)
        size = int.from_bytes(self._received[:4], "big", signed=True)
        if not 0 <= size <= FRAME_BYTES_MAX:
            raise NotReproduced(f"a frame claims {size} bytes")
        self._fill(4 + size)
        frame = bytes(self._received[4 : 4 + size])
        del self._received[: 4 + size]
        return frame

    def _fill(self, size: int) -> None:
        while len(self._received) < size:
            try:
                data = self._socket.recv(1 << 16)
            except TimeoutError:
                raise NoAnswer from None
            except ConnectionResetError:
                raise ConnectionClosed from None
            if not data:
                raise ConnectionClosed
            self._received += data

    def close(self) -> None:
        """Closes the connection; the broker sees an orderly end."""
        self._socket.close()


def decode_answer(response: type[R], version: int, frame: bytes, *, check: bool) -> tuple[int, R]:
    """Correlation id and message of an answer frame.

    Args:
        check: whether the message must encode to the very bytes it was decoded from (while recording).

    Raises:
        NotReproduced: it does not.
        kafkawire.primitives.MalformedMessage: the answer cannot be decoded.
    """
    header_size = 4 + (version >= response.FLEXIBLE_SINCE and response.KEY != API_VERSIONS_KEY)
    body = frame[header_size:]
    message = compiler.decode(response, version, body)
    if check and (again := compiler.encode(message, version)) != body:
        raise NotReproduced(f"{response.__name__} v{version}: {body.hex()} encodes again as {again.hex()}")
    return int.from_bytes(frame[:4], "big", signed=True), message
