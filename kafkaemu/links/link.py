"""One connection to a broker that comes back by itself.

`Link.run` connects, asks which versions the broker serves, and keeps reading; when the connection ends it connects again,
after a pause that doubles from `BACKOFF_MS` to `BACKOFF_MAX_MS` (reconnect.backoff.ms and reconnect.backoff.max.ms of Kafka's
clients), with a fifth of chance in it so that many links do not come back at once. Meanwhile any task may call
`Link.request`. A request is sent once: if the connection ends before its answer came, nobody can tell whether it was carried
out, and the caller gets `LinkBroken`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import trio

from kafkawire.client import ClientConnection, NegotiationFailed
from kafkawire.framing import ProtocolViolation, unsent
from kafkawire.primitives import MalformedMessage

if TYPE_CHECKING:
    from kafkaemu.world.interface import Connection, Entropy, Network
    from kafkawire.declare import TopLevel

BACKOFF_MS = 50
BACKOFF_MAX_MS = 1000
RECEIVE_BYTES = 16384


class LinkBroken(Exception):
    """The connection could not be made, or ended before the answer; the text says why."""


@attrs.define(eq=False)
class _Waiter:
    """Somebody who waits for an answer."""

    arrived: trio.Event = attrs.field(factory=trio.Event)
    answer: TopLevel | None = None
    failure: Exception | None = None


class Link:
    """A link to the broker at ``host``:``port``. One task runs `run`, any number call `request`."""

    def __init__(self, network: Network, entropy: Entropy, host: str, port: int, client_id: str = "kafkaemu") -> None:
        self._network = network
        self._entropy = entropy
        self._address = (host, port)
        self._client_id = client_id
        self._client: ClientConnection | None = None
        self._ready = trio.Event()
        self._to_send = trio.Event()
        self._waiters: dict[int, _Waiter] = {}
        #: How often a connection was made.
        self.connected_count = 0
        #: Whether the latest connection got as far as being useful.
        self._negotiated = False

    @property
    def connected(self) -> bool:
        """Whether requests can be sent now."""
        return self._ready.is_set()

    async def request(self, message: TopLevel, version: int | None = None) -> TopLevel:
        """Send a request (in the newest version both sides know, unless told) and return its answer, waiting for a connection first.

        Raises `LinkBroken`, MalformedMessage for an answer that cannot be read, and what ClientConnection.send raises.
        """
        while self._client is None or not self._ready.is_set():
            await self._ready.wait()
        waiter = _Waiter()
        number = self._client.send(message, version, answered=True)
        self._waiters[number] = waiter
        self._to_send.set()
        try:
            await waiter.arrived.wait()
        finally:
            self._waiters.pop(number, None)
        if waiter.failure is not None:
            raise waiter.failure
        assert waiter.answer is not None
        return waiter.answer

    async def run(self) -> None:
        """Keep the link up until cancelled."""
        backoff_ms = BACKOFF_MS
        while True:
            try:
                await self.run_once()
            except LinkBroken:
                if self._negotiated:
                    backoff_ms = BACKOFF_MS
            await trio.sleep(backoff_ms * (80 + self._entropy.below(41)) / 100_000)
            backoff_ms = min(2 * backoff_ms, BACKOFF_MAX_MS)

    async def run_once(self) -> None:
        """Connect once and serve requests until the connection ends. Always raises: `LinkBroken`, or trio.Cancelled."""
        try:
            connection = await self._network.connect(*self._address)
        except OSError as error:
            raise LinkBroken(f"cannot connect to {self._where()}: {error.strerror or error}") from error
        self.connected_count += 1
        self._client = ClientConnection(self._client_id, software_name="kafkaemu", software_version="1")
        self._client.negotiate()
        self._to_send = trio.Event()
        self._to_send.set()
        reason = "the task that runs the link has ended"
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._send_all, connection, self._client)
                reason = await self._receive_all(connection, self._client)
                nursery.cancel_scope.cancel()
        finally:
            connection.close()
            self._client = None
            self._negotiated = self._ready.is_set()
            if self._negotiated:
                self._ready = trio.Event()
            for waiter in self._waiters.values():
                waiter.failure = LinkBroken(f"the connection to {self._where()} ended: {reason}")
                waiter.arrived.set()
            self._waiters.clear()
        raise LinkBroken(f"the connection to {self._where()} ended: {reason}")

    def _where(self) -> str:
        return f"{self._address[0]}:{self._address[1]}"

    async def _send_all(self, connection: Connection, client: ClientConnection) -> None:
        """Send what is queued, until cancelled or the connection breaks (which the receiving half notices too)."""
        while True:
            await self._to_send.wait()
            self._to_send = trio.Event()
            parts = client.take()
            while parts:
                try:
                    sent = connection.send(parts)
                except BlockingIOError:
                    await _waited(connection.wait_writable)
                    continue
                except OSError:
                    return
                parts = unsent(parts, sent)

    async def _receive_all(self, connection: Connection, client: ClientConnection) -> str:
        """Receive and hand out answers until the end; returns why it came."""
        buffer = bytearray(RECEIVE_BYTES)
        while True:
            wanted = client.wants()
            try:
                count = connection.receive_into(buffer if wanted is None else wanted)
            except BlockingIOError:
                await _waited(connection.wait_readable)
                continue
            except OSError as error:
                return error.strerror or str(error)
            if count == 0:
                return "the broker closed it"
            if wanted is None:
                client.feed(buffer, count)
            else:
                client.received(count)
            try:
                self._hand_out(client)
            except (ProtocolViolation, NegotiationFailed) as error:
                return str(error)

    def _hand_out(self, client: ClientConnection) -> None:
        while True:
            unanswered = client.unanswered
            try:
                answer = client.next_answer()
            except MalformedMessage as error:
                self._hand(unanswered[0], None, error)
                continue
            if client.served is not None and not self._ready.is_set():
                self._ready.set()
            # A negotiation may have to ask again.
            self._to_send.set()
            if answer is None:
                return
            self._hand(answer.correlation_id, answer.message, None)

    def _hand(self, number: int, answer: TopLevel | None, failure: Exception | None) -> None:
        waiter = self._waiters.get(number)
        if waiter is not None:
            waiter.answer, waiter.failure = answer, failure
            waiter.arrived.set()


async def _waited(wait: object) -> None:
    try:
        await wait()  # type: ignore[operator]
    except (trio.ClosedResourceError, OSError):
        # The next attempt to use the connection says what happened.
        await trio.lowlevel.checkpoint()
