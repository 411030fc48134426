"""Batches as librdkafka (confluent-kafka 2.16) and Apache Kafka's own producer (4.3.1) made them, byte for byte."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import pytest

from kafkawire.records.batch import BatchHeader, Compression, has_valid_crc, iterate_batches, set_base_offset
from kafkawire.records.iterate import records_in
from kafkawire.records.validate import ProduceRules, validate_produce

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
LARGE = b"".join(b"%d," % (number % 977) for number in range(20_000))
MIXED: list[tuple[bytes | None, bytes | None, tuple[tuple[str, bytes | None], ...]]] = [
    (None, None, ()),
    (b"", b"", (("empty", b""), ("null", None))),
    (b"key", b"value", (("h", b"x"), ("h", b"y"))),
    *[(b"key %d" % number, b"value" * 20, ()) for number in range(100)],
    (b"large", LARGE, ()),
]
FILE = Path(__file__).with_name("client_batches.json")


def stored_by(client: str, codec: str) -> bytes:
    return zlib.decompress(base64.b64decode(json.loads(FILE.read_text())[f"{client}-{codec}"]))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("client", ["librdkafka", "java"])
def test_batches_of_other_clients_hold_what_was_sent(client: str, codec: str) -> None:
    buffer = stored_by(client, codec)
    read = [(record.key, record.value, record.headers) for record in records_in(buffer)]
    if client == "librdkafka":
        assert read == MIXED
    else:
        assert read == [(b"key", b"value", (("h", b"x"),)), (b"k", LARGE, (("h", b"y"),))]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("client", ["librdkafka", "java"])
def test_batches_of_other_clients_are_accepted_as_they_are(client: str, codec: str) -> None:
    buffer = stored_by(client, codec)
    count = 0
    for position, header in iterate_batches(buffer):
        batch = bytearray(buffer[position : position + header.size_bytes])
        assert header.compression is Compression[codec.upper()]
        assert has_valid_crc(batch)
        set_base_offset(batch, 0, 0)
        now_ms = max(header.max_timestamp, 0)
        validated = validate_produce(batch, ProduceRules(topic_partition="t-0"), now_ms)
        assert validated.batch is batch
        assert validated.header == BatchHeader.parse(batch)
        count += 1
    assert count
