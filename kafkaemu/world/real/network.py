"""Sockets: raw and non-blocking, waited for through trio's lowest level (PERFORMANCE 1)."""

from __future__ import annotations

import errno
import os
import select
import socket
import sys
from collections.abc import Awaitable, Sequence
from typing import cast

import trio

from kafkaemu.world.interface import DEFAULT_SOCKETS, Connection, Listener, Network, SocketSettings
from kafkaemu.world.real.poller import EpollPoller
from kafkawire.primitives import Part

#: How many buffers one gathered send takes; the smallest limit among the platforms.
GATHER_MAX = 512
#: How much is joined for one send where there is no gathering.
JOIN_MAX_BYTES = 65536


def address_text(host: str, port: int) -> str:
    """An address as Kafka writes it: ``/127.0.0.1:50123``."""
    return f"/[{host}]:{port}" if ":" in host else f"/{host}:{port}"


class RealConnection(Connection):
    """One connected socket.

    The task that waits for it gets trio.ClosedResourceError from `wake` and `close`; whoever drives the connection takes both
    for a reason to look again. Where a poller waits for it, `wake` and `close` tell that instead.
    """

    __slots__ = ("_fallbacks", "_host", "_poller", "_port", "_socket", "_woken")

    def __init__(self, sock: socket.socket, address: tuple[str, int], fallbacks: bool) -> None:
        sock.setblocking(False)
        # One string for all connections of a host.
        self._host = sys.intern(address[0])
        self._port = address[1]
        self._socket: socket.socket | None = sock
        self._fallbacks = fallbacks
        self._woken: trio.Event | None = None
        self._poller: EpollPoller | None = None

    def watched_by(self, poller: EpollPoller) -> int:
        """From now on ``poller`` waits for this connection; returns its file descriptor."""
        self._poller = poller
        return self._open().fileno()

    @property
    def peer(self) -> str:
        return address_text(self._host, self._port)

    @property
    def peer_address(self) -> tuple[str, int]:
        return self._host, self._port

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise OSError(errno.EBADF, "the connection is closed")
        return self._socket

    def receive_into(self, buffer: bytearray | memoryview) -> int:
        return self._open().recv_into(buffer)

    def send(self, parts: Sequence[Part]) -> int:
        sock = self._open()
        buffers = cast("Sequence[bytes]", parts)
        if len(buffers) == 1:
            return sock.send(buffers[0])
        if not self._fallbacks:
            return sock.sendmsg(buffers if len(buffers) <= GATHER_MAX else buffers[:GATHER_MAX])
        joined = bytearray()
        for buffer in buffers:
            if joined and len(joined) + len(buffer) > JOIN_MAX_BYTES:
                break
            joined += buffer
        return sock.send(joined)

    def wait_readable(self) -> Awaitable[None]:
        return trio.lowlevel.wait_readable(self._open())

    def wait_writable(self) -> Awaitable[None]:
        return trio.lowlevel.wait_writable(self._open())

    def wait_woken(self) -> Awaitable[None]:
        self._open()
        self._woken = trio.Event()
        return self._woken.wait()

    def wake(self) -> None:
        if self._poller is not None:
            if self._socket is not None:
                self._poller.wake(self._socket.fileno())
            return
        if self._woken is not None:
            self._woken.set()
            self._woken = None
        if self._socket is not None:
            trio.lowlevel.notify_closing(self._socket)

    def close(self) -> None:
        if self._socket is not None:
            if self._poller is not None:
                self._poller.forget(self._socket.fileno())
            else:
                self.wake()
            self._socket.close()
            self._socket = None

    def abandon(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class RealListener(Listener):
    """A listening socket."""

    def __init__(self, sock: socket.socket, fallbacks: bool, send_buffer_bytes: int) -> None:
        self._socket = sock
        self._fallbacks = fallbacks
        self._send_buffer_bytes = send_buffer_bytes
        name = sock.getsockname()
        self._address = (str(name[0]), int(name[1]))

    @property
    def address(self) -> tuple[str, int]:
        return self._address

    async def accept(self) -> RealConnection:
        while True:
            try:
                sock, address = self._socket.accept()
            except BlockingIOError:
                try:
                    await trio.lowlevel.wait_readable(self._socket)
                except trio.ClosedResourceError:
                    raise OSError(errno.EBADF, "the listener is closed") from None
                continue
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._send_buffer_bytes >= 0:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._send_buffer_bytes)
            except OSError:
                sock.close()
                raise
            return RealConnection(sock, (str(address[0]), int(address[1])), self._fallbacks)

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            trio.lowlevel.notify_closing(self._socket)
            self._socket.close()

    def abandon(self) -> None:
        self._socket.close()


class RealNetwork(Network):
    """TCP. ``fallbacks`` forces what is used where the platform lacks ``sendmsg`` or epoll (Windows)."""

    def __init__(self, *, fallbacks: bool = False) -> None:
        self._polls = hasattr(select, "epoll") and not fallbacks
        self._fallbacks = fallbacks or not hasattr(socket.socket, "sendmsg")

    def listen(self, host: str, port: int, settings: SocketSettings = DEFAULT_SOCKETS) -> RealListener:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":
                # A restart must not wait for the old connections' TIME_WAIT; on Windows the option would steal the port.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if settings.receive_buffer_bytes >= 0:
                # Accepted sockets inherit it; the window that TCP agrees on depends on it.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, settings.receive_buffer_bytes)
            sock.setblocking(False)
            sock.bind(address)
            sock.listen(settings.backlog)
        except OSError:
            sock.close()
            raise
        return RealListener(sock, self._fallbacks, settings.send_buffer_bytes)

    def addresses_of(self, host: str) -> list[str]:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]

    async def connect(self, host: str, port: int) -> RealConnection:
        failure: OSError = OSError(errno.EADDRNOTAVAIL, f"{host} has no address")
        for family, kind, protocol, _, address in await trio.socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.setblocking(False)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                code = sock.connect_ex(address)
                if code in (errno.EINPROGRESS, errno.EWOULDBLOCK):
                    await trio.lowlevel.wait_writable(sock)
                    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if code:
                    raise OSError(code, os.strerror(code))
            except OSError as error:
                sock.close()
                failure = error
                continue
            except BaseException:
                trio.lowlevel.notify_closing(sock)
                sock.close()
                raise
            return RealConnection(sock, (str(address[0]), int(address[1])), self._fallbacks)
        raise failure

    def poller(self) -> EpollPoller | None:
        return EpollPoller() if self._polls else None
