"""What the four seams promise. No implementation, and no trio, is imported here."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol

from kafkawire.primitives import Part


class Clock(Protocol):
    """Two notions of time (DESIGN 5).

    ``now_ms`` is milliseconds since 1970, never goes back, and may be moved by a test: everything of Kafka runs on it.
    ``real_ms`` is monotonic real time in milliseconds from an arbitrary start, which nobody moves: timers of the transport,
    and the other bound of a request's ``max_wait_ms``.
    """

    __slots__ = ()

    def now_ms(self) -> int:
        """Milliseconds since 1970."""

    def real_ms(self) -> float:
        """Milliseconds of monotonic real time."""

    @property
    def stands_still(self) -> bool:
        """Whether ``now_ms`` changes only when a test moves it."""

    def on_move(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` whenever a test has moved ``now_ms`` (never called by a clock that cannot be moved)."""


class Entropy(Protocol):
    """Randomness; the memory half is seeded."""

    __slots__ = ()

    def token(self, size: int) -> bytes:
        """``size`` random bytes."""

    def below(self, bound: int) -> int:
        """A random number in [0, bound)."""

    def uuid(self) -> bytes:
        """A random Kafka uuid: version-4 bits set, never one of the reserved ones, text form never starting with "-"."""


class Connection(Protocol):
    """A byte stream: a non-blocking socket, or an in-process pipe with the same manners."""

    __slots__ = ()

    @property
    def peer(self) -> str:
        """Address of the other side, as ``/127.0.0.1:50123``."""

    @property
    def peer_address(self) -> tuple[str, int]:
        """The same as host and port."""

    def receive_into(self, buffer: bytearray | memoryview) -> int:
        """Bytes received, 0 at the end of the stream. Raises BlockingIOError when nothing is there yet, OSError when broken."""

    def send(self, parts: Sequence[Part]) -> int:
        """Send what fits of ``parts``, in order; returns the number of bytes taken. Raises BlockingIOError or OSError."""

    def wait_readable(self) -> Awaitable[None]:
        """Until bytes or the end of the stream are there, or `wake` or `close` is called. May return for no reason."""

    def wait_writable(self) -> Awaitable[None]:
        """Until `send` may take bytes again, or `wake` or `close` is called. May return for no reason."""

    def wait_woken(self) -> Awaitable[None]:
        """Until `wake` or `close` is called."""

    def wake(self) -> None:
        """Let the task return that waits on this connection: there is something for it to do."""

    def close(self) -> None:
        """Close at once, and wake the task that waits. Idempotent."""

    def abandon(self) -> None:
        """Give up this process's copy in a child made by fork: the stream and the tasks that wait are the parent's."""


class Turn(enum.Enum):
    """What a connection waits for after a turn."""

    #: Bytes from the client.
    READ = enum.auto()
    #: The client taking its answers.
    WRITE = enum.auto()
    #: Nothing: there is more to do, but others come first.
    YIELD = enum.auto()
    #: An answer that is not there yet, or bytes from the client.
    PARKED = enum.auto()
    #: The same, with as much read ahead as is allowed: only `wake` ends it.
    HELD = enum.auto()
    #: Nothing any more.
    CLOSED = enum.auto()


class Served(Protocol):
    """The server's half of a connection: it does something whenever there may be something to do."""

    def pump(self) -> Turn:
        """Do one turn; returns what to wait for before the next. Raises nothing."""

    def close(self) -> None:
        """Close the connection. Idempotent."""


class Poller(Protocol):
    """Waits for many connections in one task."""

    __slots__ = ()

    def add(self, connection: Connection, served: Served) -> None:
        """Have ``served`` do its turns from now on, beginning when the first bytes are there."""

    async def run(self) -> None:
        """Wait and do turns until cancelled; closes all connections then."""


class Event(Protocol):
    """Something that happens once; the async library's own event fits."""

    __slots__ = ()

    def set(self) -> None:
        """It happens: whoever waits goes on."""

    async def wait(self) -> None:
        """Until it happens."""


class SocketSettings(NamedTuple):
    """Of a listening socket: how many connections may wait to be accepted, and for those that are, how many bytes their buffers hold
    (-1: as the system sees fit)."""

    backlog: int = 1024
    receive_buffer_bytes: int = -1
    send_buffer_bytes: int = -1


DEFAULT_SOCKETS = SocketSettings()


class Listener(Protocol):
    """Accepts connections on one address."""

    __slots__ = ()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens on."""

    async def accept(self) -> Connection:
        """The next connection. Raises OSError when there is none to be had: ECONNABORTED when that client has gone again,
        EMFILE or ENFILE when there are too many, EBADF when the listener is closed."""

    def close(self) -> None:
        """Stop listening. A task that waits in `accept` gets OSError."""

    def abandon(self) -> None:
        """Give up this process's copy in a child made by fork: the parent goes on listening."""


class Network(Protocol):
    """Where connections come from."""

    __slots__ = ()

    def listen(self, host: str, port: int, settings: SocketSettings = DEFAULT_SOCKETS) -> Listener:
        """Listen on one address. Raises OSError: EADDRINUSE when the port is taken, EADDRNOTAVAIL when there is no such
        address on this machine (no IPv6)."""

    def addresses_of(self, host: str) -> list[str]:
        """The addresses of a host, looked up where it is a name. Raises OSError when there is none."""

    async def connect(self, host: str, port: int) -> Connection:
        """Connect to a listener. Raises OSError."""

    def poller(self) -> Poller | None:
        """What waits for many accepted connections in one task; None where each needs a task of its own."""


class File(Protocol):
    """An open file. Reads and page-cache writes are synchronous (DESIGN 3)."""

    __slots__ = ()

    def read_at(self, position: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``position``; fewer at the end."""

    def append(self, parts: Sequence[bytes | bytearray | memoryview]) -> int:
        """Write ``parts`` at the end; returns the position they begin at. Raises OSError, with nothing appended."""

    def truncate(self, size: int) -> None:
        """Cut to ``size`` bytes."""

    def sync(self) -> None:
        """Force to stable storage; may block, so it is called from a thread."""

    def close(self) -> None:
        """Give it back."""


class Disk(Protocol):
    """A folder tree. Paths are relative with forward slashes, or absolute for the files a user names."""

    __slots__ = ()

    def read(self, path: str) -> bytes:
        """The whole content."""

    def write(self, path: str, content: bytes) -> None:
        """Replace the whole content; the file is made if it is not there."""

    def open(self, path: str) -> File:
        """Open for reading and appending; made if it is not there."""

    def rename(self, old: str, new: str) -> None:
        """Rename, replacing what was there."""

    def remove(self, path: str) -> None:
        """Delete a file."""

    def list(self, path: str) -> list[str]:
        """Names in a folder, sorted."""

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it; it may be there already."""

    def sync_folder(self, path: str) -> None:
        """Force the names in a folder to stable storage; may block."""


class World(Protocol):
    """The four together, as they are handed to a broker."""

    clock: Clock
    network: Network
    disk: Disk
    entropy: Entropy
