"""`python -m kafkawire`."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from kafkawire.compiler import encode
from kafkawire.framing import request_header
from kafkawire.messages.heartbeat import HeartbeatRequest, HeartbeatResponse
from kafkawire.messages.metadata import MetadataRequest, MetadataRequestTopic
from kafkawire.show import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(arguments) == code
    return capsys.readouterr().out


def test_apis_lists_keys_and_versions(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "apis").splitlines()
    assert lines[1].split() == ["0", "Produce", "0-13", "3", "9"]


def test_show_tells_the_fields_of_a_version(capsys: pytest.CaptureFixture[str]) -> None:
    shown = run(capsys, "show", "metadata", "12")
    assert "MetadataRequest v12 (flexible)" in shown
    assert "  topics: [MetadataRequestTopic]?  # Topics asked about;" in shown
    assert "    topic_id: uuid = " in shown
    assert "MetadataResponse v12 (flexible)" in shown
    assert "error_code: int16 = 0  # NONE or what is wrong as a whole." not in shown
    old = run(capsys, "show", "MetadataRequest", "1")
    assert "allow_auto_topic_creation" not in old
    assert "(tag 0)" in run(capsys, "show", "Fetch")
    assert "OffsetCommitValue v4" in run(capsys, "show", "OffsetCommitValue")
    assert "RequestHeader v2" in run(capsys, "show", "requestheader")


def test_decode_reads_a_request_frame(capsys: pytest.CaptureFixture[str]) -> None:
    request = MetadataRequest(
        topics=[MetadataRequestTopic(name=None, topic_id=bytes(16))], unknown_tagged_fields={9: b"abc"}
    )
    frame = request_header(3, 12, 2, 77, "me") + encode(request, 12)
    frame = struct.pack(">i", len(frame) - 4) + frame[4:]
    expected = [
        "MetadataRequest v12, correlation id 77, client id 'me'",
        "  topics[0]",
        f"    topic_id: {'00' * 16} ({'A' * 22})",
        "    name: null",
        "  allow_auto_topic_creation: True",
        "  include_topic_authorized_operations: False",
        "  unknown tag 9: 3 bytes 616263",
    ]
    assert run(capsys, "decode", frame.hex()).splitlines() == expected
    assert run(capsys, "decode", frame[4:].hex(" ")).splitlines() == expected


def test_apis_of_a_release(capsys: pytest.CaptureFixture[str]) -> None:
    shown = run(capsys, "apis", "--release", "3.9").splitlines()
    assert shown[1].split() == ["0", "Produce", "0-11"]
    assert "  6  UpdateMetadata                    0-8" in shown
    assert " 52  Vote                              0-1  served by controllers only" in shown
    assert " 76  ShareGroupHeartbeat                 0  0 not stable yet" in shown
    assert "UpdateMetadata" not in run(capsys, "apis", "--release", "4.3.1")


def test_decode_reads_bodies_and_frames_of_responses_and_requests(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    body = encode(HeartbeatResponse(throttle_time_ms=5, error_code=27), 4)
    said = ["HeartbeatResponse v4", "  throttle_time_ms: 5", "  error_code: 27"]
    assert run(capsys, "decode", "--response", "12", "4", body.hex()).splitlines() == said
    frame = struct.pack(">ii", 4 + 1 + len(body), 77) + b"\0" + body
    file = tmp_path / "answer.bin"
    file.write_bytes(frame)
    header = ["  ResponseHeader v1", "    correlation_id: 77"]
    assert run(capsys, "decode", "--response", "heartbeat", "4", str(file)).splitlines() == said[:1] + header + said[1:]
    request = request_header(12, 0, 1, 3, None) + encode(HeartbeatRequest(group_id="g"), 0)
    frame = struct.pack(">i", len(request) - 4) + request[4:]
    shown = run(capsys, "decode", "--request", "Heartbeat", "0", frame.hex()).splitlines()
    assert shown[:2] == ["HeartbeatRequest v0", "  RequestHeader v1"]
    assert "  group_id: 'g'" in shown


def test_decode_reads_a_named_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "decode", "0003 616263 0000 00000005", "--as", "OffsetCommitKey").splitlines() == [
        "OffsetCommitKey v0",
        "  group: 'abc'",
        "  topic: ''",
        "  partition: 5",
    ]
    shown = run(capsys, "decode", "0003 6162", "--as", "OffsetCommitKey", code=1)
    assert shown.splitlines()[-1].startswith("OffsetCommitKey v")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "Nothing"), "no message is called Nothing"),
        (("show", "Metadata", "99"), "MetadataRequest has versions 0 to 13, not 99"),
        (("decode", "xyz"), "neither a file nor hexadecimal"),
        (("decode", "ab" * 5000), "Unexpected api key"),
        (("decode", "--request", "Nothing", "1", "00"), "no API has the key or name Nothing"),
        (("decode", "--response", "3", "99", "00"), "MetadataResponse has versions 0 to 13, not 99"),
        (("decode", "--response", "3", "new", "00"), "MetadataResponse has versions 0 to 13, not new"),
        (("apis", "--release", "1.1"), "no facts on release '1.1', only on 2.2, 2.3"),
        (("decode", "03e7"), "Unexpected api key: 999"),
        (("decode", "0003" + "0063" + "00000000" + "ffff" + "00"), "MetadataRequest has versions 0 to 13"),
        (("decode", "00", "--as", "Heartbeat"), "no message is called Heartbeat"),
        (("decode", "00", "--as", "HeartbeatRequest", "--version", "9"), "has versions 0 to 4"),
    ],
)
def test_what_is_unknown_is_said_in_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    shown = run(capsys, *arguments, code=1)
    assert sentence in shown.splitlines()[-1]
    assert "Traceback" not in shown
