"""Five thousand connections: silent, all at work, all waiting for a record."""

from __future__ import annotations

import resource
import selectors
import time
from typing import Any

from benchmarks.process import RunningBroker
from benchmarks.raw import RawClient, fetch_frame, produce_frame
from benchmarks.rows import Figures, percentile

CONNECTIONS = 5000
#: Requests in total while all are at work.
REQUESTS = 50_000
IDLE_S = 5.0


def allow_open_files(count: int) -> None:
    """Raise this process's limit, and by inheritance the broker's; raises RuntimeError where the system does not let it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise RuntimeError(f"{count} open files are needed, and `ulimit -Hn` says {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def connections(broker: RunningBroker, count: int = CONNECTIONS) -> Figures:
    """Open them, leave them alone, give each one request in flight, let all wait for one record, close them."""
    host, port = broker.target.host, broker.target.port
    figures: Figures = {}
    with RawClient(host, port) as client:
        client.create_topic("orders")
        client.wait_for_leaders("orders", 1)
        before = broker.rss_bytes()
        begin = time.perf_counter()
        clients = [RawClient(host, port) for _ in range(count)]
        for one in clients:
            one.api_versions()
        figures["opening, µs each"] = (time.perf_counter() - begin) / count * 1e6
        figures["memory per idle connection, kB"] = (broker.rss_bytes() - before) / count / 1e3
        # A new broker imports what it may need while nobody asks.
        time.sleep(IDLE_S)
        cpu = broker.cpu_seconds()
        time.sleep(IDLE_S)
        figures["CPU while all are idle, %"] = (broker.cpu_seconds() - cpu) / IDLE_S * 100
        figures.update(_all_at_work(broker, clients))
        figures["memory per connection that has worked, kB"] = (broker.rss_bytes() - before) / count / 1e3
        figures.update(_all_waiting(broker, client, clients))
        figures["memory per connection that waits, kB"] = (broker.rss_bytes() - before) / count / 1e3
        begin = time.perf_counter()
        for one in clients:
            one.socket.close()
        client.api_versions()
        figures["closing all, ms"] = (time.perf_counter() - begin) * 1e3
        figures["memory left afterwards, MB"] = (broker.rss_bytes() - before) / 1e6
    return figures


def _all_at_work(broker: RunningBroker, clients: list[RawClient]) -> Figures:
    """Each sends a small Produce as soon as its last one is answered."""
    request = produce_frame("orders", b"x" * 100, acks=1)
    size = 4 + len(clients[0].exchange(request))
    selector = selectors.DefaultSelector()
    sent_at: dict[Any, float] = {}
    for client in clients:
        client.socket.setblocking(False)
        selector.register(client.socket, selectors.EVENT_READ)
    cpu, begin, buffer, times = broker.cpu_seconds(), time.perf_counter(), bytearray(1 << 16), []
    for client in clients:
        sent_at[client.socket] = time.perf_counter()
        client.socket.send(request)
    while len(times) < REQUESTS:
        for key, _ in selector.select(10):
            sock: Any = key.fileobj
            if sock.recv_into(buffer) != size:
                raise RuntimeError("an answer came in pieces")
            now = time.perf_counter()
            times.append((now - sent_at[sock]) * 1e3)
            sent_at[sock] = now
            sock.send(request)
    seconds, cpu = time.perf_counter() - begin, broker.cpu_seconds() - cpu
    selector.close()
    for client in clients:
        client.socket.settimeout(30)
        client._receive_exactly(size)
    return {
        "requests/s, one in flight each": REQUESTS / seconds,
        "broker CPU per request, µs": cpu / REQUESTS * 1e6,
        "p99 of an answer, ms": percentile(times, 0.99),
    }


def _all_waiting(broker: RunningBroker, client: RawClient, clients: list[RawClient]) -> Figures:
    """All fetch from the end; one record answers them all."""
    end = client.produce("orders", b"x") + 1
    request = fetch_frame("orders", end, max_wait_ms=60_000)
    for one in clients:
        one.socket.sendall(request)
    client.api_versions()
    time.sleep(0.5)
    cpu, begin = broker.cpu_seconds(), time.perf_counter()
    client.produce("orders", b"x")
    acknowledged = time.perf_counter() - begin
    for one in clients:
        one._receive_exactly(int.from_bytes(one._receive_exactly(4), "big"))
    return {
        "a record that all wait for: until it is acknowledged, ms": acknowledged * 1e3,
        "until all have it, ms": (time.perf_counter() - begin) * 1e3,
        "broker CPU per waiting connection, µs": (broker.cpu_seconds() - cpu) / len(clients) * 1e6,
    }
