"""The codec by itself, beside those of other Python projects: `python -m benchmarks.codec`.

Every library decodes the same bytes and encodes what it decoded; before anything is timed, it must give the bytes back. Each round
measures everything once, the libraries in turns, and a figure is the median of the rounds: what disturbs the machine for a while
disturbs all libraries, and few rounds. aiokafka has no flexible versions. Below the table stand the other costs of kafkawire: its
import, compiling, record batches.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version as version_of
from pathlib import Path
from statistics import median
from timeit import repeat, timeit
from typing import Any

from benchmarks.codec_samples import samples
from benchmarks.records import NOW_MS
from kafkawire.compiler import encode, raw_decoder, raw_encoder
from kafkawire.declare import TopLevel
from kafkawire.index import APIS
from kafkawire.records.batch import BatchHeader
from kafkawire.records.builder import build_batch
from kafkawire.records.iterate import records_of
from kafkawire.records.record import Record

#: Decodes bytes, or encodes what the library's decoder made of them.
Codec = tuple[Callable[[bytes], Any], Callable[[Any], bytes]]
ROUND_SECONDS = 0.01
ROUNDS = 15
#: Where kafka-python and aiokafka keep the messages of an API.
KAFKA_PYTHON = {"produce": "producer", "metadata": "metadata"}
AIOKAFKA = {"offset_commit": "commit", "join_group": "group"}
IMPORT = "import kafkawire.compiler, kafkawire.messages.metadata"


def kafkawire_codec(message: TopLevel, version: int) -> Codec:
    """This project."""
    decoder: Any = raw_decoder(type(message), version, lenient=True)
    encoder = raw_encoder(type(message), version)
    return lambda data: decoder(data, 0)[0], lambda value: bytes(encoder(value, bytearray(), []))


def kio_codec(message: TopLevel, version: int) -> Codec:
    """kio, with its native reader where it has one."""
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
    module = import_module(f"kafka.protocol.{KAFKA_PYTHON.get(APIS[message.KEY].module, 'consumer')}")
    cls: Any = getattr(module, type(message).__name__)

    def write(value: Any) -> bytes:
        value._header = None  # its decoder leaves the attribute unset
        return bytes(value.encode(version=version))

    return lambda data: cls.decode(data, version=version), write


def aiokafka_codec(message: TopLevel, version: int) -> Codec | None:
    """aiokafka; None for flexible versions."""
    if version >= type(message).FLEXIBLE_SINCE:
        return None
    module = APIS[message.KEY].module
    cls = getattr(
        import_module(f"aiokafka.protocol.{AIOKAFKA.get(module, module)}"), f"{type(message).__name__}_v{version}"
    )
    return cls.decode, lambda value: value.encode()


LIBRARIES: dict[str, Callable[[TopLevel, int], Codec | None]] = {
    "kafkawire": kafkawire_codec,
    "kio": kio_codec,
    "kafka-python": kafka_python_codec,
    "aiokafka": aiokafka_codec,
}


def calls() -> dict[str, dict[str, Callable[[], object]]]:
    """Row -> library -> what is timed."""
    rows: dict[str, dict[str, Callable[[], object]]] = {}
    for message, version in samples():
        data = encode(message, version)
        name = f"{type(message).__name__} v{version}"
        for library, make in LIBRARIES.items():
            codec = make(message, version)
            if codec is None:
                continue
            read, write = codec
            value = read(data)
            if write(value) != data:
                raise AssertionError(f"{library} does not give {name} back as it was")
            rows.setdefault(f"{name} decode", {})[library] = lambda read=read, data=data: read(data)  # type: ignore[misc]
            rows.setdefault(f"{name} encode", {})[library] = lambda write=write, value=value: write(value)  # type: ignore[misc]
    return rows


def measure() -> dict[str, dict[str, float]]:
    """Row -> library -> µs."""
    rows = calls()
    cells = [(name, library, call) for name, row in rows.items() for library, call in row.items()]
    numbers = [max(10, int(ROUND_SECONDS / (min(repeat(call, number=5, repeat=3)) / 5))) for _, _, call in cells]
    rounds = [
        [timeit(call, number=number) / number for (_, _, call), number in zip(cells, numbers, strict=True)]
        for _ in range(ROUNDS)
    ]
    figures: dict[str, dict[str, float]] = {name: {} for name in rows}
    for (name, library, _), times in zip(cells, zip(*rounds, strict=True), strict=True):
        figures[name][library] = median(times) * 1e6
    return figures


def compile_ms() -> tuple[float, float]:
    """Time to compile a decoder, and an encoder, of one (message, version): the mean over all samples, in ms."""
    decoding = encoding = 0.0
    for message, version in samples():
        cls = type(message)

        def compile_decoder(cls: type[TopLevel] = cls, version: int = version) -> None:
            raw_decoder.__wrapped__(cls, version, lenient=True)  # type: ignore[attr-defined]

        def compile_encoder(cls: type[TopLevel] = cls, version: int = version) -> None:
            raw_encoder.__wrapped__(cls, version)  # type: ignore[attr-defined]

        decoding += median(repeat(compile_decoder, number=1, repeat=ROUNDS))
        encoding += median(repeat(compile_encoder, number=1, repeat=ROUNDS))
    return decoding / len(samples()) * 1e3, encoding / len(samples()) * 1e3


def import_ms() -> float:
    """Time to import the compiler and one API when attrs is there already, with compiled bytecode, in ms."""
    code = f"import time, attrs; begin = time.perf_counter(); {IMPORT}; print(time.perf_counter() - begin)"
    path = str(Path(import_module("kafkawire").__path__[0]).parent)
    with tempfile.TemporaryDirectory() as cache:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env = {**kept, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": cache}
        command = [sys.executable, "-c", code]
        took = [float(subprocess.run(command, env=env, check=True, capture_output=True).stdout) for _ in range(12)]
    return median(took[1:]) * 1e3  # the first one writes the bytecode


def own_costs() -> dict[str, tuple[float, str]]:
    """What else the library costs: name -> (figure, unit)."""
    records = [Record(None, bytes(100), (), NOW_MS + index // 20) for index in range(1000)]
    batch = build_batch(records)

    def per_call_us(call: Callable[[], object], number: int) -> float:
        return median(repeat(call, number=number, repeat=ROUNDS)) / number * 1e6

    compile_decoder_ms, compile_encoder_ms = compile_ms()
    return {
        "importing kafkawire.compiler and one API, attrs loaded": (import_ms(), "ms"),
        "compiling a decoder (mean of the above)": (compile_decoder_ms, "ms"),
        "compiling an encoder": (compile_encoder_ms, "ms"),
        "view of a batch header": (per_call_us(lambda: BatchHeader.parse(batch, 0), 10_000), "µs"),
        "iterating, per record of 100 bytes": (per_call_us(lambda: list(records_of(batch)), 10) / 1000, "µs"),
        "building, per record of 100 bytes": (per_call_us(lambda: build_batch(records), 10) / 1000, "µs"),
    }


def print_tables(rows: dict[str, dict[str, float]], costs: dict[str, tuple[float, str]]) -> None:
    """All figures as Markdown."""
    heads = [f"{library} {version_of(library)}" if library != "kafkawire" else library for library in LIBRARIES]
    print(f"Python {sys.version.split()[0]}, {time.strftime('%Y-%m-%d')}\n")
    print(f"| µs | {' | '.join(heads)} |")
    print("| --- |" + " ---: |" * len(heads))
    for name, figures in rows.items():
        cells = (f"{figures[library]:.2f}" if library in figures else "" for library in LIBRARIES)
        print(f"| {name} | {' | '.join(cells)} |")
    print("\n| kafkawire by itself | |\n| --- | ---: |")
    for name, (figure, unit) in costs.items():
        print(f"| {name} | {figure:.2f} {unit} |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.codec", description="Measure codecs side by side.")
    parser.add_argument("--json", metavar="FILE", help="write the figures to this file")
    arguments = parser.parse_args()
    rows, costs = measure(), own_costs()
    print_tables(rows, costs)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"codec": rows, "kafkawire": costs}, file, indent=1)


if __name__ == "__main__":
    main()
