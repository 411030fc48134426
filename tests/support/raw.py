"""A client that sends whatever bytes a test wants, over a blocking socket."""

from __future__ import annotations

import socket
import struct
from types import TracebackType

from kafkawire.compiler import decode, encode
from kafkawire.declare import TopLevel
from kafkawire.framing import request_header
from kafkawire.index import APIS

TIMEOUT_S = 10.0


def framed(payload: bytes) -> bytes:
    """``payload`` with its length in front."""
    return struct.pack(">i", len(payload)) + payload


def header(
    api_key: int, version: int, correlation_id: int = 1, client_id: str | None = "raw", tags: bytes = b""
) -> bytes:
    """A request header; ``tags`` stand for the tagged section of a flexible one."""
    api = APIS.get(api_key)
    header_version = api.request_header_version(version) if api is not None else 1
    content = request_header(api_key, version, header_version, correlation_id, client_id)[4:]
    return content[:-1] + tags if tags else content


class RawClient:
    """One connection."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), timeout=TIMEOUT_S)

    def __enter__(self) -> RawClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def address(self) -> str:
        """This side's address, as the broker logs it."""
        host, port = self.socket.getsockname()[:2]
        return f"/[{host}]:{port}" if ":" in host else f"/{host}:{port}"

    def close(self) -> None:
        """Leave."""
        self.socket.close()

    def send(self, content: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(content)

    def _exactly(self, size: int) -> bytes | None:
        content = b""
        while len(content) < size:
            try:
                piece = self.socket.recv(size - len(content))
            except ConnectionError:
                return None
            if not piece:
                return None
            content += piece
        return content

    def frame(self) -> bytes | None:
        """The next answer without its length; None if the broker closed the connection instead."""
        length = self._exactly(4)
        return None if length is None else self._exactly(struct.unpack(">i", length)[0])

    def is_closed(self) -> bool:
        """Whether the broker closes the connection without another byte."""
        return self.frame() is None

    def request(self, message: TopLevel, version: int, correlation_id: int = 1) -> TopLevel:
        """Send a request and return its answer."""
        api = APIS[message.KEY]
        self.send(framed(header(message.KEY, version, correlation_id) + encode(message, version)))
        frame = self.frame()
        assert frame is not None, "the broker closed the connection"
        assert struct.unpack_from(">i", frame)[0] == correlation_id
        return decode(api.response, version, frame[5 if api.response_header_version(version) else 4 :])
