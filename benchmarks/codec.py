"""The codec by itself, beside those of other Python projects: `python -m benchmarks.codec`.

Every library decodes the same bytes and encodes what it decoded; before anything is timed, it must give the bytes back. The figures
are the best of several rounds in µs, all taken in one run. aiokafka has no flexible versions.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable
from timeit import repeat
from typing import Any

from kafkawire.compiler import encode, raw_decoder, raw_encoder
from kafkawire.declare import TopLevel
from kafkawire.index import APIS
from kafkawire.messages import fetch, metadata, produce

#: Decodes bytes, or encodes what the library's decoder made of them.
Codec = tuple[Callable[[bytes], Any], Callable[[Any], bytes]]
TARGET_SECONDS = 0.05
ROUNDS = 5


def samples() -> list[tuple[TopLevel, int]]:
    """Messages of everyday size, in the last version of the old layout and in a flexible one."""
    partition = produce.PartitionProduceData(index=0, records=bytes(170))
    topic = produce.TopicProduceData(name="orders", partition_data=[partition])
    append = produce.ProduceRequest(acks=-1, timeout_ms=30_000, topic_data=[topic])
    partitions = [
        metadata.MetadataResponsePartition(partition_index=index, leader_id=1, replica_nodes=[1], isr_nodes=[1])
        for index in range(3)
    ]
    topics = metadata.MetadataResponse(
        brokers=[metadata.MetadataResponseBroker(node_id=1, host="localhost", port=9092)],
        cluster_id="4L6g3nShT-eMCtK--X86sw",
        controller_id=1,
        topics=[metadata.MetadataResponseTopic(name="orders", partitions=partitions)],
    )
    data = fetch.PartitionData(high_watermark=9, last_stable_offset=9, log_start_offset=0, records=bytes(1000))
    records = fetch.FetchResponse(
        session_id=7, responses=[fetch.FetchableTopicResponse(topic="orders", partitions=[data])]
    )
    return [(append, 7), (append, 9), (topics, 5), (topics, 12), (records, 11), (records, 12)]


def kafkawire_codec(message: TopLevel, version: int) -> Codec:
    """This project."""
    decoder: Any = raw_decoder(type(message), version, lenient=True)
    encoder = raw_encoder(type(message), version)
    return lambda data: decoder(data, 0)[0], lambda value: bytes(encoder(value, bytearray(), []))


def kio_codec(message: TopLevel, version: int) -> Codec:
    """kio, with its native reader where it has one."""
    from importlib import import_module

    from kio.serial import entity_reader, entity_writer

    kind = "request" if type(message).__name__.endswith("Request") else "response"
    module = import_module(f"kio.schema.{APIS[message.KEY].module}.v{version}.{kind}")
    entity = getattr(module, type(message).__name__)
    reader, writer = entity_reader(entity), entity_writer(entity)

    def write(value: Any) -> bytes:
        with io.BytesIO() as buffer:
            writer(buffer, value)
            return buffer.getvalue()

    return lambda data: reader(data, 0)[0], write


def kafka_python_codec(message: TopLevel, version: int) -> Codec:
    """kafka-python 3."""
    from kafka.protocol.consumer import FetchResponse
    from kafka.protocol.metadata import MetadataResponse
    from kafka.protocol.producer import ProduceRequest

    classes = {cls.__name__: cls for cls in (ProduceRequest, MetadataResponse, FetchResponse)}
    cls: Any = classes[type(message).__name__]

    def write(value: Any) -> bytes:
        value._header = None  # its decoder leaves the attribute unset
        return bytes(value.encode(version=version))

    return lambda data: cls.decode(data, version=version), write


def aiokafka_codec(message: TopLevel, version: int) -> Codec | None:
    """aiokafka; None for flexible versions."""
    from importlib import import_module

    if version >= type(message).FLEXIBLE_SINCE:
        return None
    module = import_module(f"aiokafka.protocol.{APIS[message.KEY].module}")
    cls = getattr(module, f"{type(message).__name__}_v{version}")
    return cls.decode, lambda value: value.encode()


LIBRARIES: dict[str, Callable[[TopLevel, int], Codec | None]] = {
    "kafkawire": kafkawire_codec,
    "kio": kio_codec,
    "kafka-python": kafka_python_codec,
    "aiokafka": aiokafka_codec,
}


def best_us(function: Callable[[], object]) -> float:
    """Time of one call in µs, the best of several rounds."""
    number = max(10, int(TARGET_SECONDS / max(min(repeat(function, number=3, repeat=2)) / 3, 1e-7)))
    return min(repeat(function, number=number, repeat=ROUNDS)) / number * 1e6


def measure() -> dict[str, dict[str, float]]:
    """Row -> library -> µs."""
    rows: dict[str, dict[str, float]] = {}
    for message, version in samples():
        data = encode(message, version)
        for library, make in LIBRARIES.items():
            codec = make(message, version)
            if codec is None:
                continue
            read, write = codec
            value = read(data)
            if write(value) != data:
                raise AssertionError(f"{library} does not give {type(message).__name__} v{version} back as it was")
            name = f"{type(message).__name__} v{version}"
            rows.setdefault(f"{name} decode", {})[library] = best_us(lambda read=read, data=data: read(data))  # type: ignore[misc]
            rows.setdefault(f"{name} encode", {})[library] = best_us(lambda write=write, value=value: write(value))  # type: ignore[misc]
    return rows


def compile_ms() -> float:
    """Time to compile decoder and encoder of one (message, version), the mean over all samples, in ms."""
    total = 0.0
    for message, version in samples():
        cls = type(message)

        def compile_both(cls: type[TopLevel] = cls, version: int = version) -> None:
            raw_decoder.__wrapped__(cls, version, lenient=True)  # type: ignore[attr-defined]
            raw_encoder.__wrapped__(cls, version)  # type: ignore[attr-defined]

        total += min(repeat(compile_both, number=1, repeat=ROUNDS))
    return total / len(samples()) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.codec", description="Measure codecs side by side.")
    parser.add_argument("--json", metavar="FILE", help="write the figures to this file")
    arguments = parser.parse_args()
    rows = measure()
    print(f"{'µs':28}" + "".join(f"{library:>14}" for library in LIBRARIES))
    for name, figures in rows.items():
        cells = (f"{figures[library]:14.2f}" if library in figures else f"{'-':>14}" for library in LIBRARIES)
        print(f"{name:28}" + "".join(cells))
    print(f"compiling one message and version, both directions: {compile_ms():.2f} ms")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
