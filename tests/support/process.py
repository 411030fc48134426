"""A broker in a process of its own, as a user starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parent.parent.parent
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0


@attrs.define
class BrokerProcess:
    """A running broker: its process, the port of its first listener, and what it printed so far."""

    process: subprocess.Popen[str]
    lines: list[str]
    port: int = 0

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"localhost:{self.port}"

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return "".join(self.lines)


def environment() -> dict[str, str]:
    """The environment of a child that finds the three packages of this checkout."""
    roots = [str(ROOT), str(ROOT / "codecs"), str(ROOT / "conformance")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(roots), "PYTHONUNBUFFERED": "1"}


@contextmanager
def running_broker(*arguments: str, port: int = 0) -> Iterator[BrokerProcess]:
    """`python -m kafkaemu serve` on a free port (or `port`) until the block ends; then it must stop in order.

    Raises:
        AssertionError: it did not come up, or did not stop with exit code 0.
    """
    command = [sys.executable, "-m", "kafkaemu", "serve", "--port", str(port), *arguments]
    with running_command(command) as broker:
        yield broker


@contextmanager
def running_command(command: list[str]) -> Iterator[BrokerProcess]:
    """The same for a broker's whole command line."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    broker = BrokerProcess(process, [])
    up = threading.Event()
    reader = threading.Thread(target=_read, args=(broker, up), daemon=True)
    reader.start()
    try:
        assert up.wait(START_TIMEOUT_S), f"not up in {START_TIMEOUT_S} s:\n{broker.output}"
        assert process.poll() is None, f"it ended at once:\n{broker.output}"
        yield broker
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            exit_code = process.wait(STOP_TIMEOUT_S)
        finally:
            process.kill()
        reader.join(STOP_TIMEOUT_S)
        assert process.stdout is not None
        process.stdout.close()
    assert exit_code == 0, f"exit code {exit_code}:\n{broker.output}"


def _read(broker: BrokerProcess, up: threading.Event) -> None:
    assert broker.process.stdout is not None
    for line in broker.process.stdout:
        broker.lines.append(line)
        if broker.port == 0 and (found := re.search(r"Listening on \S+:(\d+)", line)):
            broker.port = int(found.group(1))
        if "Kafka Server started" in line:
            up.set()
    up.set()
