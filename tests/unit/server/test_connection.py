"""The synchronous core of a connection, driven by hand."""

from __future__ import annotations

import logging
import struct
from typing import Any

import pytest

from kafkaemu.delayed import Parked
from kafkaemu.handlers.context import NO_ANSWER, Answer, CloseConnection, Context, Request
from kafkaemu.server.connection import FRAMES_PER_TURN, READ_AHEAD_BYTES, ServerConnection
from kafkaemu.world.interface import Turn
from kafkaemu.world.memory import connection_pair
from kafkawire.declare import TopLevel
from kafkawire.framing import unsent
from kafkawire.messages.fetch import FetchableTopicResponse, FetchRequest, FetchResponse, PartitionData
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse
from kafkawire.messages.produce import (
    PartitionProduceData,
    ProduceRequest,
    ProduceResponse,
    TopicProduceData,
)
from tests.support.serving import NoEvent, Serving, framed

HEARTBEAT = HeartbeatRequest.KEY


def ok(context: Context, request: Request, body: Any) -> Answer:
    return HeartbeatResponse(error_code=body.generation_id)


def heartbeat(number: int, correlation_id: int = 0) -> bytes:
    return framed(HeartbeatRequest(group_id="g", generation_id=number, member_id="m"), 4, correlation_id)


def codes(answers: list[tuple[int, TopLevel]]) -> list[tuple[int, int]]:
    return [(number, answer.error_code) for number, answer in answers]  # type: ignore[attr-defined]


def test_pipelined_requests_are_answered_in_order_with_one_send() -> None:
    client = Serving({HEARTBEAT: ok}).connect()
    client.send(b"".join(heartbeat(n, 100 + n) for n in range(10)))
    sends = []
    send = client.server_pipe.send
    client.server_pipe.send = lambda parts: sends.append(len(parts)) or send(parts)  # type: ignore[method-assign,func-returns-value]
    assert client.pump() is Turn.READ
    assert sends == [1]
    assert codes(client.answers(HeartbeatResponse, 4)) == [(100 + n, n) for n in range(10)]


def test_a_turn_handles_no_more_than_its_share() -> None:
    handled = []
    client = Serving({HEARTBEAT: lambda c, r, b: handled.append(1) or ok(c, r, b)}).connect()  # type: ignore[func-returns-value]
    client.send(b"".join(heartbeat(0, n) for n in range(FRAMES_PER_TURN + 5)))
    assert client.pump() is Turn.YIELD
    assert len(handled) == FRAMES_PER_TURN
    assert client.pump() is Turn.READ
    assert [number for number, _ in client.answers(HeartbeatResponse, 4)] == list(range(FRAMES_PER_TURN + 5))


def test_frames_split_at_every_byte_give_the_same_answers() -> None:
    stream = heartbeat(1, 1) + heartbeat(2, 2) + heartbeat(3, 3)
    for cut in range(len(stream) + 1):
        client = Serving({HEARTBEAT: ok}).connect()
        for piece in (stream[:cut], stream[cut:]):
            client.send(piece)
            assert client.run() is Turn.READ
        assert codes(client.answers(HeartbeatResponse, 4)) == [(1, 1), (2, 2), (3, 3)]


def test_a_stream_one_byte_at_a_time_gives_the_same_answers() -> None:
    client = Serving({HEARTBEAT: ok}).connect()
    for byte in heartbeat(1, 1) + heartbeat(2, 2):
        client.send(bytes([byte]))
        assert client.run() is Turn.READ
    assert codes(client.answers(HeartbeatResponse, 4)) == [(1, 1), (2, 2)]


