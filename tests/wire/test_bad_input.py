"""What bad input gets, line by line: framing, headers, bodies and versions, against a broker in its own process.

What the real broker does with each was recorded; the lines on record batches are held by the tests of Produce.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator

import pytest

from kafkawire.compiler import decode, encode
from kafkawire.errors import ErrorCode
from kafkawire.messages.api_versions import ApiVersionsRequest, ApiVersionsResponse
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic, MetadataResponse
from tests.support.broker import Broker, running_broker
from tests.support.raw import RawClient, framed, header

API_VERSIONS, METADATA, PRODUCE, FETCH = 18, 3, 0, 1
MAX_REQUEST_BYTES = 104_857_600


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker("--topic", "known") as broker:
        yield broker
        assert "Traceback" not in broker.log()


@pytest.fixture
def client(broker: Broker) -> Iterator[RawClient]:
    """A client; another one beside it is served throughout."""
    with RawClient(broker.port) as bystander, RawClient(broker.port) as client:
        assert served(bystander)
        yield client
        assert served(bystander), "the connection of another client suffered"


def served(client: RawClient) -> bool:
    answer = client.request(ApiVersionsRequest(), 0)
    assert isinstance(answer, ApiVersionsResponse)
    return answer.error_code == ErrorCode.NONE


def assert_logged(broker: Broker, client: RawClient, *words: str) -> None:
    """There is one line with the client's address and these words."""
    end = time.monotonic() + 5
    while True:
        lines = [line for line in broker.log().splitlines() if client.address in line]
        if lines or time.monotonic() > end:
            break
        time.sleep(0.01)
    assert len(lines) == 1, lines
    for word in words:
        assert word in lines[0]


def metadata(body: bytes, version: int, correlation_id: int = 1, client_id: str | None = "raw") -> bytes:
    return framed(header(METADATA, version, correlation_id, client_id) + body)


def metadata_answer(client: RawClient, version: int) -> MetadataResponse:
    frame = client.frame()
    assert frame is not None, "closed"
    return decode(MetadataResponse, version, frame[5 if version >= 9 else 4 :])


# Closed, with a line in the log


@pytest.mark.parametrize("length", [-1, -(2**31), MAX_REQUEST_BYTES + 1, 2**31 - 1])
def test_a_frame_length_out_of_range_closes(broker: Broker, client: RawClient, length: int) -> None:
    client.send(struct.pack(">i", length))
    assert client.is_closed()
    assert_logged(broker, client, str(length))


def test_a_frame_of_the_longest_length_is_waited_for_without_taking_its_memory(
    broker: Broker, client: RawClient
) -> None:
    before_kb = broker.rss_kb()
    others = [RawClient(broker.port) for _ in range(20)]
    for other in others:
        other.send(struct.pack(">i", MAX_REQUEST_BYTES) + bytes(5000))
    assert served(client)
    assert broker.rss_kb() - before_kb < 20_000
    for other in others:
        other.close()


@pytest.mark.parametrize("api_key", [-1, 93, 999, 32767])
def test_an_unknown_api_key_closes(broker: Broker, client: RawClient, api_key: int) -> None:
    client.send(framed(header(api_key, 0) + bytes(20)))
    assert client.is_closed()
    assert_logged(broker, client, str(api_key))


@pytest.mark.parametrize(
    "payload",
    [b"", b"\0", struct.pack(">hhi", 3, 1, 7), struct.pack(">hhih", 3, 1, 7, 100) + b"short"],
    ids=["empty", "one byte", "no client id", "client id longer than the frame"],
)
def test_a_broken_header_closes(broker: Broker, client: RawClient, payload: bytes) -> None:
    client.send(framed(payload))
    assert client.is_closed()
    assert_logged(broker, client)


@pytest.mark.parametrize("version", [1, 4, 9, 12])
def test_a_truncated_body_closes(broker: Broker, client: RawClient, version: int) -> None:
    body = encode(MetadataRequest(topics=[MetadataRequestTopic(name="known")]), version)
    client.send(metadata(body[:-2], version))
    assert client.is_closed()
    assert_logged(broker, client, '"raw"', "MetadataRequest")


@pytest.mark.parametrize(
    ("version", "body"),
    [
        (1, struct.pack(">i", 2**31 - 1)),
        (1, struct.pack(">i", 1_000_000) + bytes(100)),
        (1, struct.pack(">ih", 1, 32767) + b"short"),
        (12, b"\xff\xff\xff\xff\x0f"),
        (12, b"\x02" + bytes(16) + b"\xff\xff\x03short"),
        (12, b"\x80\x80\x80\x80\x80\x80\x01"),
        (12, b"\x01\0\0\x05"),
        (12, b"\x01\0\0\x01\0\xff\xff\x03"),
    ],
    ids=[
        "array length",
        "array length within the limit",
        "string length",
        "compact array length",
        "compact string length",
        "varint over five bytes",
        "more tags than bytes",
        "tag size",
    ],
)
def test_a_length_beyond_what_remains_closes_without_taking_memory(
    broker: Broker, client: RawClient, version: int, body: bytes
) -> None:
    before_kb = broker.rss_kb()
    client.send(metadata(body, version))
    assert client.is_closed()
    assert broker.rss_kb() - before_kb < 5_000
    assert_logged(broker, client, '"raw"', f"MetadataRequest v{version}")


