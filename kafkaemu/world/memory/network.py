"""Connections inside the process, with the manners of sockets: short reads and writes, blocking, ends, resets.

No delay and no loss. The events are the async library's (trio.Event), handed in, so that nothing is imported here.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

from kafkaemu.world.interface import DEFAULT_SOCKETS, Connection, Event, Listener, Network, SocketSettings
from kafkawire.primitives import Part

#: Bytes a pipe holds before its writer has to wait, as little as a small socket buffer.
PIPE_BYTES = 65536


class Pipe:
    """One direction of a connection."""

    __slots__ = ("broken", "content", "ended")

    def __init__(self) -> None:
        self.content = bytearray()
        #: The writer has closed: after the content comes the end.
        self.ended = False
        #: The reader has closed: writing is an error.
        self.broken = False


class MemoryConnection(Connection):
    """One end of a connection."""

    def __init__(self, incoming: Pipe, outgoing: Pipe, peer: tuple[str, int], new_event: Callable[[], Event]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._peer = peer
        self._new_event = new_event
        self._event: Event | None = None
        self._closed = False
        self.other: MemoryConnection | None = None

    @property
    def peer(self) -> str:
        return f"/{self._peer[0]}:{self._peer[1]}"

    @property
    def peer_address(self) -> tuple[str, int]:
        return self._peer

    @property
    def readable(self) -> bool:
        """Whether bytes or the end are there to be received."""
        return bool(self._incoming.content) or self._incoming.ended

    def _check_open(self) -> None:
        if self._closed:
            raise OSError(errno.EBADF, "the connection is closed")

    def receive_into(self, buffer: bytearray | memoryview) -> int:
        self._check_open()
        content = self._incoming.content
        if not content:
            if self._incoming.ended:
                return 0
            raise BlockingIOError(errno.EAGAIN, "nothing there yet")
        size = min(len(buffer), len(content))
        buffer[:size] = content[:size]
        del content[:size]
        self._wake_other()
        return size

    def send(self, parts: Sequence[Part]) -> int:
        self._check_open()
        pipe = self._outgoing
        if pipe.broken:
            raise BrokenPipeError(errno.EPIPE, "the other side has gone")
        joined = b"".join(parts)  # type: ignore[arg-type]
        size = min(len(joined), PIPE_BYTES - len(pipe.content))
        if size == 0 and joined:
            raise BlockingIOError(errno.EAGAIN, "the pipe is full")
        pipe.content += joined[:size]
        self._wake_other()
        return size

    def _wake_other(self) -> None:
        if self.other is not None:
            self.other.wake()

    async def wait_readable(self) -> None:
        self._check_open()
        if not self.readable:
            await self.wait_woken()

    async def wait_writable(self) -> None:
        self._check_open()
        if len(self._outgoing.content) >= PIPE_BYTES and not self._outgoing.broken:
            await self.wait_woken()

    def wait_woken(self) -> Awaitable[None]:
        self._check_open()
        if self._event is None:
            self._event = self._new_event()
        return self._event.wait()

    def wake(self) -> None:
        if self._event is not None:
            self._event.set()
            self._event = None

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._outgoing.ended = True
            self._incoming.broken = True
            self.wake()
            self._wake_other()

    def abandon(self) -> None:
        """Nothing: a child made by fork has a copy of its own."""


def connection_pair(
    new_event: Callable[[], Event],
    server_address: tuple[str, int] = ("127.0.0.1", 9092),
    client_address: tuple[str, int] = ("127.0.0.1", 50000),
) -> tuple[MemoryConnection, MemoryConnection]:
    """The client's and the server's end of a new connection."""
    there, back = Pipe(), Pipe()
    client = MemoryConnection(back, there, server_address, new_event)
    server = MemoryConnection(there, back, client_address, new_event)
    client.other, server.other = server, client
    return client, server


class MemoryListener(Listener):
    """Accepts the connections made to one address."""

    def __init__(self, network: MemoryNetwork, address: tuple[str, int], new_event: Callable[[], Event]) -> None:
        self._network = network
        self._address = address
        self._new_event = new_event
        self._arrived = new_event()
        self.closed = False
        self.waiting: deque[MemoryConnection] = deque()

    @property
    def address(self) -> tuple[str, int]:
        return self._address

    def arrive(self, connection: MemoryConnection) -> None:
        """A client has connected."""
        self.waiting.append(connection)
        self._arrived.set()

    async def accept(self) -> MemoryConnection:
        while not self.waiting:
            if self.closed:
                raise OSError(errno.EBADF, "the listener is closed")
            self._arrived = self._new_event()
            await self._arrived.wait()
        return self.waiting.popleft()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._network.forget(self)
            self._arrived.set()

    def abandon(self) -> None:
        """Nothing: a child made by fork has a copy of its own."""


class MemoryNetwork(Network):
    """Addresses inside the process. ``new_event`` makes the events that tasks wait for (trio.Event)."""

    def __init__(self, new_event: Callable[[], Event]) -> None:
        self._new_event = new_event
        self._listeners: dict[tuple[str, int], MemoryListener] = {}
        self._ports = count(49152)

    def listen(self, host: str, port: int, settings: SocketSettings = DEFAULT_SOCKETS) -> MemoryListener:
        address = (host, port or next(self._ports))
        if address in self._listeners:
            raise OSError(errno.EADDRINUSE, f"{host}:{port} is taken")
        listener = self._listeners[address] = MemoryListener(self, address, self._new_event)
        return listener

    def addresses_of(self, host: str) -> list[str]:
        return [host]

    async def connect(self, host: str, port: int) -> MemoryConnection:
        listener = self._listeners.get((host, port))
        if listener is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"nobody listens on {host}:{port}")
        client, server = connection_pair(self._new_event, (host, port), ("127.0.0.1", next(self._ports)))
        listener.arrive(server)
        return client

    def poller(self) -> None:
        """Each connection needs a task of its own."""

    def forget(self, listener: MemoryListener) -> None:
        """The listener is closed: its address is free again, and clients not accepted yet find the end."""
        self._listeners.pop(listener.address, None)
        for connection in listener.waiting:
            connection.close()
