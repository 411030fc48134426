"""What the compiler promises beside the bytes: places of errors, bounds, source in tracebacks, records that are not copied."""

from __future__ import annotations

import struct
import traceback
from typing import Any

import pytest

from kafkawire import declare
from kafkawire.compiler import decode, decoder, encode, raw_decoder, raw_encoder, source_of
from kafkawire.internal.cluster_metadata import PartitionChangeRecord, PartitionRecord
from kafkawire.messages.delete_topics import DeleteTopicsRequest
from kafkawire.messages.describe_groups import DescribeGroupsRequest
from kafkawire.messages.fetch import FetchableTopicResponse, FetchResponse, PartitionData
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.list_groups import ListGroupsRequest
from kafkawire.messages.metadata import (
    MetadataRequest,
    MetadataResponse,
    MetadataResponsePartition,
    MetadataResponseTopic,
)
from kafkawire.messages.produce import PartitionProduceData, ProduceRequest, TopicProduceData
from kafkawire.primitives import (
    Malformed,
    MalformedMessage,
    UnencodableMessage,
    read_uvarint,
    uuid_from_text,
    uuid_text,
    write_uvarint,
)


def produce(*records: bytes | memoryview | list[Any] | None) -> ProduceRequest:
    partitions = [PartitionProduceData(index=index, records=value) for index, value in enumerate(records)]
    return ProduceRequest(acks=1, topic_data=[TopicProduceData(name="t", partition_data=partitions)])


@pytest.mark.parametrize("version", [8, 9])
def test_a_malformed_message_names_field_index_and_offset(version: int) -> None:
    message = MetadataRequest(topics=[])
    topics = MetadataResponse(
        topics=[
            MetadataResponseTopic(name="a"),
            MetadataResponseTopic(name="b", partitions=[MetadataResponsePartition(replica_nodes=[*range(1, 11)])]),
        ]
    )
    encoded = encode(topics, version)
    cut = encoded.index(struct.pack(">ii", 1, 2)) + 30
    with pytest.raises(MalformedMessage) as caught:
        decode(MetadataResponse, version, encoded[:cut])
    assert caught.value.path == "topics[1].partitions[0].replica_nodes"
    assert caught.value.offset == cut - 30
    assert caught.value.message == "MetadataResponse"
    assert caught.value.version == version
    expected = f"MetadataResponse v{version}: topics[1].partitions[0].replica_nodes at byte {cut - 30}:"
    assert str(caught.value).startswith(expected)
    with pytest.raises(MalformedMessage, match=r"at byte \d+: 1 bytes behind the message"):
        decode(MetadataRequest, version, encode(message, version) + b"x")


def test_a_malformed_element_of_a_plain_array_is_named() -> None:
    encoded = struct.pack(">ih1sh1s", 2, 1, b"a", 1, b"\xff")
    with pytest.raises(MalformedMessage, match="not UTF-8") as caught:
        decode(DescribeGroupsRequest, 0, encoded)
    assert caught.value.path == "groups[1]"


def test_a_malformed_tagged_field_is_named() -> None:
    record = PartitionChangeRecord(isr=[1, 2, 3])
    encoded = encode(record, 0)
    with pytest.raises(MalformedMessage) as caught:
        decode(PartitionChangeRecord, 0, encoded[:-2])
    assert "beyond the end" in caught.value.reason or caught.value.path == "isr"
    wrong_size = bytearray(encoded)
    wrong_size[wrong_size.index(bytes([0, 13])) + 1] = 14
    with pytest.raises(MalformedMessage) as caught:
        decode(PartitionChangeRecord, 0, bytes(wrong_size) + b"\0")
    assert (caught.value.path, caught.value.reason) == ("isr", "tagged field of another size than it says")


@pytest.mark.parametrize(
    ("message", "version", "path"),
    [
        (HeartbeatRequest(generation_id=2**31), 0, "group_id|generation_id"),
        (HeartbeatRequest(group_id=None), 3, "group_id"),  # type: ignore[arg-type]
        (HeartbeatRequest(group_id="x" * 32768), 0, "group_id"),
        (HeartbeatRequest(group_id="x" * 32768), 4, "group_id"),
        (MetadataRequest(topics=None), 0, "topics"),
        (produce(7), 9, r"topic_data\[\].partition_data\[\].records"),  # type: ignore[arg-type]
        (PartitionRecord(directories=[b"short"]), 1, "directories"),
        (PartitionRecord(topic_id=b"short"), 1, "topic_id"),
    ],
)
def test_an_unencodable_message_names_the_field(message: declare.TopLevel, version: int, path: str) -> None:
    with pytest.raises(UnencodableMessage, match=rf"{type(message).__name__} v{version}: ({path})"):
        encode(message, version)


def test_versions_that_are_not_declared_are_refused() -> None:
    for version in (-1, 5):
        for call in (raw_decoder, decoder, raw_encoder):
            with pytest.raises(ValueError, match="HeartbeatRequest has versions 0 to 4"):
                call(HeartbeatRequest, version)


def test_tracebacks_show_the_generated_source() -> None:
    class Odd:
        def __len__(self) -> int:
            raise RuntimeError("from within")

    with pytest.raises(RuntimeError) as caught:
        encode(produce(Odd()), 9)  # type: ignore[arg-type]
    shown = "".join(traceback.format_exception(caught.value))
    assert "<kafkawire ProduceRequest v9 encode>" in shown
    assert "records_length(" in shown


