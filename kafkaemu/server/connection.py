"""The synchronous core of a connection: bytes in, handlers called, bytes out, and nothing of any async library.

Theory. A connection is driven by calling `ServerConnection.pump` whenever there may be something to do. One call is one *turn*:
send what is left from before; take complete frames that wait, or receive once; handle at most `FRAMES_PER_TURN` of them,
in order; send all their answers at once. It then says what it is waiting for (`Turn`). Between two turns an idle connection
owns no buffer: it receives into one that all share, since nothing in it outlives the turn.

A request that must wait parks the connection: its `Ticket` sits in the waiting room, and no further request is handled. The
turn that completes it, of another connection or of a timer, encodes and sends the answer itself (`_deliver`); the task that
waits for this connection is woken only if there is more to do than that. While parked the connection still reads, so that the
client's going away is noticed, but no more than `READ_AHEAD_BYTES` or one long frame.

What a client does wrong closes its own connection with one log line; the answers before it are sent first.
"""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kafkaemu.delayed import Parked, Ticket
from kafkaemu.handlers.context import NO_ANSWER, CloseConnection, EndpointType, NoAnswer, Peer, Request
from kafkaemu.server.dispatch import Dispatcher, Route, internal_error
from kafkaemu.world.interface import Turn
from kafkawire.framing import (
    REQUEST_BYTES_MAX,
    FrameReader,
    ProtocolViolation,
    append_frame,
    split_request_head,
    unsent,
)
from kafkawire.primitives import Buffer, MalformedMessage, Part

if TYPE_CHECKING:
    from kafkaemu.handlers.context import Answer
    from kafkaemu.server.connection_quotas import ConnectionQuotas
    from kafkaemu.world.interface import Clock, Connection
    from kafkawire.declare import TopLevel

logger = logging.getLogger("kafkaemu.server")

#: Fairness: how many requests of one client are handled before the others have their turn, if nobody else has more to do …
FRAMES_PER_TURN = 32
#: … and if many have: turns get shorter down to this, below which changing turns would cost more than it brings.
FRAMES_PER_TURN_MIN = 12
RECEIVE_BYTES = 16384
#: How much more is read while a request is parked.
READ_AHEAD_BYTES = 16384
#: What a frame takes on the wire besides its content.
LENGTH_BYTES = 4
#: How often connections that are silent are looked for, at the most.
IDLE_LOOK_MS_MIN = 50.0
#: Small answers are collected up to here before they are sent.
COLLECT_BYTES = 65536


def java_host(host: str) -> str:
    """An IPv6 address as Java prints it, with all eight groups (``0:0:0:0:0:0:0:1``); so clients see it as a member's host."""
    address, percent, zone = host.partition("%")
    before, gap, after = address.partition("::")
    groups = before.split(":") if before else []
    if gap:
        last = after.split(":") if after else []
        groups += ["0"] * (8 - len(groups) - len(last)) + last
    return ":".join(groups) + percent + zone


def host_text(host: str) -> str:
    """An address as Kafka writes it and `Peer.host` has it: ``/127.0.0.1``."""
    return "/" + (java_host(host) if ":" in host else host)


