"""A broker in this process: a thread with an event loop of its own, and plain calls into it.

Calls cross over as functions that the loop runs between two of its turns, so they see the broker as its handlers do and nothing
is locked. What has to wait is parked as a client's request would be, and the calling thread waits for it; nobody polls.

A broker ends with its `with` block, whatever ends that, or else with the interpreter. A child made by fork has no such thread: there
the broker's sockets are closed and its calls raise `BrokerNotShared`.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
import traceback
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import trio

from kafkaemu import cluster
from kafkaemu.broker import Broker as PlainBroker
from kafkaemu.delayed import Parked
from kafkaemu.handlers.context import Peer, Request
from kafkaemu.handlers.index import HANDLERS
from kafkaemu.lab.clock import MovableClock
from kafkaemu.testing.clock import BrokerClock
from kafkaemu.testing.errors import BrokerError, BrokerNotShared, BrokerStopped, BrokerTimeout, is_told
from kafkaemu.testing.setup import Setup, configured, topics_of
from kafkaemu.testing.surface import ANYWHERE, Surface
from kafkaemu.testing.traffic import Traffic
from kafkaemu.testing.waiting import Deadline
from kafkaemu.world.real import RealClock, RealWorld

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from kafkaemu.metadata.controller import Changes
    from kafkaemu.server.listeners import Bound
    from kafkaemu.testing.values import SeenRequest
    from kafkawire.declare import TopLevel

T = TypeVar("T")

__tracebackhide__ = is_told
CLIENT_ID = "kafkaemu-testing"
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0
#: How many refused requests a failure message tells.
SHOWN_REFUSED = 5
#: Waiting room key of those who wait for a topic.
_TOPICS = object()
#: Those that run, to be stopped with the interpreter.
_running: weakref.WeakSet[Broker] = weakref.WeakSet()


class Broker(Surface):
    """A fresh broker for a test; a context manager, plain or async.

    ``topics`` are made before anybody can connect: names, ``"name:3"`` for three partitions, or a mapping to numbers of partitions.
    ``config`` are broker configs of Kafka; a key that Kafka does not know raises `BrokerError`. ``as_version`` is the release to
    pass for, such as "3.9". ``listeners`` is Kafka's own config; by default the broker listens on a free port of 127.0.0.1.
    ``timeout_s`` is how long a call may take.
    """

    def __init__(
        self,
        *,
        topics: Iterable[str] | Mapping[str, int] = (),
        config: Mapping[str, object] | None = None,
        as_version: str | None = None,
        listeners: str | None = None,
        timeout_s: float | None = None,
    ) -> None:
        super().__init__()
        if timeout_s is not None:
            self.timeout_s = timeout_s
        self._topics = topics_of(topics)
        self._setup: Setup = configured(config or {}, as_version, listeners)
        self._thread: threading.Thread | None = None
        self._token: trio.lowlevel.TrioToken | None = None
        self._scope: trio.CancelScope | None = None
        self._pid = 0
        self._failure: BaseException | None = None
        self._broker: PlainBroker | None = None
        self._bound: list[Bound] = []
        #: Where those look who wait for an answer.
        self._awaited: set[SimpleQueue[Any]] = set()
        self._traffic = Traffic()
        self._movable = MovableClock(RealClock())
        self._clock = BrokerClock(self._call, self._movable, self._plain)

    # Life

    def start(self) -> Self:
        """Start, and return when clients can connect. Raises `BrokerError` if it cannot, or runs already."""
        if self._thread is not None:
            raise BrokerError("this broker has been started before: make another one")
        self._pid = os.getpid()
        started: SimpleQueue[None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, args=(started,), name="kafkaemu", daemon=True)
        self._thread.start()
        try:
            started.get(timeout=START_TIMEOUT_S)
        except BaseException as error:
            self.stop()
            if isinstance(error, Empty):
                raise BrokerTimeout(f"the broker has not started within {START_TIMEOUT_S:g} s") from None
            raise
        if self._failure is not None:
            self._thread.join()
            raise BrokerError(f"the broker cannot start: {self._failure}") from self._failure
        _running.add(self)
        return self

    def stop(self) -> None:
        """Stop, at once: connections are closed, and nothing is left. Idempotent."""
        _running.discard(self)
        thread, token = self._thread, self._token
        if thread is None or os.getpid() != self._pid:
            return
        if token is not None and self._scope is not None:
            with contextlib.suppress(trio.RunFinishedError):
                token.run_sync_soon(self._scope.cancel)
        thread.join(STOP_TIMEOUT_S)
        if thread.is_alive():
            raise BrokerTimeout(f"the broker does not stop; it is at:\n{self._stack()}")
        self._broker = None
        self._bound = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, started: SimpleQueue[None]) -> None:
        try:
            trio.run(self._serve, started)
        except BaseException as error:
            self._failure = error
        finally:
            started.put(None)
            for replies in list(self._awaited):
                replies.put((None, BrokerStopped("the broker was stopped before it answered")))

    async def _serve(self, started: SimpleQueue[None]) -> None:
        setup = self._setup
        self._token = trio.lowlevel.current_trio_token()
        broker = PlainBroker(
            RealWorld(clock=self._movable),
            setup.config,
            topics=self._topics,
            memory_limit_bytes=setup.memory_limit_bytes,
            profile=setup.profile,
        )
        broker.controller.subscribe(self._on_changes)
        broker.connections.dispatcher.interceptor = self._traffic

        def on_started(bound: list[Bound]) -> None:
            self._bound, self._broker = bound, broker
            started.put(None)

        with trio.CancelScope() as self._scope:
            await cluster.serve_until(broker, setup.listeners, _never(), on_started)

    # Where it is

    @property
    def port(self) -> int:
        """The port of the first listener."""
        self._plain()
        return self._bound[0].port

    @property
    def bootstrap_servers(self) -> str:
        self._plain()
        host, port = self._bound[0].advertised
        return f"{host}:{port}"

    @property
    def clock(self) -> BrokerClock:
        return self._clock

    # Calls into the loop

    def _plain(self) -> PlainBroker:
        """The broker itself. Raises `BrokerError` unless it runs, here."""
        if self._pid and os.getpid() != self._pid:
            raise BrokerNotShared(
                "this process was forked from the one that the broker runs in: start a broker here, or ask the parent"
            )
        if self._broker is None or self._thread is None or not self._thread.is_alive():
            if self._failure is not None:
                raise BrokerStopped(f"the broker has ended: {self._failure!r}") from self._failure
            raise BrokerStopped("the broker has been stopped" if self._thread else "the broker has not been started")
        return self._broker

    def _call(self, function: Callable[[], T], wait_s: float = 0) -> T:
        """What ``function`` returns, or raises, in the loop."""

        def begin(give: Callable[[T], None], fail: Callable[[Exception], None]) -> None:
            give(function())

        return self._await(begin, wait_s)

    def _await(self, begin: Callable[[Callable[[T], None], Callable[[Exception], None]], None], wait_s: float) -> T:
        """What ``begin``, called in the loop, gives at last."""
        self._plain()
        assert self._token is not None
        replies: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

        def fail(error: BaseException) -> None:
            replies.put((None, error))

        def run() -> None:
            try:
                begin(lambda value: replies.put((value, None)), fail)
            except Exception as error:
                fail(error)

        self._awaited.add(replies)
        try:
            self._token.run_sync_soon(run)
        except trio.RunFinishedError:
            self._awaited.discard(replies)
            raise BrokerStopped("the broker has been stopped") from None
        timeout_s = self.timeout_s + wait_s
        try:
            value, error = replies.get(timeout=timeout_s)
        except Empty:
            self._plain()
            raise BrokerTimeout(f"no answer within {timeout_s:g} s; the broker is at:\n{self._stack()}") from None
        finally:
            self._awaited.discard(replies)
        if error is not None:
            raise error
        return value  # type: ignore[return-value]

    def _ask(self, request: TopLevel, version: int, *, node: int = ANYWHERE, wait_s: float = 0) -> Any:
        def begin(give: Callable[[Any], None], fail: Callable[[Exception], None]) -> None:
            context = self._plain().context
            module = import_module(f"kafkaemu.handlers.{HANDLERS[request.KEY]}")
            peer = Peer("/127.0.0.1", 0, next(iter(context.advertised)))
            answer = module.handle(context, Request(request.KEY, version, 0, CLIENT_ID, peer), request)
            if isinstance(answer, Parked):
                context.waiting.park(answer, give, fail)
            else:
                give(answer)

        return self._await(begin, wait_s)

    def _stack(self) -> str:
        """Where the broker's thread is."""
        assert self._thread is not None
        frame = sys._current_frames().get(self._thread.ident or 0)
        return "".join(traceback.format_stack(frame)[-6:]) if frame is not None else "(nowhere: its thread has ended)"

    # For the surface

    def _now_ms(self) -> int:
        return self._call(self._movable.now_ms)

    def _attempts(self, deadline: Deadline) -> Iterator[None]:
        # A topic is made by the first request that names it, and told from the second one on.
        yield
        yield

    def _wait_for_topic(self, topic: str, deadline: Deadline) -> None:
        def is_there() -> bool | None:
            return topic in self._plain().context.image.topics or None

        def begin(give: Callable[[bool], None], fail: Callable[[Exception], None]) -> None:
            broker = self._plain()
            if is_there():
                give(True)
                return
            ticket = broker.waiting.park(Parked((_TOPICS,), is_there), give, fail)

            def give_up() -> None:
                if ticket.waiting:
                    ticket.cancel()
                    give(False)

            broker.real.at(broker.world.clock.real_ms() + deadline.left_s * 1000, give_up)

        self._await(begin, deadline.left_s)

    def _on_changes(self, changes: Changes) -> None:
        if changes.created:
            assert self._token is not None
            # The topic is hosted by whoever else is told of it, before or after us.
            self._token.run_sync_soon(self._touch_topics)

    def _touch_topics(self) -> None:
        if self._broker is not None:
            self._broker.waiting.touch(_TOPICS)

    def _coordinator(self, group: str) -> int:
        return ANYWHERE

    def _nodes(self) -> list[int]:
        return [ANYWHERE]

    def _what_happened(self) -> str:
        """Who was connected and what was refused; and why that may be, where the caller keeps its own clients from running."""
        lines = [f"{len(self._plain().connections.open)} client(s) connected"]
        lines += [f"refused {seen}" for seen in list(self._traffic.refused)[-SHOWN_REFUSED:]]
        if _in_event_loop():
            lines.append(
                "This was waited for in the thread of an event loop, whose tasks could not run meanwhile: "
                "use asyncio.to_thread or trio.to_thread.run_sync."
            )
        return "\n".join(lines)

    def requests(self) -> list[SeenRequest]:
        return self._call(lambda: list(self._traffic.seen))

    def refused_requests(self) -> list[SeenRequest]:
        return self._call(lambda: list(self._traffic.refused))

    def _abandon(self) -> None:
        """This is a child made by fork: let go of the sockets, which are the parent's."""
        if self._broker is not None:
            for listener in self._bound:
                for sock in listener.sockets:
                    sock.abandon()
            for connection in self._broker.connections.open:
                connection.abandon()


async def _never() -> AsyncIterator[str]:
    """No reason to stop; the scope around is cancelled."""
    await trio.sleep_forever()
    yield ""


def _stop_all() -> None:
    for broker in list(_running):
        try:
            broker.stop()
        except BrokerError:
            # Its thread is a daemon: it does not keep the interpreter.
            continue


def _after_fork() -> None:
    for broker in list(_running):
        broker._abandon()
    _running.clear()


def _in_event_loop() -> bool:
    """Whether this thread runs an event loop, of trio or of asyncio."""
    if trio.lowlevel.in_trio_run():
        return True
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


atexit.register(_stop_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
