"""A member of a group in a process of its own, so that it can die: ``python -m tests.support.member CLIENT BOOTSTRAP TOPIC GROUP MS``.

It prints one JSON line for each change of its assignment and for each record. It leaves in order when its input ends.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.support.broker import ROOT, environment
from tests.support.clients import CLIENTS, Member

WAIT_S = 20.0


class MemberProcess:
    """A member that runs beside the test."""

    def __init__(self, client: str, bootstrap: str, topic: str, group: str, session_timeout_ms: int) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.support.member",
            client,
            bootstrap,
            topic,
            group,
            str(session_timeout_ms),
        ]
        self.process = subprocess.Popen(
            command,
            env=environment(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        #: What it has now.
        self.assignment: list[int] = []
        #: (partition, offset, value) of all records it got.
        self.records: list[tuple[int, int, str]] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            with self._changed:
                if "assignment" in event:
                    self.assignment = event["assignment"]
                else:
                    self.records.append(tuple(event["record"]))
                self._changed.notify_all()

    def wait(self, condition: Callable[[MemberProcess], bool], timeout_s: float = WAIT_S) -> None:
        """Until ``condition`` holds. Raises AssertionError with what it has if it never does."""
        with self._changed:
            held = self._changed.wait_for(lambda: condition(self), timeout_s)
        assert held, f"still {self.assignment}, {len(self.records)} records, exit code {self.process.poll()}"

    def kill(self) -> None:
        """Die without a word."""
        self.process.kill()
        self._end()

    def leave(self) -> None:
        """Leave the group and end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(WAIT_S)
        finally:
            self.kill()

    def _end(self) -> None:
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def wait_for(condition: Callable[[], bool], timeout_s: float = WAIT_S) -> None:
    """Until ``condition`` holds, looking every few milliseconds."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.02)


def main(client: str, bootstrap: str, topic: str, group: str, session_timeout_ms: str) -> None:
    """Run one member until its standard input ends."""
    logging.disable(logging.CRITICAL)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    member = CLIENTS[client].member(bootstrap, topic, group, int(session_timeout_ms))
    told = Told(member)
    if CLIENTS[client].long_polls:
        threading.Thread(target=told.watch, daemon=True).start()
    while not ended.is_set():
        for partition, offset, value in member.poll():
            tell({"record": [partition, offset, (value or b"").decode()]})
        told.look()
    member.close()


def tell(event: dict[str, Any]) -> None:
    """Print one event."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class Told:
    """The assignment as it was last told."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._known: list[int] = []
        self._lock = threading.Lock()

    def look(self) -> None:
        """Tell the assignment if it has changed."""
        with self._lock:
            now = self._member.assignment()
            if now != self._known:
                self._known = now
                tell({"assignment": now})

    def watch(self) -> None:
        """Look for ever."""
        while True:
            self.look()
            time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