def test_a_long_frame_arrives_whole() -> None:
    sizes = []

    def produce(context: Context, request: Request, body: ProduceRequest) -> Answer:
        sizes.append(len(body.topic_data[0].partition_data[0].records))  # type: ignore[arg-type]
        return ProduceResponse()

    client = Serving({0: produce}).connect()
    records = PartitionProduceData(index=0, records=b"x" * 300_000)
    request = ProduceRequest(acks=1, topic_data=[TopicProduceData(name="t", partition_data=[records])])
    content = framed(request, 9, 7)
    while content:
        taken = client.pipe.send([content])
        content = content[taken:]
        client.run()
    assert sizes == [300_000]
    assert [number for number, _ in client.answers(ProduceResponse, 9)] == [7]


def test_answers_wait_until_the_client_takes_them() -> None:
    big = PartitionData(partition_index=0, records=b"y" * 200_000)
    answer = FetchResponse(responses=[FetchableTopicResponse(topic="t", partitions=[big])])
    client = Serving({HEARTBEAT: ok, 1: lambda c, r, b: answer}).connect()
    client.send(framed(FetchRequest(), 4, 1) + heartbeat(0, 2))
    assert client.pump() is Turn.WRITE
    assert client.pump() is Turn.WRITE, "nothing is taken: still waiting"
    assert client.run() is Turn.READ
    first, second = client.frames()
    assert len(first) > 200_000
    assert first.count(b"y") == 200_000
    assert struct.unpack_from(">i", second)[0] == 2


class Waiting:
    """A handler whose answers wait until `key` is touched and `value` is set."""

    def __init__(self, wait_ms: int | None = 1000) -> None:
        self.value: int | None = None
        self.wait_ms = wait_ms

    def handle(self, context: Context, request: Request, body: HeartbeatRequest) -> Answer:
        if body.generation_id:
            return HeartbeatResponse(error_code=body.generation_id)
        return Parked(("key",), self.try_complete, self.wait_ms, lambda: HeartbeatResponse(error_code=99))

    def try_complete(self) -> HeartbeatResponse | None:
        return None if self.value is None else HeartbeatResponse(error_code=self.value)


def test_a_parked_answer_is_sent_by_the_turn_that_completes_it() -> None:
    waiting = Waiting()
    serving = Serving({HEARTBEAT: waiting.handle})
    client = serving.connect()
    client.send(heartbeat(0, 5))
    assert client.pump() is Turn.PARKED
    serving.waiting.touch("key")
    assert client.frames() == []
    waiting.value = 42
    serving.waiting.touch("key")
    assert codes(client.answers(HeartbeatResponse, 4)) == [(5, 42)]
    assert client.pump() is Turn.READ
    assert len(serving.waiting) == 0


def test_requests_behind_a_parked_one_wait_for_it() -> None:
    waiting = Waiting()
    serving = Serving({HEARTBEAT: waiting.handle})
    client = serving.connect()
    client.send(heartbeat(0, 1) + heartbeat(7, 2))
    assert client.pump() is Turn.PARKED
    assert client.pump() is Turn.PARKED
    assert client.frames() == []
    waiting.value = 42
    serving.waiting.touch("key")
    assert client.run() is Turn.READ
    assert codes(client.answers(HeartbeatResponse, 4)) == [(1, 42), (2, 7)]


def test_a_parked_answer_expires_on_moved_time() -> None:
    serving = Serving({HEARTBEAT: Waiting().handle})
    client = serving.connect()
    client.send(heartbeat(0, 1))
    client.pump()
    serving.advance(999)
    assert client.frames() == []
    serving.advance(1)
    assert codes(client.answers(HeartbeatResponse, 4)) == [(1, 99)]


def test_a_client_that_leaves_takes_its_parked_request_with_it() -> None:
    serving = Serving({HEARTBEAT: Waiting().handle})
    client = serving.connect()
    client.send(heartbeat(0, 1))
    client.pump()
    assert len(serving.waiting) == 1
    client.pipe.close()
    assert client.pump() is Turn.CLOSED
    assert len(serving.waiting) == 0
    assert len(serving.moved) == 0
    assert len(serving.real) == 0
    assert not serving.connections.open


