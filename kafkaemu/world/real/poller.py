"""One task for all connections: they stay registered with an epoll of their own, which trio waits for as for one socket.

Against a task for each connection, which registers anew for each wait, this saves a system call, a task switch and trio's
bookkeeping for each request, and two kilobytes for each idle connection.
"""

from __future__ import annotations

import contextlib
import select
from typing import Protocol, cast

import trio

from kafkaemu.world.interface import Connection, Poller, Served, Turn

NOTHING, BYTES, ROOM = 0, 1, 4
if hasattr(select, "epoll"):
    BYTES, ROOM = select.EPOLLIN, select.EPOLLOUT


class Watchable(Protocol):
    """A connection with a file descriptor."""

    def watched_by(self, poller: EpollPoller) -> int:
        """From now on ``poller`` waits for this connection; returns its file descriptor."""


class EpollPoller(Poller):
    """Rounds: each connection that can go on does one turn. The silent come before those that have had a turn and wanted more."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        #: By file descriptor.
        self._served: dict[int, Served] = {}
        #: What is waited for, where it is not `BYTES`.
        self._awaited: dict[int, int] = {}
        #: Who can go on without waiting. May name somebody twice, or somebody who has gone.
        self._ready: list[int] = []
        self._waits = False

    def add(self, connection: Connection, served: Served) -> None:
        fd = cast("Watchable", connection).watched_by(self)
        self._epoll.register(fd, BYTES)
        self._served[fd] = served

    def forget(self, fd: int) -> None:
        """This connection is about to be closed."""
        del self._served[fd]
        # Closing would do that too, but not if something else has the file open: a child between fork and exec.
        if self._awaited.pop(fd, BYTES):
            self._epoll.unregister(fd)

    def wake(self, fd: int) -> None:
        """Let this connection do a turn soon."""
        self._ready.append(fd)
        if self._waits:
            self._waits = False
            trio.lowlevel.notify_closing(self._epoll)

    async def run(self) -> None:
        epoll = self._epoll
        try:
            while True:
                if self._ready:
                    await trio.lowlevel.checkpoint()
                else:
                    self._waits = True
                    with contextlib.suppress(trio.ClosedResourceError):
                        await trio.lowlevel.wait_readable(epoll)
                    self._waits = False
                self._round()
        finally:
            for served in list(self._served.values()):
                served.close()
            epoll.close()

    def _round(self) -> None:
        able = self._epoll.poll(0)
        if not self._ready:
            for fd, _ in able:
                self._turn(fd)
            return
        ready = dict.fromkeys(self._ready)
        self._ready = []
        for fd, _ in able:
            if fd not in ready:
                self._turn(fd)
        for fd in ready:
            self._turn(fd)

    def _turn(self, fd: int) -> None:
        served = self._served.get(fd)
        if served is None:
            return
        turn = served.pump()
        if turn is Turn.READ or turn is Turn.PARKED:
            if self._awaited:
                self._await(fd, BYTES)
        elif turn is Turn.YIELD:
            self._ready.append(fd)
        elif turn is Turn.WRITE:
            self._await(fd, ROOM)
        elif turn is Turn.HELD:
            self._await(fd, NOTHING)

    def _await(self, fd: int, events: int) -> None:
        before = self._awaited.pop(fd, BYTES)
        if events != BYTES:
            self._awaited[fd] = events
        if events == before:
            return
        if not events:
            # Registered for nothing it would still be reported when its client goes, in every round.
            self._epoll.unregister(fd)
        elif not before:
            self._epoll.register(fd, events)
        else:
            self._epoll.modify(fd, events)
