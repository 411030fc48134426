"""A broker in a process of its own, as a user starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kafkaconform.orphans import ends_with_parent

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 20.0
_LISTENING = re.compile(r"Listening on (\w+)://(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)")


class Broker:
    """A running ``kafkaemu serve``."""

    def __init__(self, process: subprocess.Popen[bytes], log_path: Path) -> None:
        self.process = process
        self._log_path = log_path
        #: Port by listener name.
        self.ports: dict[str, int] = {}

    @property
    def port(self) -> int:
        """The port of the only (or first) listener."""
        return next(iter(self.ports.values()))

    @property
    def bootstrap(self) -> str:
        """What clients are given as bootstrap servers."""
        return f"127.0.0.1:{self.port}"

    def log(self) -> str:
        """Everything it has printed so far."""
        return self._log_path.read_text(encoding="utf-8", errors="replace")

    def rss_kb(self) -> int:
        """Resident memory in kB (Linux)."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1])  # type: ignore[index]

    def stop(self, timeout_s: float = 5.0) -> int:
        """SIGTERM, and wait; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout_s)


def environment() -> dict[str, str]:
    """The environment in which the command of this checkout runs, without what could configure a broker."""
    path = os.pathsep.join(str(ROOT / folder) for folder in (".", "codecs", "conformance"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAFKA")}
    return {**kept, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def start_broker(
    *flags: str,
    log_path: Path,
    port: str = "0",
    variables: Mapping[str, str] | None = None,
    program: Sequence[str] = ("-m", "kafkaemu"),
    is_tied: bool = False,
) -> Broker:
    """Start ``kafkaemu serve`` with these ``variables`` in its environment, and wait until it listens; on ``port`` if neither flags
    nor variables say where. ``program`` is what Python runs. If it ``is_tied``, it ends with this process, even if that is killed.
    Raises AssertionError with its output if it does not start."""
    listeners = bool(variables) or any(flag.startswith(("--listeners", "--port", "--config")) for flag in flags)
    environ = {**environment(), **(variables or {})}
    command = [sys.executable, *program, "serve", *([] if listeners else ["--port", port]), *flags]
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            env=environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            preexec_fn=ends_with_parent() if is_tied else None,
        )
    broker = Broker(process, log_path)
    end = time.monotonic() + START_TIMEOUT_S
    while "Kafka Server started" not in broker.log():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            process.wait()
            raise AssertionError(f"{' '.join(command)} did not start:\n{broker.log()}")
        time.sleep(0.01)
    broker.ports = {name: int(port) for name, port in _LISTENING.findall(broker.log())}
    return broker


@contextmanager
def running_broker(
    *flags: str,
    variables: Mapping[str, str] | None = None,
    program: Sequence[str] = ("-m", "kafkaemu"),
    is_tied: bool = False,
) -> Iterator[Broker]:
    """A broker as `start_broker` starts it; it must still be alive at the end, and is stopped."""
    with tempfile.TemporaryDirectory() as folder:
        log_path = Path(folder, "broker.log")
        broker = start_broker(*flags, log_path=log_path, variables=variables, program=program, is_tied=is_tied)
        try:
            yield broker
            assert broker.process.poll() is None, f"the broker died:\n{broker.log()}"
            broker.stop()
        finally:
            if broker.process.poll() is None:
                broker.process.kill()
                broker.process.wait()