def test_fields_that_a_version_lacks_are_left_out_and_get_their_default() -> None:
    message = HeartbeatRequest(group_id="g", group_instance_id="i")
    assert decode(HeartbeatRequest, 2, encode(message, 2)) == HeartbeatRequest(group_id="g")
    assert decode(HeartbeatRequest, 3, encode(message, 3)) == message


def test_default_lists_are_not_shared() -> None:
    first, second = decode(MetadataRequest, 1, b"\0\0\0\0"), decode(DeleteTopicsRequest, 1, b"\0" * 8)
    assert second.topics is not decode(DeleteTopicsRequest, 1, b"\0" * 8).topics
    assert first.topics == []


def test_records_are_views_of_the_input() -> None:
    encoded = encode(produce(b"some records"), 9)
    for buffer in (encoded, bytearray(encoded)):
        records = decode(ProduceRequest, 9, buffer).topic_data[0].partition_data[0].records
        assert isinstance(records, memoryview)
        assert records.obj is buffer
        assert records == b"some records"


@pytest.mark.parametrize("version", [11, 12])
def test_large_records_are_passed_on_and_small_ones_copied(version: int) -> None:
    large, parts = memoryview(bytes(5000)), [bytes(3000), memoryview(bytes(9)), bytes(7000)]
    message = FetchResponse(
        responses=[
            FetchableTopicResponse(topic="t", partitions=[PartitionData(records=r) for r in (b"small", large, parts)])
        ]
    )
    out: list[Any] = []
    start = bytearray(b"before")
    last = raw_encoder(FetchResponse, version)(message, start, out)
    assert out[0] is start
    assert [part for part in out if part is large or any(part is p for p in parts)] == [large, *parts]
    copied = FetchResponse(
        responses=[
            FetchableTopicResponse(
                topic="t", partitions=[PartitionData(records=r) for r in (b"small", bytes(large), b"".join(parts))]
            )
        ]
    )
    assert b"".join(out) + last == b"before" + encode(copied, version)


def test_the_element_budget_bounds_what_a_long_message_may_hold() -> None:
    fits, too_many = struct.pack(">i", 1000) + b"\0\0" * 1000, struct.pack(">i", 1001) + b"\0\0" * 1001
    decode_within = decoder(DescribeGroupsRequest, 0, element_budget=1000)
    assert len(decode_within(fits).groups) == 1000
    with pytest.raises(MalformedMessage, match="too many elements"):
        decode_within(too_many)
    nested = produce(*[b""] * 600)
    nested.topic_data *= 2
    with pytest.raises(MalformedMessage, match="too many elements"):
        decoder(ProduceRequest, 9, element_budget=1000)(encode(nested, 9))
    tags = ListGroupsRequest(unknown_tagged_fields=dict.fromkeys(range(1001), b""))
    with pytest.raises(MalformedMessage, match="more tags"):
        decoder(ListGroupsRequest, 3, element_budget=1000)(encode(tags, 3))
    assert decoder(ListGroupsRequest, 3, element_budget=1001)(encode(tags, 3)) == tags


def test_tagged_fields_are_written_when_they_differ_from_their_default() -> None:
    for value in (None, [], [3]):
        record = PartitionChangeRecord(isr=value)
        assert decode(PartitionChangeRecord, 0, encode(record, 0)) == record
    assert len(encode(PartitionChangeRecord(), 0)) < len(encode(PartitionChangeRecord(isr=[]), 0))
    data = PartitionData()
    data.current_leader.unknown_tagged_fields = {3: b"x"}
    message = FetchResponse(responses=[FetchableTopicResponse(partitions=[data])])
    assert decode(FetchResponse, 12, encode(message, 12)) == message


def test_source_can_be_read() -> None:
    assert "def decode(buf, pos):" in source_of(HeartbeatRequest, 4)
    assert "replace" in source_of(HeartbeatRequest, 4, lenient=True)
    assert "def encode(m, buf, out):" in source_of(HeartbeatRequest, 4, encoding=True)


@pytest.mark.parametrize("value", [0, 1, 127, 128, 16383, 16384, 2**31 - 1, 2**31, 2**32 - 1])
def test_varints(value: int) -> None:
    out = bytearray()
    write_uvarint(out, value)
    assert read_uvarint(out, 0) == (value, len(out))
    with pytest.raises(IndexError):
        read_uvarint(out[:-1], 0)


def test_a_varint_of_six_bytes_is_malformed() -> None:
    with pytest.raises(Malformed):
        read_uvarint(b"\x80\x80\x80\x80\x80\x00", 0)


def test_uuids_as_text() -> None:
    uuid = bytes(range(240, 256))
    assert uuid_text(uuid) == "8PHy8_T19vf4-fr7_P3-_w"
    assert uuid_from_text("8PHy8_T19vf4-fr7_P3-_w") == uuid
    assert uuid_text(bytes(16)) == "A" * 22
    for text in ("", "A" * 21, "A" * 23, "8PHy8/T19vf4-fr7_P3-_w", "*" * 22):
        with pytest.raises(ValueError, match="not a uuid"):
            uuid_from_text(text)


def test_messages_compare_and_show_their_fields() -> None:
    assert HeartbeatRequest(group_id="a") != HeartbeatRequest(group_id="b")
    assert HeartbeatRequest() != MetadataRequest()
    assert HeartbeatRequest(unknown_tagged_fields={}) == HeartbeatRequest()
    assert HeartbeatRequest(unknown_tagged_fields={1: b""}) != HeartbeatRequest()
    shown = repr(HeartbeatRequest(group_id="a", unknown_tagged_fields={1: b"x"}))
    assert shown.startswith("HeartbeatRequest(group_id='a', ")
    assert "unknown_tagged_fields={1: b'x'}" in shown
