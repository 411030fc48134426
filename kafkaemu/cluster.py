"""The lifespan of a process that serves: start, the lines that say so, signals, draining, end.

Lifespan nursery > connection nursery > accept loops: the connections end before the timers they need.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING

import trio

from kafkaemu.broker import Broker
from kafkaemu.server.driver import accept, run_deadlines
from kafkaemu.server.listeners import Bound, bind, socket_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from kafkaemu.config.listeners import Listeners

logger = logging.getLogger("kafkaemu")

#: How long clients may take to fetch their last answers when the broker stops.
DRAIN_S = 1.2
#: Longer log messages are cut.
MESSAGE_CHARACTERS_MAX = 2000
#: Between two tries of ``kafkaemu ready --wait``.
READY_PAUSE_S = 0.05
#: Of the garbage collector: objects made, young collections before a middle one, middle ones before a full one.
GC_THRESHOLDS = (20_000, 20, 100)
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run(broker: Broker, listeners: Listeners) -> None:
    """`serve` in an event loop of its own, which must be on the main thread."""
    # Each connection that waits holds a dozen objects: collecting whenever 700 have come on top takes a tenth of the time with a
    # thousand connections. Little garbage here is cyclic.
    gc.set_threshold(*GC_THRESHOLDS)
    for number in _SIGNALS:
        # Before the first signal can be received, and for a second one that comes when all is done: trio delivers it again then.
        signal.signal(number, _end)
    trio.run(serve, broker, listeners)


def _end(_number: int, _frame: object) -> None:
    os._exit(0)


async def serve(broker: Broker, listeners: Listeners) -> None:
    """Serve until a signal says to stop. Raises `CannotListen` or `CannotStart` before anybody is served.

    The first SIGTERM or SIGINT drains: no new connections, parked requests end as if their time were up, what is written may be
    read for `DRAIN_S` seconds. A second one ends at once.
    """
    with trio.open_signal_receiver(*_SIGNALS) as signals:
        await serve_until(broker, listeners, (signal.Signals(number).name async for number in signals))
    logger.info("[KafkaRaftServer nodeId=%d] Kafka Server stopped", broker.node_id)


async def serve_until(
    broker: Broker,
    listeners: Listeners,
    stops: AsyncIterator[str],
    on_started: Callable[[list[Bound]], None] = lambda _: None,
) -> None:
    """Serve until ``stops`` says why to stop: its first word drains, its second ends at once.

    ``on_started`` is called when clients can connect. Cancelling ends at once too. Raises `CannotListen` or `CannotStart`.
    """
    bound = bind(broker.world.network, listeners, socket_settings(broker.config))
    try:
        broker.start(listeners, bound)
        async with trio.open_nursery() as lifespan:
            lifespan.start_soon(run_deadlines, broker.world.clock, broker.moved, broker.real)
            announce(broker, bound)
            on_started(bound)
            async with trio.open_nursery() as nursery:
                poller = broker.world.network.poller()
                if poller is not None:
                    nursery.start_soon(poller.run)
                for listener in bound:
                    for sock in listener.sockets:
                        nursery.start_soon(
                            accept, sock, listener.name, broker.connections, nursery, listener.endpoint_type, poller
                        )
                async for reason in stops:
                    logger.info("Stopping: got %s", reason)
                    break
                nursery.start_soon(_second_stop, stops, nursery)
                await stop(broker, bound)
                nursery.cancel_scope.cancel()
            lifespan.cancel_scope.cancel()
    finally:
        close(bound)
        broker.close()


async def _second_stop(stops: AsyncIterator[str], nursery: trio.Nursery) -> None:
    async for _ in stops:
        nursery.cancel_scope.cancel()


def close(bound: list[Bound]) -> None:
    """Stop listening."""
    for listener in bound:
        for sock in listener.sockets:
            sock.close()


async def stop(broker: Broker, bound: list[Bound]) -> None:
    """Close the listeners and drain the connections, for at most `DRAIN_S` seconds."""
    close(bound)
    connections = broker.connections
    connections.drain()
    with trio.move_on_after(DRAIN_S):
        while connections.open:
            await trio.sleep(0.01)


def announce(broker: Broker, bound: list[Bound]) -> None:
    """Log where the broker listens, and the lines that test harnesses wait for: two, and an older one in profiles that had it."""
    node_id = broker.node_id
    for listener in bound:
        for sock in listener.sockets:
            host, port = sock.address
            text = f"[{host}]" if ":" in host else host
            logger.info("Listening on %s://%s:%d", listener.name, text, port)
    logger.info(
        "[BrokerLifecycleManager id=%d] The broker has been unfenced. Transitioning from RECOVERY to RUNNING.", node_id
    )
    if broker.context.profile.prints_kafka_server_started:
        logger.info("[KafkaServer id=%d] started", node_id)
    logger.info("[KafkaRaftServer nodeId=%d] Kafka Server started", node_id)


class OneLine(logging.Formatter):
    """Kafka's layout, one line for each message: what a client calls itself or a topic can neither forge lines nor fill the disk."""

    def __init__(self) -> None:
        super().__init__("[%(asctime)s] %(levelname)s %(message)s (%(name)s)")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line before the traceback, if there is one."""
        message = record.message
        if len(message) > MESSAGE_CHARACTERS_MAX:
            message = message[:MESSAGE_CHARACTERS_MAX] + "…"
        if not message.isprintable():
            message = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in message)
        record.message = message
        return super().formatMessage(record)


def configure_logging(level: str) -> None:
    """Log lines in the layout of Kafka's, on standard output as Kafka does."""
    logging.addLevelName(logging.WARNING, "WARN")
    logging.addLevelName(logging.CRITICAL, "FATAL")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(OneLine())
    # Whoever reads the log may go away; the broker stays.
    logging.raiseExceptions = False
    root = logging.getLogger("kafkaemu")
    root.handlers[:] = [handler]
    root.propagate = False
    root.setLevel(level)


