"""The tasks around the core: they wait, wake, and end; on the memory network, with trio's clock standing still."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio
import trio.testing

from kafkaemu.delayed import Deadlines, Parked
from kafkaemu.handlers.context import Answer, Context, Request
from kafkaemu.server.driver import accept, run_deadlines
from kafkaemu.world.interface import Connection
from kafkaemu.world.memory import MemoryConnection, MemoryNetwork, MovedClock
from kafkawire.compiler import decode
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse
from tests.support.serving import Serving, framed

ADDRESS = ("broker", 9092)


def heartbeat(number: int, correlation_id: int) -> bytes:
    return framed(HeartbeatRequest(group_id="g", generation_id=number, member_id="m"), 4, correlation_id)


class Server:
    """Heartbeats of generation 0 wait until `open`; the others are answered with their generation as the error."""

    nursery: trio.Nursery

    def __init__(self) -> None:
        self.open = False
        self.serving = Serving({HeartbeatRequest.KEY: self.handle})
        self.network = MemoryNetwork(trio.Event)

    def handle(self, context: Context, request: Request, body: HeartbeatRequest) -> Answer:
        if body.generation_id:
            return HeartbeatResponse(error_code=body.generation_id)
        return Parked(("door",), lambda: HeartbeatResponse(error_code=99) if self.open else None)

    def open_door(self) -> None:
        """What they wait for happens."""
        self.open = True
        self.serving.waiting.touch("door")


@pytest.fixture
async def server(nursery: trio.Nursery) -> AsyncIterator[Server]:
    server = Server()
    server.nursery = nursery
    listener = server.network.listen(*ADDRESS)
    nursery.start_soon(accept, listener, "PLAINTEXT", server.serving.connections, nursery)
    yield server
    listener.close()
    nursery.cancel_scope.cancel()


async def connected(server: Server) -> MemoryConnection:
    connection = await server.network.connect(*ADDRESS)
    await trio.testing.wait_all_tasks_blocked()
    return connection


async def answers(client: Connection, count: int) -> list[tuple[int, int]]:
    """(correlation id, error code) of the next answers."""
    content, found, buffer = b"", [], bytearray(65536)
    with trio.fail_after(5):
        while len(found) < count:
            try:
                size = client.receive_into(buffer)
                assert size, "closed"
                content += buffer[:size]
            except BlockingIOError:
                await client.wait_readable()
            while len(content) >= 4 and len(content) >= 4 + int.from_bytes(content[:4], "big"):
                end = 4 + int.from_bytes(content[:4], "big")
                answer = decode(HeartbeatResponse, 4, content[9:end])
                found.append((int.from_bytes(content[4:8], "big"), answer.error_code))
                content = content[end:]
    return found


async def test_requests_behind_a_parked_one_are_handled_when_it_is_completed(server: Server) -> None:
    client = await connected(server)
    client.send([heartbeat(0, 1) + heartbeat(5, 2)])
    await trio.testing.wait_all_tasks_blocked()
    client.send([heartbeat(6, 3)])
    await trio.testing.wait_all_tasks_blocked()
    server.open_door()
    assert await answers(client, 3) == [(1, 99), (2, 5), (3, 6)]


async def test_a_connection_that_has_read_ahead_all_it_may_is_woken_too(server: Server) -> None:
    client = await connected(server)
    client.send([heartbeat(0, 0)])
    await trio.testing.wait_all_tasks_blocked()
    count = 1200
    content = b"".join(heartbeat(7, number) for number in range(1, count + 1))
    client.send([content])
    await trio.testing.wait_all_tasks_blocked()
    server.open_door()
    assert await answers(client, 1 + count) == [(0, 99)] + [(number, 7) for number in range(1, count + 1)]


async def test_a_client_that_leaves_while_parked_leaves_nothing(server: Server) -> None:
    client = await connected(server)
    client.send([heartbeat(0, 1)])
    await trio.testing.wait_all_tasks_blocked()
    assert len(server.serving.waiting) == 1
    client.close()
    await trio.testing.wait_all_tasks_blocked()
    assert len(server.serving.waiting) == 0
    assert not server.serving.connections.open


async def test_a_connection_closed_by_another_task_ends_its_own(server: Server) -> None:
    await connected(server)
    before = len(server.nursery.child_tasks)
    (core,) = server.serving.connections.open
    core.close()
    await trio.testing.wait_all_tasks_blocked()
    assert len(server.nursery.child_tasks) == before - 1


async def test_a_thousand_requests_of_one_client_do_not_hold_up_another(server: Server) -> None:
    greedy, quiet = await connected(server), await connected(server)
    greedy.send([b"".join(heartbeat(1, number) for number in range(1000))])
    quiet.send([heartbeat(2, 1)])
    assert await answers(quiet, 1) == [(1, 2)]
    with pytest.raises(BlockingIOError):
        quiet.receive_into(bytearray(1))
    done = sum(1 for _ in iter(lambda: _received(greedy), 0))
    assert done < 1000 * len(heartbeat(1, 1)), "the greedy one had everything first"


def _received(connection: Connection) -> int:
    try:
        return connection.receive_into(bytearray(100))
    except BlockingIOError:
        return 0


async def test_too_many_open_files_is_waited_out_with_one_line_each_time(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server()
    listener = server.network.listen(*ADDRESS)
    real_accept, failures = listener.accept, [errno.EMFILE, errno.ENFILE, errno.ECONNABORTED]

    async def failing_accept() -> Any:
        if failures:
            await trio.lowlevel.checkpoint()
            raise OSError(failures.pop(0), "too many")
        return await real_accept()

    listener.accept = failing_accept  # type: ignore[method-assign]
    nursery.start_soon(accept, listener, "PLAINTEXT", server.serving.connections, nursery)
    client = await server.network.connect(*ADDRESS)
    client.send([heartbeat(3, 1)])
    assert await answers(client, 1) == [(1, 3)]
    assert len([one for one in caplog.records if "Cannot accept" in one.message]) == 2
    listener.close()
    nursery.cancel_scope.cancel()


async def test_connections_that_fail_before_they_are_accepted_let_others_run(
    server: Server, nursery: trio.Nursery
) -> None:
    listener = server.network.listen("broker", 9093)
    left = 1000

    async def failing_accept() -> Any:
        nonlocal left
        left -= 1
        raise OSError(errno.ECONNABORTED if left else errno.EBADF, "gone")

    listener.accept = failing_accept  # type: ignore[method-assign]
    nursery.start_soon(accept, listener, "PLAINTEXT", server.serving.connections, nursery)
    await trio.lowlevel.checkpoint()
    await trio.lowlevel.checkpoint()
    assert left > 900


async def test_deadlines_run_on_real_and_on_moved_time(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery, caplog: pytest.LogCaptureFixture
) -> None:
    clock = MovedClock(real_ms=lambda: trio.current_time() * 1000)
    moved, real = Deadlines(), Deadlines()
    ran: list[str] = []

    def fails() -> None:
        raise RuntimeError("a defect in a timer")

    nursery.start_soon(run_deadlines, clock, moved, real)
    await trio.testing.wait_all_tasks_blocked()
    real.at(clock.real_ms() + 300, lambda: ran.append("real 300"))
    real.at(clock.real_ms() + 100, fails)
    real.at(clock.real_ms() + 100, lambda: ran.append("real 100"))
    moved.at(clock.now_ms() + 5000, lambda: ran.append("moved"))
    await trio.sleep(0.2)
    assert ran == ["real 100"]
    await trio.sleep(0.2)
    assert ran == ["real 100", "real 300"]
    await trio.sleep(10)
    assert ran == ["real 100", "real 300"], "moved time stands still"
    clock.advance(5000)
    await trio.sleep(0.01)
    assert ran == ["real 100", "real 300", "moved"]
    assert "a defect in a timer" in caplog.text
    nursery.cancel_scope.cancel()
