"""When a client may ask and push, and how long it is known, on moved time."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kafkaemu.metadata.image import MetadataImage
from kafkaemu.telemetry.clients import CLIENTS_MAX, Client, Clients, Refused
from kafkawire.errors import ErrorCode

MINUTE_MS = 60_000
NOW_MS = 1_700_000_000_000
ONE = b"\x01" * 16
ATTRIBUTES = {"client_id": "me"}
EVERY_MINUTE = {(16, "all"): {"interval.ms": str(MINUTE_MS), "metrics": "a."}}


class Asking:
    """Clients of one broker, and a clock."""

    def __init__(self, resources: Mapping[tuple[int, str], Mapping[str, str]] = EVERY_MINUTE) -> None:
        self.clients = Clients()
        self.image = MetadataImage("a-cluster")
        self.image.configs_by_resource.update({key: dict(configs) for key, configs in resources.items()})
        self.image.offset = 7
        self.now_ms = NOW_MS

    def client(self, uuid: bytes = ONE) -> Client:
        return self.clients.client(uuid, ATTRIBUTES, self.image, self.now_ms)[0]

    def configure(self, kind: int, name: str, configs: dict[str, str]) -> None:
        self.image.configs_by_resource[kind, name] = configs
        self.image.offset += 1

    def ask(self) -> ErrorCode:
        try:
            self.client().ask(self.now_ms)
        except Refused as refused:
            return refused.code
        return ErrorCode.NONE

    def push(self, *, wrong: bool = False, is_last: bool = False) -> ErrorCode:
        client = self.client()
        number = client.subscription_id ^ wrong
        try:
            client.push(number, 0, is_too_large=False, is_last=is_last, now_ms=self.now_ms)
        except Refused as refused:
            return refused.code
        return ErrorCode.NONE


def test_a_client_asks_and_pushes_once_per_interval() -> None:
    broker = Asking()
    assert [broker.ask(), broker.ask()] == [0, 89]
    assert [broker.push(), broker.push()] == [0, 89]
    broker.now_ms += MINUTE_MS - 1
    assert [broker.ask(), broker.push()] == [89, 89]
    broker.now_ms += 1
    assert [broker.push(), broker.push(), broker.ask()] == [0, 89, 89]


def test_asking_counts_from_the_last_push() -> None:
    broker = Asking()
    assert broker.ask() == 0
    broker.now_ms += MINUTE_MS // 2
    assert broker.push() == 0
    broker.now_ms += MINUTE_MS // 2
    assert broker.ask() == 89
    broker.now_ms += MINUTE_MS // 2
    assert broker.ask() == 0


def test_a_push_for_another_subscription_may_be_mended_at_once() -> None:
    broker = Asking()
    broker.ask()
    assert [broker.push(wrong=True), broker.ask(), broker.ask()] == [117, 0, 89]


def test_the_last_push_may_come_at_any_time_and_is_the_last() -> None:
    broker = Asking()
    broker.ask()
    assert [broker.push(), broker.push(is_last=True), broker.push(is_last=True)] == [0, 0, 42]


@pytest.mark.parametrize(("interval_ms", "known_ms"), [(1000, MINUTE_MS), (MINUTE_MS, 3 * MINUTE_MS)])
def test_a_silent_client_is_forgotten_after_three_intervals_and_at_least_a_minute(
    interval_ms: int, known_ms: int
) -> None:
    broker = Asking({(16, "all"): {"interval.ms": str(interval_ms)}})
    first = broker.client()
    broker.now_ms += known_ms - 1
    assert broker.client() is first
    broker.now_ms += known_ms
    assert broker.client() is not first


def test_no_more_clients_are_known_than_the_bound() -> None:
    broker = Asking()
    first, second = broker.client(), broker.client(b"\x02" * 16)
    assert broker.client() is first, "it is the latest now"
    for number in range(CLIENTS_MAX - 1):
        broker.client(number.to_bytes(16, "big"))
    assert broker.client() is first
    assert broker.client(b"\x02" * 16) is not second


def test_a_change_of_any_subscription_makes_every_client_a_new_one() -> None:
    broker = Asking()
    assert [broker.ask(), broker.push(), broker.ask()] == [0, 0, 89]
    broker.configure(16, "other", {"match": "client_id=somebody else", "metrics": "b."})
    assert broker.ask() == 0
    assert broker.client().metrics == ["a."]
    broker.configure(2, "a-topic", {"retention.ms": "1"})
    assert broker.ask() == 89, "a topic's configs are none of its business"