def test_a_parked_connection_reads_ahead_no_more_than_its_limit() -> None:
    serving = Serving({HEARTBEAT: Waiting().handle})
    client = serving.connect()
    client.send(heartbeat(0, 1))
    assert client.pump() is Turn.PARKED
    more = heartbeat(1, 2) * (3 * READ_AHEAD_BYTES // len(heartbeat(1, 2)))
    sent = client.pipe.send([more])
    assert client.pump() is Turn.HELD
    left = len(client.server_pipe._incoming.content)
    assert sent - left <= 2 * READ_AHEAD_BYTES
    assert client.pump() is Turn.HELD
    assert len(client.server_pipe._incoming.content) == left


@pytest.mark.parametrize("acks", [0, 1])
def test_a_defect_never_answers_a_request_that_wants_no_answer(acks: int, caplog: pytest.LogCaptureFixture) -> None:
    def broken(context: Context, request: Request, body: ProduceRequest) -> Answer:
        raise RuntimeError("a defect")

    client = Serving({0: broken, HEARTBEAT: ok}).connect()
    client.send(framed(ProduceRequest(acks=acks), 9, 1) + heartbeat(0, 2))
    assert client.pump() is (Turn.READ if acks else Turn.CLOSED)
    assert len(client.frames()) == (2 if acks else 0)
    assert "a defect" in caplog.text


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        ("::1", "/0:0:0:0:0:0:0:1"),
        ("::", "/0:0:0:0:0:0:0:0"),
        ("fd00::2", "/fd00:0:0:0:0:0:0:2"),
        ("2001:db8::a:0:1", "/2001:db8:0:0:0:a:0:1"),
        ("1:2:3:4:5:6:7:8", "/1:2:3:4:5:6:7:8"),
        ("fe80::", "/fe80:0:0:0:0:0:0:0"),
        ("fe80::1%2", "/fe80:0:0:0:0:0:0:1%2"),
        ("127.0.0.1", "/127.0.0.1"),
    ],
)
def test_hosts_of_clients_are_written_as_java_writes_them(address: str, printed: str) -> None:
    serving = Serving({})
    end, _ = connection_pair(NoEvent)
    end._peer = (address, 1)
    assert ServerConnection(serving.connections, end, "PLAINTEXT").peer.host == printed


@pytest.mark.parametrize(("size", "is_sent_at_once"), [(1000, True), (1_000_000, False)])
def test_large_answers_are_not_sent_by_the_turn_that_completes_them(size: int, is_sent_at_once: bool) -> None:
    partition = PartitionData(partition_index=0, records=bytes(size))
    answer = FetchResponse(responses=[FetchableTopicResponse(topic="t", partitions=[partition])])
    serving = Serving({1: lambda c, r, b: Parked(("key",), lambda: answer)})
    client = serving.connect()
    client.send(framed(FetchRequest(), 12, 1))
    assert client.pump() is Turn.PARKED
    wakes = []
    client.server_pipe.wake = lambda: wakes.append(1)  # type: ignore[method-assign]
    serving.waiting.touch("key")
    assert wakes == ([] if is_sent_at_once else [1])
    assert bool(client.receive()) is is_sent_at_once
    assert client.run() is Turn.READ
    assert [len(frame) > size for frame in client.frames()] == [True]


def test_completing_a_parked_request_wakes_its_connection_for_the_next_one() -> None:
    waiting = Waiting()
    serving = Serving({HEARTBEAT: waiting.handle})
    client = serving.connect()
    client.send(heartbeat(0, 1) + heartbeat(7, 2))
    assert client.pump() is Turn.PARKED
    wakes = []
    client.server_pipe.wake = lambda: wakes.append(1)  # type: ignore[method-assign]
    waiting.value = 3
    serving.waiting.touch("key")
    assert wakes == [1]
    assert client.run() is Turn.READ
    assert codes(client.answers(HeartbeatResponse, 4)) == [(1, 3), (2, 7)]


