"""Fuzzed frames against a live broker: it stays up, others are served, memory stays within a bound.

Seeded: a failure repeats. Random bytes, real requests with bytes changed, and real requests split at every byte.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

import pytest

from kafkawire.compiler import encode, raw_encoder
from kafkawire.errors import ErrorCode
from kafkawire.index import APIS
from kafkawire.messages.api_versions import ApiVersionsRequest, ApiVersionsResponse
from tests.support.broker import Broker, running_broker
from tests.support.raw import RawClient, framed, header

GROWTH_KB_MAX = 60_000


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker("--topic", "known:2", "--memory-limit", "64M") as broker:
        yield broker
        assert "Internal error" not in broker.log()


def served_apis(client: RawClient) -> list[tuple[int, int, int]]:
    answer = client.request(ApiVersionsRequest(), 0)
    assert isinstance(answer, ApiVersionsResponse)
    assert answer.error_code == ErrorCode.NONE
    return [(api.api_key, api.min_version, api.max_version) for api in answer.api_keys]


def plain_requests(apis: list[tuple[int, int, int]]) -> list[bytes]:
    """Every request in every version served, with its defaults."""
    requests = []
    for key, first, last in apis:
        for version in range(max(first, APIS[key].oldest), last + 1):
            message = APIS[key].request()
            for field in message.FIELDS:
                if getattr(message, field.name) is None and not field.nullable_in(version):
                    setattr(message, field.name, [] if field.is_array else "")
            # Do not wait for anything, and answer everything.
            for name, value in (("acks", 1), ("timeout_ms", 1), ("max_wait_ms", 1)):
                if hasattr(message, name):
                    setattr(message, name, value)
            raw_encoder(type(message), version)
            requests.append(header(key, version, len(requests)) + encode(message, version))
    return requests


def throw(broker: Broker, payload: bytes) -> None:
    """Send a payload on a connection of its own and leave, whatever becomes of it."""
    with RawClient(broker.port) as client:
        try:
            client.send(payload)
            client.socket.shutdown(1)
            client.socket.settimeout(2.0)
            while client.socket.recv(65536):
                pass
        except OSError:
            pass


def test_random_frames_harm_nobody(broker: Broker) -> None:
    chance = random.Random(1)
    with RawClient(broker.port) as bystander:
        served_apis(bystander)
        before_kb = broker.rss_kb()
        for _ in range(300):
            payload = chance.randbytes(chance.randrange(200))
            throw(broker, framed(payload) if chance.random() < 0.8 else payload)
        served_apis(bystander)
    assert broker.rss_kb() - before_kb < GROWTH_KB_MAX


def test_random_bodies_behind_good_headers_harm_nobody(broker: Broker) -> None:
    chance = random.Random(2)
    with RawClient(broker.port) as bystander:
        apis = served_apis(bystander)
        before_kb = broker.rss_kb()
        for _ in range(400):
            key, first, last = chance.choice(apis)
            body = chance.randbytes(chance.randrange(120))
            throw(broker, framed(header(key, chance.randint(max(first, APIS[key].oldest), last)) + body))
        served_apis(bystander)
    assert broker.rss_kb() - before_kb < GROWTH_KB_MAX


def mutated(chance: random.Random, payload: bytes) -> bytes:
    """``payload`` with a few bytes changed, dropped, doubled, or with an extreme number somewhere."""
    content = bytearray(payload)
    for _ in range(chance.randint(1, 4)):
        # The api key and version stay, so that more than the header is reached.
        place = chance.randrange(4, max(5, len(content)))
        kind = chance.randrange(4)
        if kind == 0 and place < len(content):
            content[place] = chance.choice((0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF, chance.randrange(256)))
        elif kind == 1:
            del content[place : place + chance.randint(1, 4)]
        elif kind == 2:
            content[place:place] = content[place : place + chance.randint(1, 8)]
        else:
            extreme = chance.choice((-1, -2, 2**31 - 1, -(2**31), 2**24))
            content[place : place + 4] = struct.pack(">i", extreme)
    return bytes(content)


def test_mutated_real_requests_harm_nobody(broker: Broker) -> None:
    chance = random.Random(3)
    with RawClient(broker.port) as bystander:
        requests = plain_requests(served_apis(bystander))
        before_kb = broker.rss_kb()
        for _ in range(1500):
            throw(broker, framed(mutated(chance, chance.choice(requests))))
        served_apis(bystander)
    assert broker.rss_kb() - before_kb < GROWTH_KB_MAX


def test_real_requests_split_at_every_byte_are_answered(broker: Broker) -> None:
    with RawClient(broker.port) as client:
        requests = [framed(request) for request in plain_requests(served_apis(client))]
        by_api = {request[4:6]: request for request in requests if request[4:6] in (b"\0\x03", b"\0\x12", b"\0\x0a")}
        for request in by_api.values():
            for cut in range(1, len(request)):
                client.send(request[:cut])
                client.send(request[cut:])
                frame = client.frame()
                assert frame is not None
                assert frame[:4] == request[8:12]


def test_every_request_with_its_defaults_is_answered_or_closes(broker: Broker) -> None:
    with RawClient(broker.port) as bystander:
        requests = plain_requests(served_apis(bystander))
        for request in requests:
            with RawClient(broker.port) as client:
                client.send(framed(request))
                frame = client.frame()
                assert frame is None or frame[:4] == request[4:8]
        served_apis(bystander)
