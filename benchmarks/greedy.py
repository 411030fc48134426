"""`python -m benchmarks.greedy HOST PORT TOPIC`: eight connections that keep 64 Produce requests in flight each, until killed.

A process of its own, so that the quiet client beside it does not share an interpreter with it.
"""

from __future__ import annotations

import selectors
import socket
import sys
from typing import Any

from benchmarks.raw import RawClient, produce_frame

CONNECTIONS = 8
DEPTH = 64


def main() -> None:
    host, port, topic = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    request = produce_frame(topic, b"x" * 100, acks=1)
    selector = selectors.DefaultSelector()
    pending: dict[socket.socket, int] = {}
    for _ in range(CONNECTIONS):
        client = RawClient(host, port)
        size = 4 + len(client.exchange(request))
        client.socket.sendall(request * DEPTH)
        pending[client.socket] = 0
        selector.register(client.socket, selectors.EVENT_READ)
    print("pounding", flush=True)
    buffer = bytearray(1 << 16)
    while True:
        for key, _ in selector.select():
            sock: Any = key.fileobj
            done, pending[sock] = divmod(pending[sock] + sock.recv_into(buffer), size)
            sock.sendall(request * done)


if __name__ == "__main__":
    main()
