"""Fuzzing of kafkawire: every (message, version), strict and lenient, and records of every magic, with bytes that are none.

`python -m tests.support.wire_fuzz --inputs 10000000` runs until it has decoded so many, or until `--seconds` are over; the next
run goes on with `--start CHUNK` where it ended. The inputs of a chunk depend on its number alone, so a finding can be repeated.
Needs PYTHONPATH=.:codecs. Every input must end as a message or the error promised for it, in `SLOW_S` and `MEMORY_BYTES`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache

import attrs

from kafkawire.compiler import decoder, encode
from kafkawire.declare import TopLevel
from kafkawire.primitives import MalformedMessage
from kafkawire.records.batch import Compression, set_crc
from kafkawire.records.builder import build_batch
from kafkawire.records.compression import compress
from kafkawire.records.iterate import records_in
from kafkawire.records.legacy.builder import build_message_set
from kafkawire.records.legacy.convert import down_convert, up_convert
from kafkawire.records.legacy.iterate import records_in_message_set
from kafkawire.records.legacy.message import encode_message
from kafkawire.records.legacy.validate import validate_message_set
from kafkawire.records.legacy.wrapping import wrap
from kafkawire.records.record import Record
from kafkawire.records.validate import InvalidBatch, ProduceRules, validate_produce
from tests.support.wire_messages import class_versions, extremes

CHUNK_INPUTS = 250
RECORDS_EVERY = 6
"""Of so many chunks one is about records; the others go over the messages in turn."""
SLOW_S = 2.0
"""CPU time of one input beyond which it is a finding."""
MEMORY_BYTES = 256 << 20
"""What the process may grow by."""
UNPACKED_BYTES_MAX = 1 << 20
NOW_MS = 1_800_000_000_000
RULES = ProduceRules(topic_partition="t-0", decompressed_bytes_max=UNPACKED_BYTES_MAX)
LIES = (
    b"\x7f\xff\xff\xff",
    b"\x7f\xff",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\xff\x07",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x80",
    b"\xfe\xff\xff\xff\x0f",
    b"\x80\x80\x40",
    b"\x00\x10\x00\x00",
    b"\xff\xff\xff\xfe",
)
NESTS = (b"\x00\x00\x00\x02", b"\x02", b"\x03", b"\x00\x00\x00\x01", b"\x01", b"\x00\x02\x00\x00")
BYTES = (0, 1, 2, 3, 14, 22, 61, 127, 128, 254, 255)


@attrs.define
class Tally:
    """What a run has seen."""

    inputs: int = 0
    accepted: int = 0
    slowest_s: float = 0.0
    slowest: str = ""
    findings: list[str] = attrs.field(factory=list)


@cache
def combinations() -> list[tuple[type[TopLevel], int]]:
    """Every (message, version)."""
    return class_versions()


@cache
def encoded_extremes(cls: type[TopLevel], version: int) -> list[bytes]:
    """What mutation starts from."""
    return [encode(message, version)[:1000] for message in extremes(cls, version)]


def variants(chance: random.Random, sources: list[bytes]) -> Iterator[bytes]:
    """One chunk of inputs."""
    bits, pick = chance.getrandbits, chance.choice
    for _ in range(CHUNK_INPUTS):
        kind = bits(3)
        if kind == 0:
            yield chance.randbytes(bits(6))
            continue
        source = pick(sources)
        data = bytearray(source)
        position = int(chance.random() * (len(data) + 1))
        if kind <= 3:
            for _ in range(1 + bits(2)):
                data[position : position + 1] = bytes((pick(BYTES) if bits(1) else bits(8),))
                position = int(chance.random() * (len(data) + 1))
        elif kind == 4:
            lie = pick(LIES)
            data[position : position + len(lie)] = lie
        elif kind == 5:
            data[position:] = pick(NESTS) * (1 + bits(7))
        elif kind == 6:
            del data[position : position + 1 + bits(3)]
        else:
            data[position:position] = chance.randbytes(1 + bits(3))
        yield bytes(data)


def message_chunk(chunk: int, chance: random.Random, tally: Tally) -> None:
    """Inputs for one (message, version), half of them read leniently."""
    # Which combination follows from how many chunks about messages came before.
    cls, version = combinations()[(chunk - chunk // RECORDS_EVERY - 1) % len(combinations())]
    readers = [decoder(cls, version, lenient=lenient) for lenient in (False, True)]
    for number, data in enumerate(variants(chance, encoded_extremes(cls, version))):
        read = readers[number & 1]
        begun_s = time.process_time()
        try:
            read(data)
            tally.accepted += 1
        except MalformedMessage as error:
            if not 0 <= error.offset <= len(data):
                tally.findings.append(f"chunk {chunk} {cls.__name__} {version}: offset {error.offset} in {data.hex()}")
        except Exception as error:
            tally.findings.append(f"chunk {chunk} {cls.__name__} {version}: {error!r} for {data.hex()}")
        spent(tally, time.process_time() - begun_s, f"chunk {chunk} {cls.__name__} {version}", data)


@cache
def record_sources() -> list[bytes]:
    """Batches and message sets to begin with."""
    records = [Record(b"k" * (number % 3), b"v" * number, (("h", b"x"),), NOW_MS + number) for number in range(20)]
    plain = [Record(record.key, record.value, (), record.timestamp_ms) for record in records]
    found = [build_batch(records, compression=codec) for codec in Compression]
    found += [
        build_message_set(plain, magic=magic, compression=codec) for magic in (0, 1) for codec in list(Compression)[:4]
    ]
    found.append(found[0] + found[-1])
    return found


def record_inputs(chance: random.Random) -> Iterator[bytes]:
    """Damaged batches and message sets: as they come, with right checksums, damaged before they were packed, or nested."""
    for data in variants(chance, record_sources()):
        kind = chance.getrandbits(2)
        if kind == 1 and len(data) > 61 and data[16] == 2:
            batch = bytearray(data)
            batch[0:12] = bytes(8) + (len(data) - 12).to_bytes(4, "big")
            set_crc(batch, 0)
            yield bytes(batch)
        elif kind == 2:
            magic, codec = chance.getrandbits(1), Compression(1 + chance.randrange(3))
            for _ in range(1 + chance.getrandbits(1)):
                data = encode_message(magic, 19, None, wrap(magic, codec, data), timestamp_ms=7, attributes=codec)
            yield data
        elif kind == 3 and len(data) > 61:
            codec = Compression(1 + chance.randrange(4))
            batch = bytearray(data[:61] + compress(codec, data[61:]))
            batch[0:12] = bytes(8) + (len(batch) - 12).to_bytes(4, "big")
            batch[16], batch[22] = 2, codec
            set_crc(batch, 0)
            yield bytes(batch)
        else:
            yield data


def record_readers() -> list[Callable[[bytes], object]]:
    """All that reads records of unknown origin."""
    unpacked = UNPACKED_BYTES_MAX
    return [
        lambda data: validate_produce(data, RULES, NOW_MS),
        lambda data: list(records_in(data, decompressed_bytes_max=unpacked)),
        lambda data: list(records_in_message_set(data, decompressed_bytes_max=unpacked)),
        lambda data: list(records_in_message_set(data, lenient=True, decompressed_bytes_max=unpacked)),
        lambda data: validate_message_set(data, RULES, NOW_MS),
        lambda data: up_convert(data, lenient=True, decompressed_bytes_max=unpacked),
        lambda data: down_convert(data, 1, decompressed_bytes_max=unpacked),
        lambda data: down_convert(data, 0, lenient=True, decompressed_bytes_max=unpacked),
    ]


def records_chunk(chunk: int, chance: random.Random, tally: Tally) -> None:
    """Inputs for the records, each read in all ways."""
    readers = record_readers()
    for data in record_inputs(chance):
        begun_s = time.process_time()
        for number, read in enumerate(readers):
            try:
                read(data)
                tally.accepted += 1
            except (ValueError, InvalidBatch):
                pass
            except Exception as error:
                tally.findings.append(f"chunk {chunk} records, reader {number}: {error!r} for {data.hex()}")
        spent(tally, time.process_time() - begun_s, f"chunk {chunk} records", data)


def spent(tally: Tally, seconds: float, where: str, data: bytes) -> None:
    """Count one input."""
    tally.inputs += 1
    if seconds > tally.slowest_s:
        tally.slowest_s, tally.slowest = seconds, where
        if seconds > SLOW_S:
            tally.findings.append(f"{where}: {seconds:.1f} s for {data.hex()}")


def run(inputs: int, *, start: int = 0, seconds: float = float("inf"), seed: int = 1) -> tuple[Tally, int]:
    """Fuzz until `inputs` have been read or `seconds` are over; returns what was seen and the chunk that comes next."""
    tally = Tally()
    chunk = start
    end_s = time.monotonic() + seconds
    while tally.inputs < inputs and time.monotonic() < end_s:
        chance = random.Random(seed << 40 | chunk)
        if chunk % RECORDS_EVERY:
            message_chunk(chunk, chance, tally)
        else:
            records_chunk(chunk, chance, tally)
        chunk += 1
    return tally, chunk


def limit_memory() -> None:
    """Let a length that is believed end in MemoryError (Linux only)."""
    import resource

    with open("/proc/self/statm") as statm:
        limit = int(statm.read().split()[0]) * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def main() -> None:
    parser = argparse.ArgumentParser(description="Feed kafkawire with bytes that are no messages.")
    parser.add_argument("--inputs", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--start", type=int, default=0, metavar="CHUNK")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    # What compiling keeps is not what inputs take.
    for cls, version in combinations():
        for lenient in (False, True):
            decoder(cls, version, lenient=lenient)
        encoded_extremes(cls, version)
    record_sources()
    is_limited = sys.platform.startswith("linux")
    if is_limited:
        limit_memory()
    tally, chunk = run(arguments.inputs, start=arguments.start, seconds=arguments.seconds, seed=arguments.seed)
    print(
        f"{tally.inputs} inputs ({tally.accepted} accepted), next chunk {chunk}; slowest {tally.slowest_s * 1000:.1f} ms "
        f"({tally.slowest}); memory {'within' if is_limited else 'not held against'} {MEMORY_BYTES >> 20} MiB; "
        f"{len(tally.findings)} findings"
    )
    for finding in tally.findings[:50]:
        print(finding[:2000])
    sys.exit(bool(tally.findings))


if __name__ == "__main__":
    main()