def test_no_more_is_answered_for_a_client_that_does_not_read() -> None:
    partition = PartitionData(partition_index=0, records=bytes(200_000))
    answer = FetchResponse(responses=[FetchableTopicResponse(topic="t", partitions=[partition])])
    handled = []
    client = Serving({1: lambda c, r, b: handled.append(1) or answer}).connect()  # type: ignore[func-returns-value]
    client.send(framed(FetchRequest(), 12, 1) * 10)
    for _ in range(3):
        assert client.pump() is Turn.WRITE
    assert len(handled) == 1


def test_a_client_that_has_gone_when_its_answer_comes_is_closed_without_a_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    waiting = Waiting()
    serving = Serving({HEARTBEAT: waiting.handle})
    client = serving.connect()
    client.send(heartbeat(0, 1))
    assert client.pump() is Turn.PARKED
    client.pipe.close()
    waiting.value = 3
    serving.waiting.touch("key")
    assert client.core.closed and not serving.connections.open
    assert client.pump() is Turn.CLOSED
    assert caplog.records == []


def test_a_connection_closed_between_its_turns_takes_no_share_any_more() -> None:
    serving = Serving({HEARTBEAT: ok})
    client = serving.connect()
    client.send(heartbeat(0, 1) * (FRAMES_PER_TURN + 5))
    assert client.pump() is Turn.YIELD
    assert serving.connections.yielding == 1
    client.core.close()
    assert serving.connections.yielding == 0


def test_empty_frames_are_not_read_ahead_without_end() -> None:
    serving = Serving({HEARTBEAT: Waiting().handle})
    client = serving.connect()
    client.send(heartbeat(0, 1))
    assert client.pump() is Turn.PARKED
    sent = client.pipe.send([bytes(3 * READ_AHEAD_BYTES)])
    assert client.pump() is Turn.HELD
    assert sent - len(client.server_pipe._incoming.content) <= 2 * READ_AHEAD_BYTES


def test_a_completion_that_fails_answers_minus_one_and_spares_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("a defect")

    waiting = Waiting()
    answers = iter([Parked(("key",), broken), Parked(("key",), waiting.try_complete)])
    serving = Serving({HEARTBEAT: lambda c, r, b: next(answers)})
    first, second = serving.connect(), serving.connect()
    for client in (first, second):
        client.send(heartbeat(0, 1))
        client.pump()
    waiting.value = 3
    serving.waiting.touch("key")
    assert codes(first.answers(HeartbeatResponse, 4)) == [(1, -1)]
    assert codes(second.answers(HeartbeatResponse, 4)) == [(1, 3)]
    assert "a defect" in caplog.text


def test_a_handler_that_fails_answers_minus_one_logs_once_and_the_connection_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(context: Context, request: Request, body: HeartbeatRequest) -> Answer:
        if body.generation_id == 13:
            raise RuntimeError("a defect")
        return ok(context, request, body)

    client = Serving({HEARTBEAT: fails}).connect()
    client.send(heartbeat(13, 1) + heartbeat(5, 2))
    assert client.pump() is Turn.READ
    assert codes(client.answers(HeartbeatResponse, 4)) == [(1, -1), (2, 5)]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "Heartbeat v4" in caplog.text
    assert '"test"' in caplog.text


def test_an_answer_that_cannot_be_encoded_becomes_minus_one() -> None:
    def bad(context: Context, request: Request, body: HeartbeatRequest) -> Answer:
        return HeartbeatResponse(error_code=1 << 40)

    client = Serving({HEARTBEAT: bad}).connect()
    client.send(heartbeat(0, 1))
    assert client.pump() is Turn.READ
    assert codes(client.answers(HeartbeatResponse, 4)) == [(1, -1)]


def test_no_answer_leaves_no_gap() -> None:
    client = Serving({HEARTBEAT: lambda c, r, b: ok(c, r, b) if b.generation_id else NO_ANSWER}).connect()
    client.send(heartbeat(0, 1) + heartbeat(4, 2))
    client.pump()
    assert codes(client.answers(HeartbeatResponse, 4)) == [(2, 4)]


