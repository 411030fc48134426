"""The client half of a connection, against a server made of the framing module."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kafkawire import framing
from kafkawire.client import Answer, ClientConnection, NegotiationFailed, UnexpectedAnswer, VersionNotServed
from kafkawire.compiler import decode, encode, raw_encoder
from kafkawire.declare import TopLevel
from kafkawire.errors import ErrorCode
from kafkawire.index import APIS
from kafkawire.messages.api_versions import ApiVersion, ApiVersionsRequest, ApiVersionsResponse
from kafkawire.messages.fetch import FetchRequest, FetchResponse
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse
from kafkawire.messages.metadata import MetadataRequest, MetadataResponse
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, ProduceResponse, TopicProduceData
from kafkawire.primitives import MalformedMessage, UnencodableMessage

UNSUPPORTED = ErrorCode.UNSUPPORTED_VERSION.value


class Server:
    """Reads requests and answers them as told."""

    def __init__(self) -> None:
        self.reader = framing.FrameReader()
        self.requests: list[tuple[framing.RequestHead, bytes]] = []

    def take(self, client: ClientConnection) -> list[tuple[framing.RequestHead, bytes]]:
        """The requests the client has queued since the last call."""
        new = []
        for part in client.take():
            for frame in self.reader.feed(part):
                new.append((framing.parse_request_head(frame), bytes(frame)))
        return new

    @staticmethod
    def answer(head: framing.RequestHead, message: TopLevel, version: int | None = None) -> bytes:
        version = head.version if version is None else version
        header_version = APIS[head.api_key].response_header_version(version)
        buffer, parts = bytearray(), []
        last = framing.append_response(
            buffer, parts, head.correlation_id, header_version, raw_encoder(type(message), version), message
        )
        return b"".join(parts) + last


def versions(newest: int, *others: ApiVersion, error: int = 0) -> ApiVersionsResponse:
    return ApiVersionsResponse(
        error_code=error, api_keys=[ApiVersion(api_key=18, min_version=0, max_version=newest), *others]
    )


def test_requests_reach_the_server_as_they_were_sent() -> None:
    client, server = ClientConnection("me", first_correlation_id=2**31 - 1), Server()
    requests = [(HeartbeatRequest(group_id="g"), 3), (HeartbeatRequest(group_id="h"), 4), (MetadataRequest(), 0)]
    numbers = [client.send(request, version) for request, version in requests]
    assert numbers == [2**31 - 1, 0, 1] == client.unanswered
    taken = server.take(client)
    assert client.take() == []
    for (head, frame), (request, version), number in zip(taken, requests, numbers, strict=True):
        assert (head.correlation_id, head.client_id, head.version) == (number, "me", version)
        assert decode(type(request), version, frame[head.body :]) == request


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=10))
def test_answers_come_in_order_however_the_stream_is_split(splits: list[int]) -> None:
    client, server = ClientConnection(), Server()
    sent = [client.send(HeartbeatRequest(group_id=str(n)), n % 5) for n in range(5)]
    messages = [HeartbeatResponse(error_code=n, throttle_time_ms=0) for n in range(5)]
    stream = b"".join(
        server.answer(head, message) for (head, _), message in zip(server.take(client), messages, strict=True)
    )
    answers: list[Answer] = []
    position = turn = 0
    while position < len(stream):
        client.feed(stream[position : position + splits[turn % len(splits)]])
        position += splits[turn % len(splits)]
        turn += 1
        while (answer := client.next_answer()) is not None:
            answers.append(answer)
    assert [answer.correlation_id for answer in answers] == sent
    assert [answer.message for answer in answers] == messages
    assert client.unanswered == []
    assert encode(answers[4].message, 4) == answers[4].frame[answers[4].body :]


def test_long_answers_are_received_in_place() -> None:
    client, server = ClientConnection(), Server()
    client.send(FetchRequest(), 11)
    message = FetchResponse(session_id=7)
    [(head, _)] = server.take(client)
    stream = server.answer(head, message)
    stream = struct.pack(">i", 300_000) + stream[4:] + bytes(300_000 - len(stream) + 4)
    client.feed(stream[:1000])
    position = 1000
    while (view := client.wants()) is not None:
        count = min(len(view), 70_000)
        view[:count] = stream[position : position + count]
        client.received(count)
        position += count
    with pytest.raises(MalformedMessage, match="bytes behind the message"):
        client.next_answer()


def test_negotiation_picks_the_newest_common_version() -> None:
    client, server = ClientConnection(software_name="tester", software_version="2.0"), Server()
    number = client.negotiate()
    [(head, frame)] = server.take(client)
    asked = decode(ApiVersionsRequest, 4, frame[head.body :])
    assert (head.version, asked.client_software_name, asked.client_software_version) == (4, "tester", "2.0")
    others = [
        ApiVersion(api_key=3, min_version=2, max_version=9),
        ApiVersion(api_key=1, min_version=99, max_version=99),
    ]
    client.feed(server.answer(head, versions(4, *others)))
    answer = client.next_answer()
    assert answer is not None
    assert answer.correlation_id == number
    assert client.api_versions is answer.message
    assert client.best_version(MetadataRequest) == 9
    client.send(MetadataRequest())
    assert server.take(client)[0][0].version == 9
    for request in (FetchRequest(), HeartbeatRequest()):
        with pytest.raises(VersionNotServed):
            client.send(request)
    assert client.take() == []


@pytest.mark.parametrize(("listed", "second"), [([2], 2), ([], 0), ([9], 3), ([-1], 0)])
def test_negotiation_asks_again_when_the_version_is_unsupported(listed: list[int], second: int) -> None:
    client, server = ClientConnection(), Server()
    number = client.negotiate()
    [(head, _)] = server.take(client)
    refusal = ApiVersionsResponse(
        error_code=UNSUPPORTED, api_keys=[ApiVersion(api_key=18, max_version=v) for v in listed]
    )
    client.feed(server.answer(head, refusal, 0))
    assert client.next_answer() is None
    assert client.served is None
    assert client.unanswered == [number]
    [(head, _)] = server.take(client)
    assert head.version == second
    client.feed(server.answer(head, versions(second)))
    answer = client.next_answer()
    assert answer is not None
    assert (answer.correlation_id, answer.version) == (number, second)
    assert client.served == {18: (0, second)}


def test_a_broker_that_refuses_every_version_leaves_the_connection_usable() -> None:
    client, server = ClientConnection(), Server()
    client.negotiate()
    [(head, _)] = server.take(client)
    client.feed(server.answer(head, ApiVersionsResponse(error_code=UNSUPPORTED), 0))
    assert client.next_answer() is None
    [(head, _)] = server.take(client)
    client.feed(server.answer(head, ApiVersionsResponse(error_code=UNSUPPORTED), 0))
    with pytest.raises(NegotiationFailed):
        client.next_answer()
    client.send(HeartbeatRequest(), 0)
    client.feed(server.answer(server.take(client)[0][0], HeartbeatResponse()))
    assert client.next_answer() is not None


def test_another_error_ends_the_negotiation_as_an_answer() -> None:
    client, server = ClientConnection(software_name="!"), Server()
    client.negotiate()
    [(head, _)] = server.take(client)
    client.feed(server.answer(head, ApiVersionsResponse(error_code=ErrorCode.INVALID_REQUEST)))
    answer = client.next_answer()
    assert answer is not None
    assert client.served is None


def test_api_versions_sent_as_a_plain_request_is_answered_as_it_comes() -> None:
    client, server = ClientConnection(), Server()
    client.send(ApiVersionsRequest(), 4)
    [(head, _)] = server.take(client)
    client.feed(server.answer(head, versions(3, error=UNSUPPORTED), 0))
    answer = client.next_answer()
    assert answer is not None
    assert answer.version == 0
    assert client.served is None


def test_produce_without_acks_expects_no_answer() -> None:
    client, server = ClientConnection(), Server()
    client.send(ProduceRequest(acks=0), 7)
    client.send(ProduceRequest(acks=1), 7)
    client.send(HeartbeatRequest(), 0, answered=False)
    assert len(client.unanswered) == 1
    client.feed(server.answer(server.take(client)[1][0], ProduceResponse()))
    assert client.next_answer() is not None


def test_large_records_leave_without_a_copy() -> None:
    records = bytes(10_000)
    topic = TopicProduceData(name="t", partition_data=[PartitionProduceData(records=records)])
    client, server = ClientConnection(), Server()
    client.send(HeartbeatRequest(), 0)
    client.send(ProduceRequest(acks=1, topic_data=[topic]), 7)
    client.send(HeartbeatRequest(), 0)
    parts = client.take()
    assert any(part is records for part in parts)
    frames = server.reader.feed(b"".join(parts))
    assert [framing.parse_request_head(frame).api_key for frame in frames] == [12, 0, 12]


def test_a_request_that_cannot_be_encoded_leaves_the_connection_as_it_was() -> None:
    client, server = ClientConnection(), Server()
    client.send(HeartbeatRequest(), 0)
    with pytest.raises(UnencodableMessage):
        client.send(HeartbeatRequest(generation_id=2**40), 0)
    with pytest.raises(ValueError, match="versions"):
        client.send(HeartbeatRequest(), 5)
    client.send(HeartbeatRequest(), 0)
    assert client.unanswered == [0, 1]
    assert [head.correlation_id for head, _ in server.take(client)] == [0, 1]


def test_a_malformed_answer_does_not_hide_the_next() -> None:
    client, server = ClientConnection(), Server()
    client.send(MetadataRequest(), 1)
    client.send(MetadataRequest(), 1)
    (first, _), (second, _) = server.take(client)
    broken = struct.pack(">ii", 4, first.correlation_id)
    client.feed(broken[:3] + struct.pack(">b", 8) + broken[4:] + b"\x7f\xff\xff\xff")
    client.feed(server.answer(second, MetadataResponse(controller_id=3)))
    with pytest.raises(MalformedMessage, match=r"MetadataResponse v1: brokers"):
        client.next_answer()
    answer = client.next_answer()
    assert answer is not None
    assert answer.message == MetadataResponse(controller_id=3)


@pytest.mark.parametrize(
    ("stream", "error"),
    [
        (struct.pack(">ii", 4, 5), UnexpectedAnswer),
        (struct.pack(">i", -1), framing.InvalidFrameLength),
        (struct.pack(">ih", 2, 0), framing.MalformedHeader),
        (struct.pack(">iiB", 5, 0, 0xFF), framing.MalformedHeader),
    ],
)
def test_a_stream_without_sense_fails_for_good(stream: bytes, error: type[framing.ProtocolViolation]) -> None:
    client = ClientConnection()
    client.send(HeartbeatRequest(), 4)
    client.feed(stream)
    for _ in range(2):
        with pytest.raises(error):
            client.next_answer()
    with pytest.raises(error):
        client.send(HeartbeatRequest(), 4)


def test_an_answer_without_a_request_is_a_violation() -> None:
    client = ClientConnection()
    client.feed(struct.pack(">iih", 6, 0, 0))
    with pytest.raises(UnexpectedAnswer, match="without a request"):
        client.next_answer()


def test_a_body_encoded_elsewhere_can_be_sent() -> None:
    client, server = ClientConnection(), Server()
    client.send_body(HeartbeatRequest, 4, b"junk")
    [(head, frame)] = server.take(client)
    assert (head.api_key, head.version, frame[head.body :]) == (12, 4, b"junk")
    client.feed(server.answer(head, HeartbeatResponse(error_code=42)))
    answer = client.next_answer()
    assert answer is not None
    assert answer.message == HeartbeatResponse(error_code=42)
