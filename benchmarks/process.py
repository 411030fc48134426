"""The broker under measurement, as the operating system sees it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import IO

import attrs
import psutil

from benchmarks.raw import RawClient
from kafkaconform.orphans import ends_with_parent


@attrs.define
class Target:
    """One broker to measure: how to start it and where it answers.

    ``prepare`` makes ready what a fresh start needs, which is not measured, and returns the command.
    """

    name: str
    prepare: Callable[[], list[str]]
    host: str
    port: int

    @property
    def bootstrap(self) -> str:
        return f"{self.host}:{self.port}"


@attrs.define
class RunningBroker:
    """A started broker. CPU seconds and memory are those of the process that listens on the port."""

    target: Target
    process: subprocess.Popen[bytes]
    server: psutil.Process
    log: IO[bytes]

    def cpu_seconds(self) -> float:
        times = self.server.cpu_times()
        return float(times.user + times.system)

    def rss_bytes(self) -> int:
        return int(self.server.memory_info().rss)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_target(**settings: str) -> Target:
    """kafkaemu as it is in this checkout, on a free port; ``settings`` are configs with underscores for dots."""
    port = free_port()
    command = [sys.executable, "-m", "kafkaemu", "serve", "--host", "127.0.0.1", "--port", str(port)]
    for name, value in {"num_partitions": "1", **settings}.items():
        command += ["--set", f"{name.replace('_', '.')}={value}"]
    return Target("kafkaemu", lambda: command, "127.0.0.1", port)


def _listener(process: subprocess.Popen[bytes], port: int) -> psutil.Process:
    """The process that listens on ``port``: the started one or a descendant, which the command may have put in between."""
    root = psutil.Process(process.pid)
    family = [root, *root.children(recursive=True)]
    for candidate in family:
        with contextlib.suppress(psutil.Error):
            for connection in candidate.net_connections(kind="tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                    return candidate
    raise RuntimeError(f"nothing that the command started listens on port {port}")


def wait_until_answering(target: Target, process: subprocess.Popen[bytes], timeout_s: float = 60) -> None:
    """Return as soon as ApiVersions is answered."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{target.name} ended with exit code {process.returncode}")
        try:
            with RawClient(target.host, target.port) as client:
                client.api_versions()
                return
        except OSError:
            time.sleep(0.001)
    raise RuntimeError(f"{target.name} did not answer within {timeout_s:.0f} s")


def launch(command: list[str]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever stops the broker
    # With bytecode, as an installed package has it: compiling sources is not what a start costs.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, stdout=log, stderr=log, start_new_session=True, env=env, preexec_fn=ends_with_parent()
    )
    return process, log


def stop(process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    log.close()


@contextlib.contextmanager
def running(target: Target) -> Iterator[RunningBroker]:
    """Start the broker, wait until it answers, stop it at the end."""
    process, log = launch(target.prepare())
    try:
        wait_until_answering(target, process)
        yield RunningBroker(target, process, _listener(process, target.port), log)
    finally:
        stop(process, log)
