"""Batches that other clients write are read and accepted, and they read ours."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import pytest
from aiokafka.record.default_records import DefaultRecordBatch as AiokafkaBatch
from aiokafka.record.default_records import DefaultRecordBatchBuilder as AiokafkaBuilder

from kafkawire.records.batch import BatchHeader, Compression
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record
from kafkawire.records.validate import ProduceRules, validate_produce

with warnings.catch_warnings():
    # kafka-python reads its schemas in a way that Python is giving up.
    warnings.simplefilter("ignore", DeprecationWarning)
    kafka_python = import_module("kafka.record.default_records")

NOW_MS = 1_800_000_000_000
#: kafka-python unpacks the other codecs only with libraries that nothing else here needs.
KAFKA_PYTHON_CODECS = [Compression.NONE, Compression.GZIP]

RECORDS = [
    Record(None, None, (), NOW_MS, 0),
    Record(b"", b"", (("", b""), ("null", None)), NOW_MS + 1, 1),
    *[Record(b"key", b"value" * 20, (("h", b"x"),), NOW_MS + 2, offset) for offset in range(2, 300)],
    Record(b"k" * 200, b"v" * 70_000, (), NOW_MS - 3, 300),
]


def kafka_python_writes(compression: Compression, sequence: int) -> bytes:
    builder = kafka_python.DefaultRecordBatchBuilder(2, int(compression), False, 9, 1, sequence, 1 << 20)
    for record in RECORDS:
        builder.append(record.offset, record.timestamp_ms, record.key, record.value, list(record.headers))
    return bytes(builder.build())


def aiokafka_writes(compression: Compression, sequence: int) -> bytes:
    builder = AiokafkaBuilder(2, int(compression), 0, 9, 1, sequence, 1 << 20)
    for record in RECORDS:
        builder.append(record.offset, record.timestamp_ms, record.key, record.value, headers=list(record.headers))
    return bytes(builder.build())


def read_by(batch: Any) -> list[Record]:
    return [
        Record(
            None if record.key is None else bytes(record.key),
            None if record.value is None else bytes(record.value),
            tuple((name, value) for name, value in record.headers),
            record.timestamp,
            record.offset,
        )
        for record in batch
    ]


WRITERS = [(kafka_python_writes, codec) for codec in KAFKA_PYTHON_CODECS] + [
    (aiokafka_writes, codec) for codec in Compression
]


@pytest.mark.parametrize(("write", "compression"), WRITERS)
def test_foreign_batches_are_read_and_accepted_as_they_are(write: Any, compression: Compression) -> None:
    batch = write(compression, 40)
    header = BatchHeader.parse(batch)
    assert header.compression is compression
    assert (header.producer_id, header.producer_epoch, header.base_sequence) == (9, 1, 40)
    assert list(records_of(batch)) == RECORDS
    validated = validate_produce(batch, ProduceRules(topic_partition="t-0"), NOW_MS)
    assert validated.batch is batch
    assert validated.max_timestamp_ms == NOW_MS + 2


def test_uncompressed_batches_are_the_same_bytes() -> None:
    ours = build_batch(RECORDS, producer_id=9, producer_epoch=1, base_sequence=40)
    theirs = bytearray(kafka_python_writes(Compression.NONE, 40))
    # A client leaves the leader epoch to the broker, in its own ways.
    theirs[12:16] = ours[12:16]
    assert bytes(theirs) == ours


@pytest.mark.parametrize("compression", KAFKA_PYTHON_CODECS)
def test_kafka_python_reads_ours(compression: Compression) -> None:
    batch = kafka_python.DefaultRecordBatch(build_batch(RECORDS, compression=compression))
    assert batch.validate_crc()
    assert read_by(batch) == RECORDS


@pytest.mark.parametrize("compression", list(Compression))
def test_aiokafka_reads_ours(compression: Compression) -> None:
    batch = AiokafkaBatch(build_batch(RECORDS, compression=compression))
    assert batch.validate_crc()
    assert read_by(batch) == RECORDS
