"""What a Python client library looks like to the scenarios, and what these share; driver.py says what arguments and output mean.

Needs nothing but the standard library: each client has an environment of its own, with its package and what that compresses with.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, Protocol, TypeVar

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


class Settings(NamedTuple):
    """How a consumer is to be.

    ``reset`` is ``earliest``, ``latest`` or ``none``; ``strategy`` is how members share, by Kafka's name, and None the library's own
    choice; ``instance`` makes a static member; None as ``poll_interval_ms`` is the library's own, too.
    """

    group: str | None = None
    reset: str = "earliest"
    strategy: str | None = None
    instance: str | None = None
    session_ms: int = SESSION_MS
    poll_interval_ms: int | None = None


UNGROUPED = Settings()


class Closing(Protocol):
    """What is closed when it is done with."""

    def close(self) -> None:
        """A member leaves its group, if it is not a static one."""


class Reader(Closing, Protocol):
    """A running consumer of the first partition of a topic, which was assigned to it by hand."""

    def poll(self, timeout_s: float = POLL_S) -> list[Record]:
        """Wait so long for records; the library's errors are raised."""

    def seek(self, offset: int) -> None:
        """Read on from there."""

    def seek_to_beginning(self) -> None:
        """Read on from the first record."""

    def seek_to_end(self) -> None:
        """Read what comes from now on."""

    def offsets(self) -> tuple[int, int]:
        """The first offset, and the one after the last."""

    def offset_at(self, time_ms: int) -> int | None:
        """The first offset with that timestamp or a later one."""


class Member(Closing, Protocol):
    """A running consumer in a group."""

    #: All partitions that were ever taken from it, for whatever reason.
    revoked: set[int]

    def poll(self) -> list[Record]:
        """Wait a moment for records."""

    def commit(self) -> None:
        """Commit everything that was polled."""

    def partitions(self) -> set[int]:
        """What it has now."""

    def fall_silent(self) -> None:
        """From now on the library is not asked for records."""


class Sender(Closing, Protocol):
    """A running producer."""

    def send(self, topic: str, records: Iterable[Record]) -> list[int]:
        """The offsets that these got, in their order; a broker's or the library's error is raised."""


class Client(Protocol):
    """What a library looks like to the scenarios."""

    #: What it does besides round trips and what every release can: names of driver.py's checks.
    checks: tuple[str, ...]
    codecs: tuple[str, ...]

    def create(self, topic: str, partitions: int, configs: Mapping[str, str]) -> None:
        """Create a topic; the broker's error is raised."""

    def topics(self) -> set[str]:
        """Names of all topics."""

    def delete(self, topic: str) -> None:
        """Delete a topic."""

    def enlarge(self, topic: str, partitions: int) -> None:
        """Give a topic more partitions; the broker's error is raised."""

    def partitions_of(self, topic: str) -> int:
        """How many partitions a topic has."""

    def delete_records(self, topic: str, before: int) -> None:
        """Delete what stands before an offset of the first partition."""

    def config(self, topic: str, name: str) -> str:
        """The value of a topic's config."""

    def set_config(self, topic: str, name: str, value: str) -> None:
        """Change a topic's config."""

    def groups(self) -> set[str]:
        """Names of all groups."""

    def members_of(self, group: str) -> int:
        """How many members a group has."""

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """Partition -> committed offset."""

    def delete_group(self, group: str) -> None:
        """Delete a group; the broker's error is raised."""

    def sender(self, codec: str = "none", batch_bytes: int | None = None, limit_s: float = DEADLINE_S) -> Sender:
        """A producer that is idempotent where the library can be, waits for all replicas, and gives up after so long."""

    def reader(self, topic: str, settings: Settings = UNGROUPED, begin: int | None = None) -> Reader:
        """A consumer of the first partition, from an offset on, or from where its group or ``reset`` say."""

    def join(self, topic: str, settings: Settings) -> Member:
        """A new member of a group."""


def expected(partition: int, offset: int) -> Record:
    """The record that stands at an offset of a partition: null and empty keys and values, and headers, are among them."""
    key = {1: None, 2: b""}.get(offset, b"key-%d" % offset)
    text = b"%d:%d %s" % (partition, offset, b"value " * (offset % 20 * 40))
    value = {3: None, 4: b"", 5: bytes(range(256))}.get(offset, text)
    headers = (("a", b"1"), ("empty", b""), ("a", b"2")) if offset == 6 else ()
    return Record(partition, offset, key, value, headers, FIRST_TIMESTAMP_MS + offset * 10)


C = TypeVar("C", bound=Closing)


@contextmanager
def closing(opened: C) -> Iterator[C]:
    """Closes it at the end."""
    try:
        yield opened
    finally:
        opened.close()


def wait(what: str, condition: Callable[[], bool], meanwhile: Callable[[], object] = lambda: time.sleep(0.02)) -> None:
    """Until a condition holds; ``meanwhile`` is done over and over."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"not in time: {what}"
        meanwhile()


class Shared:
    """What scenarios of every theme need; all names that they make up start with ``prefix``."""

    def __init__(self, client: Client, prefix: str) -> None:
        self.client = client
        self.prefix = prefix

    def create(self, name: str, partitions: int, **configs: str) -> str:
        """A new topic. Kafka's controller answers a moment before its brokers have heard of it."""
        topic = f"{self.prefix}-{name}"
        # The records of the scenarios are old.
        self.client.create(topic, partitions, {"retention.ms": "-1", **configs})
        wait(f"{topic} is listed", lambda: topic in self.client.topics())
        return topic

    def fill(self, topic: str, partitions: int, first: int, end: int, codec: str = "none") -> None:
        """Produce what `expected` says."""
        with closing(self.client.sender(codec)) as sender:
            self.send(sender, topic, partitions, first, end)

    def send(self, sender: Sender, topic: str, partitions: int, first: int, end: int) -> None:
        """Produce what `expected` says, by this producer."""
        records = [expected(partition, offset) for offset in range(first, end) for partition in range(partitions)]
        offsets = sender.send(topic, records)
        assert offsets == [record.offset for record in records], f"offsets {offsets}"

    def read(self, poll: Callable[[], list[Record]], count: int, first: int) -> None:
        """Poll so many records, which must be those from offset ``first`` on in every partition."""
        following: dict[int, int] = {}

        def take() -> None:
            for found in poll():
                wanted = expected(found.partition, following.get(found.partition, first))
                assert found == wanted, f"{found} instead of {wanted}"
                following[found.partition] = found.offset + 1

        def seen() -> int:
            return sum(following.values()) - first * len(following)

        wait(f"{count} records from {first} on", lambda: seen() >= count, take)
        assert seen() == count, f"{seen()} records instead of {count}"

    def in_group(self, topic: str, group: str, count: int, first: int) -> None:
        """Read as the only member of a group, commit and leave."""
        with closing(self.client.join(topic, Settings(f"{self.prefix}-{group}"))) as member:
            self.read(member.poll, count, first)
            member.commit()


def report(check: str, body: Callable[[], str]) -> None:
    """Run one check and print what came of it."""
    try:
        ok, detail = True, body()
    except Exception as error:
        ok, detail = False, f"{type(error).__name__}: {error}"
    print(json.dumps({"check": check, "ok": ok, "detail": detail}), flush=True)


def ask_for_restart() -> None:
    """Returns when the broker was restarted."""
    print(json.dumps({"please": "restart"}), flush=True)
    sys.stdin.readline()
