"""Ports for brokers that are started on purpose."""

import random
import socket


def unused_port() -> int:
    """A port that nobody listens on, and that systems do not give to clients: while the broker is down, one that tries to reach it
    might get that very port for its own end, and be connected with itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
