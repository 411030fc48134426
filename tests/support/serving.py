"""Connections served by handlers that a test makes up, without sockets and without an async library."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from kafkaemu.delayed import Deadlines, WaitingRoom
from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.server.connection import Connections, ServerConnection
from kafkaemu.server.dispatch import Dispatcher, Route
from kafkaemu.world.interface import Turn
from kafkaemu.world.memory import MemoryConnection, MovedClock, SeededEntropy, connection_pair
from kafkawire.compiler import decode, encode, raw_decoder
from kafkawire.declare import TopLevel
from kafkawire.framing import request_header
from kafkawire.index import APIS

Handle = Callable[[Context, Request, Any], Answer]


class NoEvent:
    """An event nobody waits for: these tests drive everything by hand."""

    def set(self) -> None:
        """Nobody waits."""

    async def wait(self) -> None:
        """Never called."""
        raise AssertionError("a synchronous test waits")


class Serving:
    """The server half of a broker: a clock to move, a waiting room, and handlers by API key."""

    def __init__(self, handlers: dict[int, Handle], **limits: int) -> None:
        self.clock = MovedClock()
        self.moved = Deadlines()
        self.real = Deadlines()
        self.waiting = WaitingRoom(self.moved, self.real, self.clock.now_ms, self.clock.real_ms)
        self.context = Context(
            config=None,  # type: ignore[arg-type]
            clock=self.clock,
            entropy=SeededEntropy(),
            waiting=self.waiting,
            controller=None,  # type: ignore[arg-type]
            replicas=None,  # type: ignore[arg-type]
            groups=None,  # type: ignore[arg-type]
            advertised={"PLAINTEXT": ("localhost", 9092)},
            advertised_apis={},
        )
        self.dispatcher = Dispatcher(self.context, {}, {})
        for key, handle in handlers.items():
            api = APIS[key]
            for version in range(api.oldest, api.last + 1):
                decoder = raw_decoder(api.request, version, lenient=True)
                self.dispatcher.routes[key << 16 | version] = Route(api, version, decoder, handle, version)
        self.connections = Connections(self.dispatcher, self.clock, **limits)

    def connect(self) -> Client:
        """A new client."""
        return Client(self)

    def advance(self, milliseconds: int) -> None:
        """Move Kafka's time, and run what it makes due."""
        self.clock.advance(milliseconds)
        self.moved.run_due(self.clock.now_ms())


def framed(message: TopLevel, version: int, correlation_id: int = 0, client_id: str | None = "test") -> bytes:
    """A request as it goes over the wire."""
    api = APIS[message.KEY]
    header = request_header(api.key, version, api.request_header_version(version), correlation_id, client_id)
    body = encode(message, version)
    return struct.pack(">i", len(header) - 4 + len(body)) + header[4:] + body


class Client:
    """One end of a connection, and the core that serves the other."""

    def __init__(self, serving: Serving) -> None:
        self.pipe: MemoryConnection
        self.pipe, self.server_pipe = connection_pair(NoEvent)
        self.core = ServerConnection(serving.connections, self.server_pipe, "PLAINTEXT")
        self.received = b""

    def send(self, content: bytes) -> None:
        """Bytes on their way to the broker."""
        assert self.pipe.send([content]) == len(content)

    def pump(self) -> Turn:
        """One turn of the server."""
        return self.core.pump()

    def run(self) -> Turn:
        """Turns of the server until it waits for something that is not there; the client reads everything."""
        while True:
            turn = self.core.pump()
            self.receive()
            readable = turn in (Turn.READ, Turn.PARKED) and self.server_pipe.readable
            if turn not in (Turn.YIELD, Turn.WRITE) and not readable:
                return turn

    def receive(self) -> bytes:
        """Take what has arrived; returns everything received so far."""
        buffer = bytearray(65536)
        while True:
            try:
                count = self.pipe.receive_into(buffer)
            except BlockingIOError:
                return self.received
            if not count:
                return self.received
            self.received += bytes(buffer[:count])

    def frames(self) -> list[bytes]:
        """The complete answers received so far, which are taken away."""
        frames = []
        self.receive()
        while len(self.received) >= 4:
            size = struct.unpack_from(">i", self.received)[0]
            if len(self.received) < 4 + size:
                break
            frames.append(self.received[4 : 4 + size])
            self.received = self.received[4 + size :]
        return frames

    def answers(self, message: type[TopLevel], version: int) -> list[tuple[int, TopLevel]]:
        """Correlation id and message of the answers received so far."""
        header_version = APIS[message.KEY].response_header_version(version)
        return [
            (struct.unpack_from(">i", frame)[0], decode(message, version, frame[5 if header_version else 4 :]))
            for frame in self.frames()
        ]