class Connections:
    """What the connections of one broker share, and which there are."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        clock: Clock,
        *,
        max_request_bytes: int = REQUEST_BYTES_MAX,
        max_idle_ms: int = 600_000,
    ) -> None:
        self.dispatcher = dispatcher
        #: Of the connections to the controller in the same process; None where it has no listener.
        self.controller_dispatcher: Dispatcher | None = None
        self.context = dispatcher.context
        self.clock = clock
        self.max_request_bytes = max_request_bytes
        #: Real time without a byte after which a connection is closed, negative: never.
        self.max_idle_ms = max_idle_ms
        self.draining = False
        #: What is received goes here first. One for all connections, but not for all brokers: they may run in several threads.
        self.buffer = bytearray(RECEIVE_BYTES)
        #: How many connections have more to do than one turn.
        self.yielding = 0
        self.open: dict[ServerConnection, None] = {}
        #: Limits on connections; None while there is none.
        self.quotas: ConnectionQuotas | None = None
        #: Called once, when a connection has gone or the limits have changed.
        self.on_room: list[Callable[[], None]] = []

    def limit(self, quotas: ConnectionQuotas | None) -> None:
        """From now on these limits hold, for those who are here too."""
        self.quotas = quotas
        self.close_excess()
        self.tell_room()

    def close_excess(self) -> None:
        """Close connections above the limit, those used least recently first."""
        quotas = self.quotas
        if quotas is None or quotas.excess <= 0:
            return
        for connection in sorted(self.open, key=lambda one: one.active_ms):
            if quotas.excess > 0 and quotas.may_be_closed(connection.peer):
                connection.close()

    def tell_room(self) -> None:
        """Those who wait for a slot look again."""
        waiting, self.on_room = self.on_room, []
        for look in waiting:
            look()

    def close_idle(self) -> float:
        """Close the connections that have been silent for too long; returns the real time of the next look."""
        now_ms = self.clock.real_ms()
        next_ms = now_ms + self.max_idle_ms
        for connection in list(self.open):
            idle_at_ms = connection.active_ms + self.max_idle_ms
            if connection.parked or idle_at_ms > now_ms:
                next_ms = min(next_ms, max(idle_at_ms, now_ms + 1000.0))
            else:
                connection.close()
        # With a limit of 0 this would be the only thing the broker does.
        return max(next_ms, now_ms + IDLE_LOOK_MS_MIN)

    def quiet_ms(self) -> float:
        """Real time since any open connection did something, in milliseconds."""
        return self.clock.real_ms() - max((one.active_ms for one in self.open), default=-math.inf)

    def drain(self) -> None:
        """Shutting down: parked requests end as if their time were up; a connection closes once its answers are sent."""
        self.draining = True
        for connection in list(self.open):
            connection.drain()


class ServerConnection:
    """One client's connection. See the module for how it works; `pump`, `close` and `drain` are all there is to call."""

    __slots__ = (
        "_client_id",
        "_connection",
        "_dispatcher",
        "_frames",
        "_parts",
        "_pending",
        "_reader",
        "_shared",
        "_tail",
        "_ticket",
        "_yielded",
        "active_ms",
        "closed",
        "peer",
    )

    def __init__(
        self,
        shared: Connections,
        connection: Connection,
        listener: str,
        endpoint_type: EndpointType = EndpointType.BROKER,
    ) -> None:
        host, port = connection.peer_address
        self.peer = Peer(host_text(host), port, listener, endpoint_type)
        is_broker = endpoint_type is EndpointType.BROKER
        dispatcher = shared.dispatcher if is_broker else shared.controller_dispatcher
        assert dispatcher is not None
        self._dispatcher = dispatcher
        self.closed = False
        self.active_ms = shared.clock.real_ms()
        self._shared = shared
        self._connection = connection
        self._reader = FrameReader(shared.max_request_bytes)
        #: Frames that are here and not handled yet.
        self._frames: Sequence[Buffer] = ()
        #: What could not be sent yet, or is collected in this turn: the parts, then the tail.
        self._parts: list[Part] | None = None
        self._tail: bytearray | None = None
        self._ticket: Ticket[TopLevel] | None = None
        self._pending: tuple[Route, Request, Any] | None = None
        self._client_id: str | None = None
        self._yielded = False
        shared.open[self] = None
        if shared.quotas is not None:
            shared.quotas.on_opened(self.peer)

    @property
    def parked(self) -> bool:
        """Whether a request waits for its answer."""
        return self._ticket is not None

    # What the driver calls

    def pump(self) -> Turn:
        """Do one turn; returns what to wait for before the next. Raises nothing: what fails here concerns this client alone."""
        if self.closed:
            return Turn.CLOSED
        try:
            return self._turn()
        except ProtocolViolation as error:
            return self._refuse(str(error))
        except MalformedMessage as error:
            return self._refuse(str(error))
        except CloseConnection as error:
            return self._refuse(str(error))
        except OSError:
            # The client has gone, which is its right.
            self.close()
            return Turn.CLOSED
        except Exception:
            logger.exception("Internal error on the connection of %s", self._connection.peer)
            self.close()
            return Turn.CLOSED

    def abandon(self) -> None:
        """Give up the socket in a child made by fork."""
        self._connection.abandon()

    def close(self) -> None:
        """Close at once; a parked request leaves without an answer. Idempotent."""
        if self.closed:
            return
        self.closed = True
        shared = self._shared
        shared.open.pop(self, None)
        if shared.quotas is not None:
            shared.quotas.on_closed(self.peer)
        if shared.on_room:
            shared.tell_room()
        if self._yielded:
            self._yielded = False
            self._shared.yielding -= 1
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = self._pending = None
        self._frames = ()
        self._parts = self._tail = None
        self._connection.close()
        if self.peer.when_closed is not None:
            self.peer.when_closed()

    def drain(self) -> None:
        """End the parked request as if its time were up, send what there is, then close."""
        if self._ticket is not None and self._ticket.parked.on_expire is not None:
            self._ticket.expire()
        if not self.closed and self._parts is None and self._tail is None:
            self.close()

    # One turn

    def _turn(self) -> Turn:
        shared = self._shared
        self.active_ms = shared.clock.real_ms()
        if self._yielded:
            self._yielded = False
            shared.yielding -= 1
        if not self._flush():
            return Turn.WRITE
        if shared.draining:
            self.close()
            return Turn.CLOSED
        if self._ticket is not None:
            return self._read_ahead()
        more = False
        if not self._frames:
            more = self._receive()
            if self.closed:
                return Turn.CLOSED
        self._handle_some()
        if not self._flush():
            return Turn.WRITE
        if self._ticket is not None:
            return Turn.PARKED
        if self._reader.failure is not None and not self._frames:
            raise self._reader.failure
        if not self._frames and not more:
            return Turn.READ
        self._yielded = True
        shared.yielding += 1
        return Turn.YIELD

    def _receive(self) -> bool:
        """Receive once, adding to the frames that wait. Tells whether there may be more; closes at the stream's end."""
        reader = self._reader
        target: bytearray | memoryview | None = reader.wants()
        own = target is not None
        if target is None:
            target = self._shared.buffer
        try:
            count = self._connection.receive_into(target)
        except BlockingIOError:
            return False
        if count == 0:
            self.close()
            return False
        size = len(target)
        if own:
            frame = reader.received(count)
            if frame is not None:
                self._frames = [*self._frames, frame]
        elif self._frames:
            self._frames = [*self._frames, *reader.feed(target, count)]
        else:
            self._frames = reader.feed(target, count)
        return count == size

    def _read_ahead(self) -> Turn:
        """Read while parked, until the limit."""
        while self._ahead_bytes() < READ_AHEAD_BYTES and self._reader.failure is None:
            before = len(self._frames)
            more = self._receive()
            if self.closed:
                return Turn.CLOSED
            if not more and len(self._frames) == before:
                return Turn.PARKED
        return Turn.HELD

    def _ahead_bytes(self) -> int:
        # Lengths included: frames of no bytes are for the handlers to refuse, and must not be read without end.
        return sum(map(len, self._frames)) + LENGTH_BYTES * len(self._frames)

    def _handle_some(self) -> None:
        """Handle frames until the turn's limit, a parked request, or answers that have to be sent first."""
        frames = self._frames
        if not frames:
            return
        handled = 0
        try:
            share = max(FRAMES_PER_TURN // (1 + self._shared.yielding), FRAMES_PER_TURN_MIN)
            for frame in frames[:share]:
                handled += 1
                self._handle(frame)
                if self._ticket is not None or self.closed:
                    break
                much = self._parts is not None or (self._tail is not None and len(self._tail) > COLLECT_BYTES)
                if much and not self._flush():
                    break
        finally:
            self._frames = frames[handled:] if handled < len(frames) and not self.closed else ()

    def _handle(self, frame: Buffer) -> None:
        key, version, correlation_id, self._client_id, position = split_request_head(frame)
        dispatcher = self._dispatcher
        route = dispatcher.routes.get(key << 16 | version & 0xFFFF)
        if route is None:
            route = dispatcher.route(key, version)
        body, _ = route.decode(frame, position)
        request = Request(key, version, correlation_id, self._client_id, self.peer)
        answer: Answer
        try:
            if dispatcher.interceptor is None:
                answer = route.handle(dispatcher.context, request, body)
            else:
                answer = dispatcher.interceptor.handle(route, dispatcher.context, request, body)
        except CloseConnection:
            raise
        except Exception as error:
            answer = internal_error(route, request, body, error)
        if answer.__class__ is Parked:
            self._pending = (route, request, body)
            self._ticket = self._shared.context.waiting.park(answer, self._deliver, self._fail)
        elif answer is not NO_ANSWER:
            self._answer(route, request, body, answer)  # type: ignore[arg-type]

    # Answers

    def _answer(self, route: Route, request: Request, body: Any, message: TopLevel) -> None:
        """Encode an answer behind those collected."""
        try:
            self._encode(route, request, message)
        except Exception as error:
            self._encode(route, request, internal_error(route, request, body, error))

    def _encode(self, route: Route, request: Request, message: TopLevel) -> None:
        tail = self._tail
        if tail is None:
            tail = bytearray()
        parts: list[Part] = [] if self._parts is None else self._parts
        self._tail = append_frame(tail, parts, route.header(0, request.correlation_id), route.encoder(message), message)
        if parts:
            self._parts = parts

    def _flush(self) -> bool:
        """Send what is there; False if the client does not take it all. Raises OSError if it has gone."""
        parts, tail = self._parts, self._tail
        if parts is None:
            if tail is None:
                return True
            parts = [tail]
        elif tail:
            parts.append(tail)
        self._parts = self._tail = None
        while True:
            try:
                sent = self._connection.send(parts)
            except BlockingIOError:
                self._parts = parts
                return False
            parts = unsent(parts, sent)
            if not parts:
                return True

    def _deliver(self, message: TopLevel | NoAnswer) -> None:
        """The parked request has its answer; called in the turn that made it, whose own business must not suffer from ours."""
        assert self._pending is not None
        route, request, body = self._pending
        self._ticket = self._pending = None
        try:
            if not isinstance(message, NoAnswer):
                self._answer(route, request, body, message)
            if self._parts is not None and sum(map(len, self._parts)) > COLLECT_BYTES:
                # Sending it is for a turn of our own: a thousand such answers in one turn would hold everybody up.
                self._connection.wake()
            elif not self._flush() or self._frames or self._shared.draining:
                self._connection.wake()
        except OSError:
            self.close()
        except Exception:
            logger.exception("Closed the connection of %s: no answer can be encoded", self._who())
            self.close()

    def _fail(self, error: Exception) -> None:
        """Completing the parked request met a defect."""
        assert self._pending is not None
        route, request, body = self._pending
        if isinstance(error, CloseConnection):
            self._ticket = self._pending = None
            self._refuse(str(error))
        else:
            self._deliver(internal_error(route, request, body, error))

    def _refuse(self, reason: str) -> Turn:
        """Close because of what the client did; the answers before that are sent."""
        logger.warning("Closed the connection of %s: %s", self._who(), reason)
        with contextlib.suppress(OSError):
            self._flush()
        self.close()
        return Turn.CLOSED

    def _who(self) -> str:
        client_id = "not known yet" if self._client_id is None else f'"{self._client_id}"'
        return f"{self._connection.peer} (client id {client_id})"