def is_ready(host: str, port: int, timeout_s: float, wait_s: float = 0) -> str | None:
    """`ask_until_ready` in an event loop of its own."""
    return trio.run(ask_until_ready, host, port, timeout_s, wait_s)


async def ask_until_ready(host: str, port: int, timeout_s: float, wait_s: float) -> str | None:
    """`ask_ready`, again and again until ``wait_s`` seconds have passed; the last answer counts."""
    end_s = trio.current_time() + wait_s
    while (sentence := await ask_ready(host, port, timeout_s)) and trio.current_time() < end_s:
        await trio.sleep(READY_PAUSE_S)
    return sentence


async def ask_ready(host: str, port: int, timeout_s: float) -> str | None:
    """Whether the broker at ``host``:``port`` tells its versions and its metadata: None, or a sentence that says what is wrong."""
    from kafkaemu.links import Link, LinkBroken
    from kafkaemu.world.real import RealEntropy, RealNetwork
    from kafkawire.client import VersionNotServed
    from kafkawire.messages.metadata import MetadataRequest, MetadataResponse
    from kafkawire.primitives import MalformedMessage

    link = Link(RealNetwork(), RealEntropy(), host, port, "kafkaemu-ready")
    sentence: str | None = f"{host}:{port} does not answer within {timeout_s:g} s"

    async def connect() -> None:
        nonlocal sentence
        try:
            await link.run_once()
        except LinkBroken as error:
            sentence = str(error)
        nursery.cancel_scope.cancel()

    with trio.move_on_after(timeout_s):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(connect)
            try:
                answer = await link.request(MetadataRequest(topics=[]))
            except LinkBroken as error:
                sentence = str(error)
            except (MalformedMessage, VersionNotServed) as error:
                sentence = f"{host}:{port} does not answer as a broker: {error}"
            else:
                assert isinstance(answer, MetadataResponse)
                sentence = None if answer.brokers else f"{host}:{port} knows no brokers yet"
            nursery.cancel_scope.cancel()
    return sentence
