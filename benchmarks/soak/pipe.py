"""One connection with any number of requests under way, whose answers are handed out in the order of the requests."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import trio

from benchmarks.raw import frame
from kafkawire.compiler import decode
from kafkawire.declare import TopLevel
from kafkawire.framing import FrameReader
from kafkawire.index import APIS
from kafkawire.primitives import Buffer

RECEIVE_BYTES = 1 << 18


class Pipe:
    """Made by `connected`. A handler gets the answer, header included, and what was given along with it."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self._out = bytearray()
        self._handlers: deque[tuple[Callable[[Buffer, Any], None], Any]] = deque()
        self._sending = trio.Lock()

    def put(self, request: bytes, handler: Callable[[Buffer, Any], None], argument: Any = None) -> None:
        """Queue a frame; `flush` sends it."""
        self._out += request
        self._handlers.append((handler, argument))

    async def flush(self) -> None:
        """Send what is queued."""
        async with self._sending:
            out, self._out = self._out, bytearray()
            # Cut off in the middle, the rest of the stream would make no sense.
            with trio.CancelScope(shield=True):
                await self._stream.send_all(out)

    async def call(self, body: TopLevel, version: int) -> Any:
        """Send one request and return its decoded answer."""
        came, answers = trio.Event(), []

        def keep(answer: Buffer, _: Any) -> None:
            answers.append(answer)
            came.set()

        self.put(frame(body.KEY, version, body), keep)
        await self.flush()
        await came.wait()
        api = APIS[body.KEY]
        return decode(api.response, version, answers[0][5 if api.response_header_version(version) else 4 :])

    async def receive(self) -> None:
        """Hand answers out until cancelled."""
        reader = FrameReader(1 << 30)
        handlers = self._handlers
        while chunk := await self._stream.receive_some(RECEIVE_BYTES):
            for answer in reader.feed(chunk):
                handler, argument = handlers.popleft()
                handler(answer, argument)
        raise ConnectionError("the broker closed the connection")


@asynccontextmanager
async def connected(host: str, port: int) -> AsyncIterator[Pipe]:
    """A connection for the length of the block."""
    stream = await trio.open_tcp_stream(host, port)
    pipe = Pipe(stream)
    async with stream, trio.open_nursery() as nursery:
        nursery.start_soon(pipe.receive)
        yield pipe
        nursery.cancel_scope.cancel()
