"""Long runs against a live broker: what is used without end must not grow without end. Run by `make soak`."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from kafkaconform.groups import only_member
from kafkaconform.prepare import append, group_name, make_topic
from kafkaconform.probes.fetch import fetch, part
from kafkaconform.probes.offset_commit import commit
from kafkaconform.probes.offset_fetch import fetch as offset_fetch
from kafkaconform.session import Session
from kafkaconform.wire import RawConnection, frame_of
from tests.support.broker import Broker, running_broker

pytestmark = pytest.mark.soak

COMMITS = int(os.environ.get("SOAK_COMMITS", "1000000"))
IN_FLIGHT = 500
CONNECTIONS = 20_000
#: Measured: 50 MB, flat from the fourth tenth on, when compaction has come to its rhythm.
GROWTH_KB_MAX = 120_000


@pytest.fixture
def broker() -> Iterator[Broker]:
    with running_broker() as process:
        yield process


@pytest.fixture
def session(broker: Broker) -> Iterator[Session]:
    session = Session("127.0.0.1", broker.port, suffix="-soak", release="4.3.1", check_answers=False)
    yield session
    session.close()


def test_a_million_commits_leave_memory_bounded_and_the_last_one_counts(
    broker: Broker, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    name, _ = make_topic(session, "orders", 4)
    group = group_name(session)
    member_id = only_member(session.service, group)
    connection = RawConnection("127.0.0.1", broker.port)
    before_kb, samples = broker.rss_kb(), []
    for start in range(0, COMMITS, IN_FLIGHT):
        offsets = range(start, min(start + IN_FLIGHT, COMMITS))
        requests = (
            commit(group, name, partition=offset % 4, offset=offset, generation=1, member_id=member_id)
            for offset in offsets
        )
        connection.send(b"".join(frame_of(request, 7, correlation_id=1) for request in requests))
        for _ in offsets:
            answer = connection.receive_frame()
            assert answer[-2:] == b"\x00\x00", answer.hex()
        if start % (COMMITS // 10) < IN_FLIGHT:
            samples.append(broker.rss_kb() - before_kb)
    connection.close()
    with capsys.disabled():
        print(f"\n{COMMITS} commits; growth of memory at each tenth, kB: {samples}")
    answer = session.service.quietly(offset_fetch(group, (name, bytes(16), [0, 1, 2, 3])), 7)
    committed = sorted(partition.committed_offset for partition in answer.topics[0].partitions)
    assert committed == [COMMITS - 4, COMMITS - 3, COMMITS - 2, COMMITS - 1]
    assert max(samples) < GROWTH_KB_MAX


def test_clients_that_come_and_go_leave_nothing_behind(broker: Broker, session: Session) -> None:
    name, _ = make_topic(session, "orders")
    waiting = frame_of(fetch(name, part(), max_wait_ms=600_000, min_bytes=1), 11, correlation_id=1)
    for _ in range(500):  # what a first few hundred clients make the broker allocate is no leak
        with socket.create_connection(("127.0.0.1", broker.port)) as client:
            client.sendall(waiting)
    before_kb = broker.rss_kb()
    for _ in range(CONNECTIONS):
        with socket.create_connection(("127.0.0.1", broker.port)) as client:
            client.sendall(waiting)
    append(session, name)
    assert broker.rss_kb() - before_kb < 20_000
