"""The scenarios that every Python client runs; driver.py says what arguments and output mean.

Needs nothing but the standard library: each client has an environment of its own, with its package and what that compresses with.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

DEADLINE_S = 30.0
POLL_S = 0.1
HEARTBEAT_MS = 300
SESSION_MS = 10_000
FIRST_TIMESTAMP_MS = 1_700_000_000_000


class Record(NamedTuple):
    """A record as a user sees it; the offset is that which it is to get, or has."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int


class Member(Protocol):
    """A running consumer in a group."""

    def poll(self) -> list[Record]:
        """Wait a moment for records."""

    def commit(self) -> None:
        """Commit everything that was polled."""

    def assignment(self) -> int:
        """How many partitions it has now."""

    def close(self) -> None:
        """Leave the group."""


class Client(Protocol):
    """What a library looks like to the scenarios."""

    codecs: tuple[str, ...]

    def create(self, topic: str, partitions: int) -> None:
        """Create a topic; the broker's error is raised."""

    def topics(self) -> set[str]:
        """Names of all topics."""

    def delete(self, topic: str) -> None:
        """Delete a topic."""

    def produce(self, topic: str, codec: str, records: Sequence[Record]) -> None:
        """Produce, and wait until all are acknowledged."""

    def join(self, topic: str, group: str) -> Member:
        """A new member of a group."""


def expected(partition: int, offset: int) -> Record:
    """The record that stands at an offset of a partition: null and empty keys and values, and headers, are among them."""
    key = {1: None, 2: b""}.get(offset, b"key-%d" % offset)
    text = b"%d:%d %s" % (partition, offset, b"value " * (offset * 40))
    value = {3: None, 4: b"", 5: bytes(range(256))}.get(offset, text)
    headers = (("a", b"1"), ("empty", b""), ("a", b"2")) if offset == 6 else ()
    return Record(partition, offset, key, value, headers, FIRST_TIMESTAMP_MS + offset * 10)


class Scenarios:
    """The scenarios of one client; all names that they make up start with ``prefix``."""

    def __init__(self, client: Client, prefix: str) -> None:
        self.client = client
        self.prefix = prefix

    def wait_for_topic(self, topic: str, listed: bool) -> None:
        """Kafka's controller answers a moment before its brokers have heard of the change."""
        end = time.monotonic() + DEADLINE_S
        while (topic in self.client.topics()) != listed:
            assert time.monotonic() < end, f"{topic} is {'not ' if listed else ''}listed"
            time.sleep(0.02)

    def create(self, name: str, partitions: int) -> str:
        """A new topic."""
        topic = f"{self.prefix}-{name}"
        self.client.create(topic, partitions)
        self.wait_for_topic(topic, True)
        return topic

    def fill(self, codec: str, topic: str, partitions: int, first: int, end: int) -> None:
        """Produce what `expected` says."""
        wanted = [expected(partition, offset) for offset in range(first, end) for partition in range(partitions)]
        self.client.produce(topic, codec, wanted)

    def read(self, member: Member, count: int, first: int) -> None:
        """Poll so many records, which must be those from offset ``first`` on in every partition."""
        end = time.monotonic() + DEADLINE_S
        following: dict[int, int] = {}
        while sum(following.values()) < count:
            assert time.monotonic() < end, f"{sum(following.values())} records read instead of {count}"
            for found in member.poll():
                seen = following.get(found.partition, 0)
                wanted = expected(found.partition, first + seen)
                assert found == wanted, f"{found} instead of {wanted}"
                following[found.partition] = seen + 1

    def in_group(self, topic: str, group: str, count: int, first: int) -> None:
        """Read as the only member of a group, commit and leave."""
        member = self.client.join(topic, f"{self.prefix}-{group}")
        try:
            self.read(member, count, first)
            member.commit()
        finally:
            member.close()

    def round_trip(self, codec: str) -> str:
        """What was sent comes back."""
        topic = self.create(codec, 3)
        self.fill(codec, topic, 3, 0, 20)
        self.in_group(topic, codec, 60, 0)
        return "60 records in 3 partitions"

    def resume(self) -> str:
        """A group goes on where it has committed."""
        topic = self.create("resume", 2)
        for first, end in ((0, 8), (8, 12)):
            self.fill("none", topic, 2, first, end)
            self.in_group(topic, "resume", 2 * (end - first), first)
        return "went on at 8"

    def rebalance(self) -> str:
        """Two members share; one inherits what the other leaves."""
        topic = self.create("rebalance", 4)
        first = self.client.join(topic, f"{self.prefix}-rebalance")
        try:
            second = self.client.join(topic, f"{self.prefix}-rebalance")
            try:
                share([first, second], 2)
            finally:
                second.close()
            share([first], 4)
            self.fill("none", topic, 4, 0, 1)
            self.read(first, 4, 0)
        finally:
            first.close()
        return "2 and 2, then 4"

    def topics(self) -> str:
        """Topics are created once, listed, and deleted."""
        topic = self.create("topics", 3)
        try:
            self.client.create(topic, 3)
        except Exception as error:
            assert "exists" in str(error).lower() or "exists" in type(error).__name__.lower(), error
        else:
            raise AssertionError("created twice")
        self.client.delete(topic)
        self.wait_for_topic(topic, False)
        return "created, listed, refused, deleted"


def share(members: list[Member], partitions: int) -> None:
    """Poll until each of the members has so many partitions."""
    end = time.monotonic() + DEADLINE_S
    while [member.assignment() for member in members] != [partitions] * len(members):
        assert time.monotonic() < end, f"assigned: {[member.assignment() for member in members]}"
        for member in members:
            member.poll()


def report(check: str, body: Callable[[], str]) -> None:
    """Run one check and print what came of it."""
    try:
        ok, detail = True, body()
    except Exception as error:
        ok, detail = False, f"{type(error).__name__}: {error}"
    print(json.dumps({"check": check, "ok": ok, "detail": detail}), flush=True)


def main(connect: Callable[[str], Client]) -> None:
    """Run every scenario and report each."""
    client = connect(sys.argv[1])
    scenarios = Scenarios(client, sys.argv[2])
    for codec in client.codecs:
        report(f"round_trip:{codec}", lambda codec=codec: scenarios.round_trip(codec))
    report("resume", scenarios.resume)
    report("rebalance", scenarios.rebalance)
    report("topics", scenarios.topics)
