"""The server half of a connection: frames out of a byte stream, request heads, answers."""

from __future__ import annotations

import struct
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kafkawire import framing
from kafkawire.compiler import encode, raw_encoder
from kafkawire.framing import FrameReader, RequestHead, append_response, parse_request_head, request_header
from kafkawire.index import APIS
from kafkawire.messages.fetch import FetchableTopicResponse, FetchResponse, PartitionData
from kafkawire.messages.headers import RequestHeader
from kafkawire.messages.heartbeat import HeartbeatResponse
from kafkawire.primitives import UnencodableMessage

SIZES = st.one_of(st.integers(0, 40), st.sampled_from([2047, 2048, 2049, 5000, 70_000, 300_000]))


def framed(payload: bytes) -> bytes:
    return struct.pack(">i", len(payload)) + payload


def payload(size: int, seed: int = 1) -> bytes:
    return bytes((seed + n * 7) % 251 for n in range(min(size, 251))) * (size // 251) + bytes(size % 251)


@settings(deadline=None)
@given(st.lists(SIZES, max_size=6), st.lists(st.integers(1, 40_000), min_size=1, max_size=12), st.booleans())
def test_frames_come_out_whole_however_the_stream_is_split(sizes: list[int], splits: list[int], direct: bool) -> None:
    payloads = [payload(size, seed) for seed, size in enumerate(sizes)]
    stream = b"".join(map(framed, payloads))
    splits = [max(split, len(stream) // 300) for split in splits]
    reader, out, position, turn = FrameReader(), [], 0, 0
    shared = bytearray(40_000)
    while position < len(stream):
        view = reader.wants() if direct else None
        if view is not None:
            count = min(len(view), splits[turn % len(splits)], len(stream) - position)
            view[:count] = stream[position : position + count]
            frame = reader.received(count)
            if frame is not None:
                out.append(bytes(frame))
        else:
            count = min(splits[turn % len(splits)], len(stream) - position)
            shared[:count] = stream[position : position + count]
            out.extend(bytes(frame) for frame in reader.feed(shared, count))
        position += count
        turn += 1
    assert out == payloads
    assert reader.idle and reader.failure is None


def test_frames_byte_by_byte() -> None:
    payloads = [payload(size, size) for size in (0, 1, 3, 2048, 2049)]
    reader, out = FrameReader(), []
    for byte in b"".join(map(framed, payloads)):
        out.extend(map(bytes, reader.feed(bytes([byte]))))
    assert out == payloads


def test_all_complete_frames_of_a_buffer_are_handed_out_and_only_a_tail_is_kept() -> None:
    reader = FrameReader()
    assert reader.feed(framed(b"a") + framed(b"bc") + framed(b"def")[:5]) == [b"a", b"bc"]
    assert not reader.idle
    assert reader.wants() is None
    assert reader.feed(b"ef" + framed(b"g")) == [b"def", b"g"]
    assert reader.idle


@pytest.mark.parametrize("length", [-1, -(2**31), 1001, 2**31 - 1])
def test_an_invalid_length_fails_after_the_frames_before_it(length: int) -> None:
    reader = FrameReader(1000)
    assert reader.feed(framed(b"good") + struct.pack(">i", length) + framed(b"never")) == [b"good"]
    assert reader.failure is not None
    assert (reader.failure.length, reader.failure.limit) == (length, 1000)
    assert reader.feed(framed(b"never")) == []


def test_text_of_an_invalid_length_names_size_and_limit() -> None:
    assert str(framing.InvalidFrameLength(2000, 1000)) == "Invalid receive (size = 2000 larger than 1000)"
    assert str(framing.InvalidFrameLength(-5, 1000)) == "Invalid receive (size = -5)"


@pytest.mark.parametrize(
    ("beginning", "words"),
    [
        (b"\x16\x03\x01\x02", "the beginning of a TLS handshake, not of a Kafka request"),
        (b"\x16\x03\x03\x00", "the beginning of a TLS handshake, not of a Kafka request"),
        (b"GET ", "the beginning of an HTTP request, not of a Kafka request"),
        (b"POST", "the beginning of an HTTP request, not of a Kafka request"),
    ],
)
def test_the_frame_length_of_another_protocol_says_which(beginning: bytes, words: str) -> None:
    length = int.from_bytes(beginning, "big")
    assert (
        str(framing.InvalidFrameLength(length, 1000)) == f"Invalid receive (size = {length} larger than 1000): {words}"
    )


def test_the_limit_can_rise_between_frames() -> None:
    reader = FrameReader(4)
    assert reader.feed(framed(b"four")) == [b"four"]
    reader.max_frame_bytes = 5
    assert reader.feed(framed(b"fives")) == [b"fives"]
    assert reader.failure is None


def test_memory_follows_what_was_sent_not_what_was_claimed() -> None:
    tracemalloc.start()
    try:
        reader = FrameReader()
        reader.feed(struct.pack(">i", framing.REQUEST_BYTES_MAX) + b"x")
        assert tracemalloc.get_traced_memory()[1] < 200_000
        for _ in range(100):
            reader.feed(bytes(10_000))
        assert tracemalloc.get_traced_memory()[0] < 5_000_000
    finally:
        tracemalloc.stop()


HEADS = [
    (12, 3, -7, "client", None),
    (12, 4, 2**31 - 1, "", None),
    (18, 0, 1, "ünï", None),
    (18, 4, 0, "x" * 300, {0: b"", 7: b"abc", 300: bytes(200)}),
    (3, 9, 5, None, None),
]


@pytest.mark.parametrize(("api_key", "version", "correlation_id", "client_id", "tags"), HEADS)
def test_request_heads(
    api_key: int, version: int, correlation_id: int, client_id: str | None, tags: dict[int, bytes] | None
) -> None:
    header = RequestHeader(
        request_api_key=api_key,
        request_api_version=version,
        correlation_id=correlation_id,
        client_id=client_id,
        unknown_tagged_fields=tags,
    )
    encoded = encode(header, APIS[api_key].request_header_version(version))
    frame = encoded + b"body"
    assert parse_request_head(frame) == RequestHead(api_key, version, correlation_id, client_id or "", len(encoded))
    assert parse_request_head(bytearray(frame)).client_id == (client_id or "")
    if not tags:
        header_version = APIS[api_key].request_header_version(version)
        written = request_header(api_key, version, header_version, correlation_id, client_id)
        assert written[4:] == encoded


def test_a_head_cut_anywhere_is_refused() -> None:
    header = RequestHeader(
        request_api_key=18, request_api_version=3, client_id="client", unknown_tagged_fields={1: b"abc"}
    )
    encoded = encode(header, 2)
    for length in range(2, len(encoded)):
        with pytest.raises(framing.MalformedHeader, match="apiKeyId is: 18"):
            parse_request_head(encoded[:length])
    for length in range(2):
        with pytest.raises(framing.MalformedHeader, match="apiKeyId is: -1"):
            parse_request_head(encoded[:length])


def test_tag_lies_in_a_head_are_refused() -> None:
    start = struct.pack(">hhih", 18, 3, 1, -1)
    lies = (
        b"\xff\xff\xff\xff\x07",
        b"\x01\x00\xff\xff\xff\xff\x0f",
        b"\x01\x00\x7f",
        b"\x01\xff\xff\xff\xff\xff\x0f\x00",
        b"\x80",
    )
    for lie in lies:
        with pytest.raises(framing.MalformedHeader):
            parse_request_head(start + lie)


def test_an_unknown_api_is_refused_even_if_the_rest_is_missing() -> None:
    for frame in (struct.pack(">hhih", 9999, 0, 1, -1), struct.pack(">h", 9999)):
        with pytest.raises(framing.UnknownApiKey, match="Unexpected api key: 9999"):
            parse_request_head(frame)


def test_tags_of_a_head_are_skipped_as_the_reference_skips_them() -> None:
    start = struct.pack(">hhih", 18, 3, 1, -1)
    for tags in (b"\x02\x07\x01a\x05\x01b", b"\x02\x07\x01a\x07\x01b", b"\xff\xff\xff\xff\x0f"):
        assert parse_request_head(start + tags + b"body").body == len(start + tags)


def test_a_negative_client_id_length_is_null_and_bad_utf8_is_replaced() -> None:
    assert parse_request_head(struct.pack(">hhih", 12, 0, 1, -2)).client_id == ""
    assert parse_request_head(struct.pack(">hhih", 12, 0, 1, 1) + b"\xff").client_id == "�"


@settings(deadline=None)
@given(st.binary(max_size=40), st.sampled_from([0, 3, 18]), st.integers(0, 20))
def test_random_heads_are_read_or_refused(junk: bytes, api_key: int, version: int) -> None:
    for frame in (junk, struct.pack(">hh", api_key, version) + junk):
        try:
            head = parse_request_head(frame)
        except framing.ProtocolViolation:
            continue
        assert 10 <= head.body <= len(frame)


def test_versions_are_judged_apart() -> None:
    served = {12: (1, 4)}
    framing.check_version(RequestHead(12, 4, 0, "", 0), served)
    for api_key, version in ((12, 0), (12, 5), (11, 3)):
        with pytest.raises(framing.UnsupportedVersion, match=f"version {version}"):
            framing.check_version(RequestHead(api_key, version, 0, "", 0), served)


def test_answers_are_appended_with_their_length() -> None:
    buffer, parts = bytearray(b"before"), []
    for version, header_version in ((3, 0), (4, 1)):
        encoder = raw_encoder(HeartbeatResponse, version)
        assert append_response(buffer, parts, 77, header_version, encoder, HeartbeatResponse(error_code=5)) is buffer
    assert parts == []
    first = struct.pack(">iiih", 10, 77, 0, 5)
    second = struct.pack(">iib", 12, 77, 0) + struct.pack(">ihb", 0, 5, 0)
    assert buffer == b"before" + first + second


def test_large_records_are_sent_uncopied_and_counted() -> None:
    records = [memoryview(payload(50_000)), memoryview(payload(60_000))]
    message = FetchResponse(
        responses=[FetchableTopicResponse(topic="t", partitions=[PartitionData(records=r) for r in records])]
    )
    encoder = raw_encoder(FetchResponse, 11)
    buffer, parts = bytearray(b"before"), []
    last = append_response(buffer, parts, 9, 0, encoder, message)
    assert last is not buffer
    assert [part for part in parts if part is records[0] or part is records[1]] == records
    sent = b"".join(parts) + last
    assert sent == b"before" + framed(struct.pack(">i", 9) + encode(message, 11))


def test_an_answer_that_cannot_be_encoded_leaves_no_trace() -> None:
    bad = FetchResponse(
        responses=[
            FetchableTopicResponse(
                topic="t", partitions=[PartitionData(records=bytes(9000)), PartitionData(error_code=99999)]
            )
        ]
    )
    buffer, parts = bytearray(b"before"), [b"earlier"]
    with pytest.raises(UnencodableMessage):
        append_response(buffer, parts, 9, 0, raw_encoder(FetchResponse, 11), bad)
    assert buffer == b"before"
    assert parts == [b"earlier"]
