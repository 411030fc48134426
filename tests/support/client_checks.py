"""What every client must be able to do against a broker; the tests of each client call these."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from tests.support.broker import Broker
from tests.support.clients import Client, Record
from tests.support.member import MemberProcess, wait_for

SESSION_TIMEOUT_MS = 1500
#: What lets sessions be short enough for tests.
BROKER_FLAGS = ("--set", "group.min.session.timeout.ms=500")
#: Every distinction a record can make that somebody has got wrong before.
RECORDS = [
    Record(b"key", b"value", (), 1_700_000_000_000),
    Record(None, b"no key", (), 1_700_000_000_001),
    Record(b"", b"empty key", (), 1_700_000_000_002),
    Record(b"no value", None, (), 1_700_000_000_003),
    Record(b"empty value", b"", (), 1_700_000_000_004),
    Record(b"headers", b"v", (("a", b"1"), ("b", b""), ("a", b"2"), ("", b"x")), 1_700_000_000_006),
    Record(b"bytes", bytes(range(256)), (("\u00e9", bytes(range(256))),), 1_700_000_000_007),
    Record(b"earlier", b"v", (), 1_600_000_000_000),
    Record(b"large", b"0123456789" * 20_000, (), 1_700_000_000_009),
]
NULL_HEADER = Record(b"null header", b"v", (("n", None), ("e", b"")), 1_700_000_000_010)
NULL_RECORD = Record(None, None, (), 1_700_000_000_011)
_numbers = count()


def unique(name: str) -> str:
    """A name nobody has used."""
    return f"{name}-{next(_numbers)}"


def records_for(client: Client) -> list[Record]:
    """`RECORDS`, and what only some clients can say."""
    return RECORDS + [NULL_HEADER] * client.null_headers + [NULL_RECORD] * client.null_records


def check_topics(client: Client, broker: Broker) -> None:
    """Topics are created, listed and deleted; creating one twice is an error."""
    topic = unique("topics")
    client.create_topic(broker.bootstrap, topic, 3)
    assert topic in client.list_topics(broker.bootstrap)
    with pytest.raises(Exception, match=r"(?i)exists"):
        client.create_topic(broker.bootstrap, topic, 3)
    client.delete_topic(broker.bootstrap, topic)
    assert topic not in client.list_topics(broker.bootstrap)


def check_auto_creation(client: Client, broker: Broker) -> None:
    """Producing to a topic that is not there makes it."""
    topic = unique("automatic")
    assert client.produce(broker.bootstrap, topic, RECORDS[:2]) == [0, 1]
    assert topic in client.list_topics(broker.bootstrap)


def check_round_trip(producer: Client, consumer: Client, broker: Broker, compression: str) -> None:
    """Records arrive as they were sent, byte for byte, with offsets in order."""
    topic = unique(f"{producer.name}-{consumer.name}-{compression}")
    producer.create_topic(broker.bootstrap, topic, 1)
    records = records_for(producer)
    assert producer.produce(broker.bootstrap, topic, records, compression) == list(range(len(records)))
    assert consumer.consume(broker.bootstrap, topic, len(records)) == records


def check_group_resumes(client: Client, broker: Broker) -> None:
    """A group goes on where it has committed."""
    topic, group = unique("resume"), unique("group")
    client.create_topic(broker.bootstrap, topic, 1)
    client.produce(broker.bootstrap, topic, RECORDS[:4])
    assert client.consume_in_group(broker.bootstrap, topic, group, 4) == RECORDS[:4]
    client.produce(broker.bootstrap, topic, RECORDS[4:6])
    assert client.consume_in_group(broker.bootstrap, topic, group, 2) == RECORDS[4:6]


@contextmanager
def members(client: Client, broker: Broker, topic: str, group: str) -> Iterator[list[MemberProcess]]:
    """A list to which `join` adds members; they are gone at the end."""
    running: list[MemberProcess] = []
    try:
        yield running
    finally:
        for member in running:
            if member.process.poll() is None:
                member.kill()


def joined(client: Client, broker: Broker, topic: str, group: str) -> MemberProcess:
    """A new member of ``group``."""
    return MemberProcess(client.name, broker.bootstrap, topic, group, SESSION_TIMEOUT_MS)


def shares(group: list[MemberProcess]) -> list[int]:
    """Partitions of all members together, with repetitions."""
    return sorted(partition for member in group for partition in member.assignment)


def check_group_shares_and_survives(client: Client, broker: Broker) -> None:
    """Two members share four partitions; one dies, and within its session timeout the other has them all and goes on where the
    dead one had committed."""
    topic, group = unique("shared"), unique("group")
    client.create_topic(broker.bootstrap, topic, 4)
    with members(client, broker, topic, group) as running:
        running += [joined(client, broker, topic, group), joined(client, broker, topic, group)]
        wait_for(lambda: [len(member.assignment) for member in running] == [2, 2] and shares(running) == [0, 1, 2, 3])
        first, second = running
        client.produce(broker.bootstrap, topic, [Record(None, b"before")])
        wait_for(lambda: len(first.records) + len(second.records) == 1)
        victim, heir = (first, second) if first.records else (second, first)
        wait_for(lambda: 0 in victim.assignment)
        killed_at = time.monotonic()
        victim.kill()
        heir.wait(lambda member: member.assignment == [0, 1, 2, 3])
        # The session timeout, and the heir's heartbeat that tells it, and the time of slow machines.
        assert time.monotonic() - killed_at < SESSION_TIMEOUT_MS / 1000 + 4
        client.produce(broker.bootstrap, topic, [Record(None, b"after")])
        heir.wait(lambda member: bool(member.records))
        assert heir.records == [(0, 1, "after")], heir.records
        heir.leave()


def check_third_member_idles(client: Client, broker: Broker) -> None:
    """Of three members on two partitions one has nothing, until another leaves."""
    topic, group = unique("idle"), unique("group")
    client.create_topic(broker.bootstrap, topic, 2)
    with members(client, broker, topic, group) as running:
        running += [joined(client, broker, topic, group) for _ in range(3)]
        wait_for(lambda: sorted(len(m.assignment) for m in running) == [0, 1, 1] and shares(running) == [0, 1])
        leaver = next(member for member in running if member.assignment)
        leaver.leave()
        rest = [member for member in running if member is not leaver]
        wait_for(lambda: [len(member.assignment) for member in rest] == [1, 1] and shares(rest) == [0, 1])
