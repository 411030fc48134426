"""What a broker accepts although it is not how a message should look, and what it does not: each line as Apache Kafka 4.3.1
answered it on a plaintext listener (an answer, or the connection closed). Strict decoding refuses all of them but one."""

from __future__ import annotations

import struct

import pytest

from kafkawire.compiler import decode
from kafkawire.declare import TopLevel
from kafkawire.messages.fetch import FetchRequest
from kafkawire.messages.heartbeat import HeartbeatRequest
from kafkawire.messages.metadata import MetadataRequest
from kafkawire.primitives import MalformedMessage

HEARTBEAT_V0 = struct.pack(">h1sih1s", 1, b"g", 5, 1, b"m")
#: Version 4 up to its tagged section.
HEARTBEAT_V4 = b"\x02g" + struct.pack(">i", 5) + b"\x02m\x00"
REST_OF_HEARTBEAT_V4 = HEARTBEAT_V4[2:] + b"\x00"
#: Fetch of version 12 that asks for nothing, up to its tagged section.
FETCH_V12 = struct.pack(">iiiibiibbb", -1, 0, 0, 1000, 0, 0, -1, 1, 1, 1)


def heartbeat(group_id: str = "g", tags: dict[int, bytes] | None = None) -> HeartbeatRequest:
    return HeartbeatRequest(group_id=group_id, generation_id=5, member_id="m", unknown_tagged_fields=tags)


def fetch(cluster_id: str | None) -> FetchRequest:
    return FetchRequest(cluster_id=cluster_id, max_bytes=1000)


ACCEPTED = {
    "trailing bytes": (0, HEARTBEAT_V0 + b"xx", heartbeat()),
    "trailing bytes after tags": (4, HEARTBEAT_V4 + b"\0xx", heartbeat()),
    "array length -2 as null": (1, struct.pack(">i", -2), MetadataRequest(topics=None)),
    "compact array length -2 as null": (
        9,
        b"\xff\xff\xff\xff\x0f\x01\0\0\0",
        MetadataRequest(topics=None, allow_auto_topic_creation=True),
    ),
    "string length -2 as null": (3, HEARTBEAT_V0 + struct.pack(">h", -2), heartbeat()),
    "boolean 2 as true": (9, b"\x01\x02\x02\x02\0", None),
    "tags out of order": (4, HEARTBEAT_V4 + b"\x02\x07\x01a\x05\x01b", heartbeat(tags={7: b"a", 5: b"b"})),
    "a tag twice": (4, HEARTBEAT_V4 + b"\x02\x07\x01a\x07\x01b", heartbeat(tags={7: b"b"})),
    "negative count of tags as none": (4, HEARTBEAT_V4 + b"\xff\xff\xff\xff\x0f", heartbeat()),
    "known tag twice": (12, FETCH_V12 + b"\x02\0\x02\x02c\0\x02\x02d", fetch("d")),
    "known tag longer than it says": (12, FETCH_V12 + b"\x01\0\x01\x02c", fetch("c")),
    "known tag that claims more than there is": (12, FETCH_V12 + b"\x01\0\x7f\x02c", fetch("c")),
    "name that is not UTF-8": (4, b"\x02\xff" + REST_OF_HEARTBEAT_V4, heartbeat("�")),
}
BOTH = {
    "tags in order": (4, HEARTBEAT_V4 + b"\x02\x05\x01a\x07\x01b", heartbeat(tags={5: b"a", 7: b"b"})),
    "varint with bytes to spare": (4, b"\x82\x80\x80\x80\0g" + REST_OF_HEARTBEAT_V4, heartbeat()),
    "varint with bits to spare": (4, b"\x82\x80\x80\x80\x70g" + REST_OF_HEARTBEAT_V4, heartbeat()),
    "greatest tag": (4, HEARTBEAT_V4 + b"\x01\xff\xff\xff\xff\x0f\x01a", heartbeat(tags={2**32 - 1: b"a"})),
    "string of 32767 bytes": (4, b"\x80\x80\x02" + b"g" * 32767 + REST_OF_HEARTBEAT_V4, heartbeat("g" * 32767)),
}
REFUSED = {
    "array length -1 where null is not allowed": (MetadataRequest, 0, struct.pack(">i", -1)),
    "compact array length 2^31 - 1": (MetadataRequest, 9, b"\x80\x80\x80\x80\x08\x01\0\0\0"),
    "string length -1 where null is not allowed": (HeartbeatRequest, 0, b"\xff\xff" + HEARTBEAT_V0[3:]),
    "unknown tag that claims more than there is": (HeartbeatRequest, 4, HEARTBEAT_V4 + b"\x01\x07\x05a"),
    "unknown tag of negative size": (HeartbeatRequest, 4, HEARTBEAT_V4 + b"\x01\x07\xff\xff\xff\xff\x0fa"),
    "more tags than there are": (HeartbeatRequest, 4, HEARTBEAT_V4 + b"\x03\x07\x01a"),
    "varint of six bytes": (HeartbeatRequest, 4, b"\x82\x80\x80\x80\x80\0g" + REST_OF_HEARTBEAT_V4),
    "string of 40000 bytes": (HeartbeatRequest, 4, b"\xc1\xb8\x02" + b"g" * 40000 + REST_OF_HEARTBEAT_V4),
    "empty body": (HeartbeatRequest, 0, b""),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted_though_odd(case: str) -> None:
    version, body, expected = ACCEPTED[case]
    if expected is None:
        expected = MetadataRequest(
            topics=[], include_cluster_authorized_operations=True, include_topic_authorized_operations=True
        )
    assert decode(type(expected), version, body, lenient=True) == expected
    with pytest.raises(MalformedMessage):
        decode(type(expected), version, body)


@pytest.mark.parametrize("case", BOTH)
def test_accepted_either_way(case: str) -> None:
    version, body, expected = BOTH[case]
    for lenient in (True, False):
        assert decode(type(expected), version, body, lenient=lenient) == expected


@pytest.mark.parametrize("case", REFUSED)
def test_refused_either_way(case: str) -> None:
    cls, version, body = REFUSED[case]
    assert issubclass(cls, TopLevel)
    for lenient in (True, False):
        with pytest.raises(MalformedMessage):
            decode(cls, version, body, lenient=lenient)
