"""What waits: a task for each connection while they are few and one for all that come then, one per listening socket, one for the
clock."""

from __future__ import annotations

import errno
import logging
from typing import TYPE_CHECKING

import trio

from kafkaemu.handlers.context import EndpointType
from kafkaemu.server.connection import Connections, ServerConnection, host_text
from kafkaemu.world.interface import Turn

if TYPE_CHECKING:
    from kafkaemu.delayed import Deadlines
    from kafkaemu.world.interface import Clock, Connection, Listener, Poller

logger = logging.getLogger("kafkaemu.server")

#: How long no connection is accepted after there were too many open files.
ACCEPT_PAUSE_S = 0.1

#: How many connections have a task of their own, which answers 3 µs sooner; shared with many, a poller costs 9 µs less a request.
OWN_TASKS = 4


async def drive(core: ServerConnection, connection: Connection) -> None:
    """Drive one connection until it is closed."""
    try:
        while True:
            turn = core.pump()
            try:
                if turn is Turn.READ or turn is Turn.PARKED:
                    await connection.wait_readable()
                elif turn is Turn.YIELD:
                    await trio.lowlevel.checkpoint()
                elif turn is Turn.WRITE:
                    await connection.wait_writable()
                elif turn is Turn.HELD:
                    await connection.wait_woken()
                else:
                    return
            except (trio.ClosedResourceError, OSError):
                # Woken or closed by another task: the next turn finds out which.
                continue
    finally:
        core.close()


async def accept(
    listener: Listener,
    name: str,
    connections: Connections,
    nursery: trio.Nursery,
    endpoint_type: EndpointType = EndpointType.BROKER,
    poller: Poller | None = None,
) -> None:
    """Accept connections on one socket until it is closed. While there are few each has a task in ``nursery``, then ``poller``
    drives those that come, if there is one."""
    while True:
        try:
            connection = await listener.accept()
        except OSError as error:
            if error.errno == errno.EBADF:
                return
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                logger.error("Cannot accept connections on %s: %s", name, error.strerror)
                await trio.sleep(ACCEPT_PAUSE_S)
            else:
                # This one went before it was accepted; where many do, the others go on all the same.
                await trio.lowlevel.checkpoint()
            continue
        # Kafka's controller counts its own clients; here nobody counts them.
        is_limited = connections.quotas is not None and endpoint_type is EndpointType.BROKER
        if is_limited and not await admitted(connection, name, connections):
            connection.close()
            continue
        if connections.draining:
            connection.close()
            continue
        core = ServerConnection(connections, connection, name, endpoint_type)
        if poller is None or len(connections.open) <= OWN_TASKS:
            nursery.start_soon(drive, core, connection)
        else:
            poller.add(connection, core)
        if connections.quotas is not None:
            connections.close_excess()
        # A burst of new clients must not hold up those that are here.
        await trio.lowlevel.checkpoint()


async def admitted(connection: Connection, name: str, connections: Connections) -> bool:
    """Wait until there is a slot for one more connection on listener ``name``; False if its address has its share already."""
    clock = connections.clock
    quotas = connections.quotas
    now_ms = clock.real_ms()
    free_ms = now_ms if quotas is None else now_ms + quotas.throttle_ms(name, now_ms)
    try:
        while quotas is not None:
            # What is left of a wait after it may be the rounding of two clocks.
            is_early = now_ms + 0.5 < free_ms
            if not is_early and quotas.has_slot(name):
                break
            room = trio.Event()
            connections.on_room.append(room.set)
            with trio.move_on_after((free_ms - now_ms) / 1000 if is_early else float("inf")):
                await room.wait()
            quotas, now_ms = connections.quotas, clock.real_ms()
    except BaseException:
        connection.close()
        raise
    host, port = connection.peer_address
    reason = None if quotas is None else quotas.refusal(host_text(host))
    if reason is not None:
        logger.info("Rejected connection from %s:%d: %s", host, port, reason)
    return reason is None


async def run_deadlines(clock: Clock, moved: Deadlines, real: Deadlines) -> None:
    """Run what is due on both time lines: the one timer task of a broker (PERFORMANCE 6)."""
    earlier = trio.Event()

    def look_again() -> None:
        earlier.set()

    moved.on_earlier = real.on_earlier = look_again
    clock.on_move(look_again)
    while True:
        earlier = trio.Event()
        run_due(moved, clock.now_ms())
        run_due(real, clock.real_ms())
        # A clock that stands still tells when it is moved.
        moved_ms = None if clock.stands_still else moved.next_ms()
        now_ms, real_ms = clock.now_ms(), clock.real_ms()
        waits_ms = [
            when_ms - at_ms for when_ms, at_ms in ((moved_ms, now_ms), (real.next_ms(), real_ms)) if when_ms is not None
        ]
        with trio.move_on_after(max(min(waits_ms), 0.0) / 1000.0 if waits_ms else float("inf")):
            await earlier.wait()


def run_due(deadlines: Deadlines, now_ms: float) -> None:
    """Run what is due; a callback that fails is logged and the others run all the same."""
    while True:
        try:
            deadlines.run_due(now_ms)
            return
        except Exception:
            logger.exception("Internal error in a timer")