def test_a_handler_may_close_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    def closes(context: Context, request: Request, body: HeartbeatRequest) -> Answer:
        if body.generation_id:
            return ok(context, request, body)
        raise CloseConnection("it had to be")

    client = Serving({HEARTBEAT: closes}).connect()
    client.send(heartbeat(4, 1) + heartbeat(0, 2))
    assert client.pump() is Turn.CLOSED
    assert codes(client.answers(HeartbeatResponse, 4)) == [(1, 4)], "the answers before are sent"
    assert "it had to be" in caplog.text


def test_malformed_requests_close_with_one_line_that_says_who_and_why(caplog: pytest.LogCaptureFixture) -> None:
    whole = heartbeat(4, 2)
    truncated = struct.pack(">i", len(whole) - 4 - 6) + whole[4:-6]
    with caplog.at_level(logging.WARNING):
        client = Serving({HEARTBEAT: ok}).connect()
        client.send(heartbeat(4, 1) + truncated)
        assert client.pump() is Turn.CLOSED
    assert len(client.frames()) == 1, "the request before is answered"
    (record,) = caplog.records
    assert record.exc_info is None
    assert "/127.0.0.1:50000" in record.message
    assert '"test"' in record.message
    assert "HeartbeatRequest v4" in record.message


@pytest.mark.parametrize("length", [-1, -(2**31), 101, 2**31 - 1])
def test_frame_lengths_out_of_range_close(length: int, caplog: pytest.LogCaptureFixture) -> None:
    client = Serving({HEARTBEAT: ok}, max_request_bytes=100).connect()
    client.send(heartbeat(4, 1) + struct.pack(">i", length))
    assert client.pump() is Turn.CLOSED
    assert len(client.frames()) == 1
    assert str(length) in caplog.text


def test_an_idle_limit_of_zero_does_not_keep_the_broker_busy() -> None:
    serving = Serving({}, max_idle_ms=0)
    connection = serving.connect()
    assert serving.connections.close_idle() >= serving.clock.real_ms() + 50
    assert connection.core.closed


def test_silent_connections_are_closed_and_busy_or_parked_ones_stay() -> None:
    waiting = Waiting(None)
    serving = Serving({HEARTBEAT: waiting.handle}, max_idle_ms=10_000)
    silent, busy, parked = (serving.connect() for _ in range(3))
    parked.send(heartbeat(0))
    parked.pump()
    serving.clock.advance_real(6_000)
    busy.send(heartbeat(1))
    busy.pump()
    serving.clock.advance_real(4_000)
    next_ms = serving.connections.close_idle()
    assert silent.core.closed
    assert not busy.core.closed
    assert not parked.core.closed
    assert next_ms <= 16_000


def test_draining_ends_parked_requests_and_closes() -> None:
    serving = Serving({HEARTBEAT: Waiting().handle})
    idle, parked = serving.connect(), serving.connect()
    parked.send(heartbeat(0, 3))
    parked.pump()
    serving.connections.drain()
    assert codes(parked.answers(HeartbeatResponse, 4)) == [(3, 99)]
    assert idle.core.closed
    assert parked.core.closed
    assert not serving.connections.open


def test_the_interceptor_stands_before_the_handlers() -> None:
    class Replacing:
        def handle(self, route: Any, context: Context, request: Request, body: Any) -> Answer:
            assert route.name == "Heartbeat v4"
            return HeartbeatResponse(error_code=11)

    serving = Serving({HEARTBEAT: ok})
    serving.dispatcher.interceptor = Replacing()
    client = serving.connect()
    client.send(heartbeat(1, 1))
    client.pump()
    assert codes(client.answers(HeartbeatResponse, 4)) == [(1, 11)]


@pytest.mark.parametrize("sent", range(8))
def test_unsent_is_what_follows_the_bytes_sent(sent: int) -> None:
    parts = [b"ab", bytearray(b"cde"), memoryview(b"fg")]
    assert b"".join(unsent(list(parts), sent)) == b"abcdefg"[sent:]  # type: ignore[arg-type]