@pytest.mark.parametrize(
    ("api_key", "version"), [(METADATA, 14), (METADATA, -1), (PRODUCE, 2), (PRODUCE, 14), (FETCH, 3), (FETCH, 19)]
)
def test_a_version_that_is_not_served_closes(broker: Broker, client: RawClient, api_key: int, version: int) -> None:
    client.send(framed(header(api_key, version) + bytes(20)))
    assert client.is_closed()
    assert_logged(broker, client, f"version {version}")


def test_requests_before_the_bad_one_are_answered(client: RawClient) -> None:
    good = framed(header(API_VERSIONS, 0, 7) + encode(ApiVersionsRequest(), 0))
    client.send(good + struct.pack(">i", -1))
    frame = client.frame()
    assert frame is not None
    assert struct.unpack_from(">i", frame)[0] == 7
    assert client.is_closed()


def test_a_client_id_can_neither_forge_lines_of_the_log_nor_fill_it(broker: Broker, client: RawClient) -> None:
    client_id = "x\n[2026-01-01 00:00:00,000] INFO forged (kafkaemu)" + "y" * 30_000
    client.send(framed(header(METADATA, 14, client_id=client_id) + bytes(20)))
    assert client.is_closed()
    assert_logged(broker, client, "x\\n[2026")
    assert not any(line.startswith("[2026-01-01 00:00:00,000]") for line in broker.log().splitlines())
    assert max(map(len, broker.log().splitlines())) < 3000


# Answered


@pytest.mark.parametrize("version", [5, 100, 32767, -1])
def test_api_versions_outside_its_range_is_answered_in_version_0(client: RawClient, version: int) -> None:
    client.send(framed(struct.pack(">hhih", API_VERSIONS, version, 5, 3) + b"raw" + b"\0\x02x\x02y\0"))
    frame = client.frame()
    assert frame is not None
    assert struct.unpack_from(">i", frame)[0] == 5
    answer = decode(ApiVersionsResponse, 0, frame[4:])
    assert answer.error_code == ErrorCode.UNSUPPORTED_VERSION
    assert [(key.api_key, key.min_version, key.max_version) for key in answer.api_keys] == [(API_VERSIONS, 0, 4)]
    assert served(client), "and may ask again"


@pytest.mark.parametrize("version", [1, 12])
def test_bytes_behind_the_body_are_ignored(client: RawClient, version: int) -> None:
    body = encode(MetadataRequest(topics=[]), version)
    client.send(metadata(body + b"trailing", version))
    assert metadata_answer(client, version).brokers


@pytest.mark.parametrize("length", [-1, -2, -(2**31)])
def test_a_negative_array_length_is_null(client: RawClient, length: int) -> None:
    client.send(metadata(struct.pack(">i", length), 1))
    assert "known" in [topic.name for topic in metadata_answer(client, 1).topics]


@pytest.mark.parametrize(
    "tags", [b"\x02\x05\x01a\x05\x01b", b"\x02\x06\x01a\x05\x01b"], ids=["repeated", "out of order"]
)
def test_tags_repeated_or_out_of_order_are_ignored(client: RawClient, tags: bytes) -> None:
    client.send(framed(header(METADATA, 12, tags=tags) + b"\x01\0\0" + tags))
    assert metadata_answer(client, 12).brokers


def test_a_boolean_of_2_is_true(client: RawClient) -> None:
    client.send(metadata(b"\x01\x02\x02\0", 12))
    assert metadata_answer(client, 12).brokers


def test_a_name_that_is_not_utf_8_is_answered(client: RawClient) -> None:
    client.send(metadata(struct.pack(">ih", 1, 3) + b"\xff\xfea", 1))
    (topic,) = metadata_answer(client, 1).topics
    assert topic.error_code == ErrorCode.INVALID_TOPIC_EXCEPTION


def test_a_null_client_id_is_a_client_id(client: RawClient) -> None:
    client.send(metadata(struct.pack(">i", 0), 1, client_id=None))
    assert metadata_answer(client, 1).brokers


# Slow, silent and vanishing clients


def test_a_request_sent_byte_by_byte_is_answered(client: RawClient) -> None:
    for byte in metadata(encode(MetadataRequest(topics=[]), 12), 12):
        client.send(bytes([byte]))
    assert metadata_answer(client, 12).brokers


def test_a_client_that_leaves_in_the_middle_of_a_frame_is_nobodys_business(broker: Broker, client: RawClient) -> None:
    address = ""
    for count in (1, 3, 4, 10, 30):
        with RawClient(broker.port) as other:
            address = other.address
            other.send(metadata(encode(MetadataRequest(topics=[]), 12), 12)[:count])
    assert served(client)
    assert address not in broker.log()


def test_a_client_that_takes_no_answers_holds_up_nobody_and_no_memory(broker: Broker, client: RawClient) -> None:
    greedy = RawClient(broker.port)
    greedy.socket.setblocking(False)
    requests = metadata(encode(MetadataRequest(topics=None), 12), 12) * 1000
    before_kb = broker.rss_kb()
    sent = 0
    try:
        while sent < 50_000_000:
            sent += greedy.socket.send(requests)
            assert served(client)
    except BlockingIOError:
        pass
    assert sent < 50_000_000, "the broker reads on although nobody takes its answers"
    assert served(client)
    assert broker.rss_kb() - before_kb < 10_000
    greedy.close()
