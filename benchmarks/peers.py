"""The other brokers that can be measured beside kafkaemu."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.process import Target, free_port
from kafkaconform.reference import DEFAULT_KAFKA_VERSION, Reference, ReferenceUnavailable
from kafkaconform.reference.jars import cache_root, gather_jars, require_java

KFAKE = Path(__file__).with_name("kfake")


class PeerUnavailable(Exception):
    """Which peer cannot be measured, and why."""


def kafka(cleanup: ExitStack) -> Target:
    """Apache Kafka with the settings of the reference recordings and a gigabyte of heap, on fresh data at each start."""
    name, reference = f"Kafka {DEFAULT_KAFKA_VERSION}", Reference(port=free_port())
    try:
        require_java()
        gather_jars(DEFAULT_KAFKA_VERSION)
    except ReferenceUnavailable as absent:
        raise PeerUnavailable(f"{name}: {absent}") from None
    cleanup.callback(shutil.rmtree, reference.folder, ignore_errors=True)
    return Target(name, lambda: reference.prepare(heap="1g"), "127.0.0.1", reference.port)


def kfake(cleanup: ExitStack) -> Target:
    """franz-go's kfake in the version of ``kfake/go.mod``, built here; Go keeps what it has built before."""
    if shutil.which("go") is None:
        raise PeerUnavailable("kfake: there is no 'go' on the PATH")
    program, port = cache_root() / "kfake", free_port()
    built = subprocess.run(
        ["go", "build", "-o", str(program), "."], cwd=KFAKE, capture_output=True, text=True, check=False
    )
    if built.returncode:
        raise PeerUnavailable(f"kfake: it does not build: {built.stderr.strip()}")
    version = re.search(r"/kfake v[\d.]+-(\d{8})", (KFAKE / "go.mod").read_text())
    assert version is not None, "go.mod names a commit of kfake"
    return Target(f"kfake {version[1]}", lambda: [str(program), "-port", str(port)], "127.0.0.1", port)


NAMED = {"kafka": kafka, "kfake": kfake}


def peer(text: str) -> Callable[[ExitStack], Target]:
    """What makes the peer that the command line means: a name of `NAMED`, or "HOST:PORT COMMAND".

    The command stays in the foreground and ends on SIGTERM. Raises `argparse.ArgumentTypeError`; what is returned raises
    `PeerUnavailable`.
    """
    if text in NAMED:
        return NAMED[text]
    bootstrap, _, command = text.partition(" ")
    host, _, port = bootstrap.rpartition(":")
    if not host or not port.isdecimal() or not command:
        raise argparse.ArgumentTypeError(f"a peer is {', '.join(NAMED)} or 'HOST:PORT COMMAND', not {text!r}")
    return lambda _: Target(bootstrap, lambda: shlex.split(command), host, int(port))
