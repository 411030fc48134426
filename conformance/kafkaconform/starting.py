"""The command that brings a broker up, where the user gives one: before the first check, and again whenever the broker is gone."""

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import TracebackType
from typing import IO

import attrs

from kafkaconform.orphans import tied
from kafkaconform.reach import why_unreachable
from kafkaconform.wire import address_of

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
_LOOK_S = 0.05
#: How long a broker that is starting may take to answer ApiVersions.
_ANSWER_TIMEOUT_S = 2.0
#: How long a broker that has closed its connections takes to end, amply.
_DYING_S = 1.0
_SAID_LINES_MAX, _SAID_BYTES_MAX = 8, 4000


@attrs.define
class BrokerCommand:
    """A command after which a broker answers at an address: the broker itself, or one that ends once it is started.

    A context manager: at the end a command that still runs is ended, with all that it has started.
    """

    command: str
    host: str
    port: int
    _process: subprocess.Popen[bytes] | None = attrs.field(default=None, init=False)
    _output: IO[bytes] = attrs.field(factory=tempfile.TemporaryFile, init=False)
    _mark: int = attrs.field(default=0, init=False)
    #: Linux ends a tied process with the thread that has started it: this one lives as long as the command.
    _starter: ThreadPoolExecutor = attrs.field(factory=lambda: ThreadPoolExecutor(1), init=False)
    #: A run that is broken off waits for no broker.
    _is_over: Event = attrs.field(factory=Event, init=False)

    def __enter__(self) -> "BrokerCommand":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, traceback: TracebackType | None) -> None:
        self._is_over.set()
        self._starter.submit(self._end).result()
        self._starter.shutdown()
        self._output.close()

    @property
    def is_running(self) -> bool:
        """Whether the command is the broker itself, which `start` ends before it starts the next."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> str | None:
        """Runs the command, after ending the one before; why no broker answers then, in a sentence, or None where one does."""
        return self._starter.submit(self._start).result()

    def _start(self) -> str | None:
        if not self._end():
            return f"{self.command!r} was ended, but somebody still answers at {address_of(self.host, self.port)}."
        self.mark()
        try:
            process = self._process = subprocess.Popen(
                tied(shlex.split(self.command)),
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        except (OSError, ValueError) as failure:
            return f"{self.command!r} cannot be run: {failure}."
        end = time.monotonic() + START_TIMEOUT_S
        while (reason := why_unreachable(self.host, self.port, _ANSWER_TIMEOUT_S)) is not None:
            if process.poll():
                return f"{self.command!r} does not start: {self.said()}"
            if time.monotonic() > end:
                said = f" It said: {said}" if (said := self.said()) else ""
                return f"{self.command!r} was run, but within {START_TIMEOUT_S:g} s nobody answered. {reason}{said}"
            if self._is_over.wait(_LOOK_S):
                return f"{self.command!r} was run, but not waited for."
        return None

    def mark(self) -> None:
        """What is printed from now on is what `said` gives."""
        self._mark = os.fstat(self._output.fileno()).st_size

    def said(self) -> str:
        """How the command ended, if it has or does now, and the first lines that it has printed since the mark."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_DYING_S)
        # The place in the file is the command's, which goes on printing there.
        printed = os.pread(self._output.fileno(), _SAID_BYTES_MAX, self._mark)
        lines = printed.decode(errors="replace").strip().splitlines()[:_SAID_LINES_MAX]
        code = None if self._process is None else self._process.poll()
        return "\n".join(([] if code is None else [f"exit code {code}"]) + lines)

    def _end(self) -> bool:
        """Ends the command, where it is the broker itself, and what it has started; whether that is over."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return True
        for force in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, force)
            end = time.monotonic() + STOP_TIMEOUT_S
            while time.monotonic() < end:
                # A shell ends before the broker that it has started.
                if process.poll() is not None and why_unreachable(self.host, self.port, _ANSWER_TIMEOUT_S):
                    return True
                time.sleep(_LOOK_S)
        return False
