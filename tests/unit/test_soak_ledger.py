"""The books of the soak: what a broker does wrong has to show in them."""

from __future__ import annotations

import struct
from typing import cast

import pytest

from benchmarks.soak.ledger import Ledger
from benchmarks.soak.pipe import Pipe
from benchmarks.soak.producing import PartitionProducer, value_position
from kafkawire.compiler import decode
from kafkawire.messages.produce import ProduceRequest
from kafkawire.primitives import Buffer
from kafkawire.records.batch import set_base_offset

KEY = ("orders", 0)
VALUE_AT = value_position(2, 100)


class Requests:
    """A connection that keeps what is sent."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.handlers: list[tuple[object, object]] = []

    def put(self, request: bytes, handler: object, argument: object) -> None:
        self.frames.append(bytes(request))
        self.handlers.append((handler, argument))

    def answer(self, number: int, offset: int, error: int = 0) -> None:
        head = bytes(4) + b"\0" + b"\2" + b"\7orders" + b"\2" + bytes(4)
        handler, argument = self.handlers[number]
        handler(head + struct.pack(">hq", error, offset), argument)  # type: ignore[operator]


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.add_group("g")
    return ledger


@pytest.fixture
def requests(ledger: Ledger) -> Requests:
    requests = Requests()
    producer = PartitionProducer(cast(Pipe, requests), ledger, *KEY, records=2, value_bytes=100, producer_id=7)
    for _ in range(3):
        producer.produce(0.0, is_timed=False)
    return requests


def stored(requests: Requests) -> list[bytearray]:
    """The three batches as a broker stores them: with their offsets."""
    batches = []
    for number, frame in enumerate(requests.frames):
        body_at = 4 + 2 + 2 + 4 + 2 + len("bench") + 1
        request = decode(ProduceRequest, 9, frame[body_at:])
        batch = bytearray(cast(Buffer, request.topic_data[0].partition_data[0].records))
        set_base_offset(batch, 0, 2 * number)
        batches.append(batch)
    return batches


def test_records_that_come_whole_and_in_order_are_no_complaint(ledger: Ledger, requests: Requests) -> None:
    for number in range(3):
        requests.answer(number, 2 * number)
    assert ledger.missing() == {"g": 6}
    first, second, third = stored(requests)
    assert ledger.check("g", KEY, bytes(first + second), 0, VALUE_AT) == 4
    assert ledger.missing() == {"g": 2}
    assert ledger.check("g", KEY, bytes(second + third[:-1]), 2, VALUE_AT) == 4, "a batch that is cut off is not seen"
    assert ledger.check("g", KEY, bytes(second + third), 2, VALUE_AT) == 6, "read twice is no harm"
    assert ledger.missing() == {"g": 0}
    assert not ledger.errors
    assert ledger.unacknowledged == 0


def test_a_lost_batch_shows(ledger: Ledger, requests: Requests) -> None:
    first, _, third = stored(requests)
    ledger.check("g", KEY, bytes(first + third), 0, VALUE_AT)
    assert ledger.errors.total() == 1


def test_a_batch_at_another_offset_shows(ledger: Ledger, requests: Requests) -> None:
    first, second, _ = stored(requests)
    set_base_offset(second, 0, 0)
    ledger.check("g", KEY, bytes(second + first), 0, VALUE_AT)
    assert ledger.errors.total() == 1


def test_a_damaged_batch_shows(ledger: Ledger, requests: Requests) -> None:
    first = stored(requests)[0]
    first[-1] ^= 1
    ledger.check("g", KEY, bytes(first), 0, VALUE_AT)
    assert ledger.errors.total() == 1


@pytest.mark.parametrize(("offset", "error"), [(2, 0), (0, 1)])
def test_an_answer_with_another_offset_or_an_error_shows(
    ledger: Ledger, requests: Requests, offset: int, error: int
) -> None:
    requests.answer(0, offset, error)
    assert ledger.errors.total() == 1
